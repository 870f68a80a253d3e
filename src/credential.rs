//! One file per credential format: a code's content to `Unverified` claims.

mod recognise;

pub mod poster;

pub mod pass;

#[cfg(feature = "families")]
pub mod hc1;

pub mod dcc;

#[cfg(feature = "families")]
mod ddcc;

#[cfg(feature = "families")]
pub mod shc;

#[cfg(feature = "families")]
pub mod nzcp;

#[cfg(feature = "families")]
pub mod divoc;

#[cfg(feature = "families")]
pub mod vds_nc;

#[cfg(feature = "families")]
pub mod claim169;

#[cfg(feature = "families")]
pub mod pretix;

#[cfg(feature = "families")]
mod families;
#[cfg(not(feature = "families"))]
#[path = "credential/no_families.rs"]
mod families;

mod claims;

#[cfg(feature = "families")]
mod cwt;

pub(crate) mod wire;

pub mod date;

pub use claims::{Algorithm, Claims, Entitlement, Recovery, TestResult, Unverified, Vaccination};
pub use families::FamilyError;
use recognise::Recognised;
use sha2::{Digest, Sha256};
use std::fmt;

/// What one QR code held. Never shown, never logged: it may be a person's whole certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    bytes: Vec<u8>,
    text: Option<String>,
}

impl Payload {
    pub fn from_text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { bytes: text.clone().into_bytes(), text: Some(text) }
    }

    /// `text` as the reader understood the bytes; `None` where they are no text.
    pub fn from_bytes(bytes: Vec<u8>, text: Option<String>) -> Self {
        Self { bytes, text }
    }

    /// The texts of the codes that one credential was cut into, in any order.
    #[cfg(feature = "families")]
    pub fn from_chunks(texts: &[&str]) -> Self {
        Self::from_text(shc::join(texts).unwrap_or_else(|| texts.concat()))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.bytes.len())
    }
}

/// The credential families of the design; `Unknown` is what is no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    Gerbang,
    Divoc,
    Hc1,
    Shc,
    Nzcp,
    VdsNc,
    Claim169,
    Pretix,
    Poster,
    Unknown,
}

impl Family {
    /// What an issuer may be trusted for; `Poster` and `Unknown` are no credentials.
    pub const CREDENTIALS: [Self; 8] = [
        Self::Gerbang,
        Self::Divoc,
        Self::Hc1,
        Self::Shc,
        Self::Nzcp,
        Self::VdsNc,
        Self::Claim169,
        Self::Pretix,
    ];

    /// The name in the command's answers and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gerbang => "gerbang",
            Self::Divoc => "divoc",
            Self::Hc1 => "hc1",
            Self::Shc => "shc",
            Self::Nzcp => "nzcp",
            Self::VdsNc => "vds-nc",
            Self::Claim169 => "claim169",
            Self::Pretix => "pretix",
            Self::Poster => "poster",
            Self::Unknown => "unknown",
        }
    }
}

/// A code that is something else than a visitor's credential; explained, never admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherCode {
    /// A venue's poster.
    Poster,
    /// `GBS1:`: sets up a gate, never lets anybody in.
    SetupCode,
    /// PeduliLindungi's `checkin:` of 2021: no signature, so no proof.
    CheckIn2021,
    /// PeduliLindungi's and SATUSEHAT's certificates for use at home: addresses of their site.
    DomesticCertificate,
    /// A network's name and password.
    Wifi,
    WebAddress,
    /// Anything else, a payment for example.
    Unknown,
}

/// SHA-256(family ‖ the bytes that the signature covers): one credential, however its text is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CredentialId(pub [u8; 32]);

impl CredentialId {
    pub fn of(family: Family, signed: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(family.name()).chain_update(signed).finalize();
        Self(hash.into())
    }
}

/// Who a proven credential says its holder is; lives as long as the verdict is on the screen.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Holder {
    pub name: Option<String>,
    /// As in the credential: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub birth_date: Option<String>,
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder(..)")
    }
}

