//! `gerbang init`: a city's folder with everything that it needs to begin.

use super::failure::Failure;
use super::keys::{self, KeyUse};
use super::{moment, registry};
use crate::rules::{SHIPPED, country};
use crate::trust::{Direction, RootKey, Site, SiteGate, SiteName};
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a city's folder: keys, site.json, a first registry and a policy.
///
/// The keys are put under a passphrase, asked for twice, or taken from GERBANG_PASSPHRASE or from the
/// file that GERBANG_PASSPHRASE_FILE names. Nobody can restore a lost one, nor a lost root key: keep
/// copies of FOLDER/keys apart from the site. All else in the folder may be changed by hand and built
/// again with `gerbang registry build`.
#[derive(Debug, Args)]
#[command(after_help = "What is made:
  keys/root.key.json    signs registries, set-up codes and posters
  keys/issuer.key.json  signs passes
  keys/city.key.json    the tracing secret: venue keys come from it, and only who has it can trace
  site.json             what the site is called and whose signature counts
  policy.json           who comes in; see docs/policy.md
  policy.cases.json     what it shall make of whom, for `gerbang rules test`
  registry.json         the registry's source: issuers, policies, venues
  registry.cose         the registry, signed
  people.csv venues.csv examples for `gerbang issue --csv` and `gerbang poster`

Example:
  gerbang init kota --name 'Kota Contoh' --venue 'Balai Kota' --policy signed-pass
  make dist SITE=kota")]
pub struct InitArgs {
    folder: PathBuf,
    /// What the site is called.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The same in English. Default: the name.
    #[arg(long, value_name = "NAME")]
    name_en: Option<String>,
    /// The office that issues passes. Default: the name.
    #[arg(long, value_name = "NAME")]
    office: Option<String>,
    /// What passes call their issuer, such as dinkes.example.go.id. Default: made from the name.
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// The first venue.
    #[arg(long, value_name = "NAME", default_value = "Balai Kota")]
    venue: String,
    /// Its door.
    #[arg(long, value_name = "NAME", default_value = "Pintu 1")]
    gate: String,
    /// The shipped policy to begin with.
    #[arg(long, value_name = "ID", default_value = "signed-pass", value_parser = shipped)]
    policy: String,
    /// When it is. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

const ISSUER_YEARS_S: i64 = 2 * 365 * 24 * 3600;
/// Gates warn after a day and stop believing after two weeks; this is the outer bound.
const VALID_DAYS: i64 = 90;

pub fn run(args: &InitArgs) -> Result<ExitCode, Failure> {
    let now_unix_s = args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000);
    let folder = args.folder.as_path();
    if folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        let words = format!("{} is there already and not empty", folder.display());
        return Err(Failure::new("INIT-FOLDER", words));
    }
    let passphrase = keys::choose_passphrase()?;
    let key_folder = folder.join("keys");
    fs::create_dir_all(&key_folder).map_err(|error| Failure::writing(&key_folder, &error))?;
    let make = |file: &str, used| keys::make(&key_folder.join(file), used, Some(&passphrase));
    let root = make("root.key.json", KeyUse::Signing)?;
    let issuer = make("issuer.key.json", KeyUse::Signing)?;
    make("city.key.json", KeyUse::Tracing)?;
    let root_key = RootKey::from_hex(&root.public_key_hex).expect("a key that was just made");
    write(folder, ".gitignore", "keys/\npasses/\n")?;
    write(folder, "site.json", &site(args, root_key).to_json())?;
    write(folder, "policy.json", policy_text(&args.policy))?;
    write(folder, "policy.cases.json", cases_text(&args.policy))?;
    write(folder, "people.csv", PEOPLE)?;
    write(folder, "venues.csv", &venues(args))?;
    let source = source(args, &issuer.public_key_hex, now_unix_s);
    write(folder, "registry.json", &format!("{source:#}\n"))?;
    let signing = keys::read_with(&key_folder.join("root.key.json"), &passphrase)?;
    let paths = (&folder.join("registry.json"), &folder.join("registry.cose"));
    registry::build_files(paths.0, &signing, paths.1, now_unix_s)?;
    say(args, &root.public_key_hex)?;
    Ok(ExitCode::SUCCESS)
}

const PEOPLE: &str = "name,birth_date,role,venues,hours,doses,until\n\
    Siti Contoh,1990-01-01,tamu,,08:00-16:00,,\n\
    Budi Misal,1985-06-30,asn,,,,\n\
    Ketut Andai,1979-11-02,penanggung-jawab,,,,\n";

