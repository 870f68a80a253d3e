//! `gerbang log verify`: whether exports are what the gates wrote.

use super::super::failure::Failure;
use super::exports::{self, Lines};
use crate::audit_log::{
    ChainHead, ChainState, Checkpoint, Examined, Examiner, Fault, FaultCause, Hash, LineError,
    LogError, LogId, SignedError,
};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

/// Whether exports are what the gates wrote: nothing changed, missing, twice or in another order.
///
/// A log alone does not show that its end was cut off, or that all of it was written anew: give
/// the head that an earlier export ended with, as --head COUNT:HASH, or the checkpoint that a
/// supervisor's phone kept, as --checkpoint GBC1:…, or many of them in a file, a line each.
/// Ends with 0 when all are whole, 1 when one is not, 2 when a file cannot be read.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// One JSON object per file instead of text.
    #[arg(long)]
    json: bool,
    /// A head known from elsewhere; only with one file.
    #[arg(long, value_name = "COUNT:HASH")]
    head: Vec<KnownHead>,
    /// A checkpoint as a supervisor's phone scanned it; those of other logs are passed over.
    #[arg(long, value_name = "TEXT")]
    checkpoint: Vec<KnownCheckpoint>,
    /// A file of checkpoints, a line each.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// Exports (JSON Lines); `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// How many entries a log had, and the hash of the last.
#[derive(Debug, Clone, Copy)]
struct KnownHead {
    count: u64,
    hash: Hash,
}

impl FromStr for KnownHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (count, hash) = text.split_once(':')?;
            let hash = HEXLOWER_PERMISSIVE.decode(hash.as_bytes()).ok()?;
            Some(Self { count: count.parse().ok()?, hash: Hash(hash.try_into().ok()?) })
        };
        parse().ok_or("a head is COUNT:HASH, the hash as 64 hexadecimal digits")
    }
}

/// The head of a checkpoint whose signature holds.
#[derive(Debug, Clone, Copy)]
struct KnownCheckpoint(ChainHead);

impl FromStr for KnownCheckpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let head = Checkpoint::parse(text).and_then(|checkpoint| checkpoint.verify());
        head.map(Self).map_err(|error| match error {
            SignedError::Key | SignedError::Signature => {
                format!("not signed by the device whose log it names [{}]", error.code())
            }
            SignedError::Version(version) => format!("a checkpoint of version {version}"),
            SignedError::Text | SignedError::Cbor(_) => {
                format!("a checkpoint is GBC1: and Base45 [{}]", error.code())
            }
        })
    }
}

/// What is known of logs before a file is read.
struct Known<'a> {
    heads: &'a [KnownHead],
    checkpoints: &'a [KnownCheckpoint],
}

impl Known<'_> {
    fn of(&self, log: LogId) -> Vec<ChainHead> {
        let named = self.heads.iter().map(|head| ChainHead::known(log, head.count, head.hash));
        let signed = self.checkpoints.iter().map(|KnownCheckpoint(head)| *head);
        named.chain(signed.filter(|head| head.log() == log)).collect()
    }
}

pub fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    if args.files.len() > 1 && !args.head.is_empty() {
        return Err(Failure::new("LOG-HEADS", "--head belongs to one log: give one file with it"));
    }
    let checkpoints = checkpoints(args)?;
    let known = Known { heads: &args.head, checkpoints: &checkpoints };
    let knows_no_head = args.head.is_empty() && checkpoints.is_empty();
    let looks = exports::shared(args.files.len(), Vec::new, |looks, at| {
        looks.push((at, look_at(&args.files[at], &known)));
    });
    let mut looks: Vec<_> = looks.into_iter().flatten().collect();
    looks.sort_by_key(|(at, _)| *at);
    let mut out = io::stdout().lock();
    let mut worst = 0;
    for (path, (_, looked)) in args.files.iter().zip(&looks) {
        worst = worst.max(match looked {
            Ok(seen) if seen.report.state == ChainState::Whole => 0,
            Ok(_) => 1,
            Err(_) => 2,
        });
        if args.json {
            writeln!(out, "{}", as_json(path, looked))?;
        } else {
            write_plainly(&mut out, path, looked, knows_no_head)?;
        }
    }
    Ok(ExitCode::from(worst))
}

fn checkpoints(args: &VerifyArgs) -> Result<Vec<KnownCheckpoint>, Failure> {
    let mut known = args.checkpoint.clone();
    let Some(path) = &args.checkpoints else { return Ok(known) };
    let text = fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        known.push(line.trim().parse().map_err(|words| {
            let words = format!("{}, line {number}: {words}", path.display());
            Failure::new("LOG-CHECKPOINT", words)
        })?);
    }
    Ok(known)
}

fn look_at(path: &Path, known: &Known<'_>) -> io::Result<Examined> {
    if path == Path::new("-") {
        return read(io::stdin().lock(), known);
    }
    read(BufReader::with_capacity(1 << 16, File::open(path)?), known)
}

