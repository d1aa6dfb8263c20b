//! A stream cut into blocks of whole records.

use super::{
    bytes::{Bytes, read_more},
    chain::Ticket,
    csv::Broken,
    json,
    quotes::{Dialect, QuoteScanner},
    spec::FaultKind,
};
use memchr::{memchr, memrchr};
use std::io;

/// A run of whole records of one file, as read. Made for reuse: its buffers keep their memory.
#[derive(Debug, Default)]
pub struct Block {
    /// Counts the blocks of the whole source from 0.
    pub sequence: u64,
    /// The text; UTF-8 but for bytes that the file's encoding does not know.
    pub(super) bytes: Vec<u8>,
    /// Which of the source's files.
    pub(super) file: u32,
    /// Parity of quotes tells what lies inside them.
    pub(super) regular: bool,
    /// Lines that the reader gave up, in order.
    pub(super) broken: Vec<Broken>,
    /// Where the elements of a JSON array stand.
    pub(super) elements: Vec<(u32, u32)>,
    /// The block's place in the chain of counts, until it has been decoded.
    pub(super) ticket: Option<Ticket>,
}

impl Block {
    fn clear(&mut self) {
        self.bytes.clear();
        self.broken.clear();
        self.elements.clear();
        self.regular = true;
    }
}

/// How large blocks and records may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderOptions {
    /// A block is about this many bytes, more only where one record is larger.
    pub block_bytes: usize,
    /// A larger record is rejected.
    pub record_bytes_max: usize,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self { block_bytes: 512 << 10, record_bytes_max: 16 << 20 }
    }
}

/// Why a feed could not go on.
#[derive(Debug)]
pub(super) enum FeedError {
    /// The stream could not be read.
    Read(io::Error),
    /// The JSON is malformed in or after this element, counted from 1.
    Structure { element: u64, reason: Structure },
}

/// What is wrong with a JSON file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Structure {
    /// Neither an array nor an object.
    NotRecords,
    /// Something other than a comma or the closing bracket after an element.
    Malformed,
    /// The file ends within the array.
    CutOff,
    /// Something follows the end.
    Trailing,
}

impl From<io::Error> for FeedError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// Cuts a stream into blocks.
pub(super) enum Feed {
    /// CSV and NDJSON.
    Lines(LineFeed),
    /// A JSON array or object.
    Elements(ElementFeed),
    /// Everything at once, one JSON object an element (TOML, whose records are few).
    Once(Vec<u8>, Vec<(u32, u32)>),
}

impl Feed {
    /// Fills `block` with the next records; false at the end.
    pub(super) fn next(&mut self, block: &mut Block, options: ReaderOptions) -> Result<bool, FeedError> {
        block.clear();
        match self {
            Self::Lines(feed) => Ok(feed.next(block, options)?),
            Self::Elements(feed) => feed.next(block, options),
            Self::Once(bytes, elements) => {
                std::mem::swap(&mut block.bytes, bytes);
                std::mem::swap(&mut block.elements, elements);
                elements.clear();
                Ok(!block.elements.is_empty())
            }
        }
    }
}

/// How much of a line that is given up is kept for its diagnostic.
const GIVEN_UP_BYTES: usize = 256;

/// Cuts at line ends, in CSV outside quotes only.
pub(super) struct LineFeed {
    input: Bytes,
    /// The beginning of the next record, already read.
    carry: Vec<u8>,
    ended: bool,
    /// `None`: lines end at every `\n`.
    dialect: Option<Dialect>,
    newline: u8,
    scanner: QuoteScanner,
}

impl LineFeed {
    pub(super) fn new(input: Bytes, dialect: Option<Dialect>) -> Self {
        let newline = dialect.map_or(b'\n', |it| it.newline);
        Self { input, carry: Vec::new(), ended: false, dialect, newline, scanner: QuoteScanner::default() }
    }