fn venues(args: &InitArgs) -> String {
    let venue = &args.venue;
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    format!("id,venue,gate\n{},{},{}\n", slug(venue), quoted(venue), quoted(&args.gate))
}

fn site(args: &InitArgs, root: RootKey) -> Site {
    Site {
        name: SiteName {
            id: args.name.clone(),
            en: args.name_en.clone().unwrap_or_else(|| args.name.clone()),
        },
        languages: ["id", "en"].map(str::to_owned).to_vec(),
        gate: SiteGate {
            venue_id: slug(&args.venue),
            venue: args.venue.clone(),
            gate: args.gate.clone(),
            direction: Direction::Entry,
            policy_id: args.policy.clone(),
        },
        registry: "registry.cose".to_owned(),
        roots: vec![root],
        demo: false,
    }
}

fn source(args: &InitArgs, issuer_hex: &str, now_unix_s: i64) -> serde_json::Value {
    let vaccination = args.policy == "pedulilindungi-2021";
    let purposes: &[&str] = if vaccination { &["entry", "vaccination"] } else { &["entry"] };
    json!({
        "version": 1,
        "valid_days": VALID_DAYS,
        "issuers": [{
            "name": args.office.as_ref().unwrap_or(&args.name),
            "country": "ID",
            "iss": issuer_name(args),
            "public_key_hex": issuer_hex,
            "families": ["gerbang"],
            "purposes": purposes,
            "from": moment::rfc3339(now_unix_s),
            "until": moment::rfc3339(now_unix_s.saturating_add(ISSUER_YEARS_S)),
        }],
        "imports": if vaccination { json!(["indonesia"]) } else { json!([]) },
        "policies": ["policy.json"],
        "venues": [{ "id": slug(&args.venue), "name": args.venue, "zones": ["kantor"] }],
    })
}

fn issuer_name(args: &InitArgs) -> String {
    args.issuer.clone().unwrap_or_else(|| slug(&args.name))
}

fn say(args: &InitArgs, root_hex: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (folder, issuer) = (args.folder.display(), issuer_name(args));
    if args.json {
        let said = json!({ "folder": folder.to_string(), "root": root_hex, "issuer": issuer });
        return writeln!(out, "{said}");
    }
    write!(
        out,
        "{folder} is ready.\nroot    {root_hex}\nissuer  {issuer}\n\n\
         Next:\n  \
         1. Copy {folder}/keys to a safe place, apart from the site.\n  \
         2. gerbang issue --key {folder}/keys/issuer.key.json --issuer {issuer} \\\n       \
         --until 2027-01-01 --csv {folder}/people.csv --out {folder}/passes\n  \
         3. make dist SITE={folder}, and upload dist/\n  \
         4. Within two weeks, and then each week: raise \"version\" in {folder}/registry.json and\n     \
         gerbang registry build {folder}/registry.json --root {folder}/keys/root.key.json \\\n       \
         --out {folder}/registry.cose\n"
    )
}

/// Lower-case letters and digits, the rest as hyphens: ids are typed into tables.
fn slug(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric();
    let words = name.split(|letter| !plain(letter)).filter(|word| !word.is_empty());
    let slug = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "gerbang".to_owned() } else { slug }
}

fn shipped(id: &str) -> Result<String, String> {
    let ids: Vec<&str> = all_shipped().map(|(id, _)| *id).collect();
    if ids.contains(&id) { Ok(id.to_owned()) } else { Err(format!("one of {}", ids.join(", "))) }
}

fn all_shipped() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    SHIPPED.iter().chain([&country::SHIPPED])
}

/// The shipped policies' own cases.
fn cases_text(id: &str) -> &'static str {
    match id {
        "pedulilindungi-2021" => include_str!("../rules/policies/pedulilindungi-2021.cases.json"),
        "signed-pass" => include_str!("../rules/policies/signed-pass.cases.json"),
        country::ID => include_str!("../rules/policies/dcc-country.cases.json"),
        _ => include_str!("../rules/policies/proven.cases.json"),
    }
}

fn policy_text(id: &str) -> &'static str {
    all_shipped().find(|(name, _)| *name == id).map_or("", |(_, text)| text)
}

fn write(folder: &Path, file: &str, text: &str) -> Result<(), Failure> {
    let path = folder.join(file);
    fs::write(&path, text).map_err(|error| Failure::writing(&path, &error))
}
