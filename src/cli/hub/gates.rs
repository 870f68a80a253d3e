//! `gerbang hub enrol` and `retire`: a gate's user at the hub.

use super::super::failure::Failure;
use super::super::keys;
use super::access;
use super::couch::{Couch, CouchArgs, segment};
use super::init::user_document;
use crate::trust::{HubAccess, HubUser, Registry, hub_database};
use clap::Args;
use data_encoding::BASE64URL_NOPAD;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Give a gate a user at the hub, and write its password for the set-up code.
///
/// The file is for `gerbang setup-code --hub`, readable for you alone. A gate that has a user already keeps
/// it, unless --renew: then the old password is worth nothing from now on, and its phones need the new
/// set-up code.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang hub enrol --registry kota/registry.cose --venue-id balai-kota 'Pintu 1' --out pintu-1.hub.json
  gerbang setup-code --venue-id balai-kota --gate 'Pintu 1' --hub pintu-1.hub.json …")]
pub struct EnrolArgs {
    #[command(flatten)]
    couch: CouchArgs,
    #[arg(long, value_name = "ID")]
    venue_id: String,
    /// The gate's name, as in the set-up code.
    gate: String,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A new password for a gate that has a user.
    #[arg(long)]
    renew: bool,
}

/// Withdraw a gate's user: the hub knows the gate no more, and its phones say so and go on recording.
///
/// What it has sent stays.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang hub retire --registry kota/registry.cose --venue-id balai-kota 'Pintu 1'")]
pub struct RetireArgs {
    #[command(flatten)]
    couch: CouchArgs,
    #[arg(long, value_name = "ID")]
    venue_id: String,
    /// The gate's name, as in the set-up code.
    gate: String,
}

const PASSWORD_BYTES: usize = 24;

pub fn enrol(args: &EnrolArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.needed_registry()?;
    check_venue(&registry, &args.venue_id)?;
    let user = user(&args.venue_id, &args.gate)?;
    let couch = args.couch.open(Some(&registry))?;
    let path = user_path(&user);
    let revision = revision(&couch, &path)?;
    if revision.is_some() && !args.renew {
        let words = format!("{user} has a user already; --renew gives it another password");
        return Err(Failure::new("HUB-USER", words));
    }
    let password = BASE64URL_NOPAD.encode(&keys::random::<PASSWORD_BYTES>()?);
    let held = HubAccess::new(user.as_str(), &password).expect("24 bytes are 32 letters");
    access::write(&args.out, &args.venue_id, &args.gate, &held)?;
    let mut document = user_document(user.as_str(), &password, &hub_database(&args.venue_id));
    if let (Some(revision), Some(members)) = (revision, document.as_object_mut()) {
        members.insert("_rev".to_owned(), revision.into());
    }
    let written = couch.ask("PUT", &path, Some(&document)).and_then(|answer| match answer.status {
        200..300 => Ok(()),
        _ => Err(answer.refused(&path)),
    });
    if let Err(failure) = written {
        // Nobody shall print a password that the hub does not know.
        fs::remove_file(&args.out).map_err(|error| Failure::writing(&args.out, &error))?;
        return Err(failure);
    }
    writeln!(io::stdout().lock(), "{user}")?;
    Ok(ExitCode::SUCCESS)
}

pub fn retire(args: &RetireArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.registry()?;
    let user = user(&args.venue_id, &args.gate)?;
    let couch = args.couch.open(registry.as_ref())?;
    let path = user_path(&user);
    let Some(revision) = revision(&couch, &path)? else {
        return Err(Failure::new("HUB-USER", format!("the hub knows no {user}")));
    };
    let answer = couch.ask("DELETE", &format!("{path}?rev={}", segment(&revision)), None)?;
    if answer.status / 100 != 2 {
        return Err(answer.refused(&path));
    }
    writeln!(io::stdout().lock(), "{user} is withdrawn")?;
    Ok(ExitCode::SUCCESS)
}

fn user(venue_id: &str, gate: &str) -> Result<HubUser, Failure> {
    let long = || Failure::new("HUB-NAME", "the venue's id and the gate's name are too long");
    HubUser::of(venue_id, gate).ok_or_else(long)
}

fn check_venue(registry: &Registry, venue_id: &str) -> Result<(), Failure> {
    if registry.body().venues.iter().any(|venue| venue.id == venue_id) {
        return Ok(());
    }
    Err(Failure::new("HUB-VENUE", format!("the registry names no venue {venue_id}")))
}

fn user_path(user: &HubUser) -> String {
    format!("_users/org.couchdb.user:{user}")
}

/// `None`: there is no such user.
fn revision(couch: &Couch, path: &str) -> Result<Option<String>, Failure> {
    let there = couch.read(path)?;
    match there.status {
        200 => Ok(there.body.get("_rev").and_then(|rev| rev.as_str()).map(str::to_owned)),
        404 => Ok(None),
        _ => Err(there.refused(path)),
    }
}
