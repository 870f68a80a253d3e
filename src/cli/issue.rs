//! `gerbang issue`: passes as text, SVG, PNG and cards to print; one person, or a table of them.

mod batch;
mod person;

use super::failure::Failure;
use super::{keys, moment, picture};
use crate::issue::qr::{self, Level};
use crate::issue::{card, paper, pass};
use clap::Args;
use person::Person;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Sign passes: one person's, whose text is printed, or with --csv a table of people, each as PNG and
/// SVG, and all as cards to print.
///
/// A gate believes a pass when the registry names the key with the purposes that the pass needs: entry
/// for role, places and hours, vaccination for doses.
#[derive(Debug, Args)]
#[command(after_help = "The table has a head line with some of these columns, in any order:
  name        the whole name, as on the identity card
  birth_date  YYYY-MM-DD, or its beginning
  role        such as asn or tamu
  venues      ids of venues or zones, separated by ; or |
  hours       08:00-16:00
  doses       PRODUCT,DOSE,TOTAL,DATE, separated by ; or |
  from until  YYYY-MM-DD or a moment
  specimen    yes or no
What a line leaves empty is taken from the options. Commas or semicolons may separate the columns.
A damaged line is named with its number and the others are made; the exit status is then 1.
Into the folder go NNNN.png and NNNN.svg (NNNN is the line in the table), sheet.pdf and sheet-NN.svg
to print, and issued.csv: line, pass id and end of each, without names, for revoking it one day.

Examples:
  gerbang issue --key issuer.key.json --issuer dinkes.example.go.id --name 'Siti Contoh' \\
      --role tamu --venue balai-kota --hours 08:00-16:00 --until 2026-12-31 \\
      --dose CoronaVac,1,2,2021-07-05 --dose CoronaVac,2,2,2021-08-02 --png pass.png
  gerbang issue --key issuer.key.json --issuer dinkes.example.go.id --until 2026-12-31 \\
      --office 'Dinas Kesehatan, Kota Contoh' --csv people.csv --out passes")]
pub struct IssueArgs {
    /// The issuer's key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the pass calls its issuer: `iss` of the registry's entry.
    #[arg(long, value_name = "NAME")]
    issuer: String,
    #[command(flatten)]
    person: Person,
    /// When it is issued. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// A table of people instead of one.
    #[arg(long, value_name = "FILE", requires = "out", conflicts_with_all = ["svg", "png"])]
    csv: Option<PathBuf>,
    /// The folder for the passes of a table.
    #[arg(long, value_name = "FOLDER", requires = "csv")]
    out: Option<PathBuf>,
    /// Who issues, as it stands on printed cards. Default: the issuer.
    #[arg(long, value_name = "NAME")]
    office: Option<String>,
    /// Local time minus UTC in minutes, for the days on printed cards.
    #[arg(long, value_name = "MINUTES", default_value_t = 420, allow_negative_numbers = true)]
    utc_offset: i16,
    /// Write the QR code as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the QR code as PNG, ten pixels a module.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Write a card to print, as PDF.
    #[arg(long, value_name = "FILE", conflicts_with = "csv")]
    card: Option<PathBuf>,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
}

const PNG_MODULE_PX: u32 = 10;

pub fn run(args: &IssueArgs) -> Result<ExitCode, Failure> {
    let key = keys::read(&args.key)?;
    let maker = Maker {
        key,
        issuer: &args.issuer,
        office: args.office.as_deref().unwrap_or(&args.issuer),
        now_unix_s: args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000),
        utc_offset_min: args.utc_offset,
    };
    match (&args.csv, &args.out) {
        (Some(table), Some(folder)) => batch::run(&maker, args, table, folder),
        _ => one(&maker, args),
    }
}

fn one(maker: &Maker<'_>, args: &IssueArgs) -> Result<ExitCode, Failure> {
    let made = maker.make(&args.person)?;
    let code = &made.card.code;
    if let Some(path) = &args.svg {
        write(path, code.svg().as_bytes())?;
    }
    if let Some(path) = &args.png {
        write(path, &picture::png(code, PNG_MODULE_PX)?)?;
    }
    if let Some(path) = &args.card {
        write(path, &paper::pdf(&card::sheets(std::slice::from_ref(&made.card))))?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "text": made.text, "qr_version": code.version() }))?;
    } else {
        writeln!(out, "{}", made.text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Who signs, and when.
struct Maker<'a> {
    key: crate::issue::key::SigningKey,
    issuer: &'a str,
    office: &'a str,
    now_unix_s: i64,
    utc_offset_min: i16,
}

/// A signed pass and its card.
struct Made {
    text: String,
    pass_id: [u8; 16],
    until_unix_s: i64,
    card: card::Card,
}

impl Maker<'_> {
    fn make(&self, person: &Person) -> Result<Made, Failure> {
        let draft = person.draft(self.issuer, self.now_unix_s, keys::random()?)?;
        let text = pass::sign(&draft, &self.key).map_err(|error| {
            Failure::new(error.code(), "this pass cannot be made: something is too long or wrong")
        })?;
        let code = qr::encode(text.as_bytes(), Level::M)
            .ok_or_else(|| Failure::new("QR-LONG", "the pass does not fit into a QR code"))?;
        let day = |unix_s: i64| card::day(unix_s, self.utc_offset_min);
        let card = card::Card {
            name: draft.holder.name,
            role: draft.entitlement.as_ref().and_then(|given| given.role.clone()),
            // The end is the first moment at which it no longer holds.
            valid: (draft.not_before_unix_s.map(day), day(draft.expires_unix_s.saturating_sub(1))),
            places: draft.entitlement.map(|given| given.venues).unwrap_or_default(),
            office: self.office.to_owned(),
            specimen: draft.specimen,
            code,
        };
        let (pass_id, until_unix_s) = (draft.pass_id, draft.expires_unix_s);
        Ok(Made { text, pass_id, until_unix_s, card })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}
