//! `gerbang hub watch`: the gates as they are now.
//!
//! Shape: the last segments, then what comes → a table a refresh, gates by venue.
//! Limits and errors: begins with the last `--segments`; until it is stopped a hub that does not answer is
//! said and asked again.
//! Source: docs/hub.md, "Asking".

use super::super::failure::Failure;
use super::super::moment;
use super::couch::{Couch, CouchArgs, GATHERED};
use super::reading::{self, Listed};
use crate::sync::{Board, GateNow, SegmentId, VenueNow};
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// Show the gates as they are now: when each was last heard of, who is inside, verdicts of the hour, alarms.
///
/// Goes on until it is stopped. Times are the gates' own; what is not believed counts nothing and is an
/// alarm of the gate under whose name it lies (`gerbang hub verify` says more).
#[derive(Debug, Args)]
#[command(after_help = "Example:
  GERBANG_HUB_PASSWORD=… gerbang hub watch --registry kota/registry.cose")]
pub struct WatchArgs {
    #[command(flatten)]
    couch: CouchArgs,
    /// The database. Default: the one that gathers all venues.
    #[arg(long, value_name = "NAME", default_value = GATHERED)]
    database: String,
    /// Begin with so many of the last segments.
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000)]
    segments: usize,
    /// Seconds between two looks.
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    every: u64,
    /// One table and no more.
    #[arg(long)]
    once: bool,
    /// When it is, with --once. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse, requires = "once")]
    now: Option<i64>,
    /// One JSON object a look instead of a table.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &WatchArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let couch = args.couch.open(registry.as_ref())?;
    let mut board = Board::default();
    let mut since = "0".to_owned();
    loop {
        let is_first = since == "0";
        match look(&couch, args, &mut board, &since) {
            Ok(next) => since = next,
            Err(failure) if is_first => return Err(failure),
            // What was shown stays, with the reason why there is nothing new.
            Err(failure) => writeln!(io::stderr(), "gerbang: {failure}")?,
        }
        let now_unix_ms = args.now.map_or_else(moment::now_unix_ms, |at| at.saturating_mul(1000));
        draw(args, &board.venues(now_unix_ms), now_unix_ms)?;
        if args.once {
            return Ok(ExitCode::SUCCESS);
        }
        moment::pause_ms(args.every * 1000);
    }
}

/// Takes what came; answers from where to ask on.
fn look(
    couch: &Couch,
    args: &WatchArgs,
    board: &mut Board,
    since: &str,
) -> Result<String, Failure> {
    let is_first = since == "0";
    let listing = reading::list(couch, &args.database, since)?;
    let mut listed: Vec<&Listed> = listing.logs.values().flatten().collect();
    listed.sort_by_key(|listed| listed.arrival);
    let older = if is_first { listed.len().saturating_sub(args.segments) } else { 0 };
    let ids: Vec<SegmentId> =
        listed.into_iter().skip(older).map(|listed| listed.id.clone()).collect();
    reading::fetch(couch, &args.database, &ids, |fetched| {
        // Known is when it came of what came while somebody watched.
        let heard_unix_ms = (!is_first).then(moment::now_unix_ms);
        match fetched.read() {
            None => {}
            Some(Ok(found)) => board.take(&found.segment, found.entries, heard_unix_ms),
            Some(Err(finding)) => board.find(&fetched.id.user, &finding),
        }
        Ok(())
    })?;
    Ok(listing.since)
}

fn draw(args: &WatchArgs, venues: &[VenueNow], now_unix_ms: i64) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        let venues: Vec<Value> = venues.iter().map(venue_json).collect();
        return writeln!(out, "{}", json!({ "venues": venues }));
    }
    if out.is_terminal() && !args.once {
        // Clears the screen and begins at its top (ECMA-48 ED, CUP).
        write!(out, "\u{1b}[2J\u{1b}[H")?;
    }
    writeln!(out, "{}", moment::rfc3339(now_unix_ms / 1000))?;
    for venue in venues {
        writeln!(out, "\n{}  {} inside", venue.venue, venue.inside)?;
        writeln!(
            out,
            "  {:24} {:>9} {:>8} {:>8} {:>8} {:>6}  alarms",
            "gate", "last", "let in", "asked", "refused", "phones"
        )?;
        for gate in &venue.gates {
            writeln!(
                out,
                "  {:24} {:>9} {:>8} {:>8} {:>8} {:>6}  {}",
                if gate.gate.is_empty() { gate.user.as_str() } else { &gate.gate },
                ago(gate, now_unix_ms),
                gate.admitted,
                gate.referred,
                gate.refused,
                gate.phones,
                gate.alarms.join(" "),
            )?;
        }
    }
    out.flush()
}

/// How long ago it was last heard of.
fn ago(gate: &GateNow, now_unix_ms: i64) -> String {
    let Some(seen) = gate.seen_unix_ms else { return "never".to_owned() };
    match now_unix_ms.saturating_sub(seen) / 1000 {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn venue_json(venue: &VenueNow) -> Value {
    let gate = |gate: &GateNow| {
        json!({
            "user": gate.user.as_str(),
            "gate": gate.gate,
            "seen": gate.seen_unix_ms.map(|at| moment::rfc3339(at / 1000)),
            "admitted": gate.admitted,
            "referred": gate.referred,
            "refused": gate.refused,
            "phones": gate.phones,
            "alarms": gate.alarms,
        })
    };
    let gates: Vec<Value> = venue.gates.iter().map(gate).collect();
    json!({ "venue": venue.venue, "inside": venue.inside, "gates": gates })
}
