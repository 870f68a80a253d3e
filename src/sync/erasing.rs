//! What has to go from a hub because gates struck it, or because its time is over.
//!
//! Shape: believed segments → `Erasures` (each log's own tombstones) → `erase` → the parts document anew.
//! Limits and errors: a tombstone strikes entries of its own log alone; `SegmentError`.
//! Source: docs/hub.md, "Erasing"; docs/log.md, "Signed entries".
//! Not here: writing to the hub; entries themselves, which hold nothing that may have to be erased.

use super::segment::{self, Segment, SegmentError, SegmentId};
use crate::audit_log::{EntryBody, LogId, Statement, StoredEntry, read_entry};
use std::collections::{BTreeMap, BTreeSet};

/// What gates said that they struck or removed.
#[derive(Debug, Default)]
pub struct Erasures {
    logs: BTreeMap<LogId, Erased>,
    /// The authority's own: entries that happened before then.
    before_unix_ms: Option<i64>,
}

#[derive(Debug, Default)]
struct Erased {
    removed_before: u64,
    struck: BTreeSet<u64>,
}

impl Erasures {
    /// Besides what gates say, whatever happened before that moment; gates that are gone say nothing.
    pub fn before(unix_ms: Option<i64>) -> Self {
        Self { logs: BTreeMap::new(), before_unix_ms: unix_ms }
    }

    /// Takes the tombstones in a believed segment.
    pub fn learn(&mut self, segment: &Segment) {
        for stored in &segment.entries {
            let Ok(entry) = read_entry(stored) else { continue };
            let EntryBody::Signed(signed) = entry.body else { continue };
            let erased = self.logs.entry(segment.id.log).or_default();
            match signed.statement {
                Statement::Checkpoint => {}
                Statement::Removed { before, .. } => {
                    erased.removed_before = before.max(erased.removed_before);
                }
                Statement::Struck(sequences) => erased.struck.extend(sequences),
            }
        }
    }

    /// Whether something of that segment is erased by its gate's own word.
    pub fn concerns(&self, id: &SegmentId) -> bool {
        self.logs.get(&id.log).is_some_and(|erased| {
            id.first < erased.removed_before
                || erased.struck.range(id.first..id.next).next().is_some()
        })
    }

    pub fn is_erased(&self, log: LogId, entry: &StoredEntry) -> bool {
        let by_gate = self.logs.get(&log).is_some_and(|erased| {
            entry.sequence < erased.removed_before || erased.struck.contains(&entry.sequence)
        });
        let is_old = |before| read_entry(entry).is_ok_and(|entry| entry.at_unix_ms < before);
        by_gate || self.before_unix_ms.is_some_and(is_old)
    }

    /// The parts document of a believed segment without what is erased, and of how many entries that
    /// is; `None`: it holds nothing of them.
    pub fn erase(
        &self,
        segment: &Segment,
        parts: &[u8],
    ) -> Result<Option<(String, usize)>, SegmentError> {
        let mut entries = segment::read_parts(segment, parts)?;
        let mut count = 0;
        for entry in &mut entries {
            if segment::keeps_parts(entry) && self.is_erased(segment.id.log, entry) {
                entry.strike();
                count += 1;
            }
        }
        Ok((count > 0).then(|| (segment::parts_text(&entries), count)))
    }
}
