//! The two documents in which a gate shares a row of its log: read back as written, and nothing else.

use crate::audit_log::{admitted, draft};
use crate::audit_log_signed::sign;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{
    CborError, ChainHead, Checkpoint, EntryBody, Erasable, Identity, KeyedPart, LogError, LogId,
    Part, SEALED_SALT, SignedError, Statement, StoredEntry, read_entry, read_export, seal_identity,
    write_line,
};
use gerbang::sync::{
    Documents, SEGMENT_ENTRIES_MAX, Segment, SegmentError, SegmentId, is_fork, read_parts,
    read_segment, write_segment,
};
use gerbang::trust::HubUser;
use proptest::prelude::*;
use serde_json::{Value, json};

const AT_UNIX_MS: i64 = 1_764_000_000_000;

fn user() -> HubUser {
    HubUser::of("pasar", "Pintu 1").expect("short")
}

fn device(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// A log of decisions, each with its pseudonym, and the device's word for its end.
struct Log {
    entries: Vec<StoredEntry>,
    checkpoint: Checkpoint,
}

fn log_of(device: &SigningKey, decisions: u8) -> Log {
    let mut head = ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes()));
    let entries = (0..decisions).map(|at| {
        let mut decision = draft(AT_UNIX_MS + i64::from(at), admitted());
        decision.pseudonym = Some(KeyedPart::pseudonym(&[1; 32], &[at; 32], [at; 16]));
        head.append(decision)
    });
    let entries: Vec<_> = entries.collect();
    let signed = sign(&mut head.clone(), AT_UNIX_MS + 1_000, Statement::Checkpoint, device);
    let entry = read_entry(&signed).expect("our own entry");
    Log { entries, checkpoint: Checkpoint::of(&entry).expect("a checkpoint") }
}

impl Log {
    fn written(&self) -> Documents {
        write_segment(&user(), &self.entries, &self.checkpoint).expect("in order")
    }

    /// As phones wrote them before: a text for each entry, and one for the signature.
    fn written_once(&self) -> Documents {
        let text = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
        let struck = self.read().entries;
        let entries: Vec<String> = struck.iter().map(|entry| text(&entry.to_bytes())).collect();
        let Checkpoint { place, device_public_key, signature } = self.checkpoint;
        let at = place.at_unix_ms.to_be_bytes();
        let checkpoint = text(&[&at[..], &device_public_key, &signature].concat());
        let segment = json!({ "v": 1, "entries": entries, "checkpoint": checkpoint }).to_string();
        let parts = self.entries.iter().map(|entry| text(&entry.parts_to_bytes()));
        let parts = json!({ "v": 1, "parts": parts.collect::<Vec<_>>() }).to_string();
        Documents { segment, parts: Some(parts), ..self.written() }
    }

    fn read(&self) -> Segment {
        let written = self.written();
        read_segment(&written.id.to_string(), written.segment.as_bytes()).expect("our own segment")
    }
}

#[test]
fn what_was_written_is_read_and_is_the_export_again() {
    let log = log_of(&device(5), 40);
    let written = log.written();
    let segment = log.read();
    assert_eq!(segment.checkpoint, log.checkpoint);
    let entries = read_parts(&segment, written.parts.expect("pseudonyms").as_bytes());
    let lines: Vec<String> = entries.expect("our own parts").iter().map(write_line).collect();
    let exported: Result<Vec<_>, _> = read_export(lines.join("\n").as_bytes()).collect();
    assert_eq!(exported.as_deref(), Ok(&log.entries[..]));
}

#[test]
fn what_older_phones_wrote_is_read_as_the_same_entries() {
    let log = log_of(&device(5), 40);
    let once = log.written_once();
    let segment = read_segment(&once.id.to_string(), once.segment.as_bytes());
    assert_eq!(segment.as_ref(), Ok(&log.read()));
    let [once, now] = [&once, &log.written()].map(|documents| {
        let parts = documents.parts.clone().expect("pseudonyms");
        read_parts(&log.read(), parts.as_bytes()).expect("our own parts")
    });
    assert_eq!((&once, &now), (&log.entries, &log.entries));
    // A member of the one in the other is neither.
    let mixed = log.written().segment.replacen("\"v\":2", "\"v\":1", 1);
    let id = log.written().id.to_string();
    assert_eq!(read_segment(&id, mixed.as_bytes()), Err(SegmentError::Json));
}

