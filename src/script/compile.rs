//! Rules and derived fields, compiled: lowered to column expressions, or kept as syntax trees to run
//! row by row with the reason why.

use super::{
    Names, Registry, lint,
    lower::{Lowered, Lowering, help_of_value},
    parse::{Excess, excess, is_too_deep, parser},
    rows::{Ground, RowRule, RowScript, plant},
    syntax,
    tokens::Tokens,
};
use crate::{
    diagnostic::{Diagnostic, Said},
    expr::{ExprId, Node, Program},
    record::Type,
    rule::{Rule, Script},
    wording,
};
use rhai::{AST, Engine};

/// One top-level conjunct of a check: the finding tells which was false.
#[derive(Clone, Debug)]
pub struct Conjunct {
    /// Its node.
    pub node: ExprId,
    /// As written.
    pub text: String,
}

/// A rule that runs over columns.
#[derive(Clone, Debug)]
pub struct ColumnRule {
    /// Which records it looks at.
    pub when: Option<ExprId>,
    /// What must hold, in order.
    pub conjuncts: Vec<Conjunct>,
}

/// How a rule is evaluated.
#[derive(Clone, Debug)]
pub enum Form {
    /// Over columns.
    Columns(ColumnRule),
    /// Row by row.
    Rows(Box<RowRule>),
}

impl Form {
    /// A conjunct of the check as written.
    #[must_use]
    pub fn conjunct_text(&self, number: usize) -> Option<&str> {
        match self {
            Self::Columns(rule) => rule.conjuncts.get(number).map(|it| it.text.as_str()),
            Self::Rows(rule) => rule.conjunct_text(number),
        }
    }
}

/// A rule, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct CompiledRule {
    /// How.
    pub form: Form,
    /// The columns that `check` names, in its order: the evidence.
    pub evidence: Vec<u32>,
}

/// Compiles a rule against the names it can use. With `row_by_row` nothing is lowered (for comparing
/// both ways). Diagnostics may be warnings only.
pub fn compile_rule(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    rule: &Rule,
    row_by_row: bool,
) -> (Option<CompiledRule>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let engine = parser();
    let mut part = |script: &Script, diagnostics: &mut Vec<Diagnostic>| {
        let part = Part::new(&engine, program, registry, names, rule, script);
        match part {
            Ok(mut part) => {
                diagnostics.append(&mut part.lowered.diagnostics);
                part.check_verdict(script, diagnostics);
                Some(part)
            }
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        }
    };
    let when = rule.when.as_ref().map(|script| part(script, &mut diagnostics));
    let check = part(&rule.check, &mut diagnostics);
    let used = when.iter().flatten().chain(&check);
    let used: Vec<String> = used.flat_map(|it| it.lowered.params.clone()).collect();
    check_params(rule, names, &used, &mut diagnostics);
    let when = match when {
        None => None,
        Some(Some(part)) => Some(part),
        Some(None) => return (None, diagnostics),
    };
    let Some(check) = check else { return (None, diagnostics) };
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let seen: Vec<lint::Seen<'_>> = when.iter().chain([&check]).map(Part::seen).collect();
    diagnostics.append(&mut lint::review(program, registry, names, rule, &seen));
    let mut planted = |part: &Part| {
        let ground = Ground { program: &mut *program, registry: &mut *registry, names, params: &rule.params };
        plant(ground, &part.script, &part.tokens, &part.ast)
    };
    let scripts = when.as_ref().map(&mut planted).transpose().and_then(|it| Ok((it, planted(&check)?)));
    let (when_script, (script, reads)) = match scripts {
        Ok(scripts) => scripts,
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            return (None, diagnostics);
        }
    };
    let mut evidence = check.lowered.reads.clone();
    evidence.extend(reads.into_iter().filter(|it| !check.lowered.reads.contains(it)));
    let lowered_when = when.as_ref().map(|it| it.lowered.node);
    let form = match (lowered_when, check.lowered.node, row_by_row) {
        (None | Some(Some(_)), Some(node), false) => {
            let conjuncts = column_conjuncts(program, node, &script);
            Form::Columns(ColumnRule { when: lowered_when.flatten(), conjuncts })
        }
        _ => {
            let asked = Said { wording: wording::REASON_ASKED, arguments: Vec::new() };
            let of_when = when.as_ref().and_then(|it| it.lowered.reason.clone());
            let reason = of_when.or_else(|| check.lowered.reason.clone()).unwrap_or(asked);
            Form::Rows(Box::new(RowRule { when: when_script.map(|it| it.0), check: script, reason }))
        }
    };
    (Some(CompiledRule { form, evidence }), diagnostics)
}

