//! `gerbang hub init`: databases, rules and replications for the registry's venues.

use super::super::failure::Failure;
use super::super::keys;
use super::couch::{Couch, CouchArgs, GATHERED, segment};
use crate::trust::hub_database;
use clap::Args;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::process::ExitCode;

/// Make the hub's databases: one for each venue of the registry, and one that gathers them.
///
/// Writes into any CouchDB 3 what docs/hub.md says: who may read and add, the rule that nothing is changed or
/// deleted or written under another gate's name, and a replication of each venue into gerbang-all. What
/// is there already as it should be is left alone, so run it again after venues were added.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  GERBANG_HUB_PASSWORD=… gerbang hub init --registry kota/registry.cose")]
pub struct InitArgs {
    #[command(flatten)]
    couch: CouchArgs,
    /// How the nodes of the hub reach themselves, for the replications. Default: the hub's address.
    #[arg(long, value_name = "ADDRESS")]
    inside: Option<String>,
    /// No replications: each venue's database is looked at by itself.
    #[arg(long)]
    apart: bool,
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// Reads the venues' databases and writes the gathered one. No venue's role has a dot in it.
const GATHERER: &str = "gerbang.gathers";
const RULE: &str = include_str!("rule.js");
/// Hashing a password takes the hub some time; a random one needs no more.
const PASSWORD_BYTES: usize = 24;

pub fn run(args: &InitArgs) -> Result<ExitCode, Failure> {
    let registry = args.couch.needed_registry()?;
    let couch = args.couch.open(Some(&registry))?;
    let databases: Vec<String> =
        registry.body().venues.iter().map(|venue| hub_database(&venue.id)).collect();
    if databases.is_empty() {
        return Err(Failure::new("HUB-VENUE", "the registry names no venue"));
    }
    if databases.iter().any(|database| database == GATHERED) {
        let words = format!("a venue called \"all\" would have the database {GATHERED}: rename it");
        return Err(Failure::new("HUB-VENUE", words));
    }
    let mut made = 0;
    for system in ["_users", "_replicator"] {
        // A new CouchDB of one node has them not yet; others keep them to themselves.
        let _ = couch.ask("PUT", system, None)?;
    }
    for database in &databases {
        made += usize::from(couch.make_database(database)?);
        secure(&couch, database, &[database, GATHERER])?;
        let rule = json!({ "language": "javascript", "validate_doc_update": RULE });
        couch.write(&format!("{}/_design/gerbang", segment(database)), rule)?;
    }
    if !args.apart {
        made += usize::from(couch.make_database(GATHERED)?);
        secure(&couch, GATHERED, &[GATHERER])?;
        gather(&couch, args.inside.as_deref().unwrap_or(couch.address()), &databases)?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "databases": databases, "made": made }))?;
    } else {
        writeln!(out, "{} venues, {made} databases made", databases.len())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Members have one of these roles; the admins of the database are the hub's.
fn secure(couch: &Couch, database: &str, roles: &[&str]) -> Result<(), Failure> {
    let security = json!({
        "admins": { "names": [], "roles": ["_admin"] },
        "members": { "names": [], "roles": roles },
    });
    let path = format!("{}/_security", segment(database));
    let answer = couch.ask("PUT", &path, Some(&security))?;
    if answer.status / 100 == 2 { Ok(()) } else { Err(answer.refused(&path)) }
}

/// A replication for each venue that has none, by a user that can do nothing else.
fn gather(couch: &Couch, inside: &str, databases: &[String]) -> Result<(), Failure> {
    let mut missing: Vec<&String> = Vec::new();
    for database in databases {
        let path = format!("_replicator/{}", segment(database));
        let answer = couch.read(&path)?;
        match answer.status {
            200 => {}
            404 => missing.push(database),
            _ => return Err(answer.refused(&path)),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let user = format!("_users/org.couchdb.user:{GATHERER}");
    let there = couch.read(&user)?;
    let password = BASE64URL_NOPAD.encode(&keys::random::<PASSWORD_BYTES>()?);
    // The password lies in the replications and nowhere else: a new one goes into all of them.
    let renewed = if there.status == 200 { databases.iter().collect() } else { missing };
    let mut document = user_document(GATHERER, &password, GATHERER);
    if let (Some(revision), Some(members)) = (there.body.get("_rev"), document.as_object_mut()) {
        members.insert("_rev".to_owned(), revision.clone());
    }
    let answer = couch.ask("PUT", &user, Some(&document))?;
    if answer.status / 100 != 2 {
        return Err(answer.refused(&user));
    }
    let credentials = BASE64.encode(format!("{GATHERER}:{password}").as_bytes());
    let end = |database: &str| {
        json!({
            "url": format!("{inside}/{}", segment(database)),
            "headers": { "Authorization": format!("Basic {credentials}") },
        })
    };
    for database in renewed {
        let document = json!({
            "source": end(database),
            "target": end(GATHERED),
            "continuous": true,
        });
        couch.write(&format!("_replicator/{}", segment(database)), document)?;
    }
    Ok(())
}

pub fn user_document(name: &str, password: &str, role: &str) -> Value {
    json!({ "name": name, "password": password, "roles": [role], "type": "user" })
}
