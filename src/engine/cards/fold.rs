//! A worker's part in scores: verdicts of a block are noted, then its records are scored.

use super::{PlannedCard, plan::LookedAt};
use crate::{
    calendar::Zone,
    engine::{
        Judging,
        groups::{Chunk, Lane, Table},
        judge::Verdicts,
    },
    expr::{CHUNK_LEN, Evaluator, Mask, Scratch},
    promise,
    record::{Batch, Bitmap, Column, Dictionary, MICROS_PER_SECOND, TextColumn, Type, Values, View},
    rule::{Item, Period},
    score::{ItemState, Points, Sums},
    script::RowRunner,
};

/// What a rule said of a chunk.
#[derive(Clone, Copy, Debug)]
struct Noted {
    pass: Mask,
    fail: Mask,
    no_evidence: Mask,
    error: Mask,
    /// Of those that fail the ones that are excused.
    waived: Mask,
}

/// A worker's scores in the making.
pub(in crate::engine) struct CardFolder<'a> {
    judging: &'a Judging<'a>,
    /// For each rule of the plan what it said of the block's chunks, if some scorecard looks at it.
    noted: Vec<Option<Vec<Noted>>>,
    /// For each promise, by its first column, which breaches in the block's chunks are excused.
    excused: Vec<(u32, Vec<Mask>)>,
    scratch: Scratch,
    points: Points,
    states: Vec<ItemState>,
    numbers: Vec<f64>,
}

