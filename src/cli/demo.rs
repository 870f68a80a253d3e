//! `gerbang demo`: the demonstration authority's site, registry and passes as files.

use super::failure::Failure;
use super::{moment, picture, registry};
use crate::issue::demo::{self, DemoPass, Said};
use crate::issue::foreign::Foreign;
use crate::issue::qr::{self, Level, QrCode};
use clap::Args;
use data_encoding::HEXLOWER as HEX;
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const STYLE: &str = include_str!("demo/demo.css");

/// Write a demonstration site's files: whom it trusts, and passes to try at the gate.
///
/// Puts site.json and registry.cose into OUT_DIR and a page of ready-made passes into
/// OUT_DIR/demo: index.html, NAME.svg and NAME.png for each pass, passes.json, and a newer registry as
/// a row of codes, registry-codes.json, the same as a file, two old registries, and one that revokes a
/// pass. Copy them beside the built app. The keys are in the source for everybody to see; on any other site whatever they sign
/// is a specimen.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gerbang demo dist\n  gerbang demo --now 2026-11-24 dist")]
pub struct DemoArgs {
    /// When the demonstration begins; the same time gives the same files. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    out_dir: PathBuf,
}

pub fn run(args: &DemoArgs) -> Result<ExitCode, Failure> {
    let now_unix_s = args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000);
    let made = demo::site(now_unix_s);
    let demo_dir = args.out_dir.join("demo");
    fs::create_dir_all(&demo_dir).map_err(|error| Failure::writing(&demo_dir, &error))?;
    write(&args.out_dir.join("site.json"), made.site.to_json().as_bytes())?;
    write(&args.out_dir.join("registry.cose"), &made.registry)?;
    let shown: Vec<Shown> = made.passes.into_iter().map(Shown::new).collect();
    for Shown { pass, code, svg } in &shown {
        write(&demo_dir.join(format!("{}.svg", pass.name)), svg.as_bytes())?;
        write(&demo_dir.join(format!("{}.png", pass.name)), &picture::png(code, PNG_MODULE_PX)?)?;
    }
    write(&demo_dir.join("demo.css"), STYLE.as_bytes())?;
    write(&demo_dir.join("index.html"), page(&shown).as_bytes())?;
    write(&demo_dir.join("passes.json"), passes_json(&shown).as_bytes())?;
    write(&demo_dir.join("families.json"), families_json(&made.foreign).as_bytes())?;
    let codes = registry::codes(&made.newer_registry, CODE_BYTES)?;
    let rows: Vec<_> = codes.iter().map(QrCode::row_texts).collect();
    write(&demo_dir.join("registry-codes.json"), json!({ "codes": rows }).to_string().as_bytes())?;
    for (name, bytes) in
        ["registry-warn.cose", "registry-stale.cose"].iter().zip(&made.aged_registries)
    {
        write(&demo_dir.join(name), bytes)?;
    }
    write(&demo_dir.join("registry-newer.cose"), &made.newer_registry)?;
    write(&demo_dir.join("registry-revoking.cose"), &made.revoking_registry)?;
    write(&args.out_dir.join(demo::REVOKED_ADDRESS), &made.revoked)?;
    Ok(ExitCode::SUCCESS)
}

const PNG_MODULE_PX: u32 = 10;
/// Of a registry in one code of a row.
const CODE_BYTES: usize = 220;

struct Shown {
    pass: DemoPass,
    code: QrCode,
    svg: String,
}

