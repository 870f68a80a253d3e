//! What `gerbang hub verify` finds in a database: all of it, or what came since an earlier run.
//!
//! Shape: database, what an earlier run kept → `Report`, and what to keep for the next.
//! Limits and errors: of a log that only grew, the new segments are read. A log of which an old document changed or went,
//! or of which something was missing or not believed, is read from its beginning; where the hub was restored from an old
//! copy, everything is (`mark`).
//! Source: docs/hub.md, "Asking".

use super::super::failure::Failure;
use super::couch::{Couch, GATHERED};
use super::mark;
use super::reading::{self, Listed, Listing};
use crate::audit_log::{ClockFlag, LogId, StoredEntry, read_entry, read_line, write_line};
use crate::sync::{
    CLOCK_OFF_MS, ClockWatch, Finding, Gathered, Gathering, SegmentError, SegmentId,
};
use crate::trust::HubUser;
use data_encoding::HEXLOWER as HEX;
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// As many as `ClockWatch` compares.
const ARRIVALS: usize = 31;

/// What a run leaves for the next.
#[derive(Debug, Serialize, Deserialize)]
pub struct State {
    pub v: u64,
    pub hub: String,
    pub database: String,
    /// Of this reader, in the database.
    pub mark: String,
    pub since: String,
    /// By the log's id in hexadecimal digits.
    pub logs: BTreeMap<String, LogState>,
    strange: BTreeSet<String>,
    conflicts: BTreeSet<String>,
    /// When each user's gate signed last.
    latest: BTreeMap<String, i64>,
    /// The last ones: user and time of signature.
    arrivals: Vec<(String, i64)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogState {
    pub users: BTreeSet<String>,
    pub venue: String,
    pub gate: String,
    pub entries: u64,
    pub next: u64,
    pub latest_unix_ms: Option<i64>,
    pub clock_faults: u64,
    /// The last entry without its erasable parts, as an export's line: what comes has to continue it.
    last: Option<String>,
    /// Something is missing, or was not believed.
    holed: bool,
}

pub struct Report {
    pub logs: BTreeMap<String, LogState>,
    pub findings: Vec<Finding>,
    pub clocks: BTreeMap<HubUser, i64>,
    /// Gates and since when nothing came of them; `None`: ever.
    pub silent: Vec<(String, Option<i64>)>,
    /// Ids of which the database keeps two contents.
    pub conflicts: Vec<String>,
    /// Segments that were read.
    pub segments: usize,
}

impl State {
    pub fn new(hub: &str, database: &str) -> Result<Self, Failure> {
        Ok(Self {
            v: 1,
            hub: hub.to_owned(),
            database: database.to_owned(),
            mark: mark::make_id()?,
            since: "0".to_owned(),
            logs: BTreeMap::new(),
            strange: BTreeSet::new(),
            conflicts: BTreeSet::new(),
            latest: BTreeMap::new(),
            arrivals: Vec::new(),
        })
    }

