//! docs/log.md is the specification: its golden vectors come from a program of their own.

use crate::audit_log::draft;
use crate::audit_log_signed::sign;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{
    Answer, ChainHead, ChainState, Checkpoint, ClockFlag, EntryBody, EntryDraft, Erasable, Gap,
    GapCause, GateName, Hash, KeyId, KeyedPart, LogId, Outcome, ShiftTurn, Statement, StoredEntry,
    pseudonym, read_entry, verify_chain,
};
use gerbang::rules::Status;
use gerbang::sync::{SegmentId, read_parts, read_segment, write_segment};
use std::collections::BTreeMap;

const PAGE: &str = include_str!("../../docs/log.md");
const HUB_PAGE: &str = include_str!("../../docs/hub.md");

/// The fenced blocks of one sort, each as name → value.
fn blocks(sort: &str) -> Vec<BTreeMap<&'static str, &'static str>> {
    blocks_of(PAGE, sort)
}

fn blocks_of(page: &'static str, sort: &str) -> Vec<BTreeMap<&'static str, &'static str>> {
    let fence = format!("```{sort}\n");
    page.split(fence.as_str())
        .skip(1)
        .map(|rest| {
            let (block, _) = rest.split_once("```").expect("a fence is closed");
            block.lines().map(|line| line.split_once(": ").expect("name: value")).collect()
        })
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("the page holds hexadecimal digits")
}

fn fixed<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().expect("the page gives the right length")
}

fn device(keys: &BTreeMap<&str, &str>) -> SigningKey {
    SigningKey::from_bytes(&fixed(keys["device seed"]))
}

/// What the device signs after the six entries of `drafts`.
fn statements(row: &[StoredEntry]) -> Vec<Statement> {
    vec![
        Statement::Checkpoint,
        Statement::Removed { before: 2, last_removed: row[1].hash },
        Statement::Struck(vec![0]),
    ]
}

fn drafts(keys: &BTreeMap<&str, &str>) -> Vec<EntryDraft> {
    let log = LogId(fixed(keys["log id"]));
    let bodies = [
        EntryBody::Decision {
            outcome: Outcome::Admit,
            status: Some(Status::Green),
            specimen: false,
            reasons: vec!["PL-GREEN".into()],
            family: "gerbang".into(),
            issuer: Some("Dinas Kesehatan".into()),
        },
        EntryBody::Decision {
            outcome: Outcome::Refer,
            status: None,
            specimen: true,
            reasons: vec![],
            family: "unknown".into(),
            issuer: None,
        },
        EntryBody::Resolution {
            of: 1,
            answer: Answer::TurnedAway,
            reason: "REFER-NO-DOCUMENT".into(),
        },
        EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-CHILD".into() },
        EntryBody::Undo { of: 3 },
        EntryBody::Gap(Gap {
            cause: GapCause::Repaired,
            count: Some(70_000),
            since_unix_ms: Some(-1),
            earlier: Some((log, 1 << 32, log.genesis())),
        }),
    ];
    let mut drafts: Vec<_> = (0..)
        .zip(bodies)
        .map(|(n, body)| EntryDraft {
            gate: GateName { venue: "pasar-tanjung".into(), gate: "Pintu Utara".into() },
            ..draft(1_764_000_000_000 + 60_000 * n, body)
        })
        .collect();
    drafts[3].clock = ClockFlag::Back;
    drafts[3].at_unix_ms -= 600_000;
    drafts[0].pseudonym = Some(pseudonym_part(keys));
    drafts[0].sealed = Some(KeyedPart {
        key: KeyId(fixed(keys["key id of the sealing key"])),
        erasable: Erasable {
            salt: fixed(keys["salt of the sealed identity"]),
            bytes: bytes(keys["sealed identity"]),
        },
    });
    drafts
}

fn pseudonym_part(keys: &BTreeMap<&str, &str>) -> KeyedPart {
    KeyedPart::pseudonym(
        &fixed(keys["venue key"]),
        &fixed(keys["credential id"]),
        fixed(keys["salt of the pseudonym"]),
    )
}

/// What staff did with passes of their own, and a flag.
fn staff_drafts(keys: &BTreeMap<&str, &str>) -> [EntryDraft; 3] {
    let staff = |at_min: i64, body: EntryBody| EntryDraft {
        gate: GateName { venue: "pasar-tanjung".into(), gate: "Pintu Utara".into() },
        pseudonym: Some(pseudonym_part(keys)),
        ..draft(1_764_000_000_000 + 60_000 * at_min, body)
    };
    let overridden = EntryBody::Override { of: 1, reason: "OVERRIDE-KNOWN".into() };
    let flagged = EntryBody::Attention { of: 0, raised: true };
    [staff(9, overridden), staff(10, EntryBody::Shift(ShiftTurn::Start)), staff(11, flagged)]
}

