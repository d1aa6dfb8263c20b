//! Text in columns of a terminal: widths as terminals show them (Unicode UAX 11), cutting,
//! wrapping, tables, colours. Texts come in already made visible.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// How many bytes of `text` fit into `columns`.
fn fitting(text: &str, columns: usize) -> usize {
    // Marks that take no column must not make a line endless.
    let chars_max = columns * 4;
    let mut fits = 0;
    for (count, (at, c)) in text.char_indices().enumerate() {
        let end = at + c.len_utf8();
        if count >= chars_max || width(&text[..end]) > columns {
            break;
        }
        fits = end;
    }
    fits
}

/// `text`, or its start and `…` where it is wider than `columns`.
pub(crate) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if fitting(text, columns) == text.len() {
        return Cow::Borrowed(text);
    }
    let fits = fitting(text, columns.saturating_sub(1));
    Cow::Owned(format!("{}…", text[..fits].trim_end()))
}

/// Like [`cut`], in the middle: ids differ in their ends.
pub(crate) fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if fitting(text, columns) == text.len() {
        return Cow::Borrowed(text);
    }
    let rest = columns.saturating_sub(1);
    let head = fitting(text, rest / 3);
    let mut tail = text.len();
    let room = rest.saturating_sub(width(&text[..head]));
    for (at, _) in text.char_indices().rev().take(room * 4) {
        if at < head || width(&text[at..]) > room {
            break;
        }
        tail = at;
    }
    Cow::Owned(format!("{}…{}", &text[..head], &text[tail..]))
}

/// Breaks `text` into lines of at most `columns`: after spaces, and between wide characters but
/// not before closing or after opening punctuation; anywhere where nothing else helps.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let fits = fitting(rest, columns);
        if fits == rest.len() {
            lines.push(rest);
            break;
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let at = break_before(rest, fits).unwrap_or(fits).max(first);
        lines.push(rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    lines
}

/// The last good place to break at or before byte `fits`.
fn break_before(text: &str, fits: usize) -> Option<usize> {
    let ends = text[..fits].char_indices().rev().map(|(at, c)| (at + c.len_utf8(), c));
    let wide = |c: char| c.width() == Some(2);
    for (end, before) in ends {
        let Some(after) = text[end..].chars().next() else { continue };
        let between =
            (wide(before) || wide(after)) && !closes(after) && !opens(before) && after.width() != Some(0);
        if before == ' ' || after == ' ' || between {
            return Some(end);
        }
    }
    None
}

const fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '？'
            | '！'
            | '）'
            | '》'
            | '”'
            | '’'
            | '】'
            | '」'
            | '…'
            | '%'
            | '％'
    )
}

const fn opens(c: char) -> bool {
    matches!(c, '（' | '《' | '“' | '‘' | '【' | '「')
}

/// How a text is shown where colours are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

impl Style {
    /// The SGR parameter of ECMA-48.
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
        }
    }

    /// Appends `text` in this style.
    pub(crate) fn paint(self, text: &str, colour: bool, out: &mut String) {
        if colour && self != Self::Plain && !text.is_empty() {
            out.push_str("\u{1b}[");
            out.push_str(self.code());
            out.push('m');
            out.push_str(text);
            out.push_str("\u{1b}[0m");
        } else {
            out.push_str(text);
        }
    }
}

/// A text in a table.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Style::Plain)
    }
}

/// A line of a table.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    /// One cell a column.
    Cells(Vec<Cell>),
    /// A text across all columns, set back by two less than the first column.
    Across(Cell),
}

/// A table: its first column stands left and gives way where there is little room, the others
/// stand right.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) lines: Vec<Line>,
    /// Spaces before each line.
    pub(crate) indent: usize,
}

/// Spaces between columns.
const GAP: usize = 2;
/// The first column keeps at least this width.
const FIRST_MIN: usize = 8;

