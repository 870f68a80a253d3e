//! `gerbang registry codes`: a registry for gates without a network, as a row of QR codes.

use super::super::failure::Failure;
use super::super::picture;
use super::super::trusted::{self, RootArgs};
use crate::envelope::ur::MESSAGE_BYTES_MAX;
use crate::issue::paper::{self, A4_WIDTH_MM, Anchor, Font, INK, Page, SOFT_INK};
use crate::issue::qr::{self, Level, QrCode};
use clap::Args;
use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame};
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use ur::Encoder;

/// Write a registry as a row of QR codes, for gates that have no network.
///
/// As an animated picture for a screen that the gate is held before, or as pages to print. The row is
/// fountain-coded: a gate may begin anywhere and miss some, and has the whole after a few more codes
/// than there are parts. It believes what it read only under the root's signature.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang registry codes kota/registry.cose --gif registry.gif --pdf registry.pdf")]
pub struct CodesArgs {
    /// The registry; it must be in order under its root.
    file: PathBuf,
    #[command(flatten)]
    roots: RootArgs,
    /// Bytes a code: fewer are read by worse cameras, more are over sooner.
    #[arg(long, value_name = "BYTES", default_value_t = 200, value_parser = clap::value_parser!(u16).range(50..=800))]
    bytes: u16,
    /// Codes a second.
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=20))]
    speed: u8,
    /// Write an animated GIF that repeats.
    #[arg(long, value_name = "FILE")]
    gif: Option<PathBuf>,
    /// Write pages to print, six codes each, as PDF.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Write each code as NNN.png into a folder.
    #[arg(long, value_name = "FOLDER")]
    png: Option<PathBuf>,
    /// The codes' texts as JSON, one a line.
    #[arg(long)]
    json: bool,
}

const MODULE_PX: u32 = 6;
/// Of 100 parts, so many more codes in the row: whoever misses some finds them summed up in others.
const MORE_PERCENT: usize = 120;

pub fn run(args: &CodesArgs) -> Result<ExitCode, Failure> {
    trusted::open(&args.file, &args.roots)?;
    let bytes = trusted::read_at_most(&args.file, MESSAGE_BYTES_MAX)?;
    let texts = texts(&bytes, args.bytes.into())?;
    let codes = codes_of(&texts)?;
    if let Some(path) = &args.gif {
        write(path, &gif(&codes, args.speed)?)?;
    }
    if let Some(path) = &args.pdf {
        write(path, &paper::pdf(&pages(&codes)))?;
    }
    if let Some(folder) = &args.png {
        fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
        for (at, code) in codes.iter().enumerate() {
            let path = folder.join(format!("{:03}.png", at + 1));
            write(&path, &picture::png(code, MODULE_PX)?)?;
        }
    }
    let mut out = io::stdout().lock();
    if args.json {
        for text in &texts {
            writeln!(out, "{}", json!({ "text": text }))?;
        }
    } else {
        let seconds = codes.len().div_ceil(args.speed.into());
        writeln!(out, "{} codes for {} bytes, {seconds} s a round", codes.len(), bytes.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The row as codes.
pub fn codes(bytes: &[u8], bytes_a_code: usize) -> Result<Vec<QrCode>, Failure> {
    codes_of(&texts(bytes, bytes_a_code)?)
}

fn codes_of(texts: &[String]) -> Result<Vec<QrCode>, Failure> {
    let code = |text: &String| qr::encode(text.as_bytes(), Level::L);
    let codes: Option<Vec<QrCode>> = texts.iter().map(code).collect();
    codes.ok_or_else(|| Failure::new("QR-LONG", "a part does not fit into a code"))
}

/// In capitals, which a code packs tighter.
fn texts(bytes: &[u8], bytes_a_code: usize) -> Result<Vec<String>, Failure> {
    let failed = |_| {
        let words = format!("only {MESSAGE_BYTES_MAX} bytes and fewer go into a row of codes");
        Failure::new("REG-CODES", words)
    };
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(failed(()));
    }
    let mut encoder = Encoder::bytes(bytes, bytes_a_code).map_err(|_| failed(()))?;
    let parts = encoder.fragment_count();
    let count = parts + (parts * MORE_PERCENT).div_ceil(100);
    let text = |_| encoder.next_part().map(|text| text.to_uppercase()).map_err(|_| failed(()));
    (0..count).map(text).collect()
}

fn gif(codes: &[QrCode], speed: u8) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::new("GIF", format!("the picture cannot be made: {error}"));
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let delay = Delay::from_saturating_duration(Duration::from_secs(1) / u32::from(speed));
    for code in codes {
        let frame = DynamicImage::ImageLuma8(picture::gray(code, MODULE_PX)).into_rgba8();
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay)).map_err(failed)?;
    }
    drop(encoder);
    Ok(bytes)
}

fn pages(codes: &[QrCode]) -> Vec<Page> {
    const SIDE_MM: f64 = 78.0;
    const PLACES: [(f64, f64); 6] =
        [(18.0, 20.0), (114.0, 20.0), (18.0, 112.0), (114.0, 112.0), (18.0, 204.0), (114.0, 204.0)];
    let count = codes.len();
    let numbered: Vec<_> = (1..).zip(codes).collect();
    let page = |codes: &[(usize, &QrCode)]| {
        let mut page = Page::default();
        let title = "Daftar penerbit: pindai semua kode, urutan bebas";
        page.text((A4_WIDTH_MM / 2.0, 12.0), Anchor::Middle, Font::bold(11.0), INK, title);
        for ((number, code), (x_mm, y_mm)) in codes.iter().zip(PLACES) {
            page.code(x_mm, y_mm, SIDE_MM, (*code).clone());
            let label = format!("{number} / {count}");
            let at_mm = (x_mm + SIDE_MM / 2.0, y_mm + SIDE_MM + 6.5);
            page.text(at_mm, Anchor::Middle, Font::regular(9.0), SOFT_INK, &label);
        }
        page
    };
    numbered.chunks(PLACES.len()).map(page).collect()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}
