//! A log of events, grouped by case and ordered by time, within a bound of memory.

use super::packed;
use crate::{
    record::{Origin, Value},
    sorting::{Keys, Merge, Sorted, Sorter, Spill, Temporary},
};
use std::{
    collections::HashMap,
    fmt,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::{Deref, Range},
    sync::{Arc, Mutex, PoisonError},
};

/// While events are sorted they stand in memory twice, and later their keys stand beside them: so much of the
/// bound is for the events themselves.
const SHARE_OF_MEMORY: usize = 3;

/// Bytes that are written to a store at once.
const WRITE_AHEAD: usize = 1 << 18;

/// One event of a case.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// When it was, in microseconds UTC.
    pub at: i64,
    /// The number of its step among all.
    pub step: u32,
    /// The number of who did it among all.
    pub actor: Option<u32>,
    /// Where it stands.
    pub origin: Origin,
}

/// The events of a case in order of time, and the other fields that were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct CaseEvents<'a> {
    events: &'a [Event],
    /// Those of one event after those of another.
    fields: &'a [Value],
}

impl Deref for CaseEvents<'_> {
    type Target = [Event];

    fn deref(&self) -> &[Event] {
        self.events
    }
}

impl<'a> CaseEvents<'a> {
    /// The events alone.
    #[must_use]
    pub fn events(&self) -> &'a [Event] {
        self.events
    }

    /// The field of this number, in the order in which fields were asked for, of an event.
    #[must_use]
    pub fn field(&self, event: usize, number: usize) -> Option<&'a Value> {
        let asked = self.fields.len().checked_div(self.events.len())?;
        if number < asked { self.fields.get(event * asked + number) } else { None }
    }
}

/// Events that were fetched, case after case.
#[derive(Debug, Default)]
pub struct Fetched {
    events: Vec<Event>,
    fields: Vec<Value>,
    /// Bytes on their way from a temporary file.
    buffer: Vec<u8>,
}

impl Fetched {
    /// The events that one fetch gave.
    #[must_use]
    pub fn of(&self, range: Range<usize>) -> CaseEvents<'_> {
        let asked = self.fields.len().checked_div(self.events.len()).unwrap_or(0);
        CaseEvents {
            events: &self.events[range.clone()],
            fields: &self.fields[range.start * asked..range.end * asked],
        }
    }

    fn take(&mut self, at: i64, payload: &[u8]) {
        let mut rest = payload;
        let mut number = || packed::number(&mut rest);
        let (step, actor, file, row) = (number(), number(), number(), number());
        let narrow = |it: u64| u32::try_from(it).unwrap_or(u32::MAX);
        let origin = Origin { file: narrow(file), row };
        self.events.push(Event { at, step: narrow(step), actor: actor.checked_sub(1).map(narrow), origin });
        while !rest.is_empty() {
            self.fields.push(packed::value(&mut rest));
        }
    }
}

/// Events that belong to no case, or cannot be put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Without a case id.
    pub without_case: u64,
    /// Without a time.
    pub without_time: u64,
    /// Of a case's events those at the moment of the one before.
    pub ties: u64,
}

/// A log as it is read.
pub struct LogBuilder {
    names: Names,
    sorter: Sorter<Temporary>,
    spill: Spill,
    /// How many events there are.
    count: u64,
    payload: Vec<u8>,
    /// What was left out so far.
    pub left: Left,
}

/// Texts by number.
#[derive(Debug, Default)]
struct Names {
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    /// By number: some event has it as its step.
    is_step: Vec<bool>,
    /// What was asked for last.
    last: u32,
}

impl Names {
    fn number(&mut self, text: &str) -> u32 {
        if self.texts.get(self.last as usize).is_some_and(|it| **it == *text) {
            return self.last;
        }
        if let Some(number) = self.numbers.get(text) {
            self.last = *number;
            return self.last;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let shared: Arc<str> = text.into();
        self.texts.push(shared.clone());
        self.is_step.push(false);
        self.numbers.insert(shared, number);
        number
    }
}

impl LogBuilder {
    /// An empty log; `spill` bounds what it holds. The texts of steps and actors stay in memory.
    #[must_use]
    pub fn new(spill: Spill) -> Self {
        Self {
            names: Names::default(),
            sorter: Sorter::new(spill.bytes_max / SHARE_OF_MEMORY, spill.make),
            spill,
            count: 0,
            payload: Vec::new(),
            left: Left::default(),
        }
    }

    /// Takes an event in, in the order of files and rows. Without an id or a time it is only counted; without a
    /// step it is an event of the step "". Every event has the same number of `fields`.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn push(
        &mut self,
        case: Option<&str>,
        at: Option<i64>,
        (step, actor): (&str, Option<&str>),
        fields: &[Value],
        origin: Origin,
    ) -> io::Result<()> {
        let Some(case) = case else {
            self.left.without_case += 1;
            return Ok(());
        };
        let Some(at) = at else {
            self.left.without_time += 1;
            return Ok(());
        };
        let step = self.names.number(step);
        self.names.is_step[step as usize] = true;
        let actor = actor.map_or(0, |it| u64::from(self.names.number(it)) + 1);
        self.payload.clear();
        for number in [u64::from(step), actor, u64::from(origin.file), origin.row] {
            packed::put_number(&mut self.payload, number);
        }
        fields.iter().for_each(|it| packed::put_value(&mut self.payload, it));
        self.sorter.push(case.as_bytes(), at, self.count, &self.payload)?;
        self.count += 1;
        Ok(())
    }

