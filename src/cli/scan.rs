//! `gerbang scan`: the codes in images, a JSON object or a few lines for people per image.

use super::failure::Failure;
use crate::credential::Payload;
use clap::Args;
use data_encoding::HEXLOWER;
use gerbang_qr::{Effort, Fnc1, LumaFrame, Scan, ScannedCode, Scanner, Segment};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Calls that a still picture may take: the camera would have shown as many frames by then.
const SLICES_MAX: usize = 64;

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// One JSON object per image instead of text.
    #[arg(long)]
    json: bool,
    /// Give up as early as with a video frame.
    #[arg(long)]
    light: bool,
    #[arg(required = true)]
    images: Vec<PathBuf>,
}

/// Why an image could not be looked at.
#[derive(Debug)]
enum ScanError {
    Load(image::ImageError),
    /// A side is zero or beyond what the decoder takes.
    Size,
}

/// Prints what each image holds; an image that cannot be loaded has its own line, and the run goes on.
pub fn run(args: &ScanArgs) -> io::Result<ExitCode> {
    let mut scanner = Scanner::new();
    let mut out = io::stdout().lock();
    for path in &args.images {
        let answer = look_at(path, &mut scanner, args.light);
        if args.json {
            writeln!(out, "{}", as_json(path, &answer))?;
        } else {
            write_plainly(&mut out, path, &answer)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a picture's codes hold, for commands that go on with it.
pub(super) fn payloads(path: &Path) -> Result<Vec<Payload>, Failure> {
    let (scan, _) = look_at(path, &mut Scanner::new(), false)
        .map_err(|error| Failure::new(error.code(), format!("{}: {error}", path.display())))?;
    let codes = scan.codes.into_iter();
    Ok(codes.map(|code| Payload::from_bytes(code.bytes, code.text)).collect())
}

/// The codes and the milliseconds of decoding alone.
#[expect(clippy::disallowed_methods, reason = "the answer says how long decoding took")]
fn look_at(path: &Path, scanner: &mut Scanner, light: bool) -> Result<(Scan, f64), ScanError> {
    let picture = image::ImageReader::open(path)
        .map_err(image::ImageError::IoError)
        .and_then(|reader| reader.with_guessed_format().map_err(image::ImageError::IoError))
        .and_then(image::ImageReader::decode)
        .map_err(ScanError::Load)?
        .into_luma8();
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or(usize::MAX);
    let (width, height) = (side(picture.width()), side(picture.height()));
    let frame =
        LumaFrame::new(picture.as_raw(), width, height, width).map_err(|_| ScanError::Size)?;
    let started = Instant::now();
    let mut scan = scanner.scan(frame, if light { Effort::Light } else { Effort::Hard });
    for _ in 1..SLICES_MAX {
        if light || !scan.pending {
            break;
        }
        let next = scanner.scan(frame, Effort::Hard);
        let fresh = |code: &ScannedCode| !scan.codes.iter().any(|known| known.is_same(code));
        let found: Vec<_> = next.codes.into_iter().filter(fresh).collect();
        scan.codes.extend(found);
        scan.hint = next.hint;
        scan.pending = next.pending;
    }
    Ok((scan, started.elapsed().as_secs_f64() * 1000.0))
}

fn as_json(path: &Path, answer: &Result<(Scan, f64), ScanError>) -> Value {
    let file = path.to_string_lossy();
    match answer {
        Ok((scan, ms)) => json!({
            "file": file,
            "codes": scan.codes.iter().map(code_as_json).collect::<Vec<_>>(),
            "hint": scan.hint.map(|hint| format!("{hint:?}")),
            "ms": (ms * 1000.0).round() / 1000.0,
        }),
        Err(error) => json!({"file": file, "codes": [], "error": error.code()}),
    }
}

fn code_as_json(code: &ScannedCode) -> Value {
    json!({
        "text": full_text(code),
        "bytes_hex": HEXLOWER.encode(&code.bytes),
        "segments": segments_as_json(code),
        "version": code.version,
        "ecc": format!("{:?}", code.ecc),
        "mask": code.mask,
        "mirrored": code.mirrored,
        "inverted": code.inverted,
        "corrected_codewords": code.corrected,
        "structured_append": code.structured_append.map(|part| json!({
            "index": part.index, "total": part.total, "parity": part.parity,
        })),
        "fnc1": code.fnc1.map(|fnc1| match fnc1 {
            Fnc1::First => json!("first"),
            Fnc1::Second(indicator) => json!({"second": indicator}),
        }),
        "corners_px": code.corners_px.map(|corner| [corner.x, corner.y]),
        "module_px": code.module_px,
    })
}

fn segments_as_json(code: &ScannedCode) -> Value {
    let segment = |segment: &Segment| json!({"mode": format!("{:?}", segment.mode), "bytes_end": segment.bytes_end, "eci": segment.eci});
    code.segments.iter().map(segment).collect()
}

/// With the character sets that the decoder leaves to its surroundings.
fn full_text(code: &ScannedCode) -> Option<String> {
    code.text_with(|charset, bytes| {
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
    })
}

fn write_plainly(
    out: &mut impl Write,
    path: &Path,
    answer: &Result<(Scan, f64), ScanError>,
) -> io::Result<()> {
    match answer {
        Ok((scan, _)) => {
            for code in &scan.codes {
                match full_text(code) {
                    Some(text) => writeln!(out, "{}: {text}", path.display())?,
                    None => {
                        writeln!(out, "{}: hex:{}", path.display(), HEXLOWER.encode(&code.bytes))?
                    }
                }
            }
            if scan.codes.is_empty() {
                writeln!(out, "{}: no code read", path.display())?;
            }
            Ok(())
        }
        Err(error) => writeln!(io::stderr(), "{}: {error} ({})", path.display(), error.code()),
    }
}

impl ScanError {
    fn code(&self) -> &'static str {
        match self {
            Self::Load(_) => "SCAN-LOAD",
            Self::Size => "SCAN-SIZE",
        }
    }
}

impl std::fmt::Display for ScanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Load(error) => write!(f, "the image cannot be loaded: {error}"),
            Self::Size => write!(
                f,
                "no side of the image may be longer than {} pixels",
                LumaFrame::SIDE_PX_MAX
            ),
        }
    }
}
