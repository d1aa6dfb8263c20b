//! What type a field has, judged by a sample of its cells.

use super::{
    cell,
    clock::TimeFormat,
    json::{self, Kind},
};
use crate::record::{Element, Type};

/// Orders of day and month, each with `/` and `.`, and the times of day that may follow.
const ORDERS: [[&str; 2]; 2] = [["%d/%m/%Y", "%m/%d/%Y"], ["%d.%m.%Y", "%m.%d.%Y"]];
const TAILS: [&str; 5] = ["", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p"];

/// What the cells of one field have in common so far.
#[derive(Debug)]
pub(super) struct Guess {
    /// A cell was there.
    any: bool,
    bool: bool,
    int: bool,
    float: bool,
    date: bool,
    time: bool,
    /// For each separator and tail: day first still fits, month first still fits.
    slashed: [[[bool; 2]; TAILS.len()]; 2],
    /// All arrays of scalars so far, with what their elements have in common.
    list: Option<Element>,
    only_lists: bool,
    /// The first cell, for messages.
    example: String,
}

/// The type that a sample allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inferred {
    pub(super) ty: Type,
    pub(super) format: Option<String>,
    /// Dates that both orders fit: an example and the two formats.
    pub(super) ambiguous: Option<(String, [String; 2])>,
}

impl Default for Guess {
    fn default() -> Self {
        Self {
            any: false,
            bool: true,
            int: true,
            float: true,
            date: true,
            time: true,
            slashed: [[[true; 2]; TAILS.len()]; 2],
            list: None,
            only_lists: true,
            example: String::new(),
        }
    }
}

/// The formats of [`ORDERS`] and [`TAILS`], taken apart once.
pub(super) struct Slashed(Vec<(String, TimeFormat)>);

impl Slashed {
    pub(super) fn new() -> Self {
        let all = ORDERS.iter().flat_map(|orders| {
            TAILS.iter().flat_map(|tail| orders.iter().map(move |order| format!("{order}{tail}")))
        });
        Self(all.filter_map(|it| TimeFormat::new(Some(&it), false).ok().map(|format| (it, format))).collect())
    }

    fn get(&self, separator: usize, tail: usize, order: usize) -> &(String, TimeFormat) {
        &self.0[(separator * TAILS.len() + tail) * 2 + order]
    }
}

impl Guess {
    /// A cell of a CSV file.
    pub(super) fn see_cell(&mut self, text: &str, slashed: &Slashed) {
        self.only_lists = false;
        self.see_number(text);
        self.bool &= text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
        self.see_time(text, slashed);
        self.keep_example(text);
    }

    /// A value of a JSON object, not `null`; strings with their escapes resolved.
    pub(super) fn see_json(&mut self, kind: Kind, text: &str, slashed: &Slashed) {
        let is_number = kind == Kind::Number;
        self.bool &= kind == Kind::Bool;
        if is_number {
            self.see_number(text);
        } else {
            (self.int, self.float) = (false, false);
        }
        if kind == Kind::String {
            self.see_time(text, slashed);
        } else {
            self.no_time();
        }
        if kind == Kind::Array && self.only_lists {
            self.only_lists = self.see_list(text);
        } else {
            self.only_lists = false;
        }
        self.keep_example(text);
    }

    fn keep_example(&mut self, text: &str) {
        if !self.any {
            text.clone_into(&mut self.example);
        }
        self.any = true;
    }

