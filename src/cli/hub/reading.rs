//! What lies in a hub's database: ids in the order in which they came, and segments by their ids.
//!
//! Shape: `list` → `Listing` (ids alone) → `Fetcher` → `Found` (a believed segment and its entries with
//! their parts, or what is wrong).
//! Limits and errors: `CHANGES` ids a request, `SEGMENTS` segments a request; a document that alone is
//! longer than an answer may be is `HUB-LONG`.
//! Source: docs/hub.md, "Asking".

use super::super::failure::Failure;
use super::couch::{Couch, TOO_LONG, segment};
use crate::audit_log::{LogId, StoredEntry};
use crate::sync::{
    Finding, PARTS_SUFFIX, Segment, SegmentError, SegmentId, read_parts, read_segment,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const CHANGES: usize = 10_000;
const SEGMENTS: usize = 256;

/// A segment's document.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: SegmentId,
    /// The how many-eth it came.
    pub arrival: usize,
}

#[derive(Debug, Default)]
pub struct Listing {
    /// Of each log, as they came.
    pub logs: BTreeMap<LogId, Vec<Listed>>,
    /// Whose parts there are, with their revision.
    pub parts: BTreeMap<SegmentId, String>,
    /// Ids that are neither a segment's nor parts'.
    pub strange: Vec<(String, String)>,
    /// Ids of documents that are there no more.
    pub deleted: BTreeSet<String>,
    /// Ids of which two contents are kept, and the revisions that do not count.
    pub conflicts: Vec<(String, Vec<String>)>,
    /// From where to ask on.
    pub since: String,
    pub segments: usize,
}

/// Ids of all that came after `since`; `0`: from the beginning.
pub fn list(couch: &Couch, database: &str, since: &str) -> Result<Listing, Failure> {
    let mut listing = Listing { since: since.to_owned(), ..Listing::default() };
    let progress = spinner("{spinner} {pos} documents listed");
    loop {
        let path = format!(
            "{}/_changes?style=all_docs&limit={CHANGES}&since={}",
            segment(database),
            segment(&listing.since)
        );
        let answer = couch.read(&path)?;
        if answer.status != 200 {
            return Err(answer.refused(database));
        }
        let strange = || {
            let words = format!("{} does not list changes as CouchDB does", couch.address());
            Failure::new("HUB-ANSWER", words)
        };
        let results = answer.body.get("results").and_then(Value::as_array).ok_or_else(strange)?;
        for change in results {
            take(&mut listing, change);
        }
        progress.inc(results.len() as u64);
        let last = match answer.body.get("last_seq") {
            Some(Value::String(text)) if text.len() <= 4096 => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(strange()),
        };
        let is_end = results.len() < CHANGES || last == listing.since;
        listing.since = last;
        if is_end {
            progress.finish_and_clear();
            return Ok(listing);
        }
    }
}

fn take(listing: &mut Listing, change: &Value) {
    let Some(id) = change.get("id").and_then(Value::as_str) else { return };
    let is_deleted = change.get("deleted").and_then(Value::as_bool) == Some(true);
    if id.starts_with("_design/") {
        return;
    }
    if is_deleted {
        listing.deleted.insert(id.to_owned());
        return;
    }
    let revisions = change.get("changes").and_then(Value::as_array).into_iter().flatten();
    let revisions = revisions.filter_map(|leaf| leaf.get("rev").and_then(Value::as_str));
    let mut revisions: Vec<String> = revisions.map(str::to_owned).collect();
    let revision = if revisions.is_empty() { String::new() } else { revisions.remove(0) };
    if !revisions.is_empty() {
        listing.conflicts.push((id.to_owned(), revisions));
    }
    let (text, is_parts) = match id.strip_suffix(PARTS_SUFFIX) {
        Some(text) => (text, true),
        None => (id, false),
    };
    match SegmentId::parse(text) {
        Ok(id) if is_parts => {
            listing.parts.insert(id, revision);
        }
        Ok(id) => {
            let listed = Listed { arrival: listing.segments, id };
            listing.segments += 1;
            listing.logs.entry(listed.id.log).or_default().push(listed);
        }
        Err(_) => listing.strange.push((id.to_owned(), revision)),
    }
}

/// Whose document it is, or the document of its parts.
pub fn segment_of(id: &str) -> Option<SegmentId> {
    SegmentId::parse(id.strip_suffix(PARTS_SUFFIX).unwrap_or(id)).ok()
}

