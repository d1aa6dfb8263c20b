//! Functions that rules call: those that a script defines itself, and those of the project's own
//! library, the files `lib/*.rhai` of a pack. A library holds functions and nothing else; there is no
//! other way to another file.

use super::{Names, compile::parse, tokens::Tokens};
use crate::{
    diagnostic::Diagnostic,
    rule::{LibraryFile, Script},
    wording,
};
use rhai::{AST, ASTNode, Expr, Stmt};

/// A file of a pack's library, parsed.
#[derive(Debug)]
pub struct Library {
    /// Its name without the ending, as `import` says it.
    pub name: String,
    pub(super) script: Script,
    pub(super) tokens: Tokens,
    pub(super) definitions: Vec<Definition>,
}

/// A function as it is defined.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) params: Vec<String>,
    pub(super) statements: Vec<Stmt>,
}

impl Library {
    /// Parses the files of a pack's library.
    #[must_use]
    pub fn of(files: &[LibraryFile]) -> (Vec<Self>, Vec<Diagnostic>) {
        let (mut libraries, mut diagnostics) = (Vec::new(), Vec::new());
        for file in files {
            let tokens = Tokens::new(&file.script.text);
            match parse(&super::parse::parser(), &file.script, &tokens) {
                Ok(ast) => {
                    if let Some(statement) = ast.statements().iter().find(|it| !matches!(it, Stmt::Noop(_))) {
                        let position = statement.position();
                        let range = super::spans::token(&tokens, position);
                        let diagnostic = Diagnostic::error(wording::LIBRARY_STATEMENT);
                        diagnostics.push(diagnostic.at(file.script.place(range)));
                    }
                    let definitions = definitions(&ast);
                    let script = file.script.clone();
                    libraries.push(Self { name: file.name.clone(), script, tokens, definitions });
                }
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        (libraries, diagnostics)
    }

    /// The names of its functions, with where each stands.
    pub fn functions(&self) -> impl Iterator<Item = (&str, crate::diagnostic::Place)> {
        let place = |name: &str| {
            let token = self.tokens.code().find(|it| self.tokens.text(it) == name);
            self.script.place(token.map_or(0..0, |it| it.range.clone()))
        };
        let named = self.definitions.iter().filter(|it| !it.name.starts_with("anon$"));
        named.map(move |it| (it.name.as_str(), place(&it.name)))
    }
}

/// The functions of a script. Rhai hands out their bodies only on a walk over a tree, so that each is
/// walked by itself.
fn definitions(ast: &AST) -> Vec<Definition> {
    let mut all = Vec::new();
    for function in ast.iter_functions() {
        let (name, arity) = (function.name, function.params.len());
        // `clone_functions_only_filtered` does not look at its filter (Rhai 1.27.0).
        let mut alone = ast.clone_functions_only();
        alone.retain_functions(|_, _, one, params| one == name && params == arity);
        let mut statements = Vec::new();
        alone.walk(&mut |path: &[ASTNode<'_>]| {
            if let [ASTNode::Stmt(statement)] = path {
                statements.push((*statement).clone());
            }
            true
        });
        let params = function.params.iter().map(|it| (*it).to_owned()).collect();
        all.push(Definition { name: name.to_owned(), params, statements });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// All functions that a script can call.
#[derive(Debug, Default)]
pub(super) struct Definitions<'a> {
    own: Vec<Definition>,
    libraries: &'a [Library],
    /// What `import "file" as name` calls a file.
    imports: Vec<(String, String)>,
}

/// A function, and the file it stands in where that is not the script itself.
pub(super) type Found<'d, 'a> = (&'d Definition, Option<(&'a Script, &'a Tokens)>);

impl<'a> Definitions<'a> {
    pub(super) fn new(ast: &AST, names: &Names<'a>) -> Self {
        let import = |it: &Stmt| {
            let Stmt::Import(parts, _) = it else { return None };
            let Expr::StringConstant(path, _) = &parts.0 else { return None };
            Some((parts.1.name.to_string(), file_name(path).to_owned()))
        };
        let own = if ast.has_functions() { definitions(ast) } else { Vec::new() };
        Self { own, libraries: names.library, imports: ast.statements().iter().filter_map(import).collect() }
    }

    /// The function called `name` or `file::name`; the script's own first.
    pub(super) fn find(&self, name: &str, arity: usize) -> Option<Found<'_, 'a>> {
        let fits = |it: &&Definition, name: &str| it.name == name && it.params.len() == arity;
        if let Some(own) = self.own.iter().find(|it| fits(it, name)) {
            return Some((own, None));
        }
        let (file, name) = match name.split_once("::") {
            Some((alias, name)) => (Some(&self.imports.iter().find(|it| it.0 == alias)?.1), name),
            None => (None, name),
        };
        let files = self.libraries.iter().filter(|it| file.is_none_or(|file| it.name == *file));
        files
            .flat_map(|it| it.definitions.iter().map(move |one| (one, Some((&it.script, &it.tokens)))))
            .find(|(one, _)| fits(one, name))
    }

    /// How many parameters a closure has.
    pub(super) fn arity(&self, name: &str) -> Option<usize> {
        let library = self.libraries.iter().flat_map(|it| &it.definitions);
        self.own.iter().chain(library).find(|it| it.name == name).map(|it| it.params.len())
    }

    /// The names of all functions that can be called.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let library = self.libraries.iter().flat_map(|it| &it.definitions);
        self.own.iter().chain(library).map(|it| it.name.as_str()).filter(|it| !it.starts_with("anon$"))
    }
}

/// The name of a library file as `import` may write it.
pub(super) fn file_name(path: &str) -> &str {
    let path = path.strip_prefix("lib/").unwrap_or(path);
    path.strip_suffix(".rhai").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_are_told_apart() {
        let ast = super::super::parse::parser().compile("a.any(|it| it > 4) && !a.any(|it| it > 5)").unwrap();
        let all = definitions(&ast);
        let bodies: Vec<usize> = all.iter().map(|it| it.statements.len()).collect();
        assert_eq!(bodies, [1, 1]);
    }
}
