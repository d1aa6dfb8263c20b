//! The command line's own help.
use super::wordings;

wordings! { HELP;
    ABOUT = "Audits service records against standards, promises and scorecards written as rules", "按规则审核服务记录：标准、承诺与评分";
}
