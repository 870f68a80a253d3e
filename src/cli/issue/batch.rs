//! A table of people to a folder of passes and sheets.

use super::super::failure::Failure;
use super::super::table::{Row, Table};
use super::super::{moment, picture};
use super::person::COLUMNS;
use super::{IssueArgs, Made, Maker, PNG_MODULE_PX, write};
use crate::issue::card::{self, Card};
use crate::issue::paper::{self, Page};
use data_encoding::HEXLOWER as HEX;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

pub fn run(
    maker: &Maker<'_>,
    args: &IssueArgs,
    table: &Path,
    folder: &Path,
) -> Result<ExitCode, Failure> {
    let table = Table::read(table, &COLUMNS)?;
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
    let progress = bar(table.rows().len());
    let mut cards = Vec::new();
    let mut issued = "line,pass_id,until\n".to_owned();
    let mut damaged = Vec::new();
    for row in table.rows() {
        match make(maker, args, &table, row) {
            Err(failure) => {
                progress.suspend(|| writeln!(io::stderr(), "line {}: {failure}", row.line))?;
                damaged.push(row.line);
            }
            Ok(made) => {
                write_codes(&made, row.line, folder)?;
                writeln!(
                    issued,
                    "{},{},{}",
                    row.line,
                    HEX.encode(&made.pass_id),
                    moment::rfc3339(made.until_unix_s)
                )
                .expect("writing to a String cannot fail");
                cards.push(made.card);
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    write(&folder.join("issued.csv"), issued.as_bytes())?;
    let pages = write_sheets(&cards, folder)?;
    say(args, &cards, &pages, &damaged, folder)?;
    Ok(if damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn make(maker: &Maker<'_>, args: &IssueArgs, table: &Table, row: &Row) -> Result<Made, Failure> {
    maker.make(&args.person.with(&table.fields(row)?)?)
}

fn write_codes(made: &Made, line: u64, folder: &Path) -> Result<(), Failure> {
    let code = &made.card.code;
    write(&folder.join(format!("{line:04}.svg")), code.svg().as_bytes())?;
    write(&folder.join(format!("{line:04}.png")), &picture::png(code, PNG_MODULE_PX)?)
}

fn write_sheets(cards: &[Card], folder: &Path) -> Result<Vec<Page>, Failure> {
    let pages = card::sheets(cards);
    if !pages.is_empty() {
        write(&folder.join("sheet.pdf"), &paper::pdf(&pages))?;
    }
    for (at, page) in pages.iter().enumerate() {
        let path = folder.join(format!("sheet-{:02}.svg", at + 1));
        write(&path, paper::svg(page).as_bytes())?;
    }
    Ok(pages)
}

fn say(
    args: &IssueArgs,
    cards: &[Card],
    pages: &[Page],
    damaged: &[u64],
    folder: &Path,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if args.json {
        let said = json!({ "made": cards.len(), "sheets": pages.len(), "damaged_lines": damaged });
        return writeln!(out, "{said}");
    }
    let folder = folder.display();
    writeln!(out, "{} passes on {} sheets in {folder}", cards.len(), pages.len())?;
    if !damaged.is_empty() {
        writeln!(out, "{} lines were damaged and left out", damaged.len())?;
    }
    if pages.iter().any(Page::lacks_letters) {
        writeln!(out, "some letters print as ? in sheet.pdf: print the sheets' SVG instead")?;
    }
    Ok(())
}

/// Drawn on a terminal only.
fn bar(lines: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} passes, {eta} left")
        .expect("the template is ours");
    ProgressBar::new(u64::try_from(lines).unwrap_or(u64::MAX)).with_style(style)
}
