//! Decision tables: combinations without a row, rows that are never reached, rows that contradict each
//! other.

use super::grid::{Budget, Grid, Region, region_is_within};
use crate::{
    calendar::{Zone, format_date},
    diagnostic::{Diagnostic, nearest},
    expr::{CellTest, Comparison, Constant, Domain, Key},
    record::{Type, Value},
    rule::{Table, TableCell, TableRow},
    script::lower::read_test,
    wording,
};
use std::collections::HashMap;

/// What an input of a table can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInput {
    /// The type of its values.
    pub ty: Type,
    /// The closed list of a choice; empty for all else.
    pub choices: Vec<String>,
}

/// How many pieces of regions are looked at in one table.
const SEARCH_MAX: usize = 400_000;
/// Rows beyond this are not held against each other.
const ROWS_MAX: usize = 600;
/// A table of more rows than people write is not looked at.
const TABLE_ROWS_MAX: usize = 20_000;
/// How many gaps, and how many overlaps, are told of one table.
const TOLD_MAX: usize = 3;

/// What is wrong with a table whose inputs are these. Cells that cannot be read as their input's type
/// are told elsewhere; a table with one is not looked at.
#[must_use]
pub fn table_faults(table: &Table, inputs: &[TableInput], zone: &Zone, is_own: bool) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    if is_own {
        impossible_choices(table, inputs, &mut said);
    }
    if table.rows.len() > TABLE_ROWS_MAX {
        return said;
    }
    let read = |row: &TableRow| -> Option<Vec<Domain>> {
        row.cells.iter().zip(inputs).map(|(cell, input)| domain(cell, input.ty, zone)).collect()
    };
    let cells: Option<Vec<Vec<Domain>>> = table.rows.iter().map(read).collect();
    let Some(cells) = cells.filter(|_| said.is_empty()) else { return said };
    let universes: Vec<Domain> = inputs.iter().map(universe).collect();
    let check = Check { table, inputs, grid: Grid::new(&universes, &cells), budget: Budget(SEARCH_MAX) };
    check.run(is_own, &mut said);
    said
}

/// What a cell lets through.
fn domain(cell: &TableCell, ty: Type, zone: &Zone) -> Option<Domain> {
    Some(match read_test(cell, ty, zone)? {
        None => Domain::all(),
        Some(CellTest::OneOf(values)) => Domain::of(values.iter().map(Key::of)),
        Some(CellTest::Within(bounds)) => {
            let one =
                |(comparison, value): &(Comparison, Constant)| Domain::compared(*comparison, Key::of(value));
            bounds.iter().map(one).fold(Domain::all(), |all, it| all.intersect(&it))
        }
    })
}

fn universe(input: &TableInput) -> Domain {
    if input.ty == Type::Bool {
        return Domain::bools();
    }
    if input.choices.is_empty() {
        return Domain::all();
    }
    Domain::of(input.choices.iter().map(|it| Key::Text(it.as_str().into())))
}

/// Cells that ask a choice for a text outside its list.
fn impossible_choices(table: &Table, inputs: &[TableInput], said: &mut Vec<Diagnostic>) {
    for row in &table.rows {
        for ((index, cell), input) in row.cells.iter().enumerate().zip(inputs) {
            let texts =
                cell.values().filter_map(|it| if let Value::Text(text) = it { Some(text) } else { None });
            let possible = |text: &str| input.choices.is_empty() || input.choices.iter().any(|it| it == text);
            let Some(text) = texts.into_iter().find(|it| !possible(it)) else { continue };
            let place = row.places.get(index).unwrap_or(&row.place).clone();
            let mut diagnostic = Diagnostic::error(wording::IMPOSSIBLE_CHOICE)
                .with("name", table.inputs.get(index).cloned().unwrap_or_default())
                .with("value", text.to_string())
                .at(place);
            if let Some(near) = nearest(text, input.choices.iter().map(String::as_str)) {
                diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
            }
            let names = vec![("names", input.choices.join(", "))];
            said.push(diagnostic.help_with(wording::HELP_POSSIBLE_VALUES, names));
        }
    }
}

struct Check<'a> {
    table: &'a Table,
    inputs: &'a [TableInput],
    grid: Grid,
    budget: Budget,
}