impl OtherCode {
    /// A poster has a name among the families, so that a script can tell it.
    pub fn family(self) -> Family {
        match self {
            Self::Poster => Family::Poster,
            _ => Family::Unknown,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Poster => "OTHER-POSTER",
            Self::SetupCode => "OTHER-SETUP",
            Self::CheckIn2021 => "OTHER-CHECKIN",
            Self::DomesticCertificate => "OTHER-DOMESTIC",
            Self::Wifi => "OTHER-WIFI",
            Self::WebAddress => "OTHER-URL",
            Self::Unknown => "OTHER-CODE",
        }
    }
}

/// What a code turned out to be.
#[derive(Debug)]
pub enum Parsed {
    Credential(Box<Unverified>),
    /// No credential, but something the officer can be told about.
    Other(OtherCode),
}

/// Why a credential could not be decoded: one variant per thing that can be malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialError {
    /// Recognised by its beginning, but this build does not read the family.
    Unsupported(Family),
    /// More than any QR code holds.
    TooLong,
    /// Of a family that the build's other binary reads; its code.
    Elsewhere(Family, Fault, Code),
    Pass(pass::PassError),
    Family(FamilyError),
}

/// A stable code that another binary of this build spelled out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code {
    bytes: [u8; CODE_BYTES_MAX],
    length: usize,
}

pub const CODE_BYTES_MAX: usize = 32;

impl Code {
    /// `None` where it is none: capitals, digits and hyphens, not too long.
    pub fn new(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
        let mut bytes = [0; CODE_BYTES_MAX];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        text.bytes().all(plain).then_some(Self { bytes, length: text.len() })
    }

    pub fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a gate makes of a credential that was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Perhaps damaged, perhaps badly read: scan again.
    Unreadable,
    /// It says of itself that nothing can prove it.
    Unprovable,
    /// Perhaps a perfectly good credential: another gate may read it.
    Unsupported,
    /// None at all.
    NoCredential,
}

impl CredentialError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsupported(_) => "CRED-UNSUPPORTED",
            Self::TooLong => "CRED-LONG",
            // The gate says the other binary's own code instead.
            Self::Elsewhere(..) => "CRED-ELSEWHERE",
            Self::Pass(error) => error.code(),
            Self::Family(error) => error.code(),
        }
    }

    /// What the payload claimed to be.
    pub fn family(self) -> Family {
        match self {
            Self::Unsupported(family) => family,
            Self::TooLong => Family::Unknown,
            Self::Elsewhere(family, ..) => family,
            Self::Pass(_) => Family::Gerbang,
            Self::Family(error) => error.family(),
        }
    }

    pub fn fault(self) -> Fault {
        match self {
            Self::Unsupported(_) => Fault::Unsupported,
            Self::TooLong => Fault::NoCredential,
            Self::Elsewhere(_, fault, _) => fault,
            Self::Pass(error) => error.fault(),
            Self::Family(error) => error.fault(),
        }
    }
}

/// What a QR code of version 40 holds at most: 7,089 digits.
pub const PAYLOAD_BYTES_MAX: usize = 7089;

/// Whether this binary reads more than the Gerbang pass. The page's does not: all of it would weigh
/// more than the first scan may. It asks the annex (`trust::Elsewhere`).
pub(crate) const FAMILIES: bool = cfg!(feature = "families");

/// `None`: this binary has no reader for it.
fn read(
    family: Family,
    outcome: Option<Result<Unverified, FamilyError>>,
) -> Result<Unverified, CredentialError> {
    let outcome = outcome.ok_or(CredentialError::Unsupported(family))?;
    outcome.map_err(CredentialError::Family)
}

/// Decodes, and believes nothing: `trust::verify` comes next.
pub fn parse(payload: &Payload) -> Result<Parsed, CredentialError> {
    use CredentialError as Error;
    let text_bytes = payload.text().map_or(0, str::len);
    if payload.bytes().len().max(text_bytes) > PAYLOAD_BYTES_MAX {
        return Err(CredentialError::TooLong);
    }
    let unverified = match recognise::recognise(payload) {
        Recognised::Family(Family::Gerbang, text) => pass::parse(text).map_err(Error::Pass),
        Recognised::Family(family, text) => read(family, families::parse(family, text)),
        Recognised::Zip(bytes) => read(Family::Divoc, families::parse_zip(bytes)),
        Recognised::Other(other) => return Ok(Parsed::Other(other)),
    };
    unverified.map(|unverified| Parsed::Credential(Box::new(unverified)))
}