impl<'a> CardFolder<'a> {
    pub(in crate::engine) fn new(judging: &'a Judging<'a>) -> Self {
        let mut noted: Vec<Option<Vec<Noted>>> = vec![None; judging.plan.rules.len()];
        for looked_at in judging.plan.cards.iter().flat_map(|it| &it.looked_at) {
            if let LookedAt::Rules(rules) = looked_at {
                rules.iter().for_each(|it| noted[*it] = Some(Vec::new()));
            }
        }
        Self {
            judging,
            noted,
            excused: judging.plan.promises.iter().map(|it| (it.first_column, Vec::new())).collect(),
            scratch: Scratch::default(),
            points: Points::default(),
            states: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// Gets ready for another block.
    pub(in crate::engine) fn begin(&mut self) {
        self.noted.iter_mut().flatten().for_each(Vec::clear);
        self.excused.iter_mut().for_each(|it| it.1.clear());
    }

    /// Notes what a rule says of the next chunk.
    pub(in crate::engine) fn note(&mut self, rule: usize, verdicts: &Verdicts) {
        if let Some(Some(noted)) = self.noted.get_mut(rule) {
            let (no_evidence, error) = verdicts.faults.split();
            let (pass, fail, waived) = (verdicts.pass, verdicts.failed(), verdicts.waived);
            noted.push(Noted { pass, fail, no_evidence, error, waived });
        }
    }

    /// Notes which breaches of a promise in the next chunk are excused.
    pub(in crate::engine) fn note_promise(&mut self, first_column: u32, waived: &Mask) {
        if let Some((_, chunks)) = self.excused.iter_mut().find(|it| it.0 == first_column) {
            chunks.push(*waived);
        }
    }

    /// Scores the records of a block: into `tables`, one a scorecard. Gives for each how many records count for
    /// nobody.
    pub(in crate::engine) fn fold(
        &mut self,
        batch: &mut Batch,
        runner: Option<&RowRunner>,
        tables: &mut [Table],
    ) -> Vec<u64> {
        let plan = self.judging.plan;
        let mut lost = Vec::with_capacity(plan.cards.len());
        for (card, table) in plan.cards.iter().zip(tables) {
            let applies = self.append(card, batch, runner);
            let mut evaluator = Evaluator::new(&plan.program, batch, &mut self.scratch);
            let (mut low, mut without) = (0, 0);
            while evaluator.go_to(low) {
                let active = Mask::from_words(&applies.words()[low / 64..]);
                let name = |_: usize, _: &mut String| ();
                let mut chunk = Chunk { evaluator: &mut evaluator, runner, batch, name: &name };
                let folded = table.fold(&card.grouping, &mut chunk, &active);
                without += folded.without_group.and(&active).count() as u64;
                low += CHUNK_LEN;
            }
            lost.push(without);
        }
        lost
    }

    /// Appends the columns of a scorecard; gives the records to which some of it applies.
    fn append(&mut self, card: &PlannedCard, batch: &mut Batch, runner: Option<&RowRunner>) -> Bitmap {
        let len = batch.len;
        let fields = self.fields(card, batch, runner);
        let mut applies = Bitmap::default();
        let mut numbers: Vec<Vec<f64>> = (0..card.numbers).map(|_| Vec::with_capacity(len)).collect();
        for row in 0..len {
            self.states.clear();
            for ((looked_at, (_, item)), field) in card.looked_at.iter().zip(card.items()).zip(&fields) {
                self.states.push(self.state(looked_at, item, field, batch, row));
            }
            card.part.of_record(&card.card, &self.states, &mut self.points);
            applies.push(self.points.coverage.1 > 0.0);
            let states = &self.states;
            let share = |number: usize| match states[number] {
                ItemState::Share(share, _) => share,
                ItemState::NotApplicable
                | ItemState::NoEvidence
                | ItemState::Error
                | ItemState::Good
                | ItemState::Bad => 0.0,
            };
            Sums::write(&card.card, &self.points, share, &mut self.numbers);
            numbers.iter_mut().zip(&self.numbers).for_each(|(column, number)| column.push(*number));
        }
        let zone = self.judging.zone;
        batch.columns.push(periods(card.card.period, self.judging.plan.date, zone, batch));
        for (number, column) in card.level_columns.iter().enumerate() {
            let is_scored = number + 1 == card.level_columns.len();
            batch.columns.push(level(&batch.columns[*column as usize], batch, is_scored));
        }
        let all = |values: Vec<f64>| {
            let mut valid = Bitmap::default();
            valid.reset(len, true);
            Column { ty: Type::Float, values: Values::Float(values), valid, unreadable: None }
        };
        batch.columns.extend(numbers.into_iter().map(all));
        applies
    }

    /// The values of the items that are fields, by item; `None` where a record has none.
    fn fields(
        &mut self,
        card: &PlannedCard,
        batch: &Batch,
        runner: Option<&RowRunner>,
    ) -> Vec<Vec<Option<f64>>> {
        let mut all = vec![Vec::new(); card.looked_at.len()];
        let mut evaluator = Evaluator::new(&self.judging.plan.program, batch, &mut self.scratch);
        let mut low = 0;
        while evaluator.go_to(low) {
            for (looked_at, values) in card.looked_at.iter().zip(&mut all) {
                let LookedAt::Field(value) = looked_at else { continue };
                let active = *evaluator.all();
                let lane = Lane::new(value, &mut evaluator, runner, batch, &active);
                let rows = (batch.len - low).min(CHUNK_LEN);
                let number = |row: usize| {
                    lane.number(row).filter(|_| lane.there.get(row)).map(crate::engine::groups::Number::float)
                };
                values.extend((0..rows).map(number));
            }
            low += CHUNK_LEN;
        }
        all
    }

    fn state(
        &self,
        looked_at: &LookedAt,
        item: &Item,
        values: &[Option<f64>],
        batch: &Batch,
        row: usize,
    ) -> ItemState {
        match looked_at {
            LookedAt::Nothing => ItemState::NotApplicable,
            LookedAt::Field(_) => match values[row] {
                None => ItemState::NoEvidence,
                Some(value) => {
                    let is_critical = item.critical_below.is_some_and(|it| value < it);
                    ItemState::Share(item.share(value), is_critical)
                }
            },
            LookedAt::Promise(first) => {
                let (chunk, at) = (row / CHUNK_LEN, row % CHUNK_LEN);
                let chunks = self.excused.iter().find(|it| it.0 == *first);
                let is_excused = chunks.and_then(|it| it.1.get(chunk)).is_some_and(|it| it.get(at));
                let state = promised(&batch.columns[*first as usize], row);
                // What is excused costs no points; in a rate it counts neither way.
                match (is_excused && state == ItemState::Bad, item.deduct) {
                    (false, _) => state,
                    (true, Some(_)) => ItemState::Good,
                    (true, None) => ItemState::NotApplicable,
                }
            }
            LookedAt::Rules(rules) => {
                let (chunk, at) = (row / CHUNK_LEN, row % CHUNK_LEN);
                let of = |rule: &usize| self.noted[*rule].as_ref().and_then(|it| it.get(chunk));
                // Versions of a rule are never in force on the same day.
                let state = |noted: &Noted| match () {
                    () if noted.pass.get(at) => Some(ItemState::Good),
                    // What is excused costs no points, and earns none.
                    () if noted.waived.get(at) && noted.fail.get(at) && item.bonus.is_none() => {
                        Some(ItemState::Good)
                    }
                    () if noted.fail.get(at) => Some(ItemState::Bad),
                    () if noted.no_evidence.get(at) => Some(ItemState::NoEvidence),
                    () if noted.error.get(at) => Some(ItemState::Error),
                    () => None,
                };
                rules.iter().filter_map(of).find_map(state).unwrap_or(ItemState::NotApplicable)
            }
        }
    }
}

/// How a promise stands: clocks that still run in time say nothing yet.
fn promised(column: &Column, row: usize) -> ItemState {
    let Values::Text(TextColumn::Coded(codes, _)) = &column.values else { return ItemState::NotApplicable };
    if !column.valid.get(row) {
        return ItemState::NoEvidence;
    }
    match promise::Outcome::ALL.get(usize::from(codes[row])) {
        Some(promise::Outcome::Kept) => ItemState::Good,
        Some(promise::Outcome::Breached) => ItemState::Bad,
        Some(promise::Outcome::Running | promise::Outcome::AtRisk | promise::Outcome::NotApplicable)
        | None => ItemState::NotApplicable,
    }
}

/// The period of each record, by its own date.
fn periods(period: Period, date: Option<(u32, Type)>, zone: &Zone, batch: &Batch) -> Column {
    let mut texts = Dictionary::default();
    let mut codes = Vec::with_capacity(batch.len);
    let mut valid = Bitmap::default();
    let column = date.map(|(column, ty)| (&batch.columns[column as usize], ty));
    // Records of one day stand together, mostly.
    let mut last: Option<(i64, Option<u16>)> = None;
    for row in 0..batch.len {
        let day = match (period, column) {
            (Period::All, _) => Some(0),
            (_, Some((Column { values: Values::Int(values), valid, .. }, ty))) if valid.get(row) => {
                Some(if ty == Type::Time { local_day(values[row], zone) } else { values[row] })
            }
            _ => None,
        };
        let code = day.and_then(|day| match last {
            Some((known, code)) if known == day => code,
            _ => {
                let code = texts.code(&period.text(day));
                last = Some((day, code));
                code
            }
        });
        codes.push(code.unwrap_or(0));
        valid.push(code.is_some());
    }
    let values = Values::Text(TextColumn::Coded(codes, texts));
    Column { ty: Type::Text, values, valid, unreadable: None }
}

fn local_day(micros: i64, zone: &Zone) -> i64 {
    zone.to_local(micros).div_euclid(86_400 * MICROS_PER_SECOND)
}

/// Who a record belongs to; a missing level counts as nobody's, but for the one that is scored.
fn level(column: &Column, batch: &Batch, is_scored: bool) -> Column {
    let mut views = Vec::with_capacity(batch.len);
    let mut buffer = String::new();
    let mut valid = Bitmap::default();
    for row in 0..batch.len {
        let text = column.text(row, &batch.text);
        valid.push(text.is_some() || !is_scored);
        let start = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let text = text.unwrap_or_default();
        views.push(View { start, len: u32::try_from(text.len()).unwrap_or(0) });
        buffer.push_str(text);
    }
    let values = Values::Text(TextColumn::Owned(views, buffer));
    Column { ty: Type::Text, values, valid, unreadable: None }
}
