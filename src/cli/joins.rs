//! Joins: the partners of records in reference sources, by hash. A reference is read once a pass, no more of it than
//! is asked for, and held in memory.

use super::batches::Files;
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    engine::{Batches, PlanColumn, key_in},
    ingest::{self, Opened},
    project::{Join, Project},
    record::{Batch, Column, Field, Schema, Type, Value},
    wording,
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A reference source, opened.
pub(super) struct JoinSource {
    opened: Arc<Opened>,
    /// What rules call the partner, and the id of the reference.
    name: String,
    id: String,
    /// The fields of the record, by name, and of the reference, by number, that meet.
    pub(super) on: Vec<(String, usize)>,
    /// The number of its first field among the record's.
    pub(super) first: usize,
}

/// Opens the references of a source's joins, and appends their fields to its schema.
pub(super) fn open(
    joins: &[Join],
    project: &Project,
    schema: &mut Schema,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<JoinSource> {
    let mut all = Vec::new();
    for join in joins {
        let Some(other) = project.sources.iter().find(|it| it.id == join.source.text) else { continue };
        let (opened, mut found) = ingest::open(&other.spec);
        diagnostics.append(&mut found);
        let Some(opened) = opened else { continue };
        let taken = schema.fields.iter().any(|it| it.name == join.name.text);
        if taken {
            let said = Diagnostic::error(wording::JOIN_NAME).with("name", &join.name.text);
            diagnostics.push(said.at(join.name.place.clone()).help(wording::HELP_JOIN_NAME));
            continue;
        }
        let mut on = Vec::new();
        for (number, (own, partner)) in join.on.iter().enumerate() {
            let partner = partner.as_ref().or_else(|| other.key.get(number));
            let Some(partner) = partner else { continue };
            let own_field = schema.position(&own.text);
            let field = opened.schema.position(&partner.text);
            if own_field.is_none() {
                diagnostics.push(unknown(&own.text, "", schema).at(own.place.clone()));
            }
            if field.is_none() {
                diagnostics.push(unknown(&partner.text, &other.id, &opened.schema).at(join.place.clone()));
            }
            let (Some(own_field), Some(field)) = (own_field, field) else { continue };
            let (left, right) = (schema.fields[own_field].ty, opened.schema.fields[field].ty);
            // Both are compared as they are written.
            let apart = |it: Type| matches!(it, Type::Int | Type::Text);
            if left != right && !(apart(left) && apart(right)) {
                let said =
                    Diagnostic::error(wording::JOIN_TYPES).with("first", &own.text).with("left", left.name());
                let said = said.with("second", &partner.text).with("right", right.name());
                diagnostics.push(said.at(own.place.clone()).help(wording::HELP_JOIN_TYPES));
            }
            on.push((own.text.clone(), field));
        }
        let first = schema.fields.len();
        let named = |it: &Field| Field { name: format!("{}.{}", join.name.text, it.name), ..it.clone() };
        schema.fields.extend(opened.schema.fields.iter().map(named));
        let (name, id) = (join.name.text.clone(), other.id.clone());
        all.push(JoinSource { opened: Arc::new(opened), name, id, on, first });
    }
    all
}

fn unknown(name: &str, source: &str, schema: &Schema) -> Diagnostic {
    let said = Diagnostic::error(wording::JOIN_FIELD).with("name", name).with("source", source);
    let known: Vec<&str> = schema.fields.iter().map(|it| it.name.as_str()).collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => {
            let names = known.into_iter().take(12).collect::<Vec<_>>().join(", ");
            said.help_with(wording::HELP_JOINED_FIELDS, vec![("source", source.to_owned()), ("names", names)])
        }
    }
}

impl JoinSource {
    /// The number of a field of the reference, by its number among the record's.
    pub(super) fn field(&self, field: usize) -> Option<usize> {
        field.checked_sub(self.first).filter(|it| *it < self.opened.schema.fields.len())
    }
}