impl Shown {
    fn new(pass: DemoPass) -> Self {
        let code = qr::encode(pass.text.as_bytes(), Level::M)
            .expect("the demonstration's passes are within version 12");
        let svg = code.svg();
        Self { pass, code, svg }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}

/// The codes of other families, for tests and measurements.
fn families_json(foreign: &[Foreign]) -> String {
    let code = |made: &Foreign, kind: &str, content: &[u8]| {
        let code = qr::encode(content, Level::M).or_else(|| qr::encode(content, Level::L));
        let code = code.expect("the demonstration's certificates are within version 40");
        json!({
            "family": made.family.name(),
            "kind": kind,
            "version": code.version(),
            "modules": code.row_texts(),
            "content_hex": HEX.encode(content),
            "public_key_hex": HEX.encode(&made.issuer.public_key),
        })
    };
    let codes = foreign.iter().flat_map(|made| {
        [code(made, "valid", &made.valid), code(made, "tampered", &made.tampered)]
    });
    let shc = foreign.iter().find(|made| made.family.name() == "shc");
    let chunks: Vec<_> = shc.map(|made| chunks(&made.valid)).unwrap_or_default();
    json!({ "codes": codes.collect::<Vec<_>>(), "chunks": chunks }).to_string()
}

/// A SMART Health Card cut into three codes, as early ones were: `shc:/C/N/` and digits.
fn chunks(content: &[u8]) -> Vec<Vec<String>> {
    const COUNT: usize = 3;
    let digits = content.strip_prefix(b"shc:/").unwrap_or_default();
    let chunk = |(at, digits): (usize, &[u8])| {
        let text = [format!("shc:/{}/{COUNT}/", at + 1).as_bytes(), digits].concat();
        qr::encode(&text, Level::M).expect("a third of what fits fits").row_texts()
    };
    digits.chunks(digits.len().div_ceil(COUNT).max(1)).enumerate().map(chunk).collect()
}

/// What "show it to the gate" and the tests read.
fn passes_json(shown: &[Shown]) -> String {
    let passes: Vec<_> = shown
        .iter()
        .map(|Shown { pass, code, .. }| {
            json!({
                "name": pass.name,
                "title": { "id": pass.title.id, "en": pass.title.en },
                "expected": { "id": pass.expected.id, "en": pass.expected.en },
                "text": pass.text,
                "svg": format!("{}.svg", pass.name),
                "modules": code.row_texts(),
            })
        })
        .collect();
    json!({ "passes": passes }).to_string()
}

/// The gate's mark, as on printed passes.
const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 40 40\" aria-hidden=\"true\">\
    <path d=\"M17 4H13V9H9V16H5V24H2V36H17ZM23 4H27V9H31V16H35V24H38V36H23Z\" \
    fill=\"currentColor\"/></svg>";

fn page(shown: &[Shown]) -> String {
    let mut html = format!(
        "<!doctype html>\n\
         <html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>Gerbang · Pas peragaan · Demonstration passes</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"../icons/gerbang.svg\">\n\
         <link rel=\"stylesheet\" href=\"demo.css\">\n</head>\n<body>\n\
         <p class=\"ribbon\"><span>{ribbon}</span></p>\n\
         <header>{MARK}<h1>{title}</h1>\n<p>{how}</p>\n\
         <p><a class=\"button\" href=\"../\">{open}</a></p></header>\n<main>\n",
        ribbon = both(Said {
            id: "Peragaan. Pas ini bukan milik siapa pun.",
            en: "Demonstration. These passes are nobody\u{2019}s.",
        }),
        title = both(Said { id: "Pas untuk dicoba", en: "Passes to try" }),
        how = both(Said {
            id: "Pegang layar ini di depan kamera ponsel lain yang membuka gerbang, atau \
                 tunjukkan langsung dengan tombol di bawah kode.",
            en: "Hold this screen before the camera of another phone with the gate open, or show \
                 a code to it directly with the button below.",
        }),
        open = both(Said { id: "Buka gerbang", en: "Open the gate" }),
    );
    for shown in shown {
        push_pass(&mut html, &shown.pass);
    }
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn push_pass(html: &mut String, pass: &DemoPass) {
    let name = pass.name;
    let title = both(pass.title);
    write!(
        html,
        "<article id=\"{name}\">\n<h2>{title}</h2>\n\
         <p class=\"holder\">{holder}</p>\n\
         <img src=\"{name}.svg\" alt=\"Kode QR / QR code: {plain}\" width=\"400\" height=\"400\">\n\
         <p class=\"expected\">{expected}</p>\n\
         <p><a class=\"button\" href=\"../#demo={name}\">{show}</a></p>\n</article>\n",
        holder = pass.holder,
        plain = pass.title.id,
        expected = both(pass.expected),
        show = both(Said { id: "Tunjukkan ke gerbang", en: "Show it to the gate" }),
    )
    .expect("writing to a String cannot fail");
}

/// Both languages, each marked as what it is. All texts here are ours and hold no markup.
fn both(said: Said) -> String {
    format!("<span>{}</span> <span lang=\"en\">{}</span>", said.id, said.en)
}
