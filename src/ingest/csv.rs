//! CSV structure: a block of whole records becomes a grid of cells.

use super::{quotes::Dialect, spec::FaultKind};
use bitmask::{count, mask};

/// A line that is given up, as the reader found it: bytes of the block and the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// First byte of the line.
    pub(super) start: u32,
    /// After its line end.
    pub(super) end: u32,
    /// Why.
    pub(super) kind: FaultKind,
}

/// A row that could not be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reject {
    /// Which row of the block, from 0.
    pub(super) row: u64,
    /// Why.
    pub(super) kind: FaultKind,
    /// Its bytes, without the line end.
    pub(super) start: u32,
    /// Where they end.
    pub(super) end: u32,
}

/// The cells of a block: cell `c` of record `r` ends at `ends[r * width + c]` and starts after the
/// end of the cell before it, or at `starts[r]`.
#[derive(Debug, Default)]
pub(super) struct Grid {
    /// Fields a record.
    pub(super) width: usize,
    /// Positions of the delimiters and line ends, record by record.
    pub(super) ends: Vec<u32>,
    /// How many of `ends` are filled; the rest is spare room.
    filled: usize,
    /// Where each record starts.
    pub(super) starts: Vec<u32>,
    /// Which row of the block each record is; empty where every row is a record.
    pub(super) rows: Vec<u64>,
    /// Cells that start with a quote, as index into `ends`, rising.
    pub(super) quoted: Vec<u32>,
    /// Rows that could not be split, in order.
    pub(super) rejects: Vec<Reject>,
    /// All rows of the block: records, rejected and blank ones.
    pub(super) row_count: u64,
    newlines: usize,
}

/// What the index needs to know about a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    pub(super) dialect: Dialect,
    pub(super) width: usize,
    /// Parity of quotes tells what lies inside them.
    pub(super) regular: bool,
    pub(super) broken: &'a [Broken],
}

impl Grid {
    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Splits `bytes`, whole records each with its line end.
    pub(super) fn fill(&mut self, bytes: &[u8], shape: Shape<'_>) {
        self.width = shape.width;
        self.filled = 0;
        self.newlines = 0;
        self.starts.clear();
        self.rows.clear();
        self.quoted.clear();
        self.rejects.clear();
        if shape.regular && shape.broken.is_empty() {
            self.index_by_parity(bytes, shape.dialect);
        } else {
            self.index_by_state(bytes, shape);
        }
        if self.is_even(bytes, shape.dialect.newline) {
            self.row_count = self.newlines as u64;
            if self.newlines > 0 {
                self.starts.push(0);
                let line_ends = self.ends[..self.filled].iter().skip(shape.width - 1).step_by(shape.width);
                self.starts.extend(line_ends.take(self.newlines - 1).map(|it| it + 1));
            }
        } else {
            self.sort_out_rows(bytes, shape);
        }
    }

    /// True if every row has just `width` fields.
    fn is_even(&self, bytes: &[u8], newline: u8) -> bool {
        let ends = &self.ends[..self.filled];
        // With one field a row, a blank line looks like a record.
        self.width > 1
            && self.newlines * self.width == self.filled
            && ends.chunks_exact(self.width).all(|row| bytes[row[self.width - 1] as usize] == newline)
    }

    /// Notes the position of every delimiter and line end outside quotes, 64 bytes at a time:
    /// a byte lies inside quotes when an odd number of quotes stands before it.
    fn index_by_parity(&mut self, bytes: &[u8], dialect: Dialect) {
        let Dialect { delimiter, newline, quote, .. } = dialect;
        let mut inside = 0_u64;
        let (chunks, tail) = bytes.as_chunks::<64>();
        // Filled up with a byte that means nothing.
        let nothing = (0..=u8::MAX).find(|it| ![delimiter, newline, quote].contains(it));
        let mut padded = [nothing.unwrap_or_default(); 64];
        padded[..tail.len()].copy_from_slice(tail);
        for (number, chunk) in chunks.iter().chain((!tail.is_empty()).then_some(&padded)).enumerate() {
            let mut structure = mask(chunk, |it| (it == delimiter) | (it == newline));
            // Most chunks have no quotes, and then need neither their places nor those of line ends.
            if inside == 0 && count(chunk, quote) == 0 {
                self.newlines += usize::from(count(chunk, newline));
            } else {
                let quotes = mask(chunk, |it| it == quote);
                let within = prefix_xor(quotes) ^ inside;
                // All ones if the last byte lies inside quotes.
                inside = (within >> 63).wrapping_neg();
                structure &= !within;
                self.newlines += (mask(chunk, |it| it == newline) & !within).count_ones() as usize;
                self.note_quotes(quotes & within, structure);
            }
            self.push_positions(structure, number as u32 * 64);
        }
    }

