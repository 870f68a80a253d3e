//! `gerbang hub verify`: whether what lies in a hub is what the gates wrote.

use super::super::failure::Failure;
use super::super::moment;
use super::super::trusted::read_at_most;
use super::couch::{Couch, CouchArgs, GATHERED};
use super::look::{LogState, Report, State, look, name};
use super::mark;
use crate::sync::Finding;
use crate::trust::HubUser;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Whether what lies in the hub is what the gates wrote: each signature and chain, forks, gaps, silent
/// gates, clocks.
///
/// Believes nothing that the hub says: only what a gate's own device signed. A fork is two true segments that
/// say different things of one place: a phone that was restored, two phones with one key, or a stolen
/// one. A second log of one gate is a phone that was replaced, or a second one with the same set-up code.
/// Ends with 0, or with 1 when something has to be looked at.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  GERBANG_HUB_PASSWORD=… gerbang hub verify --registry kota/registry.cose --state verify.json")]
pub struct VerifyArgs {
    #[command(flatten)]
    couch: CouchArgs,
    /// The database. Default: the one that gathers all venues.
    #[arg(long, value_name = "NAME", default_value = GATHERED)]
    database: String,
    /// A gate that has sent nothing for so many hours is named as silent.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8_760))]
    silent: u32,
    /// When it is. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// Keep here what was seen, and go on from it the next time: what came since is read, and every log of which
    /// something old changed. Without it all is read.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

const STATE_BYTES_MAX: usize = 64 << 20;

pub fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let couch = args.couch.open(registry.as_ref())?;
    let now_unix_ms =
        args.now.map_or_else(moment::now_unix_ms, |now_unix_s| now_unix_s.saturating_mul(1000));
    let mut state = read_state(args, &couch)?;
    let silent_ms = i64::from(args.silent) * 3_600_000;
    let report = look(&couch, &mut state, silent_ms, now_unix_ms)?;
    if let Some(path) = &args.state {
        write_state(path, &state)?;
        // Only now: a run that is stopped in between reads all the next time.
        mark::keep(&couch, &state.database, &state.mark, &state.since)?;
    }
    let is_fine = say(args, &report)?;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_state(args: &VerifyArgs, couch: &Couch) -> Result<State, Failure> {
    let Some(path) = args.state.as_deref().filter(|path| path.exists()) else {
        return State::new(couch.address(), &args.database);
    };
    let json = read_at_most(path, STATE_BYTES_MAX)?;
    let wrong = |words: &str| Failure::new("HUB-STATE", format!("{} {words}", path.display()));
    let state: State =
        serde_json::from_slice(&json).map_err(|_| wrong("is not what an earlier run kept"))?;
    if state.v != 1 || state.hub != couch.address() || state.database != args.database {
        return Err(wrong("is of another hub or database: name another file"));
    }
    Ok(state)
}

fn write_state(path: &Path, state: &State) -> Result<(), Failure> {
    let new = path.with_extension("new");
    let text = serde_json::to_string(state).expect("texts and numbers are always JSON");
    fs::write(&new, text).map_err(|error| Failure::writing(&new, &error))?;
    fs::rename(&new, path).map_err(|error| Failure::writing(path, &error))
}

/// Whether there was nothing to say.
fn say(args: &VerifyArgs, report: &Report) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    let others = report.clocks.len() + report.silent.len() + report.conflicts.len();
    let is_fine = report.findings.is_empty() && others == 0;
    let entries: u64 = report.logs.values().map(|log| log.entries).sum();
    if args.json {
        let logs: Vec<Value> = report.logs.iter().map(log_json).collect();
        let findings: Vec<Value> = report.findings.iter().map(finding_json).collect();
        let clock = |(user, off_ms): (&HubUser, &i64)| json!({ "code": "HUB-CLOCK", "user": user.as_str(), "off_s": off_ms / 1000 });
        let silent = |(user, since): &(String, Option<i64>)| {
            let since = since.map(|at| moment::rfc3339(at / 1000));
            json!({ "code": "HUB-SILENT", "user": user, "since": since })
        };
        let said = json!({
            "entries": entries,
            "read": report.segments,
            "logs": logs,
            "findings": findings,
            "clocks": report.clocks.iter().map(clock).collect::<Vec<_>>(),
            "silent": report.silent.iter().map(silent).collect::<Vec<_>>(),
            "conflicts": report.conflicts,
        });
        writeln!(out, "{said}")?;
        return Ok(is_fine);
    }
    writeln!(out, "{entries} entries in {} logs", report.logs.len())?;
    for (id, log) in &report.logs {
        let users: Vec<&str> = log.users.iter().map(String::as_str).collect();
        let last = log.latest_unix_ms.map_or("-".to_owned(), |at| moment::rfc3339(at / 1000));
        writeln!(out, "{}  {id}  {} entries, the last {last}", users.join(" "), log.entries)?;
        if log.clock_faults > 0 {
            writeln!(out, "  its clock was set back or on {} times", log.clock_faults)?;
        }
    }
    let mut logs_of: BTreeMap<&str, usize> = BTreeMap::new();
    for user in report.logs.values().flat_map(|log| &log.users) {
        *logs_of.entry(user).or_default() += 1;
    }
    for (user, count) in logs_of.into_iter().filter(|(_, count)| *count > 1) {
        writeln!(out, "{user}: {count} logs, so {count} phones")?;
    }
    for finding in &report.findings {
        writeln!(out, "{} [{}]", words(finding), finding.code())?;
    }
    for id in &report.conflicts {
        writeln!(out, "{id}: the database keeps two contents of it [HUB-CONFLICT]")?;
    }
    for (user, off_ms) in &report.clocks {
        let (off_min, which) = (off_ms.abs() / 60_000, if *off_ms < 0 { "late" } else { "ahead" });
        writeln!(out, "{user}: its clock was {off_min} minutes {which} [HUB-CLOCK]")?;
    }
    for (user, since) in &report.silent {
        let since = since.map_or("nothing ever came".to_owned(), |at| {
            format!("nothing has come since {}", moment::rfc3339(at / 1000))
        });
        writeln!(out, "{user}: {since} [HUB-SILENT]")?;
    }
    if is_fine {
        writeln!(out, "all of it signed by the gates' own devices, nothing missing")?;
    }
    Ok(is_fine)
}

