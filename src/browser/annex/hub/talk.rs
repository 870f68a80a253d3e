//! What is asked of the hub, and what its answers say.
//!
//! Shape: `list` how far it has this log, `send` a segment, `listen` for what the others wrote; each is one
//! `Wish` or `Ask` carried out, its outcome as `Heard` or `Got`.
//! Limits and errors: the constants below. Own ids that this page did not write itself are looked at: they
//! count when they hold what the log holds.
//! Source: docs/hub.md; CouchDB 3.x, `_all_docs`, `_bulk_docs`, `_changes`.
//! Not here: when (`sync`), what becomes of it.

use super::request::{End, Line, NoAnswer, breathe};
use crate::audit_log::{
    ChainHead, Checkpoint, EntryBody, LogId, Part, SignedPlace, Statement, StoredEntry,
};
use crate::browser::clock;
use crate::browser::store::Store;
use crate::sync::{
    Ask, Documents, FIRST_DOCUMENTS_MAX, Got, Heard, How, PARTS_SUFFIX, SEGMENT_BYTES_MAX,
    SegmentId, Venue, read_parts, read_segment, timing, write_segment,
};
use crate::trust::HubUser;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

/// Below the time after which the sender gives an answer up.
const LIMIT_MS: u32 = 50_000;
const ROWS_MAX: usize = 2_000;
/// Rows are short.
const LIST_BYTES_MAX: usize = 2 << 20;
const SENT_BYTES_MAX: usize = 64 << 10;
/// Two documents of the greatest size, and what the database adds.
const CHANGES_BYTES_MAX: usize = 2 * SEGMENT_BYTES_MAX + (64 << 10);
const HEARTBEAT_MS: u32 = 20_000;
/// Of a list of documents each so manieth says where it is: CouchDB's own are longer than an id.
const SEQ_INTERVAL: u32 = 100;
/// Own ids that are looked at, the newest ones.
const LOOKED_AT_MAX: usize = 50;
/// One look for each id that does not hold what the log holds.
const LOOKS_MAX: usize = 5;

pub struct Talk {
    pub line: Line,
    pub user: HubUser,
    pub store: Store,
    pub log: LogId,
    /// What this page wrote there itself.
    pub sent: RefCell<BTreeSet<(u64, u64)>>,
    /// Whether the hub is asked to leave out this gate's own documents: not each database can.
    pub filters: Cell<bool>,
}

/// What a database says of itself.
#[derive(Deserialize)]
struct Database {
    update_seq: Value,
}

#[derive(Deserialize)]
struct Rows {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    id: String,
    #[serde(default)]
    doc: Value,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: String,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
struct Changes {
    results: Vec<Change>,
    #[serde(default)]
    last_seq: Value,
}

/// One line of `_changes`.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    seq: Value,
    #[serde(default)]
    id: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    doc: Value,
}

/// How far the hub has this log.
pub struct Listed {
    pub heard: Heard,
    /// Under this log's ids stands what is not of this log.
    pub contested: bool,
}

impl Talk {
    /// What is there under this log's ids, from that entry on. `underway` is called while pages come.
    pub async fn list(&self, from: u64, underway: impl Fn()) -> Listed {
        match self.reach(from, underway).await {
            Ok((next, last, contested)) => {
                Listed { heard: Heard::Listed { next, last }, contested }
            }
            Err(why) => Listed { heard: failed(why), contested: false },
        }
    }

    async fn reach(
        &self,
        from: u64,
        underway: impl Fn(),
    ) -> Result<(u64, Option<Range<u64>>, bool), NoAnswer> {
        let ids = self.own_ids(from, underway).await?;
        let mut bad = BTreeSet::new();
        for _ in 0..LOOKS_MAX {
            let chain = self.chain(from, &ids, &bad).await?;
            let unknown = self.unknown(&chain);
            let wrong = self.wrong(&unknown).await?;
            if wrong.is_empty() {
                let last = chain.last().map(|(first, next)| *first..*next);
                let next = last.as_ref().map_or(from, |last| last.end);
                return Ok((next, last, !bad.is_empty()));
            }
            bad.extend(wrong);
        }
        Err(NoAnswer::Failed)
    }

