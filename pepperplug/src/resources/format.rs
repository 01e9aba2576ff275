//! The index as bytes.
//!
//! A header, then a line of JSON for the whole and one for each record:
//!
//! ```text
//! pepperplug-resources 1 0000000000000002 000000000000006f 8a3c5f01
//! {"next_revision":3}
//! {"name":"config","path":"config.yaml","metadata":{},"revision":2,"created":1}
//! ```
//!
//! The numbers are the version of the format, how many changes led to this index, how many bytes follow, and the CRC-32 of
//! the other numbers and of these bytes. Two files with one header are the same.

use serde::{Deserialize, Serialize};

use super::index::{Index, Record};

const MAGIC: &str = "pepperplug-resources";
const VERSION: u32 = 1;
/// How many bytes the header has, its end of line included.
pub(super) const HEADER: usize = MAGIC.len() + 3 + 17 + 17 + 8 + 1;

/// Why bytes are not an index.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    /// Not all that was written, or not as it was written.
    Damaged(&'static str),
    /// What a later version of the library wrote.
    Newer(u32),
}

#[derive(Serialize, Deserialize)]
struct Whole {
    next_revision: u64,
}

pub(super) fn encode(index: &Index) -> serde_json::Result<Vec<u8>> {
    let whole = Whole {
        next_revision: index.next_revision(),
    };
    let mut body = serde_json::to_vec(&whole)?;
    for record in index.records() {
        body.push(b'\n');
        serde_json::to_writer(&mut body, &**record)?;
    }
    body.push(b'\n');
    let mut bytes = header(index.sequence, &body).into_bytes();
    bytes.append(&mut body);
    Ok(bytes)
}

fn header(sequence: u64, body: &[u8]) -> String {
    let numbers = format!("{MAGIC} {VERSION} {sequence:016x} {:016x} ", body.len());
    let mut sum = crc32fast::Hasher::new();
    sum.update(numbers.as_bytes());
    sum.update(body);
    format!("{numbers}{:08x}\n", sum.finalize())
}

pub(super) fn decode(bytes: &[u8]) -> Result<Index, Fault> {
    let damaged = Fault::Damaged;
    let (first, rest) = split_line(bytes).ok_or(damaged("its first line is cut off"))?;
    let mut words = first.split(' ');
    if words.next() != Some(MAGIC) {
        return Err(damaged("it does not begin as an index does"));
    }
    let version = words.next().and_then(|word| word.parse::<u32>().ok());
    match version {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => return Err(Fault::Newer(newer)),
        _ => return Err(damaged("its first line is garbled")),
    }
    let sequence = words
        .next()
        .and_then(|word| u64::from_str_radix(word, 16).ok());
    let sequence = sequence.ok_or(damaged("its first line is garbled"))?;
    if header(sequence, rest).as_bytes() != &bytes[..bytes.len() - rest.len()] {
        return Err(damaged("its checksum is wrong"));
    }
    read(sequence, rest).ok_or(damaged("its checksum is right, but its records are not"))
}

fn read(sequence: u64, body: &[u8]) -> Option<Index> {
    let mut lines = core::str::from_utf8(body).ok()?.lines();
    let whole: Whole = serde_json::from_str(lines.next()?).ok()?;
    let records: Result<Vec<Record>, _> = lines.map(serde_json::from_str).collect();
    Index::from_parts(sequence, whole.next_revision, records.ok()?)
}

fn split_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = core::str::from_utf8(&bytes[..end]).ok()?;
    Some((line, &bytes[end + 1..]))
}