/// A script that is parsed and typed.
struct Part {
    script: Script,
    tokens: Tokens,
    ast: AST,
    lowered: Lowered,
}

impl Part {
    fn new(
        engine: &Engine,
        program: &mut Program,
        registry: &mut Registry,
        names: &Names<'_>,
        rule: &Rule,
        script: &Script,
    ) -> Result<Self, Box<Diagnostic>> {
        let tokens = Tokens::new(&script.text);
        let ast = parse_expression(engine, script, &tokens)?;
        let lowered = Lowering::new(program, registry, names, &rule.params, script, &tokens).run(&ast);
        Ok(Self { script: script.clone(), tokens, ast, lowered })
    }

    /// As lints see it.
    fn seen(&self) -> lint::Seen<'_> {
        lint::Seen { script: &self.script, tokens: &self.tokens, ast: &self.ast, lowered: &self.lowered }
    }

    /// The result must be true or false.
    fn check_verdict(&self, script: &Script, diagnostics: &mut Vec<Diagnostic>) {
        if diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        let place = script.place(0..script.text.trim_end().len());
        match self.lowered.ty {
            Some(Type::Bool) => {}
            Some(other) => {
                let said = Diagnostic::error(wording::NOT_BOOL).with("found", other.name()).at(place);
                let is_text = script.text.trim().starts_with('"');
                let help = if is_text { wording::HELP_NO_QUOTES } else { wording::HELP_COMPARE };
                diagnostics.push(said.help(help));
            }
            None if self.lowered.is_unit => {
                let help = help_of_value(self.ast.statements());
                diagnostics.push(Diagnostic::error(wording::NO_VALUE).at(place).help(help));
            }
            None => {}
        }
    }
}

/// Parses a script that has a value.
pub(super) fn parse_expression(
    engine: &Engine,
    script: &Script,
    tokens: &Tokens,
) -> Result<AST, Box<Diagnostic>> {
    if tokens.code().next().is_none() && tokens.open_comment().is_none() {
        let text = script.text.trim();
        let code = if text.is_empty() { wording::SYNTAX_EMPTY } else { wording::SYNTAX_ONLY_COMMENT };
        let start = script.text.len() - script.text.trim_start().len();
        let line = text.lines().next().unwrap_or_default().len();
        return Err(Box::new(Diagnostic::error(code).at(script.place(start..start + line))));
    }
    parse(engine, script, tokens)
}

/// Parses a script.
pub(super) fn parse(engine: &Engine, script: &Script, tokens: &Tokens) -> Result<AST, Box<Diagnostic>> {
    if let Some((max, what)) = excess(tokens, &script.text) {
        return Err(too_much(script, max, what));
    }
    if let Some(open) = tokens.open_comment() {
        let place = script.place(open.start..(open.start + 2).min(open.end));
        let diagnostic = Diagnostic::error(wording::UNCLOSED_COMMENT).at(place);
        return Err(Box::new(diagnostic.help(wording::HELP_UNCLOSED_COMMENT)));
    }
    let parsed = engine.compile(&script.text).map_err(|error| {
        let position = error.position();
        let (line, column) = (position.line(), position.position());
        let range = match (line, column) {
            (Some(line), Some(column)) => tokens.range(line, column),
            _ => tokens.range_at(script.text.len()),
        };
        Box::new(syntax::explain(error.err_type(), script, tokens, range))
    });
    let ast = parsed?;
    if is_too_deep(&ast) {
        Err(too_much(script, super::parse::NESTING_MAX, Excess::Nesting))
    } else {
        Ok(ast)
    }
}