    async fn own_ids(&self, from: u64, underway: impl Fn()) -> Result<Vec<String>, NoAnswer> {
        let own = format!("{}:{}", self.user, HEXLOWER.encode(&self.log.0));
        let end = format!("{own};");
        let mut start = format!("{own}:{from:012}");
        let mut ids = Vec::new();
        let mut skip = 0;
        loop {
            // Nothing in an id needs to be escaped but the quotation marks.
            let path = format!(
                "_all_docs?startkey=%22{start}%22&endkey=%22{end}%22&limit={ROWS_MAX}&skip={skip}"
            );
            let answer = self.line.ask(&path, None, LIMIT_MS, LIST_BYTES_MAX).await?;
            let page: Rows = read(&answer)?;
            let count = page.rows.len();
            ids.extend(page.rows.into_iter().map(|row| row.id));
            let Some(last) = ids.last().filter(|_| count >= ROWS_MAX) else { return Ok(ids) };
            (start, skip) = (last.clone(), 1);
            underway();
        }
    }

    /// Segments that continue one another from there on, with their parts where they have any.
    async fn chain(
        &self,
        from: u64,
        ids: &[String],
        bad: &BTreeSet<(u64, u64)>,
    ) -> Result<Vec<(u64, u64)>, NoAnswer> {
        let parts: BTreeSet<&str> =
            ids.iter().filter_map(|id| id.strip_suffix(PARTS_SUFFIX)).collect();
        let mut chain = Vec::new();
        let mut reach = from;
        for id in ids {
            let Ok(SegmentId { first, next, .. }) = SegmentId::parse(id) else { continue };
            let fits = (from..=reach).contains(&first) && next > reach;
            if !fits || bad.contains(&(first, next)) {
                continue;
            }
            let is_whole = parts.contains(id.as_str()) || !self.has_parts(first..next).await?;
            if is_whole {
                chain.push((first, next));
                reach = next;
            }
        }
        Ok(chain)
    }

    async fn has_parts(&self, range: Range<u64>) -> Result<bool, NoAnswer> {
        let rows = self.rows(range).await?;
        let absent = [&Part::Absent, &Part::Absent];
        Ok(rows.iter().any(|row| [&row.pseudonym, &row.sealed] != absent))
    }

    /// The newest that this page did not write.
    fn unknown(&self, chain: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let sent = self.sent.borrow();
        let unknown = chain.iter().rev().filter(|range| !sent.contains(range));
        unknown.take(LOOKED_AT_MAX).copied().collect()
    }

    /// Those that do not hold what the log holds; the others are known from now on.
    async fn wrong(&self, ranges: &[(u64, u64)]) -> Result<Vec<(u64, u64)>, NoAnswer> {
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        let id = |range: &(u64, u64)| self.id(range).to_string();
        let keys: Vec<String> = ranges.iter().map(|range| format!("\"{}\"", id(range))).collect();
        let body = format!("{{\"keys\":[{}]}}", keys.join(","));
        let path = "_all_docs?include_docs=true";
        let answer = self.line.ask(path, Some(&body), LIMIT_MS, CHANGES_BYTES_MAX).await?;
        let there: Rows = read(&answer)?;
        let mut wrong = Vec::new();
        for range in ranges {
            let id = id(range);
            let row = there.rows.iter().find(|row| row.id == id);
            let document = row.map(|row| row.doc.to_string()).unwrap_or_default();
            let rows = self.rows(range.0..range.1).await?;
            if is_same_segment(&id, document.as_bytes(), &rows) {
                self.sent.borrow_mut().insert(*range);
            } else {
                wrong.push(*range);
            }
            breathe().await;
        }
        Ok(wrong)
    }

    fn id(&self, (first, next): &(u64, u64)) -> SegmentId {
        let (user, log) = (self.user.clone(), self.log);
        SegmentId { user, log, first: *first, next: *next }
    }