/// A reference, read: the rows of its keys, and the columns that are asked for.
pub(super) struct Joined<'a> {
    source: &'a JoinSource,
    rows: HashMap<Box<str>, usize>,
    values: Vec<Vec<Value>>,
    /// Columns of the records' batches that hold the key.
    on: Vec<u32>,
    without: AtomicU64,
    unnamed: AtomicU64,
}

impl<'a> Joined<'a> {
    /// Reads a reference: its key, and `fields`, each as a value or as written.
    ///
    /// # Errors
    /// A file that cannot be read; two records of one key.
    pub(super) fn new(
        source: &'a JoinSource,
        fields: &[(usize, bool)],
        on: Vec<u32>,
    ) -> Result<Self, Box<Diagnostic>> {
        let want = |field: usize, as_written: bool| PlanColumn { field, as_written, coded: false };
        let keys = source.on.iter().map(|it| want(it.1, true));
        let columns: Vec<PlanColumn> = keys.chain(fields.iter().map(|it| want(it.0, it.1))).collect();
        let files = Files::new(&source.opened, &columns)?;
        let own: Vec<u32> = (0..).take(source.on.len()).collect();
        let (reader, mut joined) = (&files, String::new());
        let (mut worker, mut batch) = (reader.worker(), Batch::default());
        let mut rows: HashMap<Box<str>, usize> = HashMap::new();
        let mut values: Vec<Vec<Value>> = vec![Vec::new(); fields.len()];
        let mut places: Vec<(u32, u64)> = Vec::new();
        while reader.next(&mut worker, &mut batch)?.is_some() {
            for row in 0..batch.len {
                let Some(key) = key_in(&own, &batch, row, &mut joined) else { continue };
                let at = places.len();
                if let Some(before) = rows.insert(key.into(), at) {
                    let place = |(file, row): (u32, u64)| Place::Record {
                        file: source
                            .opened
                            .files
                            .get(file as usize)
                            .map_or("", |it| it.shown.as_str())
                            .into(),
                        row,
                        column: None,
                    };
                    let said =
                        Diagnostic::error(wording::JOIN_TWICE).with("source", &source.id).with("key", key);
                    let said = said
                        .at(place((batch.file, batch.rows[row])))
                        .also(place(places[before]), wording::FIRST_HERE);
                    return Err(Box::new(said.help(wording::HELP_JOIN_TWICE)));
                }
                places.push((batch.file, batch.rows[row]));
                for (number, column) in values.iter_mut().enumerate() {
                    column.push(batch.value(source.on.len() + number, row));
                }
            }
        }
        Ok(Self { source, rows, values, on, without: AtomicU64::new(0), unnamed: AtomicU64::new(0) })
    }

    /// The partner of each record of a batch.
    pub(super) fn partners(&self, batch: &Batch) -> Vec<Option<usize>> {
        let mut joined = String::new();
        let (mut without, mut unnamed) = (0, 0);
        let partner = |row: usize| {
            let Some(key) = key_in(&self.on, batch, row, &mut joined) else {
                unnamed += 1;
                return None;
            };
            let found = self.rows.get(key).copied();
            without += u64::from(found.is_none());
            found
        };
        let partners = (0..batch.len).map(partner).collect();
        self.without.fetch_add(without, Ordering::Relaxed);
        self.unnamed.fetch_add(unnamed, Ordering::Relaxed);
        partners
    }

    /// A column of the partners.
    pub(super) fn column(&self, number: usize, ty: Type, partners: &[Option<usize>]) -> Column {
        let missing = Value::Missing;
        let values = partners.iter().map(|it| it.map_or(&missing, |row| &self.values[number][row]));
        Column::of_values(ty, values)
    }

    /// What is told of records without a partner.
    pub(super) fn told(&self, source: &str) -> Option<Diagnostic> {
        let (without, unnamed) = (self.without.load(Ordering::Relaxed), self.unnamed.load(Ordering::Relaxed));
        (without + unnamed > 0).then(|| {
            Diagnostic::warning(wording::JOIN_PARTNERS)
                .with("source", source)
                .with("other", &self.source.id)
                .with("name", &self.source.name)
                .with("without", without.to_string())
                .with("unnamed", unnamed.to_string())
        })
    }
}
