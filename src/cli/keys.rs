//! Key files: one secret as JSON, plain or under a passphrase.
//!
//! Shape: `{"v", "alg", "public_key_hex", "kid_hex", "private_key_hex" or "protected"}`.
//! Limits and errors: `KEY-FILE`, `KEY-KIND`, `KEY-PASSPHRASE`; files are written for their owner alone
//! and never over another.
//! Source: docs/keys.md.

mod passphrase;
mod protected;

use super::failure::Failure;
use crate::issue::key::{SigningKey, key_id};
use crate::trust::sealing;
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
pub use passphrase::choose as choose_passphrase;
use protected::{NONCE_BYTES, Protected, ProtectedError, SALT_BYTES};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a key pair: for a root, which signs registries, or for an issuer, which signs passes.
///
/// The file holds the private key. Whoever has it can sign in your name: keep it off the site, and
/// keep a copy. With --protect it is under a passphrase, which the other commands ask for, or take
/// from GERBANG_PASSPHRASE or from the file that GERBANG_PASSPHRASE_FILE names. Printed are the
/// public key (for site.json or for the registry's source) and the key id.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang keygen --protect root.key.json
  gerbang keygen --protect issuer.key.json
`gerbang init` makes all keys of a city at once.")]
pub struct KeygenArgs {
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Put it under a passphrase.
    #[arg(long)]
    protect: bool,
    /// A key to seal to (X25519) instead of one to sign with: make one a month, and destroy it when
    /// what was sealed to it has had its time.
    #[arg(long)]
    sealing: bool,
    /// Written readable for you alone; never overwritten.
    file: PathBuf,
}

pub fn run(args: &KeygenArgs) -> Result<ExitCode, Failure> {
    let passphrase = if args.protect { Some(choose_passphrase()?) } else { None };
    let used = if args.sealing { KeyUse::Sealing } else { KeyUse::Signing };
    let made = make(&args.file, used, passphrase.as_deref())?;
    let (public_hex, kid_hex) = (made.public_key_hex, made.kid_hex);
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "public_key_hex": public_hex, "kid_hex": kid_hex }))?;
    } else {
        writeln!(out, "public key {public_hex}\nkey id     {kid_hex}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a secret is for; a file of one use is refused for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Of a root or an issuer: Ed25519.
    Signing,
    /// The city's tracing secret: 32 random bytes.
    Tracing,
    /// Identities and exports are sealed to its public half: X25519.
    Sealing,
}

impl KeyUse {
    fn word(self) -> &'static str {
        match self {
            Self::Signing => "EdDSA",
            Self::Tracing => "tracing",
            Self::Sealing => "X25519",
        }
    }

    /// A tracing secret has none.
    fn public_key(self, secret: &[u8; 32]) -> Option<[u8; 32]> {
        match self {
            Self::Signing => Some(SigningKey::from_bytes(secret).verifying_key().to_bytes()),
            Self::Tracing => None,
            Self::Sealing => sealing::public_key(secret).ok(),
        }
    }
}

/// The file's own shape.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    v: u64,
    alg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key_hex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key_hex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kid_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protected: Option<Protected>,
}

impl KeyFile {
    /// What the passphrase's seal covers besides the secret: nobody can put another key's name on it.
    fn bound(&self) -> Vec<u8> {
        let public = self.public_key_hex.as_deref().unwrap_or_default();
        [b"gerbang key file\0", self.alg.as_bytes(), &[0], public.as_bytes()].concat()
    }
}

/// The public part of a new key.
pub struct Made {
    pub public_key_hex: String,
    pub kid_hex: String,
}

/// Draws a secret and writes its file; empty texts where it has no public part.
pub fn make(path: &Path, used: KeyUse, passphrase: Option<&str>) -> Result<Made, Failure> {
    let secret: [u8; 32] = random()?;
    let public_key = used.public_key(&secret);
    let mut file = KeyFile {
        v: 1,
        alg: used.word().to_owned(),
        private_key_hex: None,
        public_key_hex: public_key.map(|key| HEX.encode(&key)),
        kid_hex: public_key.map(|key| HEX.encode(&key_id(&key))),
        protected: None,
    };
    match passphrase {
        None => file.private_key_hex = Some(HEX.encode(&secret)),
        Some(passphrase) => {
            let (salt, nonce) = (random::<SALT_BYTES>()?, random::<NONCE_BYTES>()?);
            let sealed = protected::seal(&secret, passphrase, &file.bound(), &salt, &nonce);
            file.protected = Some(sealed);
        }
    }
    let text = serde_json::to_string_pretty(&file).expect("texts and numbers are always JSON");
    write_private(path, format!("{text}\n").as_bytes())?;
    Ok(Made {
        public_key_hex: file.public_key_hex.unwrap_or_default(),
        kid_hex: file.kid_hex.unwrap_or_default(),
    })
}

/// The private key of a root's or an issuer's file.
pub fn read(path: &Path) -> Result<SigningKey, Failure> {
    read_secret(path, KeyUse::Signing).map(|secret| SigningKey::from_bytes(&secret))
}

/// The same where the passphrase is known already.
pub fn read_with(path: &Path, passphrase: &str) -> Result<SigningKey, Failure> {
    let secret = open(path, KeyUse::Signing, || Ok(passphrase.to_owned()))?;
    Ok(SigningKey::from_bytes(&secret))
}

/// The city's tracing secret: a key file, or a file with its 64 hexadecimal digits.
pub fn read_tracing(path: &Path) -> Result<[u8; 32], Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
    let plain = HEX.decode(text.trim().as_bytes()).ok();
    match plain.and_then(|bytes| bytes.try_into().ok()) {
        Some(secret) => Ok(secret),
        None => read_secret(path, KeyUse::Tracing),
    }
}

/// The secret in a key file; asks for its passphrase where it has one.
pub fn read_secret(path: &Path, used: KeyUse) -> Result<[u8; 32], Failure> {
    open(path, used, || passphrase::ask(path))
}

fn open(
    path: &Path,
    used: KeyUse,
    passphrase: impl FnOnce() -> Result<String, Failure>,
) -> Result<[u8; 32], Failure> {
    let text = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    let no_key = || {
        let words = format!("{} is no key file as `gerbang keygen` writes it", path.display());
        Failure::new("KEY-FILE", words)
    };
    let file: KeyFile = serde_json::from_slice(&text).map_err(|_| no_key())?;
    if file.v != 1 {
        return Err(no_key());
    }
    if file.alg != used.word() {
        let words = format!("{} is a key for something else ({})", path.display(), file.alg);
        return Err(Failure::new("KEY-KIND", words));
    }
    if let Some(protected) = &file.protected {
        let passphrase = passphrase()?;
        return protected.open(&passphrase, &file.bound()).map_err(|error| match error {
            ProtectedError::Format => no_key(),
            ProtectedError::Passphrase => {
                let words = format!("the passphrase does not open {}", path.display());
                Failure::new("KEY-PASSPHRASE", words)
            }
        });
    }
    let secret = file.private_key_hex.and_then(|hex| HEX.decode(hex.as_bytes()).ok());
    secret.and_then(|secret| secret.try_into().ok()).ok_or_else(no_key)
}

/// Bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new("RANDOM", format!("no random bytes: {error}")))?;
    Ok(bytes)
}

/// For the owner alone, and never over another file.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| Failure::writing(path, &error))?;
    file.write_all(bytes).map_err(|error| Failure::writing(path, &error))
}