    fn next(&mut self, block: &mut Block, options: ReaderOptions) -> io::Result<bool> {
        std::mem::swap(&mut block.bytes, &mut self.carry);
        self.carry.clear();
        self.scanner.restart(0);
        let mut plain_from = 0;
        let mut hopeless_from = 0;
        loop {
            if !self.ended {
                self.ended = !read_more(&mut *self.input, &mut block.bytes, options.block_bytes)?;
            }
            if self.ended && block.bytes.last().is_some_and(|it| *it != self.newline) {
                block.bytes.push(self.newline);
            }
            let given_up = (hopeless_from > 0).then_some(hopeless_from);
            let end = self.records_end(&block.bytes, &mut plain_from).or(given_up);
            if let Some(end) = end.filter(|it| !self.ended || *it == block.bytes.len()) {
                self.carry.extend_from_slice(&block.bytes[end..]);
                block.bytes.truncate(end);
                block.regular = self.dialect.is_none() || self.scanner.is_regular();
                return Ok(true);
            }
            if block.bytes.is_empty() {
                return Ok(false);
            }
            if self.ended {
                // Inside quotes: the line where they open is given up.
                hopeless_from = self.give_up(block, end.unwrap_or(0), FaultKind::OpenQuote)?;
            } else if block.bytes.len() > options.record_bytes_max {
                hopeless_from = self.give_up(block, 0, FaultKind::TooLarge)?;
                plain_from = hopeless_from;
            }
        }
    }

    fn records_end(&mut self, bytes: &[u8], plain_from: &mut usize) -> Option<usize> {
        if let Some(dialect) = self.dialect {
            self.scanner.scan(bytes, dialect, self.ended);
            return self.scanner.records_end(bytes, dialect);
        }
        let end = memrchr(self.newline, &bytes[*plain_from..]).map(|it| *plain_from + it + 1);
        *plain_from = bytes.len();
        end
    }

    /// Marks the line at `start` as broken and goes on after it; gives the position after it.
    fn give_up(&mut self, block: &mut Block, start: usize, kind: FaultKind) -> io::Result<usize> {
        let end = match memchr(self.newline, &block.bytes[start..]) {
            Some(ahead) => start + ahead + 1,
            None => self.skip_line(block, start)?,
        };
        block.broken.push(Broken { start: start as u32, end: end as u32, kind });
        self.scanner.restart(end);
        Ok(end)
    }

    /// Drops what is left of a line that is too long, up to and with its end.
    fn skip_line(&mut self, block: &mut Block, start: usize) -> io::Result<usize> {
        let mut keep = (start + GIVEN_UP_BYTES).min(block.bytes.len());
        while keep > start && block.bytes.get(keep).is_some_and(|it| it & 0xC0 == 0x80) {
            keep -= 1;
        }
        block.bytes.truncate(keep);
        block.bytes.push(self.newline);
        let end = block.bytes.len();
        let mut piece = Vec::new();
        while !self.ended {
            piece.clear();
            self.ended = !read_more(&mut *self.input, &mut piece, 1 << 16)?;
            if let Some(at) = memchr(self.newline, &piece) {
                block.bytes.extend_from_slice(&piece[at + 1..]);
                break;
            }
        }
        Ok(end)
    }
}

/// Splits a JSON array into its elements without holding more than a block of it. A single object
/// is an array of one.
pub(super) struct ElementFeed {
    input: Bytes,
    carry: Vec<u8>,
    ended: bool,
    stage: Stage,
    /// Elements handed out.
    count: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    First,
    Element,
    Separator,
    Single,
    End,
}

impl ElementFeed {
    pub(super) fn new(input: Bytes) -> Self {
        Self { input, carry: Vec::new(), ended: false, stage: Stage::Start, count: 0 }
    }

