//! Searching a text for any of many phrases.

use super::fold_text;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, packed};

/// Bytes of phrases in all up to which the fastest automaton may be built.
const DENSE_BYTES_MAX: usize = 1 << 14;

/// A phrase list, ready to search.
#[derive(Debug)]
pub struct PhraseMatcher {
    /// SIMD search for few phrases: about ten times the automaton's speed on short texts.
    packed: Option<packed::Searcher>,
    automaton: AhoCorasick,
    fold: bool,
}

impl PhraseMatcher {
    /// Gets `words` ready; with `fold` neither case nor width matters. Empty words are never found.
    ///
    /// # Errors
    /// More phrases than an automaton can hold, in words.
    pub fn new(words: &[String], fold: bool) -> Result<Self, String> {
        let as_searched = |word: &String| {
            let mut out = String::new();
            if fold {
                fold_text(word, &mut out)
            } else {
                out.push_str(word)
            }
            out
        };
        let words: Vec<String> = words.iter().map(as_searched).filter(|it| !it.is_empty()).collect();
        let kind = MatchKind::LeftmostLongest;
        let mut builder = AhoCorasick::builder();
        if words.iter().map(String::len).sum::<usize>() > DENSE_BYTES_MAX {
            // Left to itself the builder takes a table of every state and byte for few words, however long.
            builder.kind(Some(AhoCorasickKind::ContiguousNFA));
        }
        let automaton = builder.match_kind(kind).build(&words).map_err(|it| it.to_string())?;
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostLongest)
            .builder()
            .extend(&words)
            .build();
        Ok(Self { packed, automaton, fold })
    }

    /// Whether any phrase stands in `text`; `scratch` is reused between calls.
    #[must_use]
    pub fn is_in(&self, text: &str, scratch: &mut String) -> bool {
        let text = self.prepare(text, scratch);
        match &self.packed {
            Some(packed) => packed.find(text).is_some(),
            None => self.automaton.is_match(text),
        }
    }

    /// How many times phrases stand in `text`, overlaps counted once, the longest first.
    #[must_use]
    pub fn count_in(&self, text: &str, scratch: &mut String) -> i64 {
        let text = self.prepare(text, scratch);
        let count = self.automaton.find_iter(text).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    fn prepare<'a>(&self, text: &'a str, scratch: &'a mut String) -> &'a str {
        if !self.fold {
            return text;
        }
        scratch.clear();
        fold_text(text, scratch);
        scratch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_and_counts() {
        let words = ["不知道", "no way", ""].map(String::from);
        let plain = PhraseMatcher::new(&words, false).unwrap();
        let folded = PhraseMatcher::new(&words, true).unwrap();
        let mut scratch = String::new();
        assert!(plain.is_in("我不知道", &mut scratch) && !plain.is_in("No way", &mut scratch));
        assert!(folded.is_in("ＮＯ　ＷＡＹ!", &mut scratch) && !folded.is_in("", &mut scratch));
        assert_eq!(plain.count_in("no way, no way", &mut scratch), 2);
    }
}
