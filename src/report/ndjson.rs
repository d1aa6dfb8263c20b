//! One finding a line, each a JSON object of its own (NDJSON), written while the audit runs.

use super::{Encoder, Form, Joints, Needs, Report, Setting, encode::JsonObjects};

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

    fn joints(&self) -> Option<Joints> {
        Some(Joints { before: "\n", after: "", end: "\n" })
    }

    fn form(&self) -> Option<Form> {
        Some(Form::Json)
    }

    fn encoder(&self) -> Box<dyn Encoder + '_> {
        Box::new(JsonObjects::new(&self.setting))
    }
}
