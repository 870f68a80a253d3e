//! `gerbang log simulate`: exports of gates that do not exist.

use super::super::failure::Failure;
use super::super::moment;
use super::exports;
use crate::audit_log::write_line;
use crate::issue::simulate::{GateLog, Plan};
use crate::sync::write_segment;
use crate::trust::HubUser;
use clap::Args;
use data_encoding::HEXLOWER as HEX;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write realistic exports of many gates: the same seed gives the same files.
///
/// For training, benches and trying `log verify`, `log stats` and `log trace`. Queues in the morning,
/// 94 % green, 5 % yellow, 0.8 % red, a few black, forgotten exits; nobody in them exists.
#[derive(Debug, Args)]
#[command(after_help = "Into the folder go
  VENUE--GATE.jsonl   an export each
  city.key.json       the tracing secret, for `log trace --secret`; worthless anywhere else
  checkpoints.txt     as supervisors' phones kept them, for `log verify --checkpoints`
  subjects.txt        credential ids of people who come daily, for `log trace --subject`

Examples:
  gerbang log simulate --out days
  gerbang log simulate --out city --venues 100 --gates 300 --days 30 --entries 10000000")]
pub struct SimulateArgs {
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    venues: u32,
    /// Over all venues.
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    gates: u32,
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// About so many, over all gates.
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000)]
    entries: u64,
    /// Also write VENUE--GATE.hub.jsonl: the documents that the gate would send to a hub, one a line, in
    /// segments of so many entries.
    #[arg(long, value_name = "ENTRIES", value_parser = clap::value_parser!(u16).range(1..=500))]
    hub: Option<u16>,
    /// The first day.
    #[arg(long, value_name = "DATE", default_value = "2026-11-02", value_parser = moment::parse)]
    from: i64,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// People of each venue whose ids are written.
const SUBJECTS: u64 = 1;

pub fn run(args: &SimulateArgs) -> Result<ExitCode, Failure> {
    let plan = Plan {
        seed: args.seed,
        venues: args.venues,
        gates: args.gates,
        days: args.days,
        entries: args.entries,
        first_day_unix_s: args.from,
    };
    fs::create_dir_all(&args.out).map_err(|error| Failure::writing(&args.out, &error))?;
    let progress = bar(args.venues);
    let venues = usize::try_from(args.venues).unwrap_or(0);
    let written = exports::shared(venues, Vec::new, |written, at| {
        let venue = u32::try_from(at).unwrap_or(u32::MAX);
        written.push((venue, write_venue(&plan, venue, args)));
        progress.inc(1);
    });
    progress.finish_and_clear();
    let mut written: Vec<_> = written.into_iter().flatten().collect();
    written.sort_by_key(|(venue, _)| *venue);
    let mut entries = 0;
    let mut checkpoints = String::new();
    for (_, venue) in written {
        let venue = venue?;
        entries += venue.entries;
        checkpoints.push_str(&venue.checkpoints);
    }
    write(&args.out, "checkpoints.txt", &checkpoints)?;
    write(&args.out, "subjects.txt", &subjects(&plan))?;
    let key = json!({ "v": 1, "alg": "tracing", "private_key_hex": HEX.encode(&plan.secret()) });
    write(&args.out, "city.key.json", &format!("{key:#}\n"))?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "entries": entries, "gates": checkpoints.lines().count() }))?;
    } else {
        writeln!(out, "{entries} entries in {}", args.out.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Written {
    entries: usize,
    checkpoints: String,
}

fn write_venue(plan: &Plan, venue: u32, args: &SimulateArgs) -> Result<Written, Failure> {
    let folder = args.out.as_path();
    let mut written = Written { entries: 0, checkpoints: String::new() };
    for log in plan.venue(venue) {
        let gate = log.name.gate.to_lowercase().replace(' ', "-");
        let path = folder.join(format!("{}--{gate}.jsonl", log.name.venue));
        write_export(&log, &path).map_err(|error| Failure::writing(&path, &error))?;
        if let Some(entries) = args.hub {
            let path = path.with_extension("hub.jsonl");
            let written = write_documents(&log, entries.into(), &path);
            written.map_err(|error| Failure::writing(&path, &error))?;
        }
        written.entries += log.entries.len();
        written.checkpoints.push_str(&log.checkpoint);
        written.checkpoints.push('\n');
    }
    Ok(written)
}

fn write_export(log: &GateLog, path: &Path) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    for entry in &log.entries {
        out.write_all(write_line(entry).as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// As `_bulk_docs` takes them: parts first, then their segment.
fn write_documents(log: &GateLog, entries: usize, path: &Path) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    let user = HubUser::of(&log.name.venue, &log.name.gate).expect("simulated names are short");
    for row in log.entries.chunks(entries) {
        let checkpoint = log.checkpoint_behind(row).expect("its own entries");
        let written = write_segment(&user, row, &checkpoint).expect("in order");
        let parts = written.parts.map(|parts| (written.id.of_parts(), parts));
        for (id, text) in parts.into_iter().chain([(written.id.to_string(), written.segment)]) {
            // Ids hold nothing that JSON escapes.
            let members = text.strip_prefix('{').unwrap_or_default();
            writeln!(out, "{{\"_id\":\"{id}\",{members}")?;
        }
    }
    out.flush()
}

fn subjects(plan: &Plan) -> String {
    let mut text = String::new();
    for venue in 0..plan.venues {
        for person in 0..SUBJECTS {
            let person = plan.staff_of(venue) + person;
            text.push_str(&HEX.encode(&plan.credential_id(person)));
            text.push('\n');
        }
    }
    text
}

fn write(folder: &Path, file: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(file);
    fs::write(&path, text).map_err(|error| Failure::writing(&path, &error))
}

/// Drawn on a terminal only.
fn bar(venues: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} venues, {eta} left")
        .expect("the template is ours");
    ProgressBar::new(venues.into()).with_style(style)
}