    /// Appends the positions of the set bits.
    #[inline]
    fn push_positions(&mut self, mut bits: u64, base: u32) {
        if self.filled + 64 > self.ends.len() {
            // Begun large: growing step by step costs more fresh memory than it saves.
            self.ends.resize((self.ends.len() * 2).max(1 << 16), 0);
        }
        let count = bits.count_ones() as usize;
        let room = &mut self.ends[self.filled..self.filled + 64];
        // Eight at a time without asking whether there are as many: the surplus is overwritten.
        for eight in room.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
            for slot in eight {
                *slot = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
        }
        self.filled += count;
    }

    /// Notes the cells that opening quotes start; a doubled quote opens again in the same cell.
    fn note_quotes(&mut self, mut opening: u64, structure: u64) {
        while opening != 0 {
            let before = (1_u64 << opening.trailing_zeros()) - 1;
            let cell = self.filled as u32 + (structure & before).count_ones();
            if self.quoted.last() != Some(&cell) {
                self.quoted.push(cell);
            }
            opening &= opening - 1;
        }
    }

    /// The same, byte by byte, for blocks with stray quotes, escapes or broken lines.
    fn index_by_state(&mut self, bytes: &[u8], shape: Shape<'_>) {
        let Shape { dialect, mut broken, .. } = shape;
        self.ends.clear();
        let (mut at, mut field_start, mut quoted) = (0, true, false);
        while let Some(&byte) = bytes.get(at) {
            if let [first, rest @ ..] = broken
                && first.start as usize == at
            {
                broken = rest;
                at = first.end as usize;
                self.ends.push(first.end - 1);
                self.newlines += 1;
                (field_start, quoted) = (true, false);
                continue;
            }
            if quoted {
                if Some(byte) == dialect.escape && byte != dialect.quote {
                    at += 1;
                } else if byte == dialect.quote {
                    if bytes.get(at + 1) == Some(&dialect.quote) {
                        at += 1;
                    } else {
                        quoted = false;
                    }
                }
            } else if byte == dialect.delimiter || byte == dialect.newline {
                self.newlines += usize::from(byte == dialect.newline);
                self.ends.push(at as u32);
                field_start = true;
                at += 1;
                continue;
            } else if byte == dialect.quote && field_start {
                quoted = true;
                self.quoted.push(self.ends.len() as u32);
            }
            field_start = false;
            at += 1;
        }
        self.filled = self.ends.len();
    }

