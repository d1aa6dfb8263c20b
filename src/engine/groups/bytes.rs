//! Numbers as bytes, for states that go to a temporary file.

/// Appends a number.
pub(super) fn put(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends a wide number.
pub(super) fn put_wide(out: &mut Vec<u8>, number: i128) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends bytes with their number.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes a number.
pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*first))
}

/// Takes a number of things.
pub(super) fn len(bytes: &mut &[u8]) -> Option<usize> {
    take(bytes).and_then(|it| usize::try_from(it).ok())
}

/// Takes a wide number.
pub(super) fn take_wide(bytes: &mut &[u8]) -> Option<i128> {
    let (first, rest) = bytes.split_first_chunk::<16>()?;
    *bytes = rest;
    Some(i128::from_le_bytes(*first))
}

/// Takes bytes with their number.
pub(super) fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = len(bytes)?;
    let (first, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(first)
}
