//! Hands out the blocks of a source, file after file.

use super::{
    bytes::open_text,
    chain::{Chain, Ticket},
    clock::TimeFormat,
    faults,
    feed::{Block, ElementFeed, Feed, FeedError, LineFeed, ReaderOptions, Structure},
    lane::{Lane, Reading},
    spec::{Format, Opened, Want},
    toml,
};
use crate::{
    diagnostic::Diagnostic,
    record::{Field, Type},
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// The records of a source as blocks, in order; shared by all workers.
pub struct Reader {
    pub(super) opened: Arc<Opened>,
    pub(super) lanes: Vec<Lane>,
    /// The distinct fields that the lanes read.
    pub(super) slots: Vec<usize>,
    options: ReaderOptions,
    cursor: Mutex<Cursor>,
    pub(super) chain: Arc<Chain>,
    bytes_read: Arc<AtomicU64>,
    bytes_total: u64,
}

struct Cursor {
    /// The next file to open.
    file: usize,
    feed: Option<Feed>,
    /// The next block is the first of its file.
    fresh: bool,
    sequence: u64,
}

impl Reader {
    /// A reader of the fields in `wants`.
    ///
    /// # Errors
    /// A field's `format` that cannot be used.
    pub fn new(opened: Arc<Opened>, wants: Vec<Want>, options: ReaderOptions) -> Result<Self, Diagnostic> {
        let mut slots: Vec<usize> = Vec::new();
        let mut lanes = Vec::with_capacity(wants.len());
        for want in &wants {
            let slot = slots.iter().position(|it| *it == want.field).unwrap_or_else(|| {
                slots.push(want.field);
                slots.len() - 1
            });
            lanes.push(lane(&opened, *want, slot)?);
        }
        let bytes_total = opened.files.iter().map(|it| it.bytes).sum();
        Ok(Self {
            opened,
            lanes,
            slots,
            options,
            cursor: Mutex::new(Cursor { file: 0, feed: None, fresh: false, sequence: 0 }),
            chain: Arc::default(),
            bytes_read: Arc::default(),
            bytes_total,
        })
    }

    /// Fills `block` with the next run of whole records of one file; false at the end, and when a
    /// worker dropped a block without decoding it.
    ///
    /// # Errors
    /// A file that can no longer be read, is cut off, or is no JSON or TOML.
    pub fn next_block(&self, block: &mut Block) -> Result<bool, Diagnostic> {
        // A block filled anew without having been decoded breaks the chain here, not later.
        block.ticket = None;
        if self.chain.is_broken() {
            return Ok(false);
        }
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if cursor.feed.is_none() {
                if cursor.file == self.opened.files.len() {
                    return Ok(false);
                }
                let feed = self.open_feed(cursor.file);
                cursor.feed = Some(feed.map_err(|it| self.fail(&mut cursor, it))?);
                cursor.file += 1;
                cursor.fresh = true;
            }
            let Some(feed) = &mut cursor.feed else { continue };
            match feed.next(block, self.options) {
                Ok(true) => break,
                Ok(false) => cursor.feed = None,
                Err(error) => {
                    let diagnostic = faults::unreadable(&self.opened.files[cursor.file - 1], &error);
                    return Err(self.fail(&mut cursor, diagnostic));
                }
            }
        }
        let file = cursor.file - 1;
        block.file = file as u32;
        block.sequence = cursor.sequence;
        let first_row = cursor.fresh.then(|| self.opened.layouts[file].first_row);
        block.ticket = Some(Ticket::new(self.chain.clone(), cursor.sequence, first_row));
        cursor.fresh = false;
        cursor.sequence += 1;
        Ok(true)
    }

    /// After an error there are no more blocks.
    fn fail(&self, cursor: &mut Cursor, diagnostic: Diagnostic) -> Diagnostic {
        cursor.file = self.opened.files.len();
        cursor.feed = None;
        diagnostic
    }

    fn open_feed(&self, file: usize) -> Result<Feed, Diagnostic> {
        open_feed(&self.opened, file, &self.bytes_read)
    }

    /// Bytes read from the disk so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// Size of all files on the disk.
    #[must_use]
    pub fn bytes_total(&self) -> u64 {
        self.bytes_total
    }
}

/// Opens one file of a source and steps over its header.
pub(super) fn open_feed(opened: &Opened, file: usize, counter: &Arc<AtomicU64>) -> Result<Feed, Diagnostic> {
    let (info, layout) = (&opened.files[file], &opened.layouts[file]);
    let failed = |error: std::io::Error| faults::unreadable(info, &FeedError::Read(error));
    let mut text = open_text(info.store(), layout.encoding, counter).map_err(failed)?;
    match layout.format {
        Format::Csv | Format::Tsv => {
            let mut header = Vec::new();
            super::bytes::read_more(&mut *text, &mut header, layout.body_start).map_err(failed)?;
            Ok(Feed::Lines(LineFeed::new(text, Some(layout.dialect))))
        }
        Format::Ndjson => Ok(Feed::Lines(LineFeed::new(text, None))),
        Format::Json => Ok(Feed::Elements(ElementFeed::new(text))),
        Format::Toml => {
            let mut whole = String::new();
            std::io::Read::read_to_string(&mut text, &mut whole).map_err(failed)?;
            let (bytes, elements) = toml::records(&whole).map_err(|it| faults::bad_toml(info, &it))?;
            Ok(Feed::Once(bytes, elements))
        }
    }
}

fn lane(opened: &Opened, want: Want, slot: usize) -> Result<Lane, Diagnostic> {
    let field = &opened.schema.fields[want.field];
    let ty = if want.as_written { Type::Text } else { field.ty };
    let format = |with_time| {
        TimeFormat::new(field.format.as_deref(), with_time)
            .map_err(|it| faults::bad_format(opened, field, &it))
    };
    let reading = match ty {
        Type::Bool => Reading::Bool,
        Type::Int => Reading::Int,
        Type::Float => Reading::Float,
        Type::Decimal => Reading::Decimal,
        Type::Date => Reading::Date(format(false)?),
        Type::Time => Reading::Time(format(true)?),
        Type::Duration => Reading::Duration,
        Type::Amount => Reading::Amount,
        Type::Text => Reading::Text {
            coder: want.coded.then(super::coder::Coder::default),
            choices: choices(field, want),
        },
        Type::List(element) => Reading::List {
            element,
            separator: field.separator.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| ";".to_owned()),
            in_json: opened.layouts.iter().any(|it| !matches!(it.format, Format::Csv | Format::Tsv)),
        },
    };
    Ok(Lane { field: want.field, slot, ty, reading })
}

fn choices(field: &Field, want: Want) -> Option<std::collections::HashSet<Box<[u8]>>> {
    let closed = !field.choices.is_empty() && !want.as_written;
    closed.then(|| field.choices.iter().map(|it| it.as_bytes().into()).collect())
}

impl Structure {
    /// The wording of the diagnostic.
    pub(super) fn wording(self) -> crate::wording::Code {
        use crate::wording::{JSON_CUT_OFF, JSON_MALFORMED, JSON_NOT_RECORDS, JSON_TRAILING};
        match self {
            Self::NotRecords => JSON_NOT_RECORDS,
            Self::Malformed => JSON_MALFORMED,
            Self::CutOff => JSON_CUT_OFF,
            Self::Trailing => JSON_TRAILING,
        }
    }
}