#[test]
fn keys_and_pseudonyms_are_those_of_the_page() {
    let [keys] = &blocks("golden-keys")[..] else { panic!("one block of keys") };
    let device = device(keys).verifying_key().to_bytes();
    assert_eq!(device, fixed(keys["device public key"]));
    let log = LogId::of_device(&device);
    assert_eq!(log, LogId(fixed(keys["log id"])));
    assert_eq!(log.genesis(), Hash(fixed(keys["genesis"])));
    let venue_key = fixed(keys["venue key"]);
    assert_eq!(KeyId::of(&venue_key), KeyId(fixed(keys["key id of the venue key"])));
    let made = pseudonym(&venue_key, &fixed(keys["credential id"]));
    assert_eq!(made.to_vec(), bytes(keys["pseudonym"]));
    assert_eq!(Hash::of(b"policy"), Hash(fixed(keys["policy digest"])));
    assert_eq!(Hash::of(b"registry"), Hash(fixed(keys["registry digest"])));
}

#[test]
fn entries_are_written_and_read_as_the_page_says() {
    let [keys] = &blocks("golden-keys")[..] else { panic!("one block of keys") };
    let golden = blocks("golden-entry");
    let (struck, kept): (Vec<_>, Vec<_>) =
        golden.iter().partition(|block| block["name"] == "the first entry, struck");
    let mut head = ChainHead::genesis(LogId(fixed(keys["log id"])));
    let mut row = Vec::new();
    for (draft, block) in drafts(keys).into_iter().zip(&kept) {
        let mut entry = head.append(draft);
        let name = block["name"];
        assert_eq!(data_encoding::HEXLOWER.encode(&entry.to_bytes()), block["entry"], "{name}");
        assert_eq!(entry.hash.to_string(), block["hash"], "{name}");
        let parsed = StoredEntry::parse(&bytes(block["entry"]));
        assert_eq!(parsed.as_ref(), Ok(&entry), "{name}");
        assert!(read_entry(&entry).is_ok(), "{name}");
        row.push(entry.clone());
        if entry.sequence == 0 {
            entry.strike();
            assert_eq!(data_encoding::HEXLOWER.encode(&entry.to_bytes()), struck[0]["entry"]);
            assert_eq!(entry.hash.to_string(), struck[0]["hash"]);
            assert_eq!(entry.computed_hash(), entry.hash);
        }
    }
    for (statement, block) in statements(&row).into_iter().zip(&kept[6..]) {
        let at_unix_ms = 1_764_000_000_000 + 60_000 * i64::try_from(row.len()).expect("few");
        let entry = sign(&mut head, at_unix_ms, statement, &device(keys));
        let name = block["name"];
        assert_eq!(data_encoding::HEXLOWER.encode(&entry.to_bytes()), block["entry"], "{name}");
        assert_eq!(entry.hash.to_string(), block["hash"], "{name}");
        row.push(entry);
    }
    for (draft, block) in staff_drafts(keys).into_iter().zip(&kept[9..]) {
        let entry = head.append(draft);
        let name = block["name"];
        assert_eq!(data_encoding::HEXLOWER.encode(&entry.to_bytes()), block["entry"], "{name}");
        assert_eq!(entry.hash.to_string(), block["hash"], "{name}");
        assert!(read_entry(&entry).is_ok(), "{name}");
        row.push(entry);
    }
    assert_eq!((row.len(), kept.len(), struck.len()), (12, 12, 1));
    let checkpoint = read_entry(&row[6]).expect("our own entry");
    let checkpoint = Checkpoint::of(&checkpoint).expect("the seventh entry is one");
    assert_eq!(checkpoint.to_text(), blocks("golden-checkpoint")[0]["text"]);
    let report = verify_chain(&row, gerbang::audit_log::ChainStart::AnyGenesis, &[]);
    assert_eq!(report.state, ChainState::Whole);
}

#[test]
fn a_segment_of_them_is_written_and_read_as_the_hubs_page_says() {
    let [keys] = &blocks("golden-keys")[..] else { panic!("one block of keys") };
    let [golden] = &blocks_of(HUB_PAGE, "golden-segment")[..] else { panic!("one segment") };
    let entries: Vec<StoredEntry> = blocks("golden-entry")
        .iter()
        .filter(|block| block["name"] != "the first entry, struck")
        .map(|block| StoredEntry::parse(&bytes(block["entry"])).expect("a golden entry"))
        .collect();
    let id = SegmentId::parse(golden["id"]).expect("an id");
    let segment = read_segment(golden["id"], golden["document"].as_bytes()).expect("a segment");
    let joined = read_parts(&segment, golden["parts"].as_bytes()).expect("its parts");
    assert_eq!(joined, entries);
    let last = read_entry(entries.last().expect("twelve")).expect("our own entry");
    let mut head = segment.checkpoint.place.head;
    let signed = sign(&mut head, last.at_unix_ms + 1_500, Statement::Checkpoint, &device(keys));
    let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own entry"));
    let checkpoint = checkpoint.expect("a checkpoint");
    let written = write_segment(&id.user, &entries, &checkpoint).expect("a segment");
    assert_eq!(written.id.to_string(), golden["id"]);
    assert_eq!(written.segment, golden["document"]);
    assert_eq!(written.parts.as_deref(), Some(golden["parts"]));
}
