//! Whether a database goes on where it was read last, or is an old copy that was put back.
//!
//! Shape: `_local/gerbang-ID` in the database holds up to where the reader with that id has read; a copy that
//! was made before holds something older, or nothing. CouchDB's replicator keeps its checkpoints so.
//! Source: CouchDB 3, "Replication protocol", local documents; docs/hub.md, "Asking".

use super::super::failure::Failure;
use super::super::keys;
use super::couch::{Couch, segment};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

const ID_BYTES: usize = 16;

/// Of a new reader.
pub fn make_id() -> Result<String, Failure> {
    Ok(HEXLOWER.encode(&keys::random::<ID_BYTES>()?))
}

/// Whether the reader with that id read up to there last.
pub fn holds(couch: &Couch, database: &str, id: &str, since: &str) -> Result<bool, Failure> {
    let answer = couch.read(&path(database, id))?;
    match answer.status {
        200 => Ok(answer.body.get("since").and_then(Value::as_str) == Some(since)),
        404 => Ok(false),
        _ => Err(answer.refused(database)),
    }
}

pub fn keep(couch: &Couch, database: &str, id: &str, since: &str) -> Result<(), Failure> {
    couch.write(&path(database, id), json!({ "since": since })).map(drop)
}

fn path(database: &str, id: &str) -> String {
    format!("{}/_local/gerbang-{}", segment(database), segment(id))
}
