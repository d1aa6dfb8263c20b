//! Results of tests in JUnit's XML, within the schema that Jenkins' xUnit plugin publishes
//! (junit-10.xsd): suites of cases, each of which passed, failed or could not be run.

use super::escape;
use std::collections::BTreeSet;

/// A group of cases: a pack.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name.
    pub name: String,
    /// Its cases, in order.
    pub cases: Vec<Case>,
}

/// One test: an example of a rule.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it belongs to: a rule.
    pub class: String,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub ending: Ending,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As expected.
    Passed,
    /// Otherwise: kind, one line, everything.
    Failed(String, String, String),
    /// It could not be run: kind, one line, everything.
    Broken(String, String, String),
}

/// The suites as one XML document. Names that stand more than once in a class are numbered.
#[must_use]
pub fn junit(name: &str, suites: &[Suite]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attribute(&mut out, "name", name);
    let all: Vec<&Case> = suites.iter().flat_map(|it| &it.cases).collect();
    counts(&mut out, &all);
    out.push_str(">\n");
    for suite in suites {
        out.push_str("  <testsuite");
        attribute(&mut out, "name", &suite.name);
        counts(&mut out, &suite.cases.iter().collect::<Vec<_>>());
        out.push_str(">\n");
        let mut taken: BTreeSet<(&str, String)> = BTreeSet::new();
        for case in &suite.cases {
            let mut name = case.name.clone();
            let mut number = 1;
            while !taken.insert((&case.class, name.clone())) {
                number += 1;
                name = format!("{} ({number})", case.name);
            }
            write_case(&mut out, case, &name);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(out: &mut String, cases: &[&Case]) {
    let count = |of: fn(&Ending) -> bool| cases.iter().filter(|it| of(&it.ending)).count().to_string();
    attribute(out, "tests", &cases.len().to_string());
    attribute(out, "failures", &count(|it| matches!(it, Ending::Failed(..))));
    attribute(out, "errors", &count(|it| matches!(it, Ending::Broken(..))));
}

fn write_case(out: &mut String, case: &Case, name: &str) {
    out.push_str("    <testcase");
    attribute(out, "classname", &case.class);
    attribute(out, "name", name);
    let (element, (kind, line, everything)) = match &case.ending {
        Ending::Passed => return out.push_str("/>\n"),
        Ending::Failed(kind, line, everything) => ("failure", (kind, line, everything)),
        Ending::Broken(kind, line, everything) => ("error", (kind, line, everything)),
    };
    out.push_str(">\n      <");
    out.push_str(element);
    attribute(out, "type", kind);
    attribute(out, "message", line);
    out.push('>');
    escape::xml(out, everything.trim_end(), false);
    out.push_str("</");
    out.push_str(element);
    out.push_str(">\n    </testcase>\n");
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape::xml(out, value, true);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_text_is_harmless() {
        let case = |ending| Case { class: "a/b".into(), name: "<1> & \"2\"\n\u{1}\u{fffe}".into(), ending };
        let failed = Ending::Failed("kind".into(), "x < y".into(), "a ]]> b\r\n\u{1b}[1m电话".into());
        let suite = Suite { name: "a".into(), cases: vec![case(Ending::Passed), case(failed)] };
        insta::assert_snapshot!(junit("p", &[suite]), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="p" tests="2" failures="1" errors="0">
          <testsuite name="a" tests="2" failures="1" errors="0">
            <testcase classname="a/b" name="&lt;1&gt; &amp; &quot;2&quot;&#10;"/>
            <testcase classname="a/b" name="&lt;1&gt; &amp; &quot;2&quot;&#10; (2)">
              <failure type="kind" message="x &lt; y">a ]]&gt; b&#13;
        [1m电话</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }
}
