//! Findings as lines of a baseline, while it is in the making: waived ones are left out, and those on records
//! without a key of their own are marked.

use super::{Encoder, Joints, Needs, Ready, Report};
use crate::finding::{KnownFinding, Standing};

/// See the file's head.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known;

impl Known {
    /// Stands before lines of findings that may not be met again under the same fingerprint.
    pub const UNSTABLE: char = '!';
}

impl Report for Known {
    fn needs(&self) -> Needs {
        Needs { findings: true, id: true, ..Needs::default() }
    }

    fn joints(&self) -> Option<Joints> {
        // Their lines have an end.
        Some(Joints::default())
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(self)
    }
}

impl Encoder for &Known {
    fn finding(&mut self, ready: &Ready<'_, '_>, out: &mut Vec<u8>) {
        let it = ready.finding;
        if it.standing == Standing::Waived {
            return;
        }
        let known = KnownFinding { id: it.id, rule: it.rule.id.clone(), key: it.key.to_owned() };
        let mut line = String::new();
        if it.unstable {
            line.push(Known::UNSTABLE);
        }
        known.write(&mut line);
        out.extend_from_slice(line.as_bytes());
    }
}