    fn see_number(&mut self, text: &str) {
        let trimmed = text.trim_ascii();
        let digits = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed).as_bytes();
        // Digits after a leading zero are a code, not a number.
        let number = match digits {
            [b'0', b'0'..=b'9', ..] => false,
            [first, ..] => first.is_ascii_digit() || *first == b'.',
            [] => false,
        };
        self.int &= number && cell::int(trimmed.as_bytes()).is_some();
        self.float &= number && cell::float(trimmed.as_bytes()).is_some();
    }

    fn see_time(&mut self, text: &str, slashed: &Slashed) {
        let trimmed = text.trim_ascii().as_bytes();
        if !(self.time || self.slashed != [[[false; 2]; TAILS.len()]; 2]) {
            return;
        }
        self.date = self.date && TimeFormat::Iso.date(trimmed).is_some();
        self.time = self.time && TimeFormat::Iso.time(trimmed).is_some();
        for (separator, tails) in self.slashed.iter_mut().enumerate() {
            for (tail, orders) in tails.iter_mut().enumerate() {
                for (order, fits) in orders.iter_mut().enumerate() {
                    *fits = *fits && slashed.get(separator, tail, order).1.date(trimmed).is_some();
                }
            }
        }
    }

    fn no_time(&mut self) {
        (self.date, self.time) = (false, false);
        self.slashed = [[[false; 2]; TAILS.len()]; 2];
    }

    /// False if an element is no scalar.
    fn see_list(&mut self, text: &str) -> bool {
        let mut flat = true;
        let read = json::array(text.as_bytes(), 0, |token| {
            let element = match token.kind {
                Kind::Null => return,
                Kind::Bool => Element::Bool,
                Kind::Number if cell::int(&text.as_bytes()[token.start..token.end]).is_some() => Element::Int,
                Kind::Number => Element::Float,
                Kind::String => Element::Text,
                Kind::Array | Kind::Object => {
                    flat = false;
                    return;
                }
            };
            self.list = Some(match (self.list, element) {
                (None, _) => element,
                (Some(before), _) if before == element => element,
                (Some(Element::Int | Element::Float), Element::Int | Element::Float) => Element::Float,
                (Some(_), _) => Element::Text,
            });
        });
        flat && read.is_ok()
    }

    /// The narrowest type that every cell fits: text where there is none, or no cell was there.
    pub(super) fn result(&self, slashed: &Slashed) -> Inferred {
        let plain = |ty| Inferred { ty, format: None, ambiguous: None };
        if !self.any {
            return plain(Type::Text);
        }
        if self.only_lists {
            return plain(Type::List(self.list.unwrap_or(Element::Text)));
        }
        for (fits, ty) in [
            (self.bool, Type::Bool),
            (self.int, Type::Int),
            (self.float, Type::Float),
            (self.date, Type::Date),
            (self.time, Type::Time),
        ] {
            if fits {
                return plain(ty);
            }
        }
        for (separator, tails) in self.slashed.iter().enumerate() {
            for (tail, orders) in tails.iter().enumerate() {
                let format = |order| slashed.get(separator, tail, order).0.clone();
                let ty = if tail == 0 { Type::Date } else { Type::Time };
                match orders {
                    [true, true] => {
                        let ambiguous = Some((self.example.clone(), [format(0), format(1)]));
                        return Inferred { ty: Type::Text, format: None, ambiguous };
                    }
                    [true, false] => return Inferred { ty, format: Some(format(0)), ambiguous: None },
                    [false, true] => return Inferred { ty, format: Some(format(1)), ambiguous: None },
                    [false, false] => {}
                }
            }
        }
        plain(Type::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Inferred {
        let slashed = Slashed::new();
        let mut guess = Guess::default();
        cells.iter().for_each(|it| guess.see_cell(it, &slashed));
        guess.result(&slashed)
    }

    #[test]
    fn the_narrowest_type_wins() {
        for (cells, ty) in [
            (&["true", "FALSE"][..], Type::Bool),
            (&["1", "0"], Type::Int),
            (&["1", "-2.5"], Type::Float),
            (&["007", "123"], Type::Text),
            (&["1e5"], Type::Float),
            (&["inf"], Type::Text),
            (&["9223372036854775808"], Type::Float),
            (&["2026-03-02", "2026-03-03"], Type::Date),
            (&["2026-03-02", "2026-03-03 10:00"], Type::Time),
            (&["yes"], Type::Text),
            (&[], Type::Text),
            (&["1", "x"], Type::Text),
        ] {
            assert_eq!(of(cells).ty, ty, "{cells:?}");
        }
    }

    #[test]
    fn day_and_month_are_told_apart_or_left_alone() {
        let boston = of(&["01/02/2015 01:30:55 PM", "01/13/2015 01:30:55 AM"]);
        assert_eq!((boston.ty, boston.format.as_deref()), (Type::Time, Some("%m/%d/%Y %I:%M:%S %p")));
        assert_eq!(of(&["13.2.2015"]).format.as_deref(), Some("%d.%m.%Y"));
        let unclear = of(&["1/2/2015 9:00", "3/4/2015 10:00"]);
        assert_eq!(unclear.ty, Type::Text);
        assert_eq!(unclear.ambiguous.map(|it| it.0), Some("1/2/2015 9:00".to_owned()));
        assert_eq!(of(&["13/13/2015"]), Inferred { ty: Type::Text, format: None, ambiguous: None });
    }

    #[test]
    fn json_values_have_types_of_their_own() {
        let slashed = Slashed::new();
        let of = |values: &[(Kind, &str)]| {
            let mut guess = Guess::default();
            values.iter().for_each(|(kind, text)| guess.see_json(*kind, text, &slashed));
            guess.result(&slashed).ty
        };
        assert_eq!(of(&[(Kind::String, "12")]), Type::Text);
        assert_eq!(of(&[(Kind::Number, "12"), (Kind::Number, "1.5")]), Type::Float);
        assert_eq!(of(&[(Kind::Number, "12"), (Kind::String, "x")]), Type::Text);
        assert_eq!(of(&[(Kind::String, "2026-03-02T09:00:00Z")]), Type::Time);
        assert_eq!(of(&[(Kind::Array, "[1, null]"), (Kind::Array, "[2.5]")]), Type::List(Element::Float));
        assert_eq!(of(&[(Kind::Array, "[[1]]")]), Type::Text);
        assert_eq!(of(&[(Kind::Object, "{}")]), Type::Text);
    }
}
