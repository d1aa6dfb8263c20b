//! A sheet under way: rows are written from top to bottom and leave memory as they are. Tables have a head that
//! can be filtered by and is printed on every page.

use super::cell::Cell;
use crate::report::escape::runs_as_formula;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A sheet has no more rows.
pub(super) const ROWS_MAX: u32 = 1_048_576;
/// A cell has no more characters, in units of UTF-16.
const CELL_UNITS_MAX: usize = 32_767;
/// A sheet's name has no more characters, in units of UTF-16.
const NAME_UNITS_MAX: usize = 31;
/// What stands at the end of a text that is too long.
const CUT: &str = "…";

/// How wide a column is, in characters of the usual kind.
pub(super) const NARROW: f64 = 12.0;
/// For names, titles, keys.
pub(super) const MIDDLE: f64 = 24.0;
/// For sentences.
pub(super) const WIDE: f64 = 60.0;

/// How cells look.
pub(super) struct Looks {
    plain: Format,
    /// Text that would be a formula if somebody typed it: quoted, so that editing the cell does not make it one.
    quoted: Format,
    title: Format,
    head: Format,
    share: Format,
    number: Format,
    date: Format,
    time: Format,
    span: Format,
}

impl Looks {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        let line = Format::new().set_align(FormatAlign::Top);
        let head = plain.clone().set_bold().set_background_color(Color::RGB(0x1F_3A_5F));
        Self {
            quoted: plain.clone().set_quote_prefix(),
            title: Format::new().set_bold().set_font_size(14),
            head: head.set_font_color(Color::White).set_border_bottom(FormatBorder::Thin),
            share: line.clone().set_num_format("0.0%"),
            number: line.clone().set_num_format("General"),
            date: line.clone().set_num_format("yyyy-mm-dd"),
            time: line.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            span: line.set_num_format("[h]:mm:ss"),
            plain,
        }
    }
}

/// See the file's head.
pub(super) struct Sheet<'a> {
    sheet: Worksheet,
    looks: &'a Looks,
    row: u32,
    /// Where the last table begins, and how many columns it has.
    table: Option<(u32, u16)>,
    /// How many columns are printed, where it is not all.
    printed: Option<u16>,
    /// How many texts were too long.
    pub(super) cut: u64,
}

impl<'a> Sheet<'a> {
    /// A new sheet of the workbook.
    pub(super) fn open(book: &mut Workbook, looks: &'a Looks, name: &str) -> Result<Self, XlsxError> {
        let mut sheet = book.new_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        sheet.set_header("&L&A").set_footer("&R&P / &N");
        Ok(Self { sheet, looks, row: 0, table: None, printed: None, cut: 0 })
    }

    /// True where no further row fits.
    pub(super) const fn is_full(&self) -> bool {
        self.row >= ROWS_MAX
    }

    /// A line in large letters.
    pub(super) fn title(&mut self, text: &str) -> Result<(), XlsxError> {
        let text = self.fitting(text).into_owned();
        self.sheet.write_string_with_format(self.row, 0, text, &self.looks.title)?;
        self.row += 1;
        Ok(())
    }

    /// A line across the sheet.
    pub(super) fn line(&mut self, text: &str) -> Result<(), XlsxError> {
        let text = self.fitting(text).into_owned();
        self.sheet.write_string(self.row, 0, text)?;
        self.row += 1;
        Ok(())
    }

    /// An empty line.
    pub(super) const fn gap(&mut self) {
        self.row += 1;
    }

    /// The head of a table.
    pub(super) fn head(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        for (column, name) in (0_u16..).zip(names) {
            let name = self.fitting(name).into_owned();
            self.sheet.write_string_with_format(self.row, column, name, &self.looks.head)?;
        }
        self.table = Some((self.row, u16::try_from(names.len()).unwrap_or(u16::MAX)));
        self.row += 1;
        Ok(())
    }