impl Table {
    /// A table whose head is dim.
    pub(crate) fn new(indent: usize, head: &[&str]) -> Self {
        let head = head.iter().map(|it| Cell::new(*it, Style::Dim)).collect();
        Self { lines: vec![Line::Cells(head)], indent }
    }

    pub(crate) fn push(&mut self, cells: Vec<Cell>) {
        self.lines.push(Line::Cells(cells));
    }

    fn widths(&self, columns: usize) -> Vec<usize> {
        let mut widths = Vec::new();
        for line in &self.lines {
            let Line::Cells(cells) = line else { continue };
            widths.resize(widths.len().max(cells.len()), 0);
            for (widest, cell) in widths.iter_mut().zip(cells) {
                *widest = (*widest).max(width(&cell.text));
            }
        }
        let others: usize = widths.iter().skip(1).map(|it| it + GAP).sum();
        if let Some(first) = widths.first_mut() {
            let room = columns.saturating_sub(self.indent + others).max(FIRST_MIN);
            *first = (*first).min(room);
        }
        widths
    }

    /// Appends the table, at most `columns` wide.
    pub(crate) fn render(&self, columns: usize, colour: bool, out: &mut String) {
        let widths = self.widths(columns);
        for line in &self.lines {
            match line {
                Line::Across(cell) => {
                    let indent = self.indent.saturating_sub(GAP);
                    pad(out, indent);
                    cell.style.paint(&cut(&cell.text, columns - indent), colour, out);
                }
                Line::Cells(cells) => {
                    pad(out, self.indent);
                    let last = cells.iter().rposition(|it| !it.text.is_empty()).map_or(0, |at| at + 1);
                    for (index, (cell, widest)) in cells.iter().zip(&widths).take(last).enumerate() {
                        let text = if index == 0 {
                            cut_middle(&cell.text, *widest)
                        } else {
                            Cow::Borrowed(cell.text.as_str())
                        };
                        let room = widest.saturating_sub(width(&text));
                        pad(out, if index == 0 { 0 } else { GAP + room });
                        cell.style.paint(&text, colour, out);
                        pad(out, if index == 0 && last > 1 { room } else { 0 });
                    }
                }
            }
            out.push('\n');
        }
    }
}

/// Appends spaces.
pub(crate) fn pad(out: &mut String, columns: usize) {
    out.extend(std::iter::repeat_n(' ', columns));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_columns() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        assert_eq!(cut("服务规范", 7), "服务规…");
        assert_eq!(cut("服务规范", 6), "服务…");
        assert_eq!(cut_middle("complaints/reply-time-told", 16), "compl…-time-told");
        assert_eq!(cut_middle("投诉/受理时告知客户", 12), "投…告知客户");
        for columns in 1..30 {
            for text in ["a b\u{301}\u{301}c 汉字 ❤️ 👩‍👩‍👧", "complaints/reply-time-told", "汉字汉字汉字汉字"]
            {
                assert!(width(&cut(text, columns)) <= columns, "{text} {columns}");
                assert!(width(&cut_middle(text, columns)) <= columns, "{text} {columns}");
            }
        }
    }

    #[test]
    fn lines_break_well() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("受理时告知客户，回复", 14), ["受理时告知客", "户，回复"]);
        assert_eq!(wrap("超时（北区）", 6), ["超时", "（北", "区）"]);
        assert_eq!(wrap("0123456789", 4), ["0123", "4567", "89"]);
        assert!(wrap("  ", 4).is_empty());
        let marks = format!("a{}", "\u{301}".repeat(1000));
        assert!(wrap(&marks, 10).len() > 10, "a line is not endless");
    }

    #[test]
    fn columns_align() {
        let mut table = Table::new(2, &["规则", "pass"]);
        table.push(vec![Cell::plain("a/b"), Cell::plain("12")]);
        table.push(vec![Cell::plain("投诉/问候"), Cell::plain("1,234")]);
        let mut out = String::new();
        table.render(80, false, &mut out);
        assert_eq!(out, "  规则        pass\n  a/b           12\n  投诉/问候  1,234\n");
    }
}