    fn next(&mut self, block: &mut Block, options: ReaderOptions) -> Result<bool, FeedError> {
        std::mem::swap(&mut block.bytes, &mut self.carry);
        self.carry.clear();
        let mut at = 0;
        let mut element = Extent::default();
        loop {
            if !self.ended {
                self.ended = !read_more(&mut *self.input, &mut block.bytes, options.block_bytes)?;
            }
            self.split(block, &mut at, &mut element)?;
            if self.ended {
                if self.stage != Stage::End {
                    let cut = at < block.bytes.len() || self.stage != Stage::Start;
                    return if cut { Err(self.fault(Structure::CutOff)) } else { Ok(false) };
                }
                return Ok(!block.elements.is_empty());
            }
            if !block.elements.is_empty() {
                self.carry.extend_from_slice(&block.bytes[at..]);
                block.bytes.truncate(at);
                return Ok(true);
            }
            if block.bytes.len() - at > options.record_bytes_max {
                return Err(self.fault(Structure::Malformed));
            }
        }
    }

    fn fault(&self, reason: Structure) -> FeedError {
        FeedError::Structure { element: self.count + 1, reason }
    }

    /// Goes through `block.bytes` from `at`, which stays at the start of an unfinished element.
    fn split(&mut self, block: &mut Block, at: &mut usize, element: &mut Extent) -> Result<(), FeedError> {
        loop {
            if !matches!(self.stage, Stage::Element | Stage::Single) || element.at == 0 {
                *at = json::skip_space(&block.bytes, *at);
            }
            let Some(byte) = block.bytes.get(*at).copied() else { return Ok(()) };
            match (self.stage, byte) {
                (Stage::Start, b'[') => {
                    self.stage = Stage::First;
                    *at += 1;
                }
                (Stage::Start, b'{') => self.stage = Stage::Single,
                (Stage::Start, _) => return Err(self.fault(Structure::NotRecords)),
                (Stage::First, b']') => {
                    self.stage = Stage::End;
                    *at += 1;
                }
                (Stage::First, _) => self.stage = Stage::Element,
                (Stage::Separator, b',') => {
                    self.stage = Stage::Element;
                    *at += 1;
                }
                (Stage::Separator, b']') => {
                    self.stage = Stage::End;
                    *at += 1;
                }
                (Stage::Separator, _) => return Err(self.fault(Structure::Malformed)),
                (Stage::End, _) => return Err(self.fault(Structure::Trailing)),
                (Stage::Element | Stage::Single, _) => {
                    let Some(len) = element.find(&block.bytes[*at..]) else { return Ok(()) };
                    if len == 0 {
                        return Err(self.fault(Structure::Malformed));
                    }
                    block.elements.push((*at as u32, (*at + len) as u32));
                    *element = Extent::default();
                    *at += len;
                    self.count += 1;
                    self.stage = if self.stage == Stage::Single { Stage::End } else { Stage::Separator };
                }
            }
        }
    }
}

/// Finds where an element ends by counting brackets outside strings. What lies between is checked
/// when the element is decoded.
#[derive(Default)]
struct Extent {
    at: usize,
    depth: usize,
    in_string: bool,
}

impl Extent {
    /// The length of the element that `bytes` begin with; `None` if it goes on beyond them. To be
    /// called again with more.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(byte) = bytes.get(self.at) {
            if self.in_string {
                let Some(ahead) = memchr::memchr2(b'"', b'\\', &bytes[self.at..]) else {
                    self.at = bytes.len();
                    return None;
                };
                let found = self.at + ahead;
                if bytes[found] == b'\\' {
                    if found + 1 == bytes.len() {
                        self.at = found;
                        return None;
                    }
                    self.at = found + 2;
                } else {
                    self.in_string = false;
                    self.at = found + 1;
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' if self.depth == 0 => return Some(self.at),
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(self.at + 1);
                    }
                }
                b',' if self.depth == 0 => return Some(self.at),
                _ => {}
            }
            self.at += 1;
        }
        None
    }
}
