//! The signed ticket of pretix, an open ticket shop: format `sig1`.
//!
//! Shape: the text reversed is Base64 of 0x01 ‖ u16 n ‖ u16 m ‖ n bytes of protobuf ‖ m bytes of
//! Ed25519 signature over them. Fields: 1 seed, 2 item, 3 variation, 4 subevent, 5 valid from,
//! 6 valid until, the last two in Unix seconds.
//! Limits and errors: `TEXT_CHARS_MAX`; each thing that can be malformed is a `PretixError` with a
//! code of its own; a field that is there twice is refused. Never panics.
//! Source: `src/pretix/base/secrets.py` of pretix 4 and later (the server writes the lengths
//! big-endian; its own Android library reads them wrongly, which shows from 256 bytes on); Protocol
//! Buffers, "Encoding".
//! Not here: the event's keys (a ticket names none: each key of the family is tried), what is
//! revoked (`trust`); who bought it, which the ticket does not say.

use super::Family;
use super::claims::{Algorithm, Claims, Entitlement, Unverified};
use super::date::UNIX_S_MAX;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

pub const TEXT_CHARS_MAX: usize = 1024;

const VERSION: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PretixError {
    TooLong,
    Base64,
    /// Not version 1.
    Version,
    /// The lengths do not add up.
    Lengths,
    /// No protocol buffer, or a field twice.
    Fields,
    /// A ticket without an item.
    Item,
    Time,
}

impl PretixError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "PRETIX-LONG",
            Self::Base64 => "PRETIX-BASE64",
            Self::Version => "PRETIX-VERSION",
            Self::Lengths => "PRETIX-LENGTHS",
            Self::Fields => "PRETIX-FIELDS",
            Self::Item => "PRETIX-ITEM",
            Self::Time => "PRETIX-TIME",
        }
    }
}

/// By what a shop's list names a ticket: the SHA-256 of its text.
pub fn revocation_id(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}

pub(super) fn parse(text: &str) -> Result<Unverified, PretixError> {
    if text.len() > TEXT_CHARS_MAX {
        return Err(PretixError::TooLong);
    }
    let reversed: Vec<u8> = text.bytes().rev().collect();
    let bytes = BASE64.decode(&reversed).map_err(|_| PretixError::Base64)?;
    let (head, rest) = bytes.split_first_chunk::<5>().ok_or(PretixError::Lengths)?;
    let [VERSION, n1, n2, m1, m2] = *head else { return Err(PretixError::Version) };
    let (signed_bytes, signature_bytes) =
        (u16::from_be_bytes([n1, n2]), u16::from_be_bytes([m1, m2]));
    let (signed, signature) =
        rest.split_at_checked(signed_bytes.into()).ok_or(PretixError::Lengths)?;
    if signature.len() != usize::from(signature_bytes) {
        return Err(PretixError::Lengths);
    }
    let ticket = Ticket::read(signed)?;
    Ok(Unverified {
        family: Family::Pretix,
        issuers: Vec::new(),
        key_id: Vec::new(),
        certificate: Vec::new(),
        algorithm: Algorithm::EdDsa,
        signed: signed.to_vec(),
        signature: signature.to_vec(),
        revocation_ids: vec![revocation_id(text)],
        claims: Claims {
            not_before_unix_s: ticket.time(VALID_FROM)?,
            expires_unix_s: ticket.time(VALID_UNTIL)?,
            entitlement: Some(Entitlement {
                product: Some(ticket.numbers[ITEM].ok_or(PretixError::Item)?),
                ..Entitlement::default()
            }),
            ..Claims::default()
        },
    })
}

const SEED: usize = 1;
const ITEM: usize = 2;
const VALID_FROM: usize = 5;
const VALID_UNTIL: usize = 6;
const FIELDS: usize = 7;

/// The numbers of a ticket by their field; the seed is just there to make tickets differ.
struct Ticket {
    numbers: [Option<u64>; FIELDS],
}

impl Ticket {
    fn read(mut rest: &[u8]) -> Result<Self, PretixError> {
        let mut numbers = [None; FIELDS];
        let mut seen = [false; FIELDS];
        while !rest.is_empty() {
            let tag = varint(&mut rest)?;
            let (field, wire_type) = (usize::try_from(tag >> 3), tag & 7);
            let field = field.map_err(|_| PretixError::Fields)?;
            if seen.get_mut(field).is_some_and(|seen| std::mem::replace(seen, true)) {
                return Err(PretixError::Fields);
            }
            match (wire_type, field) {
                (0, ITEM..FIELDS) => numbers[field] = Some(varint(&mut rest)?),
                (0, FIELDS..) => drop(varint(&mut rest)?),
                (2, SEED | FIELDS..) => {
                    let length = varint(&mut rest)?;
                    let length = usize::try_from(length).map_err(|_| PretixError::Fields)?;
                    let (_, after) = rest.split_at_checked(length).ok_or(PretixError::Fields)?;
                    rest = after;
                }
                _ => return Err(PretixError::Fields),
            }
        }
        Ok(Self { numbers })
    }

    /// 0 is no limit.
    fn time(&self, field: usize) -> Result<Option<i64>, PretixError> {
        let Some(number) = self.numbers[field].filter(|number| *number > 0) else {
            return Ok(None);
        };
        let unix_s = i64::try_from(number).ok().filter(|unix_s| *unix_s <= UNIX_S_MAX);
        unix_s.map(Some).ok_or(PretixError::Time)
    }
}

/// Seven bits a byte, the lowest first; at most ten bytes.
fn varint(rest: &mut &[u8]) -> Result<u64, PretixError> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(PretixError::Fields)?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return Err(PretixError::Fields);
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(PretixError::Fields)
}
