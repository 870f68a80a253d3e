//! What the device signs: checkpoints and tombstones hold, and nothing else does.

use crate::audit_log::{admitted, draft};
use ed25519_dalek::{Signer, SigningKey};
use gerbang::audit_log::{
    ChainHead, ChainReport, ChainStart, ChainState, Checkpoint, EntryBody, FaultCause, GateName,
    Hash, LogId, SignedBody, SignedError, SignedPlace, Statement, StoredEntry, read_entry,
    verify_chain,
};
use proptest::prelude::*;

const AT_UNIX_MS: i64 = 1_764_000_000_000;

fn device() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn log() -> LogId {
    LogId::of_device(&device().verifying_key().to_bytes())
}

/// Appends what the device says at the head.
pub fn sign(
    head: &mut ChainHead,
    at_unix_ms: i64,
    statement: Statement,
    device: &SigningKey,
) -> StoredEntry {
    let device_public_key = device.verifying_key().to_bytes();
    let place = SignedPlace { head: *head, at_unix_ms };
    let signature = device.sign(&statement.message(&place, &device_public_key)).to_bytes();
    let body = EntryBody::Signed(SignedBody { statement, device_public_key, signature });
    let mut draft = draft(at_unix_ms, body);
    draft.gate = GateName { venue: "pasar-tanjung".into(), gate: "Pintu Utara".into() };
    head.append(draft)
}

/// Ten decisions, then what the device says.
fn row(statement: impl Fn(&[StoredEntry]) -> Statement) -> Vec<StoredEntry> {
    let mut head = ChainHead::genesis(log());
    let mut row: Vec<_> =
        (0..10).map(|at| head.append(draft(AT_UNIX_MS + at, admitted()))).collect();
    let statement = statement(&row);
    row.push(sign(&mut head, AT_UNIX_MS + 10, statement, &device()));
    row
}

fn verify(row: &[StoredEntry]) -> ChainReport {
    verify_chain(row, ChainStart::Anywhere, &[])
}

fn checkpoint(row: &[StoredEntry]) -> Checkpoint {
    let entry = read_entry(row.last().expect("a row ends")).expect("our own entry");
    Checkpoint::of(&entry).expect("the last entry is a checkpoint")
}

#[test]
fn a_checkpoint_leaves_as_text_and_shows_a_cut_and_a_rewritten_log() {
    let row = row(|_| Statement::Checkpoint);
    assert_eq!(verify(&row).state, ChainState::Whole);
    let text = checkpoint(&row).to_text();
    assert!(text.len() <= 290, "{} characters", text.len());
    let head = Checkpoint::parse(&text).expect("our own text").verify().expect("our own key");
    assert_eq!(head, ChainHead::after(&row[9]).expect("our own entry"));

    let cut = verify_chain(&row[..8], ChainStart::Genesis(log()), &[head]);
    assert_eq!(cut.faults[0].cause, FaultCause::Truncated { before: 10 });
    let mut anew = ChainHead::genesis(log());
    let anew: Vec<_> = (0..11).map(|at| anew.append(draft(at, admitted()))).collect();
    let rewritten = verify_chain(&anew, ChainStart::Genesis(log()), &[head]);
    assert_eq!(rewritten.faults[0].cause, FaultCause::OtherHead);
}

#[test]
fn a_checkpoint_of_another_device_or_another_place_does_not_hold() {
    let good = checkpoint(&row(|_| Statement::Checkpoint));
    assert!(good.verify().is_ok());
    let mut other_key = good;
    other_key.device_public_key = SigningKey::from_bytes(&[6; 32]).verifying_key().to_bytes();
    assert_eq!(other_key.verify(), Err(SignedError::Key));
    let head = good.place.head;
    for place in [
        SignedPlace { at_unix_ms: AT_UNIX_MS, ..good.place },
        SignedPlace { head: ChainHead::known(log(), 9, head.previous()), ..good.place },
        SignedPlace { head: ChainHead::known(log(), 10, Hash::of(b"another")), ..good.place },
    ] {
        assert_eq!(Checkpoint { place, ..good }.verify(), Err(SignedError::Signature));
    }
    let mut damaged = good;
    damaged.signature[0] ^= 1;
    assert_eq!(damaged.verify(), Err(SignedError::Signature));
}

#[test]
fn what_was_removed_is_proven_by_its_tombstone_only() {
    let row = row(|row| Statement::Removed { before: 4, last_removed: row[3].hash });
    let report = verify(&row[4..]);
    assert_eq!((report.state, report.removed_before), (ChainState::Whole, Some(4)));
    // More is missing than the device said.
    assert_eq!(verify(&row[5..]).removed_before, None);
    let lying = self::row(|row| Statement::Removed { before: 4, last_removed: row[2].hash });
    assert_eq!(verify(&lying[4..]).removed_before, None);
}

#[test]
fn a_statement_that_the_device_did_not_sign_is_a_fault() {
    let thief = SigningKey::from_bytes(&[6; 32]);
    let mut head = ChainHead::genesis(log());
    let struck = Statement::Struck(vec![0, 1]);
    let row = [
        head.append(draft(AT_UNIX_MS, admitted())),
        sign(&mut head, AT_UNIX_MS, struck.clone(), &thief),
        sign(&mut head, AT_UNIX_MS, struck.clone(), &device()),
    ];
    let faults: Vec<_> = verify(&row).faults.iter().map(|fault| (fault.at, fault.cause)).collect();
    assert_eq!(faults, [(Some(1), FaultCause::Signed(SignedError::Key))]);

    // A true signature, put under another statement.
    let Ok(entry) = read_entry(&row[2]) else { panic!("our own entry") };
    let EntryBody::Signed(mut body) = entry.body else { panic!("a signed entry") };
    body.statement = Statement::Struck(vec![0]);
    let forged = head.append(draft(AT_UNIX_MS, EntryBody::Signed(body)));
    let faults = verify(&[forged]).faults;
    assert_eq!(faults[0].cause, FaultCause::Signed(SignedError::Signature));
}

#[test]
fn what_is_no_text_of_a_checkpoint_is_refused_by_name() {
    let text = checkpoint(&row(|_| Statement::Checkpoint)).to_text();
    let check = |text: &str, code: &str| {
        assert_eq!(Checkpoint::parse(text).map_err(SignedError::code), Err(code), "{text}");
    };
    check("", "LOG-CHECKPOINT-TEXT");
    check(&text.replace("GBC1", "GBC2"), "LOG-CHECKPOINT-TEXT");
    check(&format!("{text}:::"), "LOG-CHECKPOINT-TEXT");
    let encoded = text.strip_prefix("GBC1:").expect("our own text");
    let mut bytes = base45::decode(encoded).expect("our own text");
    bytes.push(0);
    check(&format!("GBC1:{}", base45::encode(&bytes)), "LOG-CBOR-TRAILING");
    check(&text.repeat(2), "LOG-CHECKPOINT-TEXT");
    check("GBC1:", "LOG-CBOR-END");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_of_checkpoints_panic(text in "(GBC1:)?[0-9A-Z $%*+./:-]{0,300}") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert!(checkpoint.verify().is_err());
        }
    }
}