impl Check<'_> {
    fn run(mut self, is_own: bool, said: &mut Vec<Diagnostic>) {
        // Packs of the product name values of several houses: a row that is never met is no fault there.
        if is_own {
            let dead = self.dead_rows(said);
            self.overlaps(&dead, said);
        }
        self.gaps(said);
    }

    /// Rows that others above them leave nothing to; true for each such row.
    fn dead_rows(&mut self, said: &mut Vec<Diagnostic>) -> Vec<bool> {
        let mut first = HashMap::new();
        (0..self.grid.rows.len()).map(|row| row < ROWS_MAX && self.is_dead(row, &mut first, said)).collect()
    }

    fn is_dead(
        &mut self,
        index: usize,
        first: &mut HashMap<Region, usize>,
        said: &mut Vec<Diagnostic>,
    ) -> bool {
        let rows = &self.table.rows;
        let region = self.grid.rows[index].clone();
        let twin = *first.entry(region.clone()).or_insert(index);
        if twin < index {
            let is_same = rows[twin].output == rows[index].output;
            let code = if is_same { wording::DUPLICATE_ROW } else { wording::DEAD_ROW };
            let diagnostic = Diagnostic::warning(code).at(rows[index].place.clone());
            let diagnostic = diagnostic.also(rows[twin].place.clone(), wording::FIRST_STANDS_HERE);
            said.push(diagnostic.help(wording::HELP_SAME_ROW));
            return true;
        }
        if self.grid.is_empty(&region) {
            return false;
        }
        let dead = Diagnostic::warning(wording::DEAD_ROW).at(rows[index].place.clone());
        if let Some(by) = (0..index).find(|it| region_is_within(&region, &self.grid.rows[*it])) {
            let dead = dead.also(rows[by].place.clone(), wording::HIDDEN_BY);
            said.push(dead.help(wording::HELP_DEAD_ROW));
            return true;
        }
        let left = self.grid.uncovered(&region, 0..index, 1, &mut self.budget);
        let is_hidden = left.is_some_and(|it| it.is_empty());
        if is_hidden {
            said.push(dead.help(wording::HELP_DEAD_ROW_TOGETHER));
        }
        is_hidden
    }

    /// Pairs of rows that answer differently where they meet, neither being the other's general case and
    /// no row above settling it.
    fn overlaps(&self, dead: &[bool], said: &mut Vec<Diagnostic>) {
        let rows = &self.grid.rows;
        let mut told = 0;
        for later in 0..rows.len().min(ROWS_MAX) {
            for earlier in 0..later {
                let differ = self.table.rows[later].output != self.table.rows[earlier].output;
                if !differ || dead[later] || dead[earlier] {
                    continue;
                }
                let Some(common) = self.grid.common(earlier, later) else { continue };
                let is_general = region_is_within(&rows[earlier], &rows[later]);
                if is_general || (0..earlier).any(|it| region_is_within(&common, &rows[it])) {
                    continue;
                }
                if told == TOLD_MAX {
                    return;
                }
                told += 1;
                let overlap = self.describe(&common);
                let diagnostic = Diagnostic::warning(wording::OVERLAPPING_ROWS)
                    .with("overlap", overlap.clone())
                    .at(self.table.rows[later].place.clone())
                    .also(self.table.rows[earlier].place.clone(), wording::ANSWERS_FIRST);
                said.push(diagnostic.help_with(wording::HELP_OVERLAP, vec![("overlap", overlap)]));
            }
        }
    }

    fn gaps(&mut self, said: &mut Vec<Diagnostic>) {
        let rows = 0..self.grid.rows.len();
        let found = self.grid.uncovered(&self.grid.whole(), rows, TOLD_MAX + 1, &mut self.budget);
        let Some(found) = found.filter(|it| !it.is_empty()) else { return };
        let mut gaps = found.iter().map(|it| self.describe(it));
        let mut diagnostic = Diagnostic::warning(wording::TABLE_GAP)
            .with("name", self.table.id.clone())
            .with("gap", gaps.next().unwrap_or_default())
            .at(self.table.place.clone());
        for gap in gaps.by_ref().take(TOLD_MAX - 1) {
            diagnostic = diagnostic.help_with(wording::HELP_ANOTHER_GAP, vec![("gap", gap)]);
        }
        if found.len() > TOLD_MAX {
            diagnostic = diagnostic.help(wording::HELP_MORE_GAPS);
        }
        said.push(diagnostic.help(wording::HELP_TABLE_GAP));
    }

    fn describe(&self, region: &Region) -> String {
        self.grid.describe(region, &self.table.inputs, |input, key| match (key, self.inputs[input].ty) {
            (Key::Int(days), Type::Date) => format_date(*days),
            _ => key.to_string(),
        })
    }
}
