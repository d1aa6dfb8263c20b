//! Baselines: findings that are known, a line each.

use super::Fingerprint;
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    ops::Range,
};

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownFinding {
    /// Its fingerprint.
    pub id: Fingerprint,
    /// Its rule.
    pub rule: String,
    /// The key of its record or group.
    pub key: String,
}

/// A file of fingerprints with rule and key, tabs between them, sorted by fingerprint; lines that start with `#`
/// say what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    all: Vec<KnownFinding>,
    numbers: HashMap<Fingerprint, u32>,
}

/// What a baseline says of itself.
const HEAD: &str = "# touchstone baseline 1\n";

impl Baseline {
    /// A baseline of these findings; one that stands twice is taken once.
    #[must_use]
    pub fn new(mut all: Vec<KnownFinding>) -> Self {
        all.sort_unstable();
        all.dedup_by_key(|it| it.id);
        let numbers = (0..).zip(&all).map(|(number, it)| (it.id, number)).collect();
        Self { all, numbers }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The bytes of the first line that is none of a baseline.
    pub fn parse(text: &str) -> Result<Self, Range<usize>> {
        let (mut all, mut start) = (Vec::new(), 0);
        for line in text.split_inclusive('\n') {
            let place = start..start + line.trim_end_matches(['\r', '\n']).len();
            start += line.len();
            let line = &text[place.clone()];
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            all.push(KnownFinding::parse(line).ok_or(place)?);
        }
        Ok(Self::new(all))
    }

    /// Its findings, by fingerprint.
    #[must_use]
    pub fn findings(&self) -> &[KnownFinding] {
        &self.all
    }

    /// How many findings each rule has in it.
    #[must_use]
    pub fn budgets(&self) -> BTreeMap<&str, u64> {
        let mut budgets = BTreeMap::new();
        self.all.iter().for_each(|it| *budgets.entry(it.rule.as_str()).or_default() += 1);
        budgets
    }

    /// The number of a finding that is known.
    #[must_use]
    pub fn number(&self, id: Fingerprint) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = HEAD.to_owned();
        self.all.iter().for_each(|it| it.write(&mut out));
        out
    }
}

impl KnownFinding {
    /// Reads a line; `None` where it is none of a baseline.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, '\t');
        let (id, rule, key) = (parts.next()?, parts.next()?, parts.next()?);
        let hex = id.strip_prefix(Fingerprint::TAG)?.strip_prefix('-').filter(|it| it.len() == 32)?;
        let id = Fingerprint(u128::from_str_radix(hex, 16).ok()?);
        Some(Self { id, rule: rule.to_owned(), key: unescaped(key)? })
    }

    /// Appends a line.
    pub fn write(&self, out: &mut String) {
        // Writing to a string does not fail.
        let _ = write!(out, "{}\t{}\t", self.id, self.rule);
        for letter in self.key.chars() {
            match letter {
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                other => out.push(other),
            }
        }
        out.push('\n');
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(keys in prop::collection::vec((any::<u128>(), ".*"), 0..20)) {
            let known = |(id, key)| KnownFinding { id: Fingerprint(id), rule: "desk/greeting".into(), key };
            let baseline = Baseline::new(keys.into_iter().map(known).collect());
            prop_assert_eq!(Baseline::parse(&baseline.text()), Ok(baseline));
        }

        #[test]
        fn nothing_upsets_the_reader(text in ".*") {
            let _ = Baseline::parse(&text);
        }
    }

    #[test]
    fn other_lines_are_told() {
        assert_eq!(Baseline::parse("# head\n\nt1-zz\tdesk/a\tK\n"), Err(8..22));
    }
}
