//! A file as a stream of UTF-8 bytes: seen through compression, freed of its encoding.

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A stream of bytes.
pub(super) type Bytes = Box<dyn Read + Send>;

/// Stands in the stream where the file held bytes that its encoding does not know. It never occurs
/// in UTF-8, so whoever checks the stream for UTF-8 finds it.
const MALFORMED: u8 = 0xFF;

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// Where bytes come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Store<'a> {
    /// A file.
    Disk(&'a Path),
    /// Memory.
    Held(&'a Arc<[u8]>),
}

impl Store<'_> {
    fn open(self) -> io::Result<Bytes> {
        Ok(match self {
            Self::Disk(path) => Box::new(File::open(path)?),
            Self::Held(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }
}

/// Opens a file, seeing through gzip and zstd by their magic bytes. `counter` counts the bytes
/// that were read from the disk.
pub(super) fn open_raw(store: Store<'_>, counter: &Arc<AtomicU64>) -> io::Result<Bytes> {
    let mut file = Counted { inner: store.open()?, counter: counter.clone() };
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic)?;
    let gzip = magic.starts_with(&[0x1F, 0x8B]);
    let zstd = magic == [0x28, 0xB5, 0x2F, 0xFD];
    let whole = Cursor::new(magic).chain(file);
    Ok(if gzip {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole)))
    } else if zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}

/// Opens a file as UTF-8 without a byte order mark.
pub(super) fn open_text(
    store: Store<'_>,
    encoding: &'static Encoding,
    counter: &Arc<AtomicU64>,
) -> io::Result<Bytes> {
    let mut raw = open_raw(store, counter)?;
    if encoding != UTF_8 {
        return Ok(Box::new(Transcoder::new(raw, encoding)));
    }
    let mut start = Vec::new();
    (&mut raw).take(3).read_to_end(&mut start)?;
    if start == UTF8_BOM {
        return Ok(raw);
    }
    Ok(Box::new(Cursor::new(start).chain(raw)))
}

