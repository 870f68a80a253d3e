//! `gerbang setup-code`: what makes a phone a gate, for the supervisor to keep.

use super::failure::Failure;
use super::{hub, keys, moment, picture};
use crate::issue::qr::{self, Level};
use crate::issue::setup_code::{page, venue_key, write};
use crate::issue::{card, paper};
use crate::trust::Direction;
use crate::trust::setup_code::SetupCode;
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Print a gate's set-up code, for the supervisor to keep.
///
/// Scanned on the set-up screen it makes a phone that gate. With --secret it holds the venue's keys of
/// the months given, and is to be kept like them.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang setup-code --root keys/root.key.json --venue-id balai-kota --venue 'Balai Kota' \\
      --gate 'Pintu 1' --policy pedulilindungi-2021 --capacity 120 --until 2027-01-01 \\
      --secret keys/city.key.json --month 202611 --month 202612 --pdf pintu-1.pdf")]
pub struct SetupCodeArgs {
    /// The root's key file.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    #[arg(long, value_name = "ID")]
    venue_id: String,
    #[arg(long, value_name = "NAME")]
    venue: String,
    #[arg(long, value_name = "NAME")]
    gate: String,
    /// The way out.
    #[arg(long)]
    exit: bool,
    /// People at once.
    #[arg(long, value_name = "PEOPLE")]
    capacity: Option<u32>,
    #[arg(long, value_name = "ID")]
    policy: String,
    /// Not accepted from then on.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    until: i64,
    /// The city's tracing secret: the key file of `gerbang init`, or 64 hexadecimal digits.
    #[arg(long, value_name = "FILE", requires = "month")]
    secret: Option<PathBuf>,
    /// A month whose venue key goes into the code. May be repeated.
    #[arg(long, value_name = "YYYYMM", requires = "secret")]
    month: Vec<u32>,
    /// The gate's user and password at the hub, as `gerbang hub enrol` wrote them.
    #[arg(long, value_name = "FILE")]
    hub: Option<PathBuf>,
    /// Write the QR code as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the QR code as PNG, ten pixels a module.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Write a sheet for the supervisor to keep, as PDF.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// One JSON object instead of the text.
    #[arg(long)]
    json: bool,
}

const PNG_MODULE_PX: u32 = 10;
/// Of Jakarta, for the day on the sheet.
const LOCAL_OFFSET_MIN: i16 = 420;

pub fn run(args: &SetupCodeArgs) -> Result<ExitCode, Failure> {
    let root = keys::read(&args.root)?;
    let secret = args.secret.as_deref().map(keys::read_tracing).transpose()?;
    let month_key = |month: &u32| secret.map(|secret| venue_key(&secret, &args.venue_id, *month));
    let code = SetupCode {
        venue_id: args.venue_id.clone(),
        venue: args.venue.clone(),
        gate: args.gate.clone(),
        direction: if args.exit { Direction::Exit } else { Direction::Entry },
        capacity: args.capacity,
        policy_id: args.policy.clone(),
        expires_unix_s: args.until,
        venue_keys: args.month.iter().filter_map(month_key).collect(),
        hub: args
            .hub
            .as_deref()
            .map(|path| hub::access(path, &args.venue_id, &args.gate))
            .transpose()?,
    };
    let text = write(&code, &root).map_err(|error| {
        Failure::new(error.code(), "this code cannot be made: something is too long or wrong")
    })?;
    let picture = qr::encode(text.as_bytes(), Level::M)
        .ok_or_else(|| Failure::new("QR-LONG", "the code does not fit into a QR code"))?;
    if let Some(path) = &args.svg {
        fs::write(path, picture.svg()).map_err(|error| Failure::writing(path, &error))?;
    }
    if let Some(path) = &args.png {
        let png = picture::png(&picture, PNG_MODULE_PX)?;
        fs::write(path, png).map_err(|error| Failure::writing(path, &error))?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "text": text, "qr_version": picture.version() }))?;
    } else {
        writeln!(out, "{text}")?;
    }
    if let Some(path) = &args.pdf {
        let until = card::day(code.expires_unix_s.saturating_sub(1), LOCAL_OFFSET_MIN);
        let pdf = paper::pdf(&[page(&code, &until, picture)]);
        fs::write(path, pdf).map_err(|error| Failure::writing(path, &error))?;
    }
    Ok(ExitCode::SUCCESS)
}
