//! `gerbang log trace`: who shared a venue with one person.

mod opener;
mod report;

use super::super::failure::Failure;
use super::super::{keys, moment};
use super::exports::{self, Lines};
use crate::audit_log::{
    ChainStart, ChainState, KeyId, LogId, Origin, Passages, Question, Sought, Trace, Verifier,
    pseudonym, read_entry,
};
use crate::credential::{self, Parsed, Payload, date};
use crate::issue::setup_code::venue_key;
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use indicatif::{ProgressBar, ProgressStyle};
use opener::Opener;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Who shared a venue with a person, where, and for how long.
///
/// Reads the exports of many gates, finds the person by the pseudonyms that the city's secret makes of
/// her pass, and lists by pseudonym whoever was at the same venue at the same time, the longest first.
/// Nobody else's whereabouts come out. Exports may overlap or be there twice; a damaged one is named
/// and the rest of it used. docs/trace.md says what counts as a visit.
/// Ends with 0, or with 1 when an export is not whole.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang log simulate --out days
  gerbang log trace --secret days/city.key.json --subject days/subjects.txt \\
      --from 2026-11-02 --to 2026-11-07 --svg trace.svg --csv trace.csv days/*.jsonl")]
pub struct TraceArgs {
    /// The city's tracing secret: the key file of `gerbang init`, or 64 hexadecimal digits.
    #[arg(long, value_name = "FILE")]
    secret: PathBuf,
    /// Her pass's text, its credential id (64 hexadecimal digits), or a file whose first line is one of
    /// them, which keeps it out of the shell's history. May be repeated: all passes of one person.
    #[arg(long, required = true, value_name = "PASS|ID|FILE")]
    subject: Vec<String>,
    /// A sealing key's file: opens who the listed contacts were, where gates sealed that to it. May be
    /// repeated, one a month.
    #[arg(long, value_name = "FILE")]
    open: Vec<PathBuf>,
    /// Only time together from then on counts.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: i64,
    /// Only time together before then counts.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: i64,
    /// A visit whose way out was never seen is taken to have lasted so many minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    stay: u32,
    /// A way out after more hours than these belongs to no visit.
    #[arg(long, value_name = "HOURS", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=168))]
    longest: u32,
    /// A phone that was lost: nothing counts that its log says from then on. May be repeated.
    #[arg(long, value_name = "LOG=TIME", value_parser = lost)]
    lost: Vec<(LogId, i64)>,
    /// Contacts shorter than so many minutes are counted, not listed.
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    least: u32,
    /// Local time minus UTC in minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = 420, allow_negative_numbers = true)]
    utc_offset: i16,
    /// Write the contacts as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a timeline of visits a venue as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Exports (JSON Lines).
    #[arg(required = true)]
    exports: Vec<PathBuf>,
}

const MINUTE_MS: i64 = 60_000;

pub fn run(args: &TraceArgs) -> Result<ExitCode, Failure> {
    if args.from >= args.to {
        return Err(Failure::new("TRACE-WINDOW", "--from is not before --to"));
    }
    let secret = keys::read_tracing(&args.secret)?;
    let subjects: Vec<[u8; 32]> =
        args.subject.iter().map(|text| subject(text)).collect::<Result<_, _>>()?;
    let stay_ms = i64::from(args.stay) * MINUTE_MS;
    let question = Question {
        window_unix_ms: args.from.saturating_mul(1000)..args.to.saturating_mul(1000),
        stay_ms,
        longest_ms: (i64::from(args.longest) * 60 * MINUTE_MS).max(stay_ms),
    };
    let lost = args.lost.iter().copied().collect();
    let (passages, files) = read(&args.exports, &question, &lost);
    let months = months(&question);
    let trace = question.trace(&passages.finish(), |venue| {
        let mut sought = Sought::default();
        for month in &months {
            let key = venue_key(&secret, venue, *month).key;
            sought.keys.insert(KeyId::of(&key));
            sought.pseudonyms.extend(subjects.iter().map(|id| pseudonym(&key, id)));
        }
        sought
    });
    let is_whole = files.iter().all(FileSeen::is_whole);
    let opener = Opener::new(&args.open, &args.exports)?;
    say(args, &trace, &files, &subjects, &opener)?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say(
    args: &TraceArgs,
    trace: &Trace,
    files: &[FileSeen],
    subjects: &[[u8; 32]],
    opener: &Opener<'_>,
) -> Result<(), Failure> {
    let report = report::Report {
        trace,
        files,
        subject: subjects.first().map_or_else(String::new, report::tag),
        least_ms: i64::from(args.least) * MINUTE_MS,
        utc_offset_min: args.utc_offset,
        opener,
    };
    let write = |path: &Path, text: String| {
        fs::write(path, text).map_err(|error| Failure::writing(path, &error))
    };
    if let Some(path) = &args.csv {
        write(path, report.csv())?;
    }
    if let Some(path) = &args.svg {
        write(path, report.svg())?;
    }
    for file in files.iter().filter(|file| !file.is_whole()) {
        let (path, what) = (file.path.display(), file.words());
        writeln!(io::stderr(), "{path}: {what} (LOG-NOT-WHOLE)")?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", report.json())?;
    } else {
        report.write_plainly(&mut out)?;
    }
    Ok(())
}

/// What was found in one export.
pub struct FileSeen {
    pub path: PathBuf,
    pub entries: u64,
    pub faults: u64,
    pub error: Option<io::ErrorKind>,
}

impl FileSeen {
    pub fn is_whole(&self) -> bool {
        self.faults == 0 && self.error.is_none()
    }

    fn words(&self) -> String {
        match self.error {
            Some(error) => format!("cannot be read: {error}"),
            None => format!("{} faults in {} lines; the rest was used", self.faults, self.entries),
        }
    }
}

fn read(
    paths: &[PathBuf],
    question: &Question,
    lost: &BTreeMap<LogId, i64>,
) -> (Passages, Vec<FileSeen>) {
    let span = question.span_unix_ms();
    let progress = bar(paths.len());
    let start = || (Passages::within(span.clone(), lost.clone()), Vec::new());
    let mut read = exports::shared(paths.len(), start, |(passages, files), at| {
        let file = u32::try_from(at).unwrap_or(u32::MAX);
        files.push((at, read_one(&paths[at], file, passages)));
        progress.inc(1);
    })
    .into_iter();
    let (mut passages, mut files) = read.next().unwrap_or_else(start);
    for (more, other_files) in read {
        passages.absorb(more);
        files.extend(other_files);
    }
    progress.finish_and_clear();
    files.sort_by_key(|(at, _)| *at);
    (passages, files.into_iter().map(|(_, seen)| seen).collect())
}

fn read_one(path: &Path, file: u32, passages: &mut Passages) -> FileSeen {
    let mut seen = FileSeen { path: path.to_owned(), entries: 0, faults: 0, error: None };
    let mut verifier = Verifier::new(ChainStart::Anywhere, &[]);
    let mut read = || -> io::Result<()> {
        let mut lines = Lines::new(BufReader::with_capacity(1 << 18, File::open(path)?));
        while let Some(line) = lines.next_line()? {
            let stored = match line.entry {
                Ok(stored) => stored,
                Err(error) => {
                    verifier.push_unreadable(error);
                    continue;
                }
            };
            match read_entry(&stored) {
                Ok(entry) => {
                    verifier.push_entry(&entry);
                    passages.push(&entry, Origin { file, offset: line.offset });
                }
                Err(error) => verifier.push_damaged(&stored, error),
            }
        }
        Ok(())
    };
    seen.error = read().err().map(|error| error.kind());
    let report = verifier.finish();
    debug_assert_eq!(report.faults_count == 0, report.state == ChainState::Whole);
    (seen.entries, seen.faults) = (report.count, report.faults_count);
    seen
}

/// YYYYMM of every month in which a visit may have begun, wherever the gate's clock stands.
fn months(question: &Question) -> BTreeSet<u32> {
    const DAY_MS: i64 = 86_400_000;
    let span = question.span_unix_ms();
    let days = span.start.div_euclid(DAY_MS) - 1..=span.end.div_euclid(DAY_MS) + 1;
    let month = |day: i64| -> Option<u32> {
        let digits: String =
            date::date_of_days(day)?.chars().filter(char::is_ascii_digit).collect();
        digits.get(..6)?.parse().ok()
    };
    days.filter_map(month).collect()
}

/// A credential id; says nothing of what could not be read.
fn subject(given: &str) -> Result<[u8; 32], Failure> {
    let text = match fs::read_to_string(given) {
        Ok(text) => text.lines().next().unwrap_or_default().to_owned(),
        Err(_) => given.to_owned(),
    };
    if let Some(id) = HEX.decode(text.trim().as_bytes()).ok().and_then(|id| id.try_into().ok()) {
        return Ok(id);
    }
    match credential::parse(&Payload::from_text(text.trim())) {
        Ok(Parsed::Credential(unverified)) => Ok(unverified.credential_id().0),
        _ => {
            let words =
                "the subject is neither a pass's text, nor a credential id, nor a file of one";
            Err(Failure::new("TRACE-SUBJECT", words))
        }
    }
}

/// A log's id as `gerbang log verify` shows it, and when the phone was lost.
fn lost(text: &str) -> Result<(LogId, i64), String> {
    let parse = || {
        let (log, time) = text.split_once('=')?;
        let log = HEX.decode(log.as_bytes()).ok()?.try_into().ok()?;
        Some((LogId(log), moment::parse(time).ok()?.saturating_mul(1000)))
    };
    parse().ok_or_else(|| "write it as LOG=TIME, the log as 32 hexadecimal digits".to_owned())
}

/// Drawn on a terminal only.
fn bar(exports: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} exports, {eta} left")
        .expect("the template is ours");
    ProgressBar::new(u64::try_from(exports).unwrap_or(u64::MAX)).with_style(style)
}
