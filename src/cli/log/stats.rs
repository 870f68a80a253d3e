//! `gerbang log stats`: what the gates did, day by day.

use super::super::failure::Failure;
use super::exports::{self, Lines};
use crate::audit_log::{ChainStart, Day, DayKey, Days, LogId, Verifier, csv_cell, read_entry};
use crate::credential::date;
use crate::issue::day_sheet::{self, Sheet};
use crate::issue::paper;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the gates did, day by day: counts, and a sheet for the supervisor to sign.
///
/// An answer counts for the decision that it answers; what was undone counts nowhere but as undone,
/// specimens nowhere. Exports of one log may overlap.
/// Ends with 0, or with 1 when an export is not whole.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang log stats --day 2026-11-02 --pdf sheets.pdf days/*.jsonl")]
pub struct StatsArgs {
    /// Only this day, by the gates' own clocks.
    #[arg(long, value_name = "DATE", value_parser = day)]
    day: Option<i64>,
    /// Write a sheet a gate and day, A4, as PDF.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Write the counts as CSV.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// One JSON object a gate and day.
    #[arg(long)]
    json: bool,
    /// Exports (JSON Lines).
    #[arg(required = true)]
    exports: Vec<PathBuf>,
}

/// One gate's days.
struct Seen {
    days: BTreeMap<DayKey, Day>,
    head: String,
    is_whole: bool,
}

pub fn run(args: &StatsArgs) -> Result<ExitCode, Failure> {
    let logs: Vec<Vec<PathBuf>> = by_log(&args.exports)?;
    let seen = exports::shared(logs.len(), Vec::new, |seen, at| {
        seen.push((at, look_at(&logs[at])));
    });
    let mut seen: Vec<_> = seen.into_iter().flatten().collect();
    seen.sort_by_key(|(at, _)| *at);
    let seen: Vec<Seen> = seen.into_iter().map(|(_, seen)| seen).collect::<Result<_, _>>()?;
    let is_asked = |key: &DayKey| args.day.is_none_or(|day| day == key.day);
    let mut sheets: Vec<Sheet<'_>> = seen
        .iter()
        .flat_map(|Seen { days, head, is_whole }| {
            days.iter().map(move |(key, day)| Sheet {
                key,
                date: date::date_of_days(key.day).unwrap_or_default(),
                day,
                head,
                is_whole: *is_whole,
                words: &day_sheet::INDONESIAN,
            })
        })
        .filter(|sheet| is_asked(sheet.key))
        .collect();
    sheets.sort_by_key(|sheet| sheet.key);
    if let Some(path) = &args.pdf {
        let pages: Vec<_> = sheets.iter().map(day_sheet::page).collect();
        write(path, &paper::pdf(&pages))?;
    }
    if let Some(path) = &args.csv {
        write(path, csv(&sheets).as_bytes())?;
    }
    say(args, &sheets)?;
    let is_whole = seen.iter().all(|seen| seen.is_whole);
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exports of one log together, the earliest first.
fn by_log(paths: &[PathBuf]) -> Result<Vec<Vec<PathBuf>>, Failure> {
    let mut logs: BTreeMap<LogId, Vec<(u64, PathBuf)>> = BTreeMap::new();
    for path in paths {
        let reading = |error| Failure::reading(path, &error);
        let mut lines = lines(path).map_err(reading)?;
        while let Some(line) = lines.next_line().map_err(reading)? {
            if let Some(entry) = line.entry.ok().and_then(|stored| read_entry(&stored).ok()) {
                logs.entry(entry.log).or_default().push((entry.sequence, path.clone()));
                break;
            }
        }
    }
    let sorted = logs.into_values().map(|mut log| {
        log.sort();
        log.into_iter().map(|(_, path)| path).collect()
    });
    Ok(sorted.collect())
}

fn look_at(paths: &[PathBuf]) -> Result<Seen, Failure> {
    let mut days = Days::default();
    let mut next_sequence = 0;
    let (mut head, mut is_whole) = (String::new(), true);
    for path in paths {
        let mut verifier = Verifier::new(ChainStart::Anywhere, &[]);
        let mut read = || -> io::Result<()> {
            let mut lines = lines(path)?;
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
                        // What an earlier export of this log held has been counted.
                        if entry.sequence >= next_sequence {
                            next_sequence = entry.sequence.saturating_add(1);
                            days.push(&entry);
                        }
                    }
                    Err(error) => verifier.push_damaged(&stored, error),
                }
            }
            Ok(())
        };
        read().map_err(|error| Failure::reading(path, &error))?;
        let report = verifier.finish();
        is_whole &= report.faults_count == 0;
        if let Some(last) = report.head {
            head = format!("{}:{}", last.next_sequence(), last.previous());
        }
    }
    Ok(Seen { days: days.finish(), head, is_whole })
}

fn lines(path: &Path) -> io::Result<Lines<BufReader<File>>> {
    Ok(Lines::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
}

fn say(args: &StatsArgs, sheets: &[Sheet<'_>]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        return sheets.iter().try_for_each(|sheet| writeln!(out, "{}", as_json(sheet)));
    }
    let width = sheets.iter().map(|sheet| sheet.key.venue.chars().count()).max().unwrap_or(0);
    writeln!(
        out,
        "{:<10} {:<width$} {:<10} {:>6} {:>6} {:>6} {:>6} {:>7} {:>5} {:>5}",
        "day", "venue", "gate", "in", "out", "looked", "away", "refused", "over", "hand"
    )?;
    for Sheet { key, day, is_whole, .. } in sheets {
        let counts = &day.counts;
        writeln!(
            out,
            "{:<10} {:<width$} {:<10} {:>6} {:>6} {:>6} {:>6} {:>7} {:>5} {:>5}{}",
            date_text(key),
            key.venue,
            key.gate,
            counts.came_in,
            counts.went_out,
            counts.referred,
            counts.turned_away,
            counts.refused,
            counts.overridden,
            counts.without_code,
            if *is_whole { "" } else { "  NOT WHOLE" },
        )?;
    }
    Ok(())
}

fn as_json(sheet: &Sheet<'_>) -> Value {
    let counts = &sheet.day.counts;
    json!({
        "day": date_text(sheet.key),
        "venue": sheet.key.venue,
        "gate": sheet.key.gate,
        "came_in": counts.came_in,
        "went_out": counts.went_out,
        "referred": counts.referred,
        "turned_away": counts.turned_away,
        "unanswered": counts.unanswered,
        "refused": counts.refused,
        "alerts": counts.alerts,
        "overridden": counts.overridden,
        "without_code": counts.without_code,
        "undone": counts.undone,
        "hours": sheet.day.hours,
        "head": sheet.head,
        "whole": sheet.is_whole,
    })
}

fn csv(sheets: &[Sheet<'_>]) -> String {
    let columns = [
        "came_in",
        "went_out",
        "referred",
        "turned_away",
        "unanswered",
        "refused",
        "alerts",
        "overridden",
        "without_code",
        "undone",
    ];
    let mut text = format!("day,venue,gate,{},whole\r\n", columns.join(","));
    for sheet in sheets {
        let shown = as_json(sheet);
        let mut fields =
            vec![date_text(sheet.key), csv_cell(&sheet.key.venue), csv_cell(&sheet.key.gate)];
        fields.extend(columns.iter().map(|column| shown[*column].to_string()));
        fields.push(sheet.is_whole.to_string());
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

fn date_text(key: &DayKey) -> String {
    date::date_of_days(key.day).unwrap_or_default()
}

fn day(text: &str) -> Result<i64, String> {
    date::days_of_date(text).ok_or_else(|| "write it as 2026-11-24".to_owned())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}
