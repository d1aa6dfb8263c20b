//! placeholder
use super::Diagnostic; use crate::wording::Lang;
/// texts
#[derive(Default)]
pub struct Sources {}
/// x
pub fn render(_d: &Diagnostic, _s: &Sources, _lang: Lang, _colour: bool) -> String { String::new() }