    /// Where the hub was restored nothing of what is known counts.
    fn forget(&mut self) -> Result<(), Failure> {
        *self =
            Self { mark: std::mem::take(&mut self.mark), ..Self::new(&self.hub, &self.database)? };
        Ok(())
    }
}

/// Reads what `state` does not know yet, and takes it in.
pub fn look(
    couch: &Couch,
    state: &mut State,
    silent_ms: i64,
    now_unix_ms: i64,
) -> Result<Report, Failure> {
    let database = state.database.clone();
    if state.since != "0" && !mark::holds(couch, &database, &state.mark, &state.since)? {
        state.forget()?;
    }
    let is_first = state.since == "0";
    let news = reading::list(couch, &database, &state.since)?;
    let anew = if is_first { BTreeSet::new() } else { anew(couch, state, &news)? };
    // In the order in which they came, also what is known already: of two accounts the first stays.
    let all = if anew.is_empty() { None } else { Some(reading::list(couch, &database, "0")?) };
    let mut looking = Looking {
        couch,
        database: &database,
        progress: reading::bar(news.segments),
        arrived: news.logs.values().flatten().map(|one| (one.id.clone(), one.arrival)).collect(),
        arrivals: Vec::new(),
        findings: Vec::new(),
        segments: 0,
    };
    let of_log = |log: &LogId| {
        let listing = if anew.contains(log) { all.as_ref().unwrap_or(&news) } else { &news };
        listing.logs.get(log).map_or(&[][..], Vec::as_slice)
    };
    let logs: BTreeSet<LogId> = news.logs.keys().chain(&anew).copied().collect();
    for log in &logs {
        let known = state.logs.get(&name(*log)).cloned();
        let known = known.filter(|_| !anew.contains(log));
        let mut seen = looking.log(*log, of_log(log), known)?;
        if let Some(known) = state.logs.get(&name(*log)).filter(|known| seen.next < known.next) {
            // It reached further: nothing that is there shows that, but it was seen.
            let missing = seen.next..known.next;
            looking.findings.push(Finding::Gap { log: *log, missing });
            seen.next = known.next;
            seen.users.extend(known.users.clone());
            seen.holed = true;
        }
        state.logs.insert(name(*log), seen);
    }
    looking.progress.finish_and_clear();
    let Looking { mut arrivals, mut findings, segments, .. } = looking;
    arrivals.sort_by_key(|(arrival, _, _)| *arrival);
    let arrivals = arrivals.into_iter().map(|(_, user, at)| (user.as_str().to_owned(), at));
    let clocks = clocks(state, arrivals.collect(), now_unix_ms);
    keep_ids(state, &news);
    findings.extend(state.strange.iter().map(|id| strange(id)));
    let silent = silent(couch, state, silent_ms, now_unix_ms)?;
    state.since = news.since;
    Ok(Report {
        logs: state.logs.clone(),
        findings,
        clocks,
        silent,
        conflicts: state.conflicts.iter().cloned().collect(),
        segments,
    })
}

/// Logs that have to be read from their beginning.
fn anew(couch: &Couch, state: &State, news: &Listing) -> Result<BTreeSet<LogId>, Failure> {
    let mut anew: BTreeSet<LogId> = BTreeSet::new();
    for (key, known) in &state.logs {
        let Some(log) = id_of(key) else { continue };
        let is_old = |listed: &Listed| listed.id.first < known.next;
        let changed = news.logs.get(&log).is_some_and(|listed| listed.iter().any(is_old));
        if known.holed || changed {
            anew.insert(log);
        }
    }
    let gone = news.deleted.iter().filter_map(|id| reading::segment_of(id));
    anew.extend(gone.map(|id| id.log).filter(|log| state.logs.contains_key(&name(*log))));
    // Parts are written over where something was struck; they have to be their segment's own all the same.
    let is_new: BTreeSet<&SegmentId> = news.logs.values().flatten().map(|one| &one.id).collect();
    let changed = news.parts.keys().filter(|id| !is_new.contains(id) && !anew.contains(&id.log));
    let changed: Vec<SegmentId> = changed.cloned().collect();
    reading::fetch(couch, &state.database, &changed, |fetched| {
        if matches!(fetched.read(), Some(Err(_))) {
            anew.insert(fetched.id.log);
        }
        Ok(())
    })?;
    Ok(anew)
}

struct Looking<'a> {
    couch: &'a Couch,
    database: &'a str,
    progress: ProgressBar,
    /// New segments, and the how many-eth each came.
    arrived: BTreeMap<SegmentId, usize>,
    arrivals: Vec<(usize, HubUser, i64)>,
    findings: Vec<Finding>,
    segments: usize,
}

impl Looking<'_> {
    fn log(
        &mut self,
        log: LogId,
        listed: &[Listed],
        known: Option<LogState>,
    ) -> Result<LogState, Failure> {
        let last = known.as_ref().and_then(|known| read_line(known.last.as_ref()?.as_bytes()).ok());
        let first = last.as_ref().map_or_else(|| first(listed), |last| last.sequence);
        let mut gathering = Gathering::new(log, first);
        if let Some(last) = &last {
            gathering.resume(last);
        }
        let mut newest: Option<StoredEntry> = None;
        let ids: Vec<_> = listed.iter().map(|listed| listed.id.clone()).collect();
        let Self { couch, database, progress, arrived, arrivals, findings, segments } = self;
        reading::fetch(couch, database, &ids, |fetched| {
            progress.inc(1);
            *segments += 1;
            match fetched.read() {
                None => {}
                Some(Err(finding)) => gathering.find(finding),
                Some(Ok(found)) => {
                    let signed_unix_ms = found.segment.checkpoint.place.at_unix_ms;
                    if let Some(arrival) = arrived.get(&found.segment.id) {
                        arrivals.push((*arrival, found.segment.id.user.clone(), signed_unix_ms));
                    }
                    gathering.take(&found.segment, found.entries, |entry| newest = Some(entry));
                }
            }
            Ok(())
        })?;
        let mut gathered = gathering.finish();
        if let Some(last) = &last {
            // What is in front of it an earlier run has seen.
            let is_known = |finding: &Finding| matches!(finding, Finding::Gap { missing, .. } if missing.end == last.sequence);
            gathered.findings.retain(|finding| !is_known(finding));
        }
        let holed = !gathered.findings.is_empty();
        findings.append(&mut gathered.findings);
        let users = listed.iter().map(|listed| listed.id.user.as_str().to_owned()).collect();
        Ok(joined(known, last.as_ref(), newest, gathered, users, holed))
    }
}