fn too_much(script: &Script, max: usize, what: Excess) -> Box<Diagnostic> {
    let code = match what {
        Excess::Bytes => wording::SCRIPT_TOO_LONG,
        Excess::Tokens => wording::SCRIPT_TOO_MANY_WORDS,
        Excess::Nesting => wording::SCRIPT_TOO_DEEP,
    };
    let end = script.text.char_indices().nth(40).map_or(script.text.len(), |it| it.0);
    let diagnostic = Diagnostic::error(code).with("max", max.to_string()).at(script.place(0..end));
    Box::new(diagnostic.help(wording::HELP_SPLIT_SCRIPT))
}

fn check_params(rule: &Rule, names: &Names<'_>, used: &[String], diagnostics: &mut Vec<Diagnostic>) {
    let in_message = |name: &str| {
        let templates = rule.message.iter().flat_map(|(en, zh)| [en, zh]);
        templates.flat_map(|it| it.names()).any(|(it, _)| it == name)
    };
    // A name with a typing error may be the parameter that seems unused.
    let is_wrong = diagnostics.iter().any(Diagnostic::is_error);
    for param in &rule.params {
        if names.field(&param.name).is_some() {
            let diagnostic = Diagnostic::error(wording::PARAM_LIKE_FIELD).with("name", param.name.clone());
            diagnostics.push(diagnostic.at(param.place.clone()).help(wording::HELP_RENAME_PARAM));
        } else if !is_wrong && !used.contains(&param.name) && !in_message(&param.name) {
            let diagnostic = Diagnostic::warning(wording::UNUSED_PARAM).with("name", param.name.clone());
            diagnostics.push(diagnostic.at(param.place.clone()));
        }
    }
}

/// The operands of a top-level `&&`, each with its text.
fn column_conjuncts(program: &Program, node: ExprId, script: &RowScript) -> Vec<Conjunct> {
    let texts = script.conjunct_texts();
    let (nodes, texts) = if let Node::And(all) = program.node(node)
        && all.len() == texts.len()
    {
        (all.to_vec(), texts)
    } else {
        (vec![node], vec![script.whole_text()])
    };
    nodes.into_iter().zip(texts).map(|(node, text)| Conjunct { node, text }).collect()
}

/// Compiles a derived field: an expression that lowers, of whatever type it has.
pub fn compile_derived(
    program: &mut Program,
    registry: &mut Registry,
    names: &Names<'_>,
    script: &Script,
) -> (Option<(ExprId, Type)>, Vec<Diagnostic>) {
    let engine = parser();
    let tokens = Tokens::new(&script.text);
    let ast = match parse_expression(&engine, script, &tokens) {
        Ok(ast) => ast,
        Err(diagnostic) => return (None, vec![*diagnostic]),
    };
    let lowered = Lowering::new(program, registry, names, &[], script, &tokens).run(&ast);
    let mut diagnostics = lowered.diagnostics;
    match (lowered.node, lowered.ty) {
        (Some(node), Some(ty)) => (Some((node, ty)), diagnostics),
        _ => {
            if !diagnostics.iter().any(Diagnostic::is_error) {
                let place = script.place(0..script.text.len());
                let mut diagnostic = Diagnostic::error(wording::DERIVE_NOT_LOWERED).at(place);
                diagnostic.help.extend(lowered.reason);
                diagnostics.push(diagnostic);
            }
            (None, diagnostics)
        }
    }
}

/// The names that a script may read, whether or not they exist: for deciding what to decode.
#[must_use]
pub fn names_in(script: &Script) -> Vec<String> {
    let tokens = Tokens::new(&script.text);
    let names = tokens.code().filter(|it| it.kind == super::tokens::TokenKind::Name);
    let mut found: Vec<String> = names.map(|it| tokens.text(it).to_owned()).collect();
    // Names inside interpolated text.
    let texts = tokens.code().filter(|it| it.kind == super::tokens::TokenKind::Text);
    for text in texts.map(|it| tokens.text(it)).filter(|it| it.starts_with('`')) {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        found.extend(words.filter(|it| !it.is_empty()).map(str::to_owned));
    }
    found
}
