//! A private key under a passphrase.
//!
//! Shape: 32 bytes + passphrase → Argon2id → XChaCha20-Poly1305, bound to the file's public part.
//! Limits and errors: a file may ask for at most `MEMORY_KIB_MAX` and `PASSES_MAX`, so that a strange
//! file costs no more than that; a wrong passphrase and a damaged file look alike.
//! Source: RFC 9106 (2021-09) §4; RFC 8439 with draft-irtf-cfrg-xchacha-03; docs/keys.md.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER as HEX;
use serde::{Deserialize, Serialize};

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;
pub const SALT_BYTES: usize = 16;
pub const NONCE_BYTES: usize = 24;

/// The member `protected` of a key file.
#[derive(Serialize, Deserialize)]
pub struct Protected {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt_hex: String,
    cipher: String,
    nonce_hex: String,
    sealed_hex: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20-poly1305";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectedError {
    /// Another derivation or cipher, more work than allowed, or no hexadecimal digits.
    Format,
    /// The passphrase is wrong, or the file was changed.
    Passphrase,
}

/// `salt` and `nonce` are random and never used twice; `bound` is the file's public part.
pub fn seal(
    secret: &[u8; 32],
    passphrase: &str,
    bound: &[u8],
    salt: &[u8; SALT_BYTES],
    nonce: &[u8; NONCE_BYTES],
) -> Protected {
    let key = derive_key(passphrase, salt, MEMORY_KIB, PASSES).expect("our own parameters");
    let payload = Payload { msg: secret, aad: bound };
    let sealed = XChaCha20Poly1305::new(&key.into())
        .encrypt(&XNonce::from(*nonce), payload)
        .expect("32 bytes are far below the cipher's limit");
    Protected {
        kdf: KDF.to_owned(),
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        salt_hex: HEX.encode(salt),
        cipher: CIPHER.to_owned(),
        nonce_hex: HEX.encode(nonce),
        sealed_hex: HEX.encode(&sealed),
    }
}

impl Protected {
    pub fn open(&self, passphrase: &str, bound: &[u8]) -> Result<[u8; 32], ProtectedError> {
        let within = self.memory_kib <= MEMORY_KIB_MAX && self.passes <= PASSES_MAX;
        if self.kdf != KDF || self.cipher != CIPHER || !within {
            return Err(ProtectedError::Format);
        }
        let bytes = |hex: &str| HEX.decode(hex.as_bytes()).map_err(|_| ProtectedError::Format);
        let salt = bytes(&self.salt_hex)?;
        let nonce: [u8; NONCE_BYTES] =
            bytes(&self.nonce_hex)?.try_into().map_err(|_| ProtectedError::Format)?;
        let sealed = bytes(&self.sealed_hex)?;
        let key = derive_key(passphrase, &salt, self.memory_kib, self.passes)
            .ok_or(ProtectedError::Format)?;
        let payload = Payload { msg: &sealed, aad: bound };
        let opened = XChaCha20Poly1305::new(&key.into()).decrypt(&XNonce::from(nonce), payload);
        let opened = opened.map_err(|_| ProtectedError::Passphrase)?;
        opened.try_into().map_err(|_| ProtectedError::Format)
    }
}

fn derive_key(passphrase: &str, salt: &[u8], memory_kib: u32, passes: u32) -> Option<[u8; 32]> {
    let params = Params::new(memory_kib, passes, 1, Some(32)).ok()?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .ok()?;
    Some(key)
}