pub fn words(finding: &Finding) -> String {
    // Ids come from whoever has a password.
    let plain = |id: &str| -> String {
        id.chars().filter(|letter| !letter.is_control()).take(200).collect()
    };
    match finding {
        Finding::Document { id, .. } => format!("{}: not believed", plain(id)),
        Finding::Parts { id, error: None } => {
            format!("{id}: its parts are not there, so it counts as not there itself")
        }
        Finding::Parts { id, error: Some(_) } => format!("{id}: its parts are not its own"),
        Finding::Fork { id, sequence } => {
            format!("{id}: says something else of entry {sequence} than what came before")
        }
        Finding::Gap { log, missing } => format!(
            "{}: entries {} to {} are not there",
            name(*log),
            missing.start,
            missing.end.saturating_sub(1)
        ),
    }
}

fn log_json((id, log): (&String, &LogState)) -> Value {
    json!({
        "log": id,
        "users": log.users,
        "venue": log.venue,
        "gate": log.gate,
        "entries": log.entries,
        "next": log.next,
        "latest": log.latest_unix_ms.map(|at| moment::rfc3339(at / 1000)),
        "clock_faults": log.clock_faults,
    })
}

pub fn finding_json(finding: &Finding) -> Value {
    let id = match finding {
        Finding::Document { id, .. } => id.clone(),
        Finding::Parts { id, .. } | Finding::Fork { id, .. } => id.to_string(),
        Finding::Gap { log, .. } => name(*log),
    };
    json!({ "code": finding.code(), "id": id, "words": words(finding) })
}