#[test]
fn a_segment_holds_nothing_that_may_have_to_be_erased() {
    let log = log_of(&device(5), 3);
    let written = log.written();
    for entry in &log.entries {
        let Part::Kept(Erasable { salt, bytes }) = &entry.pseudonym else { panic!("kept") };
        let document: Value = serde_json::from_str(&written.segment).expect("JSON");
        let text = document["entries"].as_str().expect("a text");
        let held = data_encoding::BASE64.decode(text.as_bytes()).expect("base64");
        for secret in [&salt[..], bytes] {
            assert!(!held.windows(secret.len()).any(|window| window == secret));
        }
    }
    assert!(log.read().entries.iter().all(|entry| entry.pseudonym.kept().is_none()));
    // After the parts are gone, what is left still verifies.
    let struck: Vec<_> = log.read().entries;
    assert!(struck.iter().all(|entry| entry.computed_hash() == entry.hash));
    let again = write_segment(&user(), &struck, &log.checkpoint).expect("in order");
    assert_eq!(again.segment, written.segment);
    assert_eq!(again.parts.as_deref(), Some(r#"{"v":2,"parts":"gICA"}"#));
}

#[test]
fn an_entry_with_its_share_of_both_documents_weighs_less_than_500_bytes() {
    // docs/hub.md, "Weight".
    let log = log_of(&device(5), 100);
    let written = log.written();
    let bytes = written.segment.len() + written.parts.map_or(0, |parts| parts.len());
    assert!(bytes / 100 < 500, "{} bytes an entry", bytes / 100);
}

#[test]
fn an_id_is_read_as_it_is_written_and_sorts_as_its_numbers_do() {
    let id = |first| SegmentId { user: user(), log: LogId([0xab; 16]), first, next: 95 };
    let text = "pasar._50intu_201:abababababababababababababababab:000000000070:000000000095";
    assert_eq!(id(70).to_string(), text);
    assert!(id(9).to_string() < id(10).to_string());
    assert_eq!(SegmentId::parse(&id(70).to_string()), Ok(id(70)));
    for wrong in [
        "",
        "ab:1:2",
        &text.to_uppercase(),
        &text.replace(":0000000000", ":+000000000"),
        &text.replace(":000000000095", ""),
        &text.replace("pasar._50intu_201", ""),
        &text.replace("pasar._50intu_201:", ""),
        &text.replace("pasar", &"p".repeat(120)),
        &text.replace("pasar", "pa sar"),
        &id(70).of_parts(),
    ] {
        assert_eq!(SegmentId::parse(wrong), Err(SegmentError::Id), "{wrong}");
    }
}

#[test]
fn each_thing_that_is_wrong_has_its_own_error() {
    let log = log_of(&device(5), 6);
    let write = |entries: &[StoredEntry]| {
        write_segment(&user(), entries, &log.checkpoint).map(|_| ()).unwrap_err()
    };
    assert_eq!(write(&[]), SegmentError::Count);
    assert_eq!(write(&log.entries[..5]), SegmentError::Head);
    let holed = [&log.entries[..2], &log.entries[3..]].concat();
    assert_eq!(write(&holed), SegmentError::Chain(2));
    let other = log_of(&device(6), 6);
    assert_eq!(
        write_segment(&user(), &other.entries, &log.checkpoint).map(|_| ()),
        Err(SegmentError::Id)
    );
    let mut forged = log.checkpoint;
    forged.signature[0] ^= 1;
    assert_eq!(
        write_segment(&user(), &log.entries, &forged).map(|_| ()),
        Err(SegmentError::Signed(SignedError::Signature))
    );
    let long = vec![log.entries[0].clone(); SEGMENT_ENTRIES_MAX + 1];
    assert_eq!(write(&long), SegmentError::Count);

    let written = log.written();
    let id = written.id.to_string();
    let read = |id: &str, text: &str| read_segment(id, text.as_bytes()).map(|_| ()).unwrap_err();
    let another = SegmentId { first: 1, ..written.id.clone() }.to_string();
    assert_eq!(read(&another, &written.segment), SegmentError::Id);
    assert_eq!(read(&id, "[]"), SegmentError::Json);
    assert_eq!(
        read(&id, &written.segment.replacen("\"v\":2", "\"v\":3", 1)),
        SegmentError::Version(3)
    );
    let whole = data_encoding::BASE64.encode(&log.entries[0].to_bytes());
    let struck = data_encoding::BASE64.encode(&log.read().entries[0].to_bytes());
    let once = log.written_once().segment;
    assert_eq!(read(&id, &once.replacen(&struck, &whole, 1)), SegmentError::Unstruck(0));
    assert_eq!(read(&id, r#"{"v":1,"entries":[],"checkpoint":""}"#), SegmentError::Count);

    // One entry too few, one too many, and bytes that are no entry.
    let row = |bytes: &dyn Fn(&mut Vec<u8>)| {
        let document: Value = serde_json::from_str(&written.segment).expect("JSON");
        let text = document["entries"].as_str().expect("a text");
        let mut changed = data_encoding::BASE64.decode(text.as_bytes()).expect("base64");
        bytes(&mut changed);
        json!({ "v": 2, "entries": data_encoding::BASE64.encode(&changed) }).to_string()
    };
    let without_rows = row(&|bytes| bytes.truncate(32 + 64 + 32 + 3));
    assert_eq!(read(&id, &without_rows), SegmentError::Count);
    assert_eq!(read(&id, &row(&|bytes| bytes.truncate(100))), SegmentError::Json);
    let end = LogError::Cbor(CborError::End);
    assert_eq!(
        read(
            &id,
            &row(&|bytes| {
                bytes.pop();
            })
        ),
        SegmentError::Entry(5, end)
    );
    let other_type = LogError::Cbor(CborError::Type);
    assert_eq!(read(&id, &row(&|bytes| bytes.push(0))), SegmentError::Entry(6, other_type));
    let other_end = row(&|bytes| {
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
    });
    assert_eq!(read(&id, &other_end), SegmentError::Signed(SignedError::Signature));
}

#[test]
fn the_parts_of_another_entry_are_not_taken_for_its_own() {
    let log = log_of(&device(5), 3);
    let parts = log.written_once().parts.expect("pseudonyms");
    let [first, second] =
        [0, 1].map(|at: usize| data_encoding::BASE64.encode(&log.entries[at].parts_to_bytes()));
    let swapped =
        parts.replacen(&first, "#", 1).replacen(&second, &first, 1).replacen('#', &second, 1);
    assert_eq!(read_parts(&log.read(), swapped.as_bytes()), Err(SegmentError::Parts(0)));
    // Struck at the hub: of that entry nothing is kept, of the others everything.
    let erased = parts.replacen(&second, "", 1);
    let left = read_parts(&log.read(), erased.as_bytes()).expect("the others' own");
    assert_eq!(
        left.iter().map(|entry| entry.pseudonym.kept().is_some()).collect::<Vec<_>>(),
        [true, false, true]
    );
    // The same in one text.
    let text = |parts: &[Vec<u8>]| {
        let parts = data_encoding::BASE64.encode(&parts.concat());
        json!({ "v": 2, "parts": parts }).to_string()
    };
    let pseudonym = |entry: &StoredEntry| {
        let Part::Kept(Erasable { salt, bytes }) = &entry.pseudonym else { panic!("kept") };
        [&[0x82, 0x50], &salt[..], &[0x58, 0x20], bytes].concat()
    };
    let parts: Vec<Vec<u8>> = log.entries.iter().map(pseudonym).collect();
    let [first, second, third] = [0, 1, 2].map(|at: usize| parts[at].clone());
    let read = |parts: &[Vec<u8>]| read_parts(&log.read(), text(parts).as_bytes());
    assert_eq!(read(&parts).as_ref(), Ok(&log.entries));
    let as_stored: Vec<_> = log.entries.iter().map(StoredEntry::parts_to_bytes).collect();
    assert_eq!(read(&as_stored).as_ref(), Ok(&log.entries));
    let swapped = [second.clone(), first.clone(), third.clone()];
    assert_eq!(read(&swapped), Err(SegmentError::Parts(0)));
    let erased = [first.clone(), vec![0x80], third];
    assert_eq!(read(&erased).as_ref(), Ok(&left));
    assert_eq!(read(&parts[..2]), Err(SegmentError::Count));
    assert_eq!(read(&[parts.concat(), vec![0x80]]), Err(SegmentError::Count));
    let one = [first, vec![0x81, 0x50], vec![0; 16], vec![0x40]];
    assert_eq!(read(&one), Err(SegmentError::Entry(1, LogError::Part)));
}

#[test]
fn every_kind_of_entry_with_whatever_parts_is_the_same_behind_the_hub() {
    let device = device(5);
    let mut head = ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes()));
    let who = KeyedPart::pseudonym(&[1; 32], &[2; 32], [3; 16]);
    let erasable = |salt| Erasable { salt, bytes: vec![7; 128] };
    let sealed = |salt| KeyedPart { key: who.key, erasable: erasable(salt) };
    let mut entries: Vec<StoredEntry> = Vec::new();
    let parts = [None, Some(who.clone())];
    let identities = [None, Some(sealed(SEALED_SALT)), Some(sealed([9; 16]))];
    for (pseudonym, sealed) in
        parts.iter().flat_map(|one| identities.iter().map(move |other| (one, other)))
    {
        let mut decision = draft(AT_UNIX_MS + entries.len() as i64, admitted());
        (decision.pseudonym, decision.sealed) = (pseudonym.clone(), sealed.clone());
        entries.push(head.append(decision));
    }
    for of in [0, 1 << 8, 1 << 16, 1 << 40] {
        entries.push(head.append(draft(AT_UNIX_MS - of as i64, EntryBody::Undo { of })));
    }
    entries.push(sign(&mut head, AT_UNIX_MS + 500, Statement::Struck(vec![0, 2]), &device));
    let mut struck = entries.clone();
    struck[5].strike();
    for entries in [entries, struck] {
        let signed = sign(&mut head.clone(), AT_UNIX_MS - 1_000, Statement::Checkpoint, &device);
        let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own")).expect("one");
        let log = Log { entries, checkpoint };
        let parts = log.written().parts.expect("pseudonyms");
        assert_eq!(read_parts(&log.read(), parts.as_bytes()).as_ref(), Ok(&log.entries));
        assert_eq!(log.read().checkpoint, log.checkpoint);
    }
}

#[test]
fn a_fork_is_another_entry_at_the_same_place_and_not_a_longer_segment() {
    let log = log_of(&device(5), 6);
    let shorter = log_of(&device(5), 4);
    assert!(!is_fork(&log.read(), &shorter.read()));
    let mut head = ChainHead::genesis(LogId::of_device(&device(5).verifying_key().to_bytes()));
    let forked = head.append(draft(AT_UNIX_MS + 77, admitted()));
    let signed = sign(&mut head.clone(), AT_UNIX_MS + 99, Statement::Checkpoint, &device(5));
    let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own")).expect("a checkpoint");
    let forked = Log { entries: vec![forked], checkpoint };
    assert!(is_fork(&log.read(), &forked.read()));
    assert!(is_fork(&forked.read(), &log.read()));
    assert!(!is_fork(&log.read(), &log_of(&device(6), 6).read()), "of another phone");
}

proptest! {
    #[test]
    fn no_changed_letter_of_a_segment_is_believed(at in any::<prop::sample::Index>(), to in 0x20_u8..0x7f) {
        let log = log_of(&device(5), 3);
        let written = log.written();
        let mut text = written.segment.into_bytes();
        let at = at.index(text.len());
        text[at] = to;
        if let Ok(read) = read_segment(&written.id.to_string(), &text) {
            prop_assert_eq!(read, log.read());
        }
    }

    #[test]
    fn no_bytes_at_all_panic(id in ".{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_segment(&id, &bytes);
        let _ = read_parts(&log_of(&device(5), 1).read(), &bytes);
    }
}

/// Bytes of both documents with their ids, of a segment of so many entries: with a pseudonym each, and with
/// a sealed identity too.
fn weight(entries: u8) -> [usize; 2] {
    let device = device(5);
    [false, true].map(|sealed| {
        let mut log = log_of(&device, 0);
        let mut head = ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes()));
        for at in 0..entries {
            let mut decision = draft(AT_UNIX_MS + i64::from(at), admitted());
            decision.pseudonym = Some(KeyedPart::pseudonym(&[1; 32], &[at; 32], [at; 16]));
            if sealed {
                let identity = Identity { name: "Siti Contoh".into(), birth_date: "".into() };
                let place = (head.log(), decision.at_unix_ms, "pasar-tanjung");
                let key = gerbang::trust::sealing::public_key(&[8; 32]).expect("a key");
                decision.sealed =
                    Some(seal_identity(&identity, &key, place, [at; 16], [at; 32]).expect("seals"));
            }
            log.entries.push(head.append(decision));
        }
        let signed = sign(&mut head, AT_UNIX_MS + 1_000, Statement::Checkpoint, &device);
        let entry = read_entry(&signed).expect("our own entry");
        log.checkpoint = Checkpoint::of(&entry).expect("a checkpoint");
        let written = log.written();
        let parts = written.parts.expect("pseudonyms");
        let ids = written.id.to_string().len() + written.id.of_parts().len();
        written.segment.len() + parts.len() + ids
    })
}

#[test]
fn the_weights_that_docs_scale_reckons_with_are_measured() {
    let document = include_str!("../../docs/scale.md");
    let row = |entries| {
        let [plain, sealed] = weight(entries);
        format!("| {entries} | {plain} | {sealed} |\n")
    };
    let rows: String = [1, 2, 10, 100].map(row).concat();
    assert!(document.contains(&rows), "docs/scale.md has not\n{rows}");
}
