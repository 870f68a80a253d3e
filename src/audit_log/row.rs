//! Entries of one log that follow one another, in fewer bytes: without what a reader knows from where they stand.
//!
//! Shape: of each entry an array, `[version, at, …, body, commitments, pseudonym's key, sealing key]`: the fixed part's
//! fields in order without log, sequence and previous. Their parts by themselves: of each entry `[]` where nothing is
//! kept, `[salt, pseudonym]`, `[salt, pseudonym, sealed identity]`, or both as in a stored entry.
//! Limits and errors: each error with the place of its entry; lengths as a stored entry's.
//! Source: docs/hub.md, "Documents".
//! Not here: whether the entries are what they should be (`read_entry`); who signed for them.

use super::cbor::{MapWriter, Reader, Writer};
use super::entry::{FIXED_BYTES_MAX, key};
use super::parts::{Erasable, PART_BYTES_MAX};
use super::stored::{Part, StoredEntry};
use super::{CborError, Hash, LogError, LogId, SEALED_SALT, TAG_PSEUDONYM, TAG_SEALED};

/// Which entry, and what is wrong with it.
type Fault = (usize, LogError);

/// Fields that every entry has and whose place is known: all but log, sequence and previous.
const FIELDS: [u64; 12] = [
    key::VERSION,
    key::AT,
    key::UTC_OFFSET,
    key::CLOCK,
    key::VENUE,
    key::GATE,
    key::DIRECTION,
    key::POLICY,
    key::REGISTRY,
    key::APP,
    key::KIND,
    key::BODY,
];
/// The fields, the commitments, two keys.
const ITEMS_MAX: usize = FIELDS.len() + 3;
const HASH_BYTES: usize = 32;

/// Their parts are struck.
pub fn write_row(entries: &[StoredEntry]) -> Result<Vec<u8>, Fault> {
    let mut out = Writer::default();
    for (at, entry) in entries.iter().enumerate() {
        write_next(entry, &mut out).map_err(|error| (at, error))?;
    }
    Ok(out.into_bytes())
}

/// Behind an entry with that hash.
pub fn read_row(
    log: LogId,
    first: u64,
    previous: Hash,
    bytes: &[u8],
    entries_max: usize,
) -> Result<Vec<StoredEntry>, Fault> {
    let mut reader = Reader::new(bytes);
    let (mut sequence, mut previous) = (first, previous);
    let mut entries = Vec::new();
    while reader.end().is_err() {
        let at = entries.len();
        if at >= entries_max {
            return Err((at, CborError::Limit.into()));
        }
        let entry = read_next(&mut reader, log, sequence, previous).map_err(|error| (at, error))?;
        sequence = sequence.saturating_add(1);
        previous = entry.hash;
        entries.push(entry);
    }
    Ok(entries)
}

fn write_next(entry: &StoredEntry, out: &mut Writer) -> Result<(), LogError> {
    let mut reader = Reader::new(&entry.fixed);
    let mut map = reader.map()?;
    let mut fields = Writer::default();
    for field in key::VERSION..=key::BODY {
        map.need(&mut reader, field)?;
        let item = reader.item()?;
        if FIELDS.contains(&field) {
            fields.raw(item);
        }
    }
    let mut part = |field, part: &Part, tag| -> Result<_, LogError> {
        let announced = map.has(&mut reader, field)?;
        match (announced, part) {
            (true, Part::Absent) | (false, Part::Kept(_) | Part::Struck(_)) => Err(LogError::Part),
            (false, Part::Absent) => Ok(None),
            (true, part) => Ok(Some((part.commitment(tag), reader.item()?.to_vec()))),
        }
    };
    let pseudonym = part(key::PSEUDONYM_KEY, &entry.pseudonym, TAG_PSEUDONYM)?;
    let sealed = part(key::SEALING_KEY, &entry.sealed, TAG_SEALED)?;
    map.end(&mut reader)?;
    reader.end()?;
    let parts = [&pseudonym, &sealed];
    let commitments: Vec<u8> =
        parts.into_iter().flatten().flat_map(|(commitment, _)| commitment.0).collect();
    let keys = match (pseudonym, sealed) {
        (None, None) => Vec::new(),
        (Some((_, key)), None) => vec![key],
        (Some((_, pseudonym)), Some((_, sealed))) => vec![pseudonym, sealed],
        // Nobody's pseudonym has no key.
        (None, Some((_, key))) => vec![EMPTY.to_vec(), key],
    };
    out.array(FIELDS.len() + 1 + keys.len()).raw(&fields.into_bytes()).bytes(&commitments);
    out.raw(&keys.concat());
    Ok(())
}

