//! `gerbang hub verify`: whether what lies in a hub is what the gates wrote.

use super::super::failure::Failure;
use super::super::moment;
use super::couch::{Couch, CouchArgs, GATHERED};
use super::reading::{self, Listed, Listing};
use crate::audit_log::LogId;
use crate::sync::{CLOCK_OFF_MS, ClockWatch, Finding, Gathered, Gathering};
use crate::trust::HubUser;
use clap::Args;
use data_encoding::HEXLOWER as HEX;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
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
  GERBANG_HUB_PASSWORD=… gerbang hub verify --registry kota/registry.cose")]
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
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

struct Report {
    logs: Vec<(BTreeSet<String>, Gathered)>,
    findings: Vec<Finding>,
    clocks: BTreeMap<HubUser, i64>,
    /// Gates and since when nothing came of them; `None`: ever.
    silent: Vec<(String, Option<i64>)>,
    /// Ids of which the database keeps two contents.
    conflicts: Vec<String>,
}

pub fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let couch = args.couch.open(registry.as_ref())?;
    let now_unix_ms =
        args.now.map_or_else(moment::now_unix_ms, |now_unix_s| now_unix_s.saturating_mul(1000));
    let listing = reading::list(&couch, &args.database, "0")?;
    let report = look(&couch, args, &listing, now_unix_ms)?;
    let is_fine = say(args, &report)?;
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look(
    couch: &Couch,
    args: &VerifyArgs,
    listing: &Listing,
    now_unix_ms: i64,
) -> Result<Report, Failure> {
    let progress = reading::bar(listing.segments);
    let mut findings: Vec<Finding> = listing.strange.iter().map(|(id, _)| strange(id)).collect();
    let mut arrivals: Vec<(usize, HubUser, i64)> = Vec::new();
    let mut logs = Vec::new();
    let users = listing.users();
    for (log, listed) in &listing.logs {
        let mut gathering = Gathering::new(*log, first(listed));
        let ids: Vec<_> = listed.iter().map(|listed| listed.id.clone()).collect();
        let mut at = listed.iter().map(|listed| listed.arrival);
        reading::fetch(couch, &args.database, &ids, |fetched| {
            progress.inc(1);
            let arrival = at.next().unwrap_or(0);
            match fetched.read() {
                None => {}
                Some(Err(finding)) => gathering.find(finding),
                Some(Ok(found)) => {
                    let signed_unix_ms = found.segment.checkpoint.place.at_unix_ms;
                    arrivals.push((arrival, found.segment.id.user.clone(), signed_unix_ms));
                    gathering.take(&found.segment, found.entries, drop);
                }
            }
            Ok(())
        })?;
        let mut gathered = gathering.finish();
        findings.append(&mut gathered.findings);
        logs.push((users.get(log).cloned().unwrap_or_default(), gathered));
    }
    progress.finish_and_clear();
    arrivals.sort_by_key(|(arrival, _, _)| *arrival);
    let mut latest: BTreeMap<String, i64> = BTreeMap::new();
    let mut watch = ClockWatch::default();
    for (_, user, signed_unix_ms) in arrivals {
        watch.arrive(&user, signed_unix_ms);
        let seen = latest.entry(user.as_str().to_owned()).or_insert(signed_unix_ms);
        *seen = signed_unix_ms.max(*seen);
    }
    let mut clocks = watch.finish();
    for (user, at_unix_ms) in &latest {
        // Whoever signs in the future needs no comparison.
        let ahead_ms = at_unix_ms.saturating_sub(now_unix_ms);
        if let Some(user) = HubUser::parse(user).filter(|_| ahead_ms > CLOCK_OFF_MS) {
            clocks.entry(user).or_insert(ahead_ms);
        }
    }
    let silent_ms = i64::from(args.silent) * 3_600_000;
    let enrolled = enrolled(couch, &args.database)?;
    let names: BTreeSet<String> = latest.keys().cloned().chain(enrolled).collect();
    let silent = names.into_iter().filter_map(|user| match latest.get(&user) {
        None => Some((user, None)),
        Some(at) if now_unix_ms.saturating_sub(*at) > silent_ms => Some((user, Some(*at))),
        Some(_) => None,
    });
    let conflicts = listing.conflicts.iter().map(|(id, _)| id.clone()).collect();
    Ok(Report { logs, findings, clocks, silent: silent.collect(), conflicts })
}

fn strange(id: &str) -> Finding {
    Finding::Document { id: id.to_owned(), error: crate::sync::SegmentError::Id }
}

pub fn first(listed: &[Listed]) -> u64 {
    listed.iter().map(|listed| listed.id.first).min().unwrap_or(0)
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

/// Whether there was nothing to say.
fn say(args: &VerifyArgs, report: &Report) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    let others = report.clocks.len() + report.silent.len() + report.conflicts.len();
    let is_fine = report.findings.is_empty() && others == 0;
    let entries: u64 = report.logs.iter().map(|(_, log)| log.seen.entries).sum();
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
    for (users, log) in &report.logs {
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let last = log.seen.latest_unix_ms.map_or("-".to_owned(), |at| moment::rfc3339(at / 1000));
        let (id, seen) = (name(log.log), &log.seen);
        writeln!(out, "{}  {id}  {} entries, the last {last}", users.join(" "), seen.entries)?;
        if seen.clock_faults > 0 {
            writeln!(out, "  its clock was set back or on {} times", seen.clock_faults)?;
        }
    }
    let mut logs_of: BTreeMap<&str, usize> = BTreeMap::new();
    for user in report.logs.iter().flat_map(|(users, _)| users) {
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

pub fn name(log: LogId) -> String {
    HEX.encode(&log.0)
}

fn log_json((users, log): &(BTreeSet<String>, Gathered)) -> Value {
    json!({
        "log": name(log.log),
        "users": users,
        "venue": log.seen.venue,
        "gate": log.seen.gate,
        "entries": log.seen.entries,
        "next": log.next_sequence,
        "latest": log.seen.latest_unix_ms.map(|at| moment::rfc3339(at / 1000)),
        "clock_faults": log.seen.clock_faults,
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