    /// Keeps the rows with the right number of fields, closing up the ranks of `ends`, and notes
    /// the others. Blank lines are rows but no records.
    fn sort_out_rows(&mut self, bytes: &[u8], shape: Shape<'_>) {
        let Shape { dialect, width, mut broken, .. } = shape;
        let quoted = std::mem::take(&mut self.quoted);
        let mut quoted = quoted.iter().copied().peekable();
        let (mut kept, mut first, mut start, mut row) = (0_usize, 0_usize, 0_u32, 0_u64);
        for last in 0..self.filled {
            let end = self.ends[last];
            if bytes[end as usize] != dialect.newline {
                continue;
            }
            let found = last + 1 - first;
            let stop = if end > start && bytes[end as usize - 1] == b'\r' { end - 1 } else { end };
            let given_up = broken.first().filter(|it| it.start == start).map(|it| it.kind);
            if given_up.is_some() {
                broken = &broken[1..];
            }
            while quoted.next_if(|it| (*it as usize) < first).is_some() {}
            if let Some(kind) = given_up {
                self.rejects.push(Reject { row, kind, start, end: stop });
            } else if found == 1 && stop == start {
                // A blank line.
            } else if found == width {
                while let Some(cell) = quoted.next_if(|it| (*it as usize) <= last) {
                    self.quoted.push((cell as usize - first + kept) as u32);
                }
                self.ends.copy_within(first..=last, kept);
                kept += width;
                self.starts.push(start);
                self.rows.push(row);
            } else {
                let kind = FaultKind::FieldCount { found, expected: width };
                self.rejects.push(Reject { row, kind, start, end: stop });
            }
            row += 1;
            first = last + 1;
            start = end + 1;
        }
        self.filled = kept;
        self.row_count = row;
    }

    /// The ends of the cells, record by record.
    pub(super) fn ends(&self) -> &[u32] {
        &self.ends[..self.filled]
    }
}

/// Turns `1` bits into runs: bit `i` of the result is the parity of bits `0..=i`.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// Finding bytes in 64 at a time, in loops that the compiler turns into vector instructions.
mod bitmask {
    /// A bit for every byte that `wanted` accepts; it must not branch.
    #[inline(always)]
    pub(super) fn mask(chunk: &[u8; 64], wanted: impl Fn(u8) -> bool) -> u64 {
        let mut hits = [0_u8; 64];
        for (hit, byte) in hits.iter_mut().zip(chunk) {
            *hit = u8::from(wanted(*byte));
        }
        // The product's top byte gathers eight bytes of 0 or 1 as eight bits.
        let gather = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        hits.as_chunks::<8>().0.iter().rev().fold(0, |mask, eight| mask << 8 | gather(eight))
    }

    /// How many bytes are `byte`.
    #[inline(always)]
    pub(super) fn count(chunk: &[u8; 64], byte: u8) -> u8 {
        chunk.iter().map(|it| u8::from(*it == byte)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(text: &str, width: usize, regular: bool) -> Grid {
        let mut grid = Grid::default();
        grid.fill(text.as_bytes(), Shape { dialect: Dialect::PLAIN, width, regular, broken: &[] });
        grid
    }

    fn cells(grid: &Grid, text: &str) -> Vec<Vec<String>> {
        let rows = grid.ends().chunks_exact(grid.width).zip(&grid.starts);
        rows.map(|(ends, start)| {
            let mut from = *start as usize;
            ends.iter()
                .map(|end| {
                    let cell = text[from..*end as usize].to_owned();
                    from = *end as usize + 1;
                    cell
                })
                .collect()
        })
        .collect()
    }

    #[test]
    fn rows_are_kept_or_rejected() {
        let text = "a,b\n\n1,\"x,\ny\"\n1,2,3\n4,5\n";
        for regular in [true, false] {
            let grid = grid(text, 2, regular);
            assert_eq!(cells(&grid, text), [["a", "b"], ["1", "\"x,\ny\""], ["4", "5"]]);
            assert_eq!((grid.rows.as_slice(), grid.row_count), (&[0, 2, 4][..], 5));
            assert_eq!(grid.rejects[0].kind, FaultKind::FieldCount { found: 3, expected: 2 });
            assert_eq!(grid.quoted, [3]);
        }
    }

    proptest! {
        #[test]
        fn parity_and_state_agree(rows in prop::collection::vec(prop::collection::vec("[ab]{0,9}|\"[a,\n]{0,40}(\"\")?[b,]{0,9}\"", 1..5), 0..30)) {
            let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
            let (fast, slow) = (grid(&text, 3, true), grid(&text, 3, false));
            prop_assert_eq!(fast.ends(), slow.ends());
            prop_assert_eq!((&fast.starts, fast.row_count, &fast.rejects), (&slow.starts, slow.row_count, &slow.rejects));
            prop_assert_eq!(&fast.quoted, &slow.quoted);
        }
    }
}
