//! One finding a line, each a JSON object of its own (NDJSON), written while the audit runs.

use super::{Encoder, Form, Needs, Report, Setting, encode::JsonLines};

/// See the file's head.
pub(super) struct Ndjson {
    setting: Setting,
}

impl Ndjson {
    pub(super) fn new(setting: Setting) -> Self {
        Self { setting }
    }
}

impl Report for Ndjson {
    fn needs(&self) -> Needs {
        Needs::ALL
    }

    fn streams(&self) -> bool {
        true
    }

    fn form(&self) -> Option<Form> {
        Some(Form::JsonLines)
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(JsonLines::new(&self.setting))
    }
}