impl Listing {
    /// Whether something is said of that id.
    pub fn names(&self, id: &str) -> bool {
        let is_it = |found: &SegmentId| found.to_string() == id || found.of_parts() == id;
        let named = segment_of(id).is_some_and(|of| {
            let listed = self.logs.get(&of.log).into_iter().flatten();
            self.parts.keys().chain(listed.map(|listed| &listed.id)).any(is_it)
        });
        named || self.deleted.contains(id) || self.strange.iter().any(|(strange, _)| strange == id)
    }

    /// Parts whose segment is not there.
    pub fn lone_parts(&self) -> Vec<(&SegmentId, &String)> {
        let segments: BTreeSet<&SegmentId> =
            self.logs.values().flatten().map(|listed| &listed.id).collect();
        self.parts.iter().filter(|(id, _)| !segments.contains(id)).collect()
    }
}

/// One segment, as far as it is believed.
pub struct Found {
    pub segment: Segment,
    pub entries: Vec<StoredEntry>,
}

/// Documents as the database has them, without its own members' meaning.
pub struct Fetched {
    pub id: SegmentId,
    pub segment: Option<Value>,
    pub parts: Option<Value>,
}

/// Fetches segments with their parts, several a request, in their order.
pub fn fetch(
    couch: &Couch,
    database: &str,
    ids: &[SegmentId],
    mut take: impl FnMut(Fetched) -> Result<(), Failure>,
) -> Result<(), Failure> {
    ids.chunks(SEGMENTS).try_for_each(|ids| fetch_some(couch, database, ids, &mut take))
}

/// In one request, or in smaller ones where an answer is too long.
fn fetch_some(
    couch: &Couch,
    database: &str,
    ids: &[SegmentId],
    take: &mut impl FnMut(Fetched) -> Result<(), Failure>,
) -> Result<(), Failure> {
    match (fetch_batch(couch, database, ids), ids) {
        (Ok(fetched), _) => fetched.into_iter().try_for_each(take),
        // Nothing that a gate wrote is so long.
        (Err(failure), [id]) if failure.is(TOO_LONG) => {
            let segment = Some(Value::String(String::new()));
            take(Fetched { id: id.clone(), segment, parts: None })
        }
        (Err(failure), _) if failure.is(TOO_LONG) => {
            let mut parts = ids.chunks(ids.len().div_ceil(16));
            parts.try_for_each(|ids| fetch_some(couch, database, ids, take))
        }
        (Err(failure), _) => Err(failure),
    }
}

fn fetch_batch(couch: &Couch, database: &str, ids: &[SegmentId]) -> Result<Vec<Fetched>, Failure> {
    let keys: Vec<String> = ids.iter().flat_map(|id| [id.to_string(), id.of_parts()]).collect();
    let path = format!("{}/_all_docs?include_docs=true", segment(database));
    let mut answer = couch.read_with(&path, &json!({ "keys": keys }))?;
    let rows = answer.body.get_mut("rows").and_then(Value::as_array_mut).map(std::mem::take);
    let Some(rows) = rows.filter(|rows| rows.len() == keys.len()) else {
        return Err(answer.refused(database));
    };
    let mut documents = rows.into_iter().map(|mut row| {
        let document = row.get_mut("doc").map(Value::take);
        document.filter(Value::is_object)
    });
    let fetched = ids.iter().map(|id| {
        let mut next = || documents.next().flatten();
        Fetched { id: id.clone(), segment: next(), parts: next() }
    });
    Ok(fetched.collect())
}

impl Fetched {
    /// `None`: it was deleted meanwhile.
    pub fn read(&self) -> Option<Result<Found, Finding>> {
        let document = self.segment.as_ref()?;
        Some(self.found(document))
    }

    fn found(&self, document: &Value) -> Result<Found, Finding> {
        let id = self.id.to_string();
        let segment = read_segment(&id, document.to_string().as_bytes())
            .map_err(|error| Finding::Document { id, error })?;
        if !segment.has_parts() {
            let entries = segment.entries.clone();
            return Ok(Found { segment, entries });
        }
        let parts = |error: Option<SegmentError>| Finding::Parts { id: self.id.clone(), error };
        let document = self.parts.as_ref().ok_or_else(|| parts(None))?;
        let entries = read_parts(&segment, document.to_string().as_bytes());
        let entries = entries.map_err(|error| parts(Some(error)))?;
        Ok(Found { segment, entries })
    }
}

/// Drawn on a terminal only.
pub fn bar(segments: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} segments, {eta} left")
        .expect("the template is ours");
    ProgressBar::new(segments as u64).with_style(style)
}

/// Of what takes as long as it takes; drawn on a terminal only.
pub fn spinner(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("the template is ours");
    ProgressBar::new_spinner().with_style(style)
}
