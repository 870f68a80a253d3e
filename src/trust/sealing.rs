//! Sealing to a public key: whoever seals cannot open any more, only the key's owner can.
//!
//! Shape: X25519 public key, what it is for, what it is bound to, bytes → 32 bytes of encapsulated key ‖
//! ciphertext with its tag; and back with the private key.
//! Limits and errors: `SealingError`; never panics.
//! Source: RFC 9180 (2022-02), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305.
//! Not here: who sealed. Base mode proves nothing about that; the log's chain does.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable, Kem as _, OpModeR, OpModeS, Serializable};
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;

/// The encapsulated key before the ciphertext, and the tag behind it.
pub const OVERHEAD_BYTES: usize = KEY_BYTES + 16;
const KEY_BYTES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealingError {
    /// No X25519 key, or one that no secret comes of.
    Key,
    /// Sealed to another key, for something else, bound to something else, or changed.
    Open,
}

impl SealingError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Key => "SEAL-KEY",
            Self::Open => "SEAL-OPEN",
        }
    }
}

/// `entropy` must be random and is used once.
pub fn seal(
    public_key: &[u8; 32],
    purpose: &[u8],
    bound: &[u8],
    bytes: &[u8],
    entropy: [u8; 32],
) -> Result<Vec<u8>, SealingError> {
    let key =
        <Kem as hpke::Kem>::PublicKey::from_bytes(public_key).map_err(|_| SealingError::Key)?;
    let (encapsulated, mut context) = hpke::setup_sender_with_rng::<
        ChaCha20Poly1305,
        HkdfSha256,
        Kem,
    >(&OpModeS::Base, &key, purpose, &mut Given(entropy))
    .map_err(|_| SealingError::Key)?;
    let sealed = context.seal(bytes, bound).map_err(|_| SealingError::Key)?;
    Ok([encapsulated.to_bytes().as_slice(), &sealed].concat())
}

pub fn open(
    private_key: &[u8; 32],
    purpose: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, SealingError> {
    let (encapsulated, sealed) =
        sealed.split_first_chunk::<KEY_BYTES>().ok_or(SealingError::Open)?;
    let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated)
        .map_err(|_| SealingError::Open)?;
    let mut context = hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Base,
        &private(private_key)?,
        &encapsulated,
        purpose,
    )
    .map_err(|_| SealingError::Open)?;
    context.open(sealed, bound).map_err(|_| SealingError::Open)
}

/// Of any 32 secret bytes.
pub fn public_key(private_key: &[u8; 32]) -> Result<[u8; 32], SealingError> {
    Ok(Kem::sk_to_pk(&private(private_key)?).to_bytes().into())
}

fn private(bytes: &[u8; 32]) -> Result<<Kem as hpke::Kem>::PrivateKey, SealingError> {
    <Kem as hpke::Kem>::PrivateKey::from_bytes(bytes).map_err(|_| SealingError::Key)
}

/// Randomness is an argument: what HPKE draws once, for the ephemeral key.
struct Given([u8; 32]);

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

impl TryCryptoRng for Given {}

#[cfg(test)]
mod tests {
    use super::{SealingError, open, public_key, seal};
    use data_encoding::HEXLOWER as HEX;

    fn bytes(hex: &str) -> Vec<u8> {
        HEX.decode(hex.as_bytes()).expect("hexadecimal")
    }

    #[test]
    fn the_rfcs_own_message_opens() {
        // RFC 9180, appendix A.2.1, sequence 0.
        let private = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
        let sealed = "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a\
                      1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db\
                      21993c62ce81883d2dd1b51a28";
        let opened = open(
            &private.try_into().expect("32 bytes"),
            b"Ode on a Grecian Urn",
            b"Count-0",
            &bytes(sealed),
        );
        assert_eq!(opened.as_deref(), Ok(b"Beauty is truth, truth beauty".as_slice()));
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_purpose_and_place_alone() {
        let private = [7; 32];
        let public = public_key(&private).expect("a key");
        let sealed = seal(&public, b"for", b"at", b"Siti", [9; 32]).expect("a key");
        assert_eq!(open(&private, b"for", b"at", &sealed).as_deref(), Ok(b"Siti".as_slice()));
        let mut changed = sealed.clone();
        changed[40] ^= 1;
        for (private, purpose, bound, sealed) in [
            (&[8; 32], b"for", b"at".as_slice(), &sealed),
            (&private, b"fur", b"at", &sealed),
            (&private, b"for", b"to", &sealed),
            (&private, b"for", b"at", &changed),
            (&private, b"for", b"at", &sealed[..20].to_vec()),
        ] {
            assert_eq!(open(private, purpose, bound, sealed), Err(SealingError::Open));
        }
        assert_eq!(seal(&[0; 32], b"for", b"at", b"Siti", [9; 32]), Err(SealingError::Key));
    }
}
