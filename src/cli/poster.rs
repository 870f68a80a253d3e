//! `gerbang poster`: what hangs at a venue's door, signed, to print.

use super::failure::Failure;
use super::table::{Row, Table};
use super::{keys, moment};
use crate::issue::key::SigningKey;
use crate::issue::paper::{self, Page};
use crate::issue::poster;
use crate::issue::qr::{self, Level};
use crate::trust::poster::Poster;
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make posters for a table of venues, A4, as SVG and PDF.
///
/// The poster's code is a web address of the site with the venue's descriptor behind the #, signed by
/// the root. It is public and holds no secret: a visitor's phone that opens it sees where she is,
/// whose gate it is and what to bring, and nothing is recorded.
#[derive(Debug, Args)]
#[command(after_help = "The table has a head line with id and venue, and maybe gate and policy:
  id,venue,gate,policy
  balai-kota,Balai Kota,Pintu 1,signed-pass
A damaged line is named with its number and the others are made; the exit status is then 1.
Into the folder go posters.pdf with all, and NNNN.svg (NNNN is the line in the table) for each.

Example:
  gerbang poster --root kota/keys/root.key.json --site https://kota.example.go.id/gerbang/ \\
      --office 'Kota Contoh' --until 2028-01-01 --csv kota/venues.csv --out kota/posters")]
pub struct PosterArgs {
    /// The root's key file.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The site's address.
    #[arg(long, value_name = "URL", value_parser = site)]
    site: String,
    /// Whose gates these are, as it stands on the poster.
    #[arg(long, value_name = "NAME")]
    office: String,
    /// Phones no longer believe it from then on.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    until: i64,
    /// The table of venues.
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// One JSON object a poster, {"line", "id", "text", "qr_version"}.
    #[arg(long)]
    json: bool,
}

const COLUMNS: [&str; 4] = ["id", "venue", "gate", "policy"];

pub fn run(args: &PosterArgs) -> Result<ExitCode, Failure> {
    let root = keys::read(&args.root)?;
    let table = Table::read(&args.csv, &COLUMNS)?;
    fs::create_dir_all(&args.out).map_err(|error| Failure::writing(&args.out, &error))?;
    let mut out = io::stdout().lock();
    let mut pages = Vec::new();
    let mut damaged = 0;
    for row in table.rows() {
        let made = match make(args, &root, &table, row) {
            Ok(made) => made,
            Err(failure) => {
                writeln!(io::stderr(), "line {}: {failure}", row.line)?;
                damaged += 1;
                continue;
            }
        };
        let path = args.out.join(format!("{:04}.svg", row.line));
        write(&path, paper::svg(&made.page).as_bytes())?;
        if args.json {
            let (id, version) = (&made.poster.venue_id, made.qr_version);
            let said =
                json!({ "line": row.line, "id": id, "text": made.text, "qr_version": version });
            writeln!(out, "{said}")?;
        }
        pages.push(made.page);
    }
    if !pages.is_empty() {
        write(&args.out.join("posters.pdf"), &paper::pdf(&pages))?;
    }
    if !args.json {
        writeln!(out, "{} posters in {}", pages.len(), args.out.display())?;
    }
    Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Made {
    poster: Poster,
    text: String,
    qr_version: usize,
    page: Page,
}

fn make(args: &PosterArgs, root: &SigningKey, table: &Table, row: &Row) -> Result<Made, Failure> {
    let fields = table.fields(row)?;
    let field = |name: &str| fields.get(name).map(|field| (*field).to_owned());
    let needed = |name: &str| {
        field(name).ok_or_else(|| Failure::new("POSTER-FIELD", format!("{name} is empty")))
    };
    let poster = Poster {
        venue_id: needed("id")?,
        venue: needed("venue")?,
        gate: field("gate"),
        office: args.office.clone(),
        policy_id: field("policy"),
        expires_unix_s: args.until,
    };
    let text = poster::write(&poster, &args.site, root).map_err(|error| {
        Failure::new(error.code(), "this poster cannot be made: something is too long or wrong")
    })?;
    let code = qr::encode(text.as_bytes(), Level::M)
        .ok_or_else(|| Failure::new("QR-LONG", "the poster does not fit into a QR code"))?;
    let qr_version = code.version();
    let page = poster::page(&poster, code);
    Ok(Made { poster, text, qr_version, page })
}

/// An address that phones open: no fragment of its own, and a folder.
fn site(text: &str) -> Result<String, String> {
    let is_web = text.starts_with("https://") || text.starts_with("http://localhost");
    if !is_web || text.contains(['#', '?']) || text.contains(char::is_whitespace) {
        return Err("write it as https://kota.example.go.id/gerbang/".to_owned());
    }
    Ok(if text.ends_with('/') { text.to_owned() } else { format!("{text}/") })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}