fn read(input: impl BufRead, known: &Known<'_>) -> io::Result<Examined> {
    let mut lines = Lines::new(input);
    let mut examiner = Examiner::new(|log| known.of(log));
    while let Some(line) = lines.next_line()? {
        if !examiner.push(line.entry) {
            break;
        }
    }
    Ok(examiner.finish())
}

fn as_json(path: &Path, looked: &io::Result<Examined>) -> Value {
    let file = path.to_string_lossy();
    let seen = match looked {
        Ok(seen) => seen,
        Err(error) => {
            return json!({"file": file, "state": "unreadable", "error": error.to_string()});
        }
    };
    let report = &seen.report;
    let faults: Vec<_> = report
        .faults
        .iter()
        .map(|fault| {
            json!({
                "code": fault.cause.code(),
                "line": fault.line + 1,
                "entry": fault.at,
                "says": sentence(fault.cause),
            })
        })
        .collect();
    json!({
        "file": file,
        "state": if report.state == ChainState::Whole { "whole" } else { "broken" },
        "log": report.head.map(|head| head.log().to_string()),
        "entries": report.count,
        "first": seen.first,
        "removed_before": report.removed_before,
        "head": report.head.map(|head| head_text(&head)),
        "faults": faults,
        "faults_count": report.faults_count,
    })
}

fn write_plainly(
    out: &mut impl Write,
    path: &Path,
    looked: &io::Result<Examined>,
    no_heads: bool,
) -> io::Result<()> {
    let file = path.display();
    let Examined { first, report } = match looked {
        Ok(seen) => seen,
        Err(error) => return writeln!(out, "{file}: cannot be read: {error}"),
    };
    let count = report.count;
    let Some(head) = report.head.filter(|_| count > 0) else {
        return writeln!(out, "{file}: holds no entry");
    };
    let first = first.unwrap_or(0);
    if report.state == ChainState::Whole {
        writeln!(out, "{file}: whole, {count} entries from number {first} on")?;
    } else {
        writeln!(out, "{file}: NOT WHOLE, {} faults in {count} lines", report.faults_count)?;
        for fault in &report.faults {
            write_fault(out, fault)?;
        }
        let more = report.faults_count.saturating_sub(report.faults.len() as u64);
        if more > 0 {
            writeln!(out, "  and {more} more")?;
        }
    }
    writeln!(out, "  log {}, head {}", head.log(), head_text(&head))?;
    if report.removed_before == Some(first) {
        writeln!(
            out,
            "  what came before number {first} was removed after its time; the gate signed that"
        )?;
    } else if first > 0 {
        writeln!(out, "  what came before number {first} is not in this file")?;
    }
    if no_heads {
        writeln!(
            out,
            "  whether entries after these were cut off shows only against what is known from elsewhere (--head, --checkpoint)"
        )?;
    }
    Ok(())
}

fn write_fault(out: &mut impl Write, fault: &Fault) -> io::Result<()> {
    write!(out, "  line {}", fault.line + 1)?;
    if let Some(at) = fault.at {
        write!(out, ", entry {at}")?;
    }
    writeln!(out, ": {} [{}]", sentence(fault.cause), fault.cause.code())
}

fn head_text(head: &ChainHead) -> String {
    format!("{}:{}", head.next_sequence(), head.previous())
}

/// What happened, in plain words.
fn sentence(cause: FaultCause) -> String {
    let plain = match cause {
        FaultCause::Gap { before } => {
            return format!("missing from here to before entry {before}");
        }
        FaultCause::Truncated { before } => {
            return format!("the end was cut off: entries up to {} once existed", before - 1);
        }
        FaultCause::Entry(LogError::Line(LineError::Version(version))) => {
            return format!("an export of version {version}: a newer gerbang reads it");
        }
        FaultCause::Entry(LogError::Version(version)) => {
            return format!("an entry of version {version}: a newer gerbang reads it");
        }
        FaultCause::Entry(LogError::Hash) => "changed after it was written",
        FaultCause::Entry(LogError::Sequence) => "stands under another number than its own",
        FaultCause::Entry(LogError::Part) => "an erasable part is there that should not, or lacks",
        FaultCause::Entry(LogError::Number) => "says something that no gate says",
        FaultCause::Entry(LogError::Cbor(_)) => "the entry's bytes are damaged",
        FaultCause::Entry(LogError::Line(LineError::Long)) => "the line is too long for an entry",
        FaultCause::Entry(LogError::Line(LineError::Json)) => "no line of an export",
        FaultCause::Entry(LogError::Line(LineError::Base64)) => "entry_b64 is damaged",
        FaultCause::Entry(LogError::Line(LineError::HashText)) => "the hash is damaged",
        FaultCause::Rewritten => "does not continue the entry before it: one was written anew",
        FaultCause::Reordered => "stands later than its number says",
        FaultCause::Duplicate => "is there twice",
        FaultCause::Forked => "another entry of this number was there before: two histories",
        FaultCause::OtherLog => "belongs to another log",
        FaultCause::Signed(SignedError::Key) => "signed by another device than the log's own",
        FaultCause::Signed(_) => "the device's signature does not hold",
        FaultCause::OtherHead => {
            "is not the entry that the known head names: all up to here may be written anew"
        }
    };
    plain.to_owned()
}
