//! "Did you mean …?"

/// The name in `known` most like `name`, if one is like enough (Jaro–Winkler above 0.8, or the same
/// letters in another case). Names in Chinese are short: there one letter may be another or too many.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in known {
        let other = candidate.to_lowercase();
        let mut likeness = strsim::jaro_winkler(&lower, &other);
        if !name.is_ascii() && likeness > 0.6 && strsim::levenshtein(&lower, &other) == 1 {
            likeness = likeness.max(0.81);
        }
        if likeness > 0.8 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_typing_errors_and_nothing_else() {
        let known = ["channel", "opened_at", "首次响应"];
        assert_eq!(nearest("chanel", known), Some("channel"));
        assert_eq!(nearest("Opened_At", known), Some("opened_at"));
        assert_eq!(nearest("首次回应", known), Some("首次响应"));
        assert_eq!(nearest("tier", known), None);
        assert_eq!(nearest("渠到", ["站点", "渠道"]), Some("渠道"));
        assert_eq!(nearest("站", ["站点", "渠道"]), Some("站点"));
        assert_eq!(nearest("电话", ["渠道", "话术"]), None);
    }
}