/// What was known of a log, and what came.
fn joined(
    known: Option<LogState>,
    last: Option<&StoredEntry>,
    newest: Option<StoredEntry>,
    gathered: Gathered,
    users: BTreeSet<String>,
    holed: bool,
) -> LogState {
    let seen = gathered.seen;
    let mut newest = newest.or_else(|| last.cloned());
    if let Some(newest) = &mut newest {
        newest.strike();
    }
    let mut state = LogState {
        users,
        venue: seen.venue,
        gate: seen.gate,
        entries: seen.entries,
        next: gathered.next_sequence,
        latest_unix_ms: seen.latest_unix_ms,
        clock_faults: seen.clock_faults,
        last: newest.as_ref().map(write_line),
        holed,
    };
    if let (Some(known), Some(last)) = (known, last) {
        // The entry from which was gone on is in both.
        let was_off = read_entry(last).is_ok_and(|entry| entry.clock != ClockFlag::Steady);
        state.users.extend(known.users);
        state.entries = (state.entries + known.entries).saturating_sub(1);
        state.clock_faults =
            (state.clock_faults + known.clock_faults).saturating_sub(was_off.into());
        state.latest_unix_ms = state.latest_unix_ms.max(known.latest_unix_ms);
    }
    state
}

/// Whose clock was off, by what came one after another.
fn clocks(
    state: &mut State,
    arrivals: Vec<(String, i64)>,
    now_unix_ms: i64,
) -> BTreeMap<HubUser, i64> {
    let mut watch = ClockWatch::default();
    let mut latest: BTreeMap<String, i64> = BTreeMap::new();
    for (user, signed_unix_ms) in state.arrivals.iter().chain(&arrivals) {
        if let Some(user) = HubUser::parse(user) {
            watch.arrive(&user, *signed_unix_ms);
        }
    }
    for (user, signed_unix_ms) in &arrivals {
        let seen = latest.entry(user.clone()).or_insert(*signed_unix_ms);
        *seen = (*signed_unix_ms).max(*seen);
    }
    let mut clocks = watch.finish();
    for (user, at_unix_ms) in &latest {
        // Whoever signs in the future needs no comparison.
        let ahead_ms = at_unix_ms.saturating_sub(now_unix_ms);
        if let Some(user) = HubUser::parse(user).filter(|_| ahead_ms > CLOCK_OFF_MS) {
            clocks.entry(user).or_insert(ahead_ms);
        }
    }
    for (user, at_unix_ms) in latest {
        let known = state.latest.entry(user).or_insert(at_unix_ms);
        *known = at_unix_ms.max(*known);
    }
    state.arrivals.extend(arrivals);
    let older = state.arrivals.len().saturating_sub(ARRIVALS);
    state.arrivals.drain(..older);
    clocks
}

/// Ids that are nobody's, and those of two contents: as long as they are there.
fn keep_ids(state: &mut State, news: &Listing) {
    state.strange.retain(|id| !news.deleted.contains(id));
    state.strange.extend(news.strange.iter().map(|(id, _)| id.clone()));
    state.conflicts.retain(|id| !news.names(id));
    state.conflicts.extend(news.conflicts.iter().map(|(id, _)| id.clone()));
}

fn silent(
    couch: &Couch,
    state: &State,
    silent_ms: i64,
    now_unix_ms: i64,
) -> Result<Vec<(String, Option<i64>)>, Failure> {
    let enrolled = enrolled(couch, &state.database)?;
    let names: BTreeSet<String> = state.latest.keys().cloned().chain(enrolled).collect();
    let silent = names.into_iter().filter_map(|user| match state.latest.get(&user) {
        None => Some((user, None)),
        Some(at) if now_unix_ms.saturating_sub(*at) > silent_ms => Some((user, Some(*at))),
        Some(_) => None,
    });
    Ok(silent.collect())
}

fn strange(id: &str) -> Finding {
    Finding::Document { id: id.to_owned(), error: SegmentError::Id }
}

pub fn first(listed: &[Listed]) -> u64 {
    listed.iter().map(|listed| listed.id.first).min().unwrap_or(0)
}

pub fn name(log: LogId) -> String {
    HEX.encode(&log.0)
}

fn id_of(name: &str) -> Option<LogId> {
    Some(LogId(HEX.decode(name.as_bytes()).ok()?.try_into().ok()?))
}

/// Users of the gates whose venue this database holds.
fn enrolled(couch: &Couch, database: &str) -> Result<Vec<String>, Failure> {
    const PREFIX: &str = "org.couchdb.user:";
    let answer = couch.read("_users/_all_docs?include_docs=true")?;
    let rows = answer.body.get("rows").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| answer.refused("the users"))?;
    let role = |row: &Value| {
        let roles = row.get("doc")?.get("roles")?.as_array()?;
        roles.iter().find_map(Value::as_str).map(str::to_owned)
    };
    let users = rows.iter().filter_map(|row| {
        let user = row.get("id")?.as_str()?.strip_prefix(PREFIX)?;
        let role = role(row)?;
        let is_asked =
            role.starts_with(super::couch::PREFIX) && (database == GATHERED || database == role);
        is_asked.then(|| user.to_owned())
    });
    Ok(users.collect())
}
