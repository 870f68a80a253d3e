//! What the authority gives a gate for the venue's hub.
//!
//! Shape: `{"v": 1, "venue_id", "gate", "user", "password"}`, a JSON file for its owner alone.
//! Limits and errors: `HUB-ACCESS`.
//! Source: docs/hub.md, docs/setup-code.md.

use super::super::failure::Failure;
use super::super::keys;
use super::super::trusted::read_at_most;
use crate::trust::HubAccess;
use serde::{Deserialize, Serialize};
use std::path::Path;

const FILE_BYTES_MAX: usize = 4096;

#[derive(Serialize, Deserialize)]
struct AccessFile {
    v: u64,
    venue_id: String,
    gate: String,
    user: String,
    password: String,
}

/// What the file holds for this gate of this venue.
pub fn access(path: &Path, venue_id: &str, gate: &str) -> Result<HubAccess, Failure> {
    let wrong = |words: &str| Failure::new("HUB-ACCESS", format!("{} {words}", path.display()));
    let json = read_at_most(path, FILE_BYTES_MAX)?;
    let file: AccessFile = serde_json::from_slice(&json)
        .map_err(|_| wrong("is no file as `gerbang hub enrol` writes it"))?;
    if file.v != 1 || file.venue_id != venue_id || file.gate != gate {
        return Err(wrong("is of another gate or a later version"));
    }
    HubAccess::new(&file.user, &file.password).ok_or_else(|| wrong("holds no user and password"))
}

/// Written for its owner alone, and never over another.
pub fn write(path: &Path, venue_id: &str, gate: &str, access: &HubAccess) -> Result<(), Failure> {
    let file = AccessFile {
        v: 1,
        venue_id: venue_id.to_owned(),
        gate: gate.to_owned(),
        user: access.user.as_str().to_owned(),
        password: access.password().to_owned(),
    };
    let text = serde_json::to_string_pretty(&file).expect("texts and numbers are always JSON");
    keys::write_private(path, format!("{text}\n").as_bytes())
}