    /// Makes the columns so wide; the rest of a sheet is as wide as its program likes.
    pub(super) fn widths(&mut self, widths: &[f64]) -> Result<(), XlsxError> {
        for (column, width) in (0_u16..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// Keeps the head of the table, and so many columns, in sight and on every page; not where more stands above.
    pub(super) fn freeze(&mut self, columns: u16) -> Result<(), XlsxError> {
        if self.row == 1 {
            self.sheet.set_freeze_panes(1, columns)?;
            self.sheet.set_repeat_rows(0, 0)?;
        }
        Ok(())
    }

    /// Prints the first columns only.
    pub(super) fn printed(&mut self, columns: usize) {
        self.printed = u16::try_from(columns).ok();
    }

    /// A row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            self.cell(column, &cell)?;
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let (row, looks) = (self.row, self.looks);
        let (number, format) = match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                let format = if runs_as_formula(text) { &looks.quoted } else { &looks.plain };
                let text = self.fitting(text).into_owned();
                return self.sheet.write_string_with_format(row, column, text, format).map(drop);
            }
            Cell::Truth(truth) => return self.sheet.write_boolean(row, column, *truth).map(drop),
            Cell::Number(number) => (number, &looks.number),
            Cell::Share(number) => (number, &looks.share),
            Cell::Date(number) => (number, &looks.date),
            Cell::Time(number) => (number, &looks.time),
            Cell::Span(number) => (number, &looks.span),
        };
        self.sheet.write_number_with_format(row, column, *number, format).map(drop)
    }

    /// As much of a text as a cell holds.
    fn fitting<'t>(&mut self, text: &'t str) -> std::borrow::Cow<'t, str> {
        let fitting = cut_units(text, CELL_UNITS_MAX);
        self.cut += u64::from(fitting.len() < text.len());
        fitting
    }

    /// The sheet, ready for the workbook: the last table can be filtered.
    pub(super) fn close(mut self) -> Result<Worksheet, XlsxError> {
        if let Some((first, columns)) = self.table.filter(|it| it.1 > 0) {
            let last = self.row.saturating_sub(1).max(first);
            self.sheet.autofilter(first, 0, last, columns - 1)?;
            if let Some(printed) = self.printed.filter(|it| *it > 0) {
                self.sheet.set_print_area(0, 0, last, printed.min(columns) - 1)?;
            }
        }
        Ok(self.sheet)
    }
}

/// A text cut to so many units of UTF-16, with a mark where something is missing.
fn cut_units(text: &str, units_max: usize) -> std::borrow::Cow<'_, str> {
    if text.len() <= units_max || text.encode_utf16().count() <= units_max {
        return text.into();
    }
    let mut units = 0;
    let fits = |it: &(usize, char)| {
        units += it.1.len_utf16();
        units < units_max
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    format!("{}{CUT}", &text[..end]).into()
}

/// Names of sheets: within their limits, and no two alike.
#[derive(Default)]
pub(super) struct Names(std::collections::BTreeSet<String>);

impl Names {
    /// A name like `wanted` that no other sheet has.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let clean = |c: char| if c.is_control() || "[]:*?/\\".contains(c) { ' ' } else { c };
        let name: String = wanted.chars().map(clean).collect();
        let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        // A program keeps this name for itself.
        let name = if name.is_empty() || name.eq_ignore_ascii_case("history") { "-" } else { name };
        for number in 1_u64.. {
            let end = if number == 1 { String::new() } else { format!(" ({number})") };
            let name = format!("{}{end}", cut_units(name, NAME_UNITS_MAX - end.len()));
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
        }
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_within_their_limits_and_differ() {
        let mut names = Names::default();
        let long = "张".repeat(40);
        let wanted = ["a/b", "A:B", "'x'", "", "History", &long, &long, "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"];
        let made: Vec<String> = wanted.iter().map(|it| names.unique(it)).collect();
        assert_eq!(made[..5], ["a b", "A B (2)", "x", "-", "- (2)"]);
        assert!(made.iter().all(|it| it.encode_utf16().count() <= NAME_UNITS_MAX), "{made:?}");
        assert!(made[6].ends_with("… (2)"), "{made:?}");
        assert_eq!(made[7], format!("{}…", "🙂".repeat(15)));
    }
}