/// Reads until `buffer` has grown by `count` bytes; false at the end of the stream.
pub(super) fn read_more(input: &mut dyn Read, buffer: &mut Vec<u8>, count: usize) -> io::Result<bool> {
    let mut filled = buffer.len();
    buffer.resize(filled + count, 0);
    let end = buffer.len();
    let result = loop {
        if filled == end {
            break Ok(true);
        }
        match input.read(&mut buffer[filled..end]) {
            Ok(0) => break Ok(false),
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    buffer.truncate(filled);
    result
}

/// Counts what is read through it.
struct Counted {
    inner: Bytes,
    counter: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counter.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Turns any encoding into UTF-8 while reading.
struct Transcoder {
    inner: Bytes,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is still to be decoded.
    pending: std::ops::Range<usize>,
    ended: bool,
    done: bool,
    text: Vec<u8>,
    /// How much of `text` has been handed out.
    given: usize,
}

impl Transcoder {
    const RAW_BYTES: usize = 1 << 16;

    fn new(inner: Bytes, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; Self::RAW_BYTES],
            pending: 0..0,
            ended: false,
            done: false,
            text: Vec::new(),
            given: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        if self.pending.is_empty() && !self.ended {
            let read = self.inner.read(&mut self.raw)?;
            self.pending = 0..read;
            self.ended = read == 0;
        }
        // No character of two bytes or more grows by more than half in UTF-8; a malformed byte by none.
        self.text.resize(3 * Self::RAW_BYTES + 16, 0);
        let source = &self.raw[self.pending.clone()];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.text, self.ended);
        self.text.truncate(written);
        self.given = 0;
        self.pending.start += read;
        match result {
            DecoderResult::Malformed(_, _) => self.text.push(MALFORMED),
            DecoderResult::InputEmpty => self.done = self.ended,
            DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.done {
            self.refill()?;
        }
        let count = buffer.len().min(self.text.len() - self.given);
        buffer[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// The encoding of a label as people write it; `None` if it is unknown. GBK and GB2312 are read
/// as GB18030, which holds both.
pub(super) fn encoding_named(label: &str) -> Option<&'static Encoding> {
    let encoding = match label.to_ascii_lowercase().as_str() {
        // The web reads UTF-16 as little-endian; here the mark decides, and that is looked at first.
        "utf-16le" | "utf16le" | "utf16" => UTF_16LE,
        "utf-16be" | "utf16be" => UTF_16BE,
        "utf8-sig" | "utf-8-sig" => UTF_8,
        other => Encoding::for_label(other.as_bytes())?,
    };
    Some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

/// The encoding that a byte order mark gives.
pub(super) fn encoding_marked(sample: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(sample).map(|(encoding, _)| encoding)
}

/// Finds the encoding of a file from its beginning: byte order mark, then the pattern of zero
/// bytes that UTF-16 leaves, then valid UTF-8, then statistics. `whole` says that the sample is
/// all there is.
pub(super) fn detect_encoding(sample: &[u8], whole: bool) -> &'static Encoding {
    if let Some(marked) = encoding_marked(sample) {
        return marked;
    }
    if let Some(wide) = detect_utf16(sample) {
        return wide;
    }
    if is_mostly_utf8(sample) {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, whole);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    if guess == encoding_rs::GBK { GB18030 } else { guess }
}

/// In UTF-16, delimiters, digits and line ends have a zero byte, always on the same side.
fn detect_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let mut zeros = [0_usize; 2];
    for (index, byte) in sample.iter().enumerate() {
        zeros[index % 2] += usize::from(*byte == 0);
    }
    let [even, odd] = zeros;
    if (even + odd) * 64 < sample.len() || even + odd == 0 {
        return None;
    }
    match () {
        () if odd > 9 * even => Some(UTF_16LE),
        () if even > 9 * odd => Some(UTF_16BE),
        () => detect_utf16_by_structure(sample),
    }
}

/// Where zeros stand on both sides: common Chinese letters have one too (一 is U+4E00, the ideographic
/// space U+3000). Read the wrong way round they are `N` and `0`, but never what structures a table.
fn detect_utf16_by_structure(sample: &[u8]) -> Option<&'static Encoding> {
    let (mut little, mut big) = (0_usize, 0_usize);
    for unit in sample.chunks_exact(2) {
        let structure =
            |it: u8| matches!(it, b'\t' | b'\n' | b'\r' | b'"' | b',' | b';' | b'|' | b'1'..=b'9');
        little += usize::from(unit[1] == 0 && structure(unit[0]));
        big += usize::from(unit[0] == 0 && structure(unit[1]));
    }
    match () {
        // A few by chance in a file with stray zeros prove nothing.
        () if (little + big) * 256 < sample.len() => None,
        () if little > 9 * big => Some(UTF_16LE),
        () if big > 9 * little => Some(UTF_16BE),
        () => None,
    }
}

/// True if the sample is UTF-8 but for a few broken bytes. A character cut off by the end of the
/// sample is not broken.
fn is_mostly_utf8(sample: &[u8]) -> bool {
    let (mut wide, mut broken) = (0_usize, 0_usize);
    let mut left = sample.len();
    for chunk in sample.utf8_chunks() {
        left -= chunk.valid().len() + chunk.invalid().len();
        if !chunk.valid().is_ascii() {
            wide += chunk.valid().chars().filter(|it| !it.is_ascii()).count();
        }
        let cut_off =
            left == 0 && std::str::from_utf8(chunk.invalid()).is_err_and(|it| it.error_len().is_none());
        broken += usize::from(!chunk.invalid().is_empty() && !cut_off);
    }
    broken * 2 <= wide
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn through(bytes: &[u8], encoding: &'static Encoding) -> Vec<u8> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut out = Vec::new();
        open_text(Store::Disk(file.path()), encoding, &Arc::default())
            .unwrap()
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    #[test]
    fn encodings_become_utf8() {
        assert_eq!(through(b"\xEF\xBB\xBFa,b", UTF_8), b"a,b");
        assert_eq!(through(b"a", UTF_8), b"a");
        assert_eq!(through(b"\xFF\xFEa\0\x2D\x4E", UTF_16LE), "a中".as_bytes());
        assert_eq!(through(b"\xD6\xD0\x95\x32\x82\x36", GB18030), "中𠀀".as_bytes());
        assert_eq!(through(b"a\xFFb", GB18030), b"a\xFFb");
        assert_eq!(through(b"a\0\0\xD8b\0", UTF_16LE), b"a\xFFb");
    }

    #[test]
    fn encodings_are_found() {
        assert_eq!(detect_encoding("编号,渠道\n".as_bytes(), true), UTF_8);
        assert_eq!(detect_encoding(&"编号".as_bytes()[..5], false), UTF_8);
        let wide: Vec<u8> = "id,n\n1,2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detect_encoding(&wide, true), UTF_16BE);
        // 一 and the ideographic space have a zero byte on the other side.
        let text = "编号,意见\n1,一家一户　一户一表\n2,一律一次办好　统一答复\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detect_encoding(&little, true), UTF_16LE);
        assert_eq!(detect_encoding(&big, true), UTF_16BE);
        assert_eq!(detect_encoding(b"a\0\0b\0\0c\0\0\0d", true), UTF_8);
        let (gbk, _, _) = GB18030.encode("编号,渠道,客户反映电话无人接听,请尽快处理\n");
        assert_eq!(detect_encoding(&gbk, true), GB18030);
        assert_eq!(encoding_named("gb2312"), Some(GB18030));
        assert_eq!(encoding_named("latin-nine"), None);
    }

    #[test]
    fn compression_is_seen_through() {
        let mut zipped = Vec::new();
        for part in ["a,b\n", "1,2\n"] {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            zipped.extend(encoder.finish().unwrap());
        }
        assert_eq!(through(&zipped, UTF_8), b"a,b\n1,2\n");
        let squeezed = zstd::encode_all(&b"a,b\n1,2\n"[..], 1).unwrap();
        assert_eq!(through(&squeezed, UTF_8), b"a,b\n1,2\n");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&zipped[..zipped.len() - 9]).unwrap();
        let mut stream = open_text(Store::Disk(file.path()), UTF_8, &Arc::default()).unwrap();
        assert!(stream.read_to_end(&mut Vec::new()).is_err());
    }
}