    /// What can be read; retention may have removed the first ones.
    async fn rows(&self, range: Range<u64>) -> Result<Vec<StoredEntry>, NoAnswer> {
        let rows = self.store.rows(range).await.map_err(|_| NoAnswer::Failed)?;
        rows.into_iter().collect::<Result<_, _>>().map_err(|_| NoAnswer::Failed)
    }

    /// Both documents in one request, the parts before the segment.
    pub async fn send(&self, range: Range<u64>) -> Heard {
        match self.write(range.clone()).await {
            Ok(true) => {
                self.sent.borrow_mut().insert((range.start, range.end));
                Heard::Taken(range)
            }
            Ok(false) => Heard::Occupied,
            Err(why) => failed(why),
        }
    }

    async fn write(&self, range: Range<u64>) -> Result<bool, NoAnswer> {
        let rows = self.rows(range.clone()).await?;
        let is_all = rows.len() as u64 == range.end - range.start;
        let last = rows.last().filter(|_| is_all).ok_or(NoAnswer::Failed)?;
        let head = ChainHead::after(last).map_err(|_| NoAnswer::Failed)?;
        let place = SignedPlace { head, at_unix_ms: clock::now_unix_ms() };
        let signed = self.store.sign(&place, Statement::Checkpoint).await;
        let Ok(EntryBody::Signed(signed)) = signed else { return Err(NoAnswer::Failed) };
        let checkpoint = Checkpoint {
            place,
            device_public_key: signed.device_public_key,
            signature: signed.signature,
        };
        let documents =
            write_segment(&self.user, &rows, &checkpoint).map_err(|_| NoAnswer::Failed)?;
        let body = documents.to_bulk();
        let answer = self.line.ask("_bulk_docs", Some(&body), LIMIT_MS, SENT_BYTES_MAX).await?;
        let written: Vec<Written> = read(&answer)?;
        let mut all_there = true;
        for Written { id, error } in written {
            match error.as_str() {
                "" => {}
                // Not every database names the conflict first.
                "conflict" | "forbidden" => {
                    all_there &= self.is_own(&id, &documents, &rows).await?;
                }
                "unauthorized" => return Err(NoAnswer::Retired),
                _ => return Err(NoAnswer::Failed),
            }
        }
        Ok(all_there)
    }

    /// Whether the document that stands there says what this log says: an earlier try arrived.
    async fn is_own(
        &self,
        id: &str,
        documents: &Documents,
        rows: &[StoredEntry],
    ) -> Result<bool, NoAnswer> {
        let there = self.line.ask(id, None, LIMIT_MS, SEGMENT_BYTES_MAX + SENT_BYTES_MAX).await?;
        if !id.ends_with(PARTS_SUFFIX) {
            return Ok(is_same_segment(id, &there, rows));
        }
        let own_id = documents.id.to_string();
        let segment = read_segment(&own_id, documents.segment.as_bytes());
        Ok(segment.is_ok_and(|segment| read_parts(&segment, &there).is_ok()))
    }

    /// One request; what came is proven and counted document by document. `line` is told of each that comes of one
    /// that goes on, and says when to read on.
    pub async fn listen(
        &self,
        ask: &Ask,
        venue: &RefCell<Venue>,
        line: impl AsyncFn(Got) -> bool,
    ) -> Got {
        let path = path_of(ask);
        let others = self.others();
        // What this gate wrote itself need not come back.
        let is_filtered = self.filters.get() && matches!(ask.how, How::Next { .. } | How::Follow);
        let (path, body) = match is_filtered {
            true => (format!("{path}&filter=_selector"), Some(others.as_str())),
            false => (path, None),
        };
        if ask.how == How::Follow {
            let take = async |text: &[u8]| {
                let Ok(seq) = take_line(text, venue) else { return false };
                line(Got::Line { seq }).await
            };
            let (limit_ms, bytes_max) = (timing::FOLLOW_MS, CHANGES_BYTES_MAX);
            return match self.line.follow((&path, body), limit_ms, bytes_max, take).await {
                End::Over => Got::Ended,
                End::Cut(why) => self.not_got(why),
            };
        }
        let answer = self.line.ask(&path, body, LIMIT_MS, CHANGES_BYTES_MAX).await;
        if ask.how == How::Where {
            let seq = answer.and_then(|answer| {
                text_of(&read::<Database>(&answer)?.update_seq).ok_or(NoAnswer::Failed)
            });
            return seq.map_or_else(|why| self.not_got(why), |seq| Got::Where { seq });
        }
        let Changes { results, last_seq } = match answer.and_then(|answer| read(&answer)) {
            Ok(changes) => changes,
            Err(why) => return self.not_got(why),
        };
        let documents = results.len();
        let seq = match ask.how {
            How::Newest if documents < FIRST_DOCUMENTS_MAX => Some("0".to_owned()),
            // Not each of them says where it is.
            How::Newest => results.iter().rev().find_map(|change| text_of(&change.seq)),
            _ => text_of(&last_seq),
        };
        let Some(seq) = seq else { return Got::Failed };
        for change in results {
            change.count(venue);
            breathe().await;
        }
        Got::Answer { seq, documents }
    }

