//! Opens who a contact was, by the authority's sealing keys.

use super::super::super::failure::Failure;
use super::super::super::keys::{self, KeyUse};
use super::super::exports::Lines;
use crate::audit_log::{Contact, Identity, Origin, open_identity, read_entry};
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::PathBuf;

pub struct Opener<'a> {
    keys: Vec<[u8; 32]>,
    exports: &'a [PathBuf],
}

impl<'a> Opener<'a> {
    pub fn new(keys: &[PathBuf], exports: &'a [PathBuf]) -> Result<Self, Failure> {
        let keys = keys.iter().map(|path| keys::read_secret(path, KeyUse::Sealing));
        Ok(Self { keys: keys.collect::<Result<_, _>>()?, exports })
    }

    /// The first of the contact's entries that opens.
    pub fn open(&self, contact: &Contact) -> Option<Identity> {
        if self.keys.is_empty() {
            return None;
        }
        contact.origins.iter().find_map(|origin| self.open_at(*origin))
    }

    fn open_at(&self, origin: Origin) -> Option<Identity> {
        let path = self.exports.get(usize::try_from(origin.file).ok()?)?;
        let mut file = File::open(path).ok()?;
        file.seek(SeekFrom::Start(origin.offset)).ok()?;
        let line = Lines::new(BufReader::new(file)).next_line().ok()??;
        let entry = read_entry(&line.entry.ok()?).ok()?;
        self.keys.iter().find_map(|key| open_identity(&entry, key).ok())
    }
}
