//! `gerbang hub pull`: what lies in a hub as exports, one file a log.
//!
//! Shape: folder/`USER--LOG.jsonl`, the lines of docs/log.md, and `pull.json`, from where to go on.
//! Limits and errors: what is not believed is named and not written. A file is continued where it ends,
//! and written anew where parts of it were struck at the hub, or a hole in it may have been filled.
//! Source: docs/hub.md, "Asking".

use super::super::failure::Failure;
use super::super::log::Lines;
use super::super::trusted::read_at_most;
use super::couch::{Couch, CouchArgs, GATHERED};
use super::look::{first, name};
use super::mark;
use super::reading::{self, Listed, Listing};
use super::verify;
use crate::audit_log::{LogId, StoredEntry, write_line};
use crate::sync::{Finding, Gathered, Gathering, SegmentId};
use clap::Args;
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Fetch what lies in the hub as exports, for `gerbang log verify`, `stats` and `trace`.
///
/// One file a log. Run again it fetches what is new; stopped in the middle it goes on where it was. What
/// was struck at the hub goes from the files too.
/// Ends with 0, or with 1 when something was not believed or is missing.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  GERBANG_HUB_PASSWORD=… gerbang hub pull --registry kota/registry.cose --out days
  gerbang log verify days/*.jsonl")]
pub struct PullArgs {
    #[command(flatten)]
    couch: CouchArgs,
    /// The database. Default: the one that gathers all venues.
    #[arg(long, value_name = "NAME", default_value = GATHERED)]
    database: String,
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

const STATE: &str = "pull.json";
const STATE_BYTES_MAX: usize = 64 << 20;

/// What an earlier run left.
#[derive(Serialize, Deserialize)]
struct State {
    v: u64,
    hub: String,
    database: String,
    since: String,
    /// Of this reader, in the database.
    #[serde(default)]
    mark: String,
    /// Up to where a run goes that is under way, or was stopped.
    #[serde(default)]
    until: String,
    /// By the log's id in hexadecimal digits.
    logs: BTreeMap<String, LogState>,
}

#[derive(Clone, Serialize, Deserialize)]
struct LogState {
    file: String,
    first: u64,
    next: u64,
    /// Of the file; one that is shorter by now is written anew.
    bytes: u64,
    /// Something is missing in it, or was not believed.
    holed: bool,
    /// Everything that lies before `State::until` is in it.
    #[serde(default)]
    reached: bool,
}

/// What one run did.
#[derive(Default)]
struct Pulled {
    entries: u64,
    files: usize,
    findings: Vec<Finding>,
}

pub fn run(args: &PullArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let couch = args.couch.open(registry.as_ref())?;
    fs::create_dir_all(&args.out).map_err(|error| Failure::writing(&args.out, &error))?;
    let mut state = read_state(args, &couch)?;
    if state.mark.is_empty() {
        state.mark = mark::make_id()?;
    }
    if state.since != "0" && !mark::holds(&couch, &args.database, &state.mark, &state.since)? {
        // The hub was restored from an old copy: what came there since may be before `since`.
        state.since = "0".to_owned();
    }
    let news = reading::list(&couch, &args.database, &state.since)?;
    // Of logs that a run had written which was stopped, only what came since its own list.
    let later = match is_under_way(&couch, args, &state)? {
        true => reading::list(&couch, &args.database, &state.until)?,
        false => Listing::default(),
    };
    if later.since.is_empty() {
        state.logs.values_mut().for_each(|log| log.reached = false);
    }
    let news = News { news, later };
    let work = work(&state, &news, &args.out);
    // Of logs that are written anew all segments are needed, in the order in which they came.
    let all = match work.values().any(|anew| *anew) && state.since != "0" {
        true => Some(reading::list(&couch, &args.database, "0")?),
        false => None,
    };
    state.until.clone_from(&news.news.since);
    let listings: BTreeMap<LogId, &Listing> = work
        .iter()
        .map(|(log, anew)| match (anew, &all) {
            (true, Some(all)) => (*log, all),
            (true, None) => (*log, &news.news),
            (false, _) => (*log, news.of(&state, log)),
        })
        .collect();
    for log in work.keys() {
        state.logs.entry(name(*log)).and_modify(|log| log.reached = false);
    }
    mark::keep(&couch, &args.database, &under_way(&state.mark), &state.until)?;
    write_state(args, &state)?;
    let listed = listings.iter().filter_map(|(log, listing)| listing.logs.get(log));
    let progress = reading::bar(listed.map(Vec::len).sum());
    let mut pulled = Pulled::default();
    for (log, anew) in &work {
        let listed = listings.get(log).and_then(|listing| listing.logs.get(log));
        let Some(listed) = listed else { continue };
        let key = name(*log);
        let known = state.logs.get(&key).filter(|_| !*anew).cloned();
        let job = Job { couch: &couch, args, log: *log, listed, known, progress: &progress };
        let (entry, gathered) = job.run()?;
        pulled.entries += gathered.entries;
        pulled.files += 1;
        pulled.findings.extend(gathered.findings);
        state.logs.insert(key, entry);
        // A run that is stopped goes on from here; `since` stays until all of them are written.
        write_state(args, &state)?;
    }
    progress.finish_and_clear();
    let strange = news
        .news
        .strange
        .iter()
        .map(|(id, _)| Finding::Document { id: id.clone(), error: crate::sync::SegmentError::Id });
    pulled.findings.extend(strange);
    state.since = news.news.since;
    state.until = String::new();
    write_state(args, &state)?;
    mark::keep(&couch, &args.database, &state.mark, &state.since)?;
    say(args, &pulled)?;
    let is_fine = pulled.findings.is_empty();
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came since the last run that came to its end, and since one that was stopped began.
struct News {
    news: Listing,
    later: Listing,
}

impl News {
    fn of(&self, state: &State, log: &LogId) -> &Listing {
        let is_reached = state.logs.get(&name(*log)).is_some_and(|log| log.reached);
        if is_reached { &self.later } else { &self.news }
    }
}

/// Whether a run was stopped whose list still says where it was: the hub was not restored since.
fn is_under_way(couch: &Couch, args: &PullArgs, state: &State) -> Result<bool, Failure> {
    Ok(!state.until.is_empty()
        && mark::holds(couch, &args.database, &under_way(&state.mark), &state.until)?)
}

fn under_way(mark: &str) -> String {
    format!("{mark}-under-way")
}

/// Logs of which something came, and whether their files are written anew.
fn work(state: &State, news: &News, folder: &Path) -> BTreeMap<LogId, bool> {
    let is_short = |known: &LogState| {
        let bytes = fs::metadata(folder.join(&known.file)).map_or(0, |file| file.len());
        bytes < known.bytes
    };
    let mut work: BTreeMap<LogId, bool> = BTreeMap::new();
    let mut written: BTreeSet<&SegmentId> = BTreeSet::new();
    for log in news.news.logs.keys() {
        let Some(listed) = news.of(state, log).logs.get(log) else { continue };
        let known = state.logs.get(&name(*log));
        let anew =
            known.is_none_or(|known| known.holed || first(listed) < known.first || is_short(known));
        work.insert(*log, anew);
        written.extend(listed.iter().map(|listed| &listed.id));
    }
    for id in news.news.parts.keys() {
        // New parts of what is written already: something of it was struck.
        let known = state.logs.get(&name(id.log));
        let is_new = news.of(state, &id.log).parts.contains_key(id);
        if known.is_some_and(|known| is_new && id.first < known.next) && !written.contains(id) {
            work.insert(id.log, true);
        }
    }
    work
}

struct Job<'a> {
    couch: &'a Couch,
    args: &'a PullArgs,
    log: LogId,
    listed: &'a [Listed],
    /// `None`: the file is written anew.
    known: Option<LogState>,
    progress: &'a ProgressBar,
}

struct Done {
    entries: u64,
    findings: Vec<Finding>,
}

impl Job<'_> {
    fn run(self) -> Result<(LogState, Done), Failure> {
        let user = self.listed.first().map_or("", |listed| listed.id.user.as_str());
        let name = match &self.known {
            Some(known) => known.file.clone(),
            None => format!("{user}--{}.jsonl", name(self.log)),
        };
        let path = self.args.out.join(&name);
        let first = self.known.as_ref().map_or_else(|| first(self.listed), |log| log.first);
        let mut gathering = Gathering::new(self.log, first);
        let writing = |error: io::Error| Failure::writing(&path, &error);
        let target = match &self.known {
            Some(_) => path.clone(),
            None => path.with_extension("new"),
        };
        let file = match &self.known {
            Some(_) => resume(&path, &mut gathering).map_err(writing)?,
            None => File::create(&target).map_err(writing)?,
        };
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut entries = 0;
        let mut written: io::Result<()> = Ok(());
        let ids: Vec<_> = self.listed.iter().map(|listed| listed.id.clone()).collect();
        reading::fetch(self.couch, &self.args.database, &ids, |fetched| {
            self.progress.inc(1);
            match fetched.read() {
                None => {}
                Some(Err(finding)) => gathering.find(finding),
                Some(Ok(found)) => gathering.take(&found.segment, found.entries, |entry| {
                    entries += 1;
                    if written.is_ok() {
                        written = write_entry(&mut out, &entry);
                    }
                }),
            }
            Ok(())
        })?;
        written.map_err(writing)?;
        let next = gathering.next_sequence();
        let Gathered { behind, findings, .. } = gathering.finish();
        for entry in &behind {
            entries += 1;
            write_entry(&mut out, entry).map_err(writing)?;
        }
        out.flush().map_err(writing)?;
        let bytes = out.get_ref().metadata().map_err(writing)?.len();
        drop(out);
        if self.known.is_none() {
            fs::rename(&target, &path).map_err(writing)?;
        }
        let holed = !findings.is_empty();
        let state = LogState { file: name, first, next, bytes, holed, reached: true };
        Ok((state, Done { entries, findings }))
    }
}

fn write_entry(out: &mut impl Write, entry: &StoredEntry) -> io::Result<()> {
    out.write_all(write_line(entry).as_bytes())?;
    out.write_all(b"\n")
}

/// What an earlier run wrote of the log, up to its last whole line; what follows is cut off.
fn resume(path: &Path, gathering: &mut Gathering) -> io::Result<File> {
    let mut end = 0;
    if let Ok(file) = File::open(path) {
        let mut lines = Lines::new(BufReader::with_capacity(1 << 18, file));
        while let Some(line) = lines.next_line()? {
            let Ok(entry) = line.entry else { break };
            if entry.sequence != gathering.next_sequence() {
                break;
            }
            gathering.resume(&entry);
            end = lines.offset();
        }
    }
    let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(path)?;
    file.set_len(end)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

fn read_state(args: &PullArgs, couch: &Couch) -> Result<State, Failure> {
    let path = args.out.join(STATE);
    let fresh = || State {
        v: 1,
        hub: couch.address().to_owned(),
        database: args.database.clone(),
        since: "0".to_owned(),
        mark: String::new(),
        until: String::new(),
        logs: BTreeMap::new(),
    };
    if !path.exists() {
        return Ok(fresh());
    }
    let json = read_at_most(&path, STATE_BYTES_MAX)?;
    let wrong = |words: &str| Failure::new("HUB-PULL", format!("{} {words}", path.display()));
    let state: State =
        serde_json::from_slice(&json).map_err(|_| wrong("is not what an earlier pull wrote"))?;
    if state.v != 1 || state.hub != couch.address() || state.database != args.database {
        return Err(wrong("is of another hub or database: pull into another folder"));
    }
    let is_name = |log: &LogState| Path::new(&log.file).file_name() == Some(log.file.as_ref());
    if !state.logs.values().all(is_name) {
        return Err(wrong("names files outside of its folder"));
    }
    Ok(state)
}

fn write_state(args: &PullArgs, state: &State) -> Result<(), Failure> {
    let path = args.out.join(STATE);
    let new = args.out.join("pull.json.new");
    let text = serde_json::to_string(state).expect("texts and numbers are always JSON");
    fs::write(&new, text).map_err(|error| Failure::writing(&new, &error))?;
    fs::rename(&new, &path).map_err(|error| Failure::writing(&path, &error))
}

fn say(args: &PullArgs, pulled: &Pulled) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        let findings: Vec<_> = pulled.findings.iter().map(verify::finding_json).collect();
        let said = json!({
            "entries": pulled.entries,
            "files": pulled.files,
            "findings": findings,
        });
        return writeln!(out, "{said}");
    }
    for finding in &pulled.findings {
        writeln!(out, "{} [{}]", verify::words(finding), finding.code())?;
    }
    let (entries, files) = (pulled.entries, pulled.files);
    writeln!(out, "{entries} entries written, {files} files in {}", args.out.display())
}
