//! Message templates: text with `{field}` and `{param}` in it.

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// The value of a field or parameter; the byte range of its name in the template as written.
    Name(String, std::ops::Range<usize>),
}

/// A message, taken apart. `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Template {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A brace without its partner, at this byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateError(pub usize);

impl Template {
    /// Takes a message apart.
    ///
    /// # Errors
    /// A brace that is not closed, or closed without being open.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let here = text.len() - rest.len() + at;
            plain.push_str(&rest[..at]);
            let brace = rest.as_bytes()[at];
            let after = &rest[at + 1..];
            if after.as_bytes().first() == Some(&brace) {
                plain.push(char::from(brace));
                rest = &after[1..];
            } else if brace == b'}' {
                return Err(TemplateError(here));
            } else {
                let end = after
                    .find(['{', '}'])
                    .filter(|end| after.as_bytes()[*end] == b'}')
                    .ok_or(TemplateError(here))?;
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                }
                let name = after[..end].trim();
                let start = here + 1 + (after[..end].len() - after[..end].trim_start().len());
                pieces.push(Piece::Name(name.to_owned(), start..start + name.len()));
                rest = &after[end + 1..];
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    /// The names it uses.
    pub fn names(&self) -> impl Iterator<Item = (&str, std::ops::Range<usize>)> {
        self.pieces.iter().filter_map(|it| match it {
            Piece::Name(name, at) => Some((name.as_str(), at.clone())),
            Piece::Text(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_messages_apart() {
        let template = Template::parse("{key}: {{not}} { 限时 } h").unwrap();
        assert_eq!(template.names().map(|it| it.0).collect::<Vec<_>>(), ["key", "限时"]);
        assert_eq!(template.pieces[1], Piece::Text(": {not} ".into()));
        for bad in ["{", "a } b", "{a{b}}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
