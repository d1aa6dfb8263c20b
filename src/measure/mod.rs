//! Statistics of service quality, each with the source of its formula: intervals, agreement of evaluators, ranks,
//! quantiles, sizes of samples, Kano's classes. Pure functions of numbers; what is counted, and why, others say.

mod agreement;
mod calibration;
mod draw;
mod interval;
mod kano;
mod quantile;
mod rank;
mod size;
mod student;

#[cfg(test)]
mod tests;

pub use agreement::{
    Kappa, Level, Weights, alpha_interval, cohen_kappa, fleiss_kappa, krippendorff_alpha, percent_agreement,
};
pub use calibration::{Agreement, Bias, Rating, Tolerance, agreement, biases};
pub use draw::{Candidate, Drawn, Quota, Reason, draw};
pub use interval::{Nps, agresti_coull, clopper_pearson, nps, nps_points, wald, wilson};
pub use kano::{KanoAnswer, KanoClass, KanoCounts, KanoFigure, kano};
pub use quantile::{Definition, percentile};
pub use rank::{kendall_tau_b, spearman};
pub use size::{normal_point, sample_size};
pub use student::{NORMAL, student};