    /// Mango, as `_find` and `_changes` take it. Of a user's letters and signs only the dot says more there.
    fn others(&self) -> String {
        let (user, log) = (self.user.as_str().replace('.', "\\\\."), HEXLOWER.encode(&self.log.0));
        format!("{{\"selector\":{{\"$not\":{{\"_id\":{{\"$regex\":\"^{user}:{log}:\"}}}}}}}}")
    }

    fn not_got(&self, why: NoAnswer) -> Got {
        match why {
            NoAnswer::TooLarge => Got::TooLarge,
            NoAnswer::Retired => Got::Retired,
            NoAnswer::Misunderstood => {
                self.filters.set(false);
                Got::Failed
            }
            NoAnswer::Failed | NoAnswer::Missing => Got::Failed,
        }
    }
}

impl Change {
    fn count(&self, venue: &RefCell<Venue>) {
        if !self.deleted && self.doc.is_object() {
            let document = self.doc.to_string();
            let now_unix_ms = clock::now_unix_ms();
            venue.borrow_mut().take(&self.id, document.as_bytes(), now_unix_ms);
        }
    }
}

/// Before which everything has come by then; an empty line says nothing.
fn take_line(line: &[u8], venue: &RefCell<Venue>) -> Result<Option<String>, NoAnswer> {
    if line.is_empty() {
        return Ok(None);
    }
    let change: Change = read(line)?;
    change.count(venue);
    // The last line has none.
    text_of(&change.seq).map(Some).ok_or(NoAnswer::Failed)
}

fn path_of(ask: &Ask) -> String {
    let Ask { since, how } = ask;
    let since = since.as_deref().unwrap_or("0");
    let since = String::from(js_sys::encode_uri_component(since));
    let of = match how {
        How::Newest => {
            let limit = FIRST_DOCUMENTS_MAX;
            return format!("_changes?descending=true&limit={limit}&seq_interval={SEQ_INTERVAL}");
        }
        How::Next { documents_max } => format!("limit={documents_max}&include_docs=true"),
        How::Over => "limit=1".to_owned(),
        How::Where => return String::new(),
        How::Follow => format!("feed=continuous&heartbeat={HEARTBEAT_MS}&include_docs=true"),
    };
    format!("_changes?{of}&since={since}")
}

/// CouchDB's is a text, others' a number.
fn text_of(seq: &Value) -> Option<String> {
    match seq {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_same_segment(id: &str, document: &[u8], rows: &[StoredEntry]) -> bool {
    let Ok(segment) = read_segment(id, document) else { return false };
    let hash = |sequence: u64| rows.iter().find(|row| row.sequence == sequence).map(|row| row.hash);
    // Retention may have removed entries here that are there.
    let agrees = |entry: &StoredEntry| hash(entry.sequence).is_none_or(|hash| hash == entry.hash);
    segment.entries.iter().all(agrees)
}

fn failed(why: NoAnswer) -> Heard {
    if why == NoAnswer::Retired { Heard::Retired } else { Heard::Failed }
}

fn read<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, NoAnswer> {
    serde_json::from_slice(answer).map_err(|_| NoAnswer::Failed)
}