/// A byte string of none.
const EMPTY: &[u8] = &[0x40];

fn read_next(
    reader: &mut Reader<'_>,
    log: LogId,
    sequence: u64,
    previous: Hash,
) -> Result<StoredEntry, LogError> {
    let keys = reader.array(ITEMS_MAX)?.checked_sub(FIELDS.len() + 1).ok_or(CborError::Field)?;
    let mut map = MapWriter::default();
    for field in key::VERSION..=key::BODY {
        match field {
            key::LOG => map.key(field).bytes(&log.0),
            key::SEQUENCE => map.key(field).uint(sequence),
            key::PREVIOUS => map.key(field).bytes(&previous.0),
            _ => {
                let item = reader.item()?;
                map.key(field).raw(item)
            }
        };
    }
    let mut commitments = reader.bytes(2 * HASH_BYTES)?;
    let mut part = |field| -> Result<Part, LogError> {
        match reader.item()? {
            EMPTY => Ok(Part::Absent),
            item => {
                map.key(field).raw(item);
                let (hash, rest) = commitments.split_first_chunk().ok_or(LogError::Part)?;
                commitments = rest;
                Ok(Part::Struck(Hash(*hash)))
            }
        }
    };
    let pseudonym = if keys > 0 { part(key::PSEUDONYM_KEY)? } else { Part::Absent };
    let sealed = if keys > 1 { part(key::SEALING_KEY)? } else { Part::Absent };
    if !commitments.is_empty() {
        return Err(LogError::Part);
    }
    let mut fixed = Writer::default();
    fixed.map(map);
    let fixed = fixed.into_bytes();
    if fixed.len() > FIXED_BYTES_MAX {
        return Err(CborError::Limit.into());
    }
    Ok(StoredEntry::new(sequence, fixed, pseudonym, sealed))
}

/// What is kept of each entry's parts.
pub fn write_parts(entries: &[StoredEntry]) -> Vec<u8> {
    let mut out = Writer::default();
    for entry in entries {
        match (entry.pseudonym.kept(), entry.sealed.kept()) {
            (None, None) => out.array(0),
            (Some(who), None) => out.array(2).bytes(&who.salt).bytes(&who.bytes),
            (Some(who), Some(sealed)) if sealed.salt == SEALED_SALT => {
                out.array(3).bytes(&who.salt).bytes(&who.bytes).bytes(&sealed.bytes)
            }
            _ => out.raw(&entry.parts_to_bytes()),
        };
    }
    out.into_bytes()
}

/// The entries with those parts; each hash stays what it was, and `computed_hash` tells whether they belong to it.
pub fn join_parts(entries: &[StoredEntry], bytes: &[u8]) -> Result<Vec<StoredEntry>, Fault> {
    let mut reader = Reader::new(bytes);
    let mut joined = entries.to_vec();
    for (at, entry) in joined.iter_mut().enumerate() {
        join(entry, &mut reader).map_err(|error| (at, error))?;
    }
    reader.end().map_err(|error| (entries.len(), error.into()))?;
    Ok(joined)
}

fn join(entry: &mut StoredEntry, reader: &mut Reader<'_>) -> Result<(), LogError> {
    let items = reader.array(3)?;
    if items == 0 {
        return Ok(());
    }
    if reader.clone().array(2).is_ok() {
        entry.pseudonym = Part::parse(reader)?;
        entry.sealed = Part::parse(reader)?;
        return if items == 2 { Ok(()) } else { Err(LogError::Part) };
    }
    let (salt, bytes) = (reader.fixed_bytes()?, reader.bytes(PART_BYTES_MAX)?.to_vec());
    entry.pseudonym = Part::Kept(Erasable { salt, bytes });
    match items {
        2 => {}
        3 => {
            let bytes = reader.bytes(PART_BYTES_MAX)?.to_vec();
            entry.sealed = Part::Kept(Erasable { salt: SEALED_SALT, bytes });
        }
        _ => return Err(LogError::Part),
    }
    Ok(())
}