    /// The log, each case in the order of time; events of one moment keep the order of files and rows.
    ///
    /// # Errors
    /// A temporary file cannot be read or written.
    pub fn finish(self) -> io::Result<EventLog> {
        let Self { names, sorter, spill, count, mut left, .. } = self;
        let store = if sorter.is_in_memory() {
            let sorted = sorter.into_sorted();
            for rank in 0..sorted.keys() {
                let mut before = None;
                for item in sorted.items(rank) {
                    left.ties += u64::from(before == Some(item.at));
                    before = Some(item.at);
                }
            }
            Store::Memory(sorted)
        } else {
            filed(sorter, spill, &mut left)?
        };
        Ok(EventLog { names, store, count, left })
    }
}

/// Writes the cases of a sorter that had to spill to a file, one after the other.
fn filed(sorter: Sorter<Temporary>, spill: Spill, left: &mut Left) -> io::Result<Store> {
    let mut file = (spill.make)()?;
    let (mut ids, mut ends, mut buffer) = (Keys::default(), Vec::new(), Vec::new());
    let (mut written, mut before) = (0_u64, None);
    let mut merge = Merge::new(vec![sorter])?;
    while let Some(item) = merge.next_item()? {
        let number = ids.number(item.key) as usize;
        if number == ends.len() {
            ends.push(0);
            before = None;
        }
        left.ties += u64::from(before == Some(item.at));
        before = Some(item.at);
        buffer.extend_from_slice(&item.at.to_le_bytes());
        packed::put_number(&mut buffer, item.payload.len() as u64);
        buffer.extend_from_slice(item.payload);
        ends[number] = written + buffer.len() as u64;
        if buffer.len() >= WRITE_AHEAD {
            file.write_all(&buffer)?;
            written += buffer.len() as u64;
            buffer.clear();
        }
    }
    file.write_all(&buffer)?;
    file.flush()?;
    Ok(Store::File { file: Mutex::new(file), ids, ends })
}

/// Where events stand.
enum Store {
    Memory(Sorted),
    /// The cases in the order of their ids, which are numbered in that order, each up to its end.
    File {
        file: Mutex<Temporary>,
        ids: Keys,
        ends: Vec<u64>,
    },
}

/// A log of events by case. Cases are numbered in the order of their ids.
pub struct EventLog {
    names: Names,
    store: Store,
    count: u64,
    left: Left,
}

impl fmt::Debug for EventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLog")
            .field("cases", &self.cases())
            .field("events", &self.count)
            .finish_non_exhaustive()
    }
}

impl EventLog {
    /// How many cases there are.
    #[must_use]
    pub fn cases(&self) -> usize {
        match &self.store {
            Store::Memory(sorted) => sorted.keys(),
            Store::File { ends, .. } => ends.len(),
        }
    }

    /// The id of a case.
    #[must_use]
    pub fn id(&self, case: usize) -> &str {
        let id = match &self.store {
            Store::Memory(sorted) => sorted.key(case),
            Store::File { ids, .. } => ids.get(u32::try_from(case).unwrap_or(u32::MAX)),
        };
        std::str::from_utf8(id).unwrap_or_default()
    }

    /// The number of a case; `None` where the log does not know it.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<usize> {
        match &self.store {
            Store::Memory(sorted) => sorted.rank(id.as_bytes()),
            Store::File { ids, .. } => ids.known(id.as_bytes()).map(|it| it as usize),
        }
    }

    /// Fetches the events of a case, behind those that were fetched before.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn fetch(&self, case: usize, into: &mut Fetched) -> io::Result<Range<usize>> {
        let first = into.events.len();
        match &self.store {
            Store::Memory(sorted) => sorted.items(case).for_each(|it| into.take(it.at, it.payload)),
            Store::File { file, ends, .. } => {
                let start = if case == 0 { 0 } else { ends[case - 1] };
                let len = usize::try_from(ends[case] - start).unwrap_or(usize::MAX);
                let mut buffer = std::mem::take(&mut into.buffer);
                buffer.resize(len, 0);
                {
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    file.seek(SeekFrom::Start(start))?;
                    file.read_exact(&mut buffer)?;
                }
                let mut rest = buffer.as_slice();
                while let Some((at, more)) = rest.split_first_chunk::<8>() {
                    rest = more;
                    let len =
                        usize::try_from(packed::number(&mut rest)).unwrap_or(usize::MAX).min(rest.len());
                    into.take(i64::from_le_bytes(*at), &rest[..len]);
                    rest = &rest[len..];
                }
                into.buffer = buffer;
            }
        }
        Ok(first..into.events.len())
    }

    /// What was left out.
    #[must_use]
    pub fn left(&self) -> Left {
        self.left
    }

    /// The number of a step or an actor; `None` where no event has it.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<u32> {
        self.names.numbers.get(text).copied()
    }

    /// A step or an actor by its number.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        self.names.texts.get(number as usize).map_or("", |it| it)
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All steps that events have, sorted.
    #[must_use]
    pub fn steps(&self) -> Vec<&str> {
        let all = self.names.texts.iter().zip(&self.names.is_step);
        let mut steps: Vec<&str> = all.filter(|it| *it.1).map(|it| &**it.0).collect();
        steps.sort_unstable();
        steps
    }
}
