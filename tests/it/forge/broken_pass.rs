//! One broken pass for each thing that can be wrong with one, all but the container's signed by
//! the issuer whom gates believe.

use super::json::cbor_of_json;
use super::{ISSUED_UNIX_S, compact_draft, four, full_draft, issuer_key, message, plain_draft};
use gerbang::credential::pass::MESSAGE_BYTES_MAX;
use gerbang::envelope::{cbor, cbor::Value, cose};
use gerbang::issue::pass::{PassDraft, claims, sign, sign_parts, text_of};

#[derive(Debug)]
pub struct BrokenPass {
    /// What is wrong with it.
    pub name: String,
    pub text: String,
    pub code: &'static str,
}

pub fn all() -> Vec<BrokenPass> {
    let mut passes = texts();
    passes.extend(message_bytes());
    passes.extend(message_structures());
    passes.extend(headers());
    passes.extend(payload_bytes());
    passes.extend(claims_missing_or_mistyped());
    passes.extend(claims_beyond_limits());
    passes.extend(identity_and_entitlement());
    passes.extend(health());
    passes.extend(dcc());
    passes
}

fn broken(name: impl Into<String>, text: String, code: &'static str) -> BrokenPass {
    BrokenPass { name: name.into(), text, code }
}

fn whole() -> String {
    sign(&plain_draft(), &issuer_key()).expect("the draft is whole")
}

fn texts() -> Vec<BrokenPass> {
    let whole = whole();
    let base45 = whole.strip_prefix("GB1:").expect("the prefix").to_owned();
    let mut end = base45.clone();
    // Whole triples, and then what an encoder never writes.
    end.truncate(end.len() / 3 * 3);
    vec![
        broken("lower-case prefix", format!("gb1:{base45}"), "OTHER-CODE"),
        broken("no prefix", base45.clone(), "OTHER-CODE"),
        broken("space before the prefix", format!(" {whole}"), "OTHER-CODE"),
        broken("nothing after the prefix", "GB1:".into(), "BASE45-EMPTY"),
        broken("lower-case text", whole.to_lowercase().replace("gb1", "GB1"), "BASE45-TEXT"),
        broken("line feed at the end", format!("{whole}\n"), "BASE45-TEXT"),
        broken("a single character at the end", format!("GB1:{end}A"), "BASE45-TEXT"),
        broken("a triple above 65535", format!("GB1:{end}:::"), "BASE45-TEXT"),
        broken("a final pair above 255", format!("GB1:{end}::"), "BASE45-TEXT"),
        broken("longer than any code", format!("GB1:{}", "0".repeat(4297)), "BASE45-LONG"),
    ]
}

fn message_bytes() -> Vec<BrokenPass> {
    let whole = message(&whole());
    let mut passes: Vec<_> = (1..whole.len())
        .map(|cut| broken(format!("cut off after {cut} bytes"), text_of(&whole[..cut]), "CBOR-END"))
        .collect();
    let edited = |edit: fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        edit(&mut bytes);
        text_of(&bytes)
    };
    passes.extend([
        broken("a byte after the message", edited(|bytes| bytes.push(0)), "CBOR-TRAILING"),
        broken("two messages", edited(|bytes| bytes.extend(bytes.clone())), "CBOR-TRAILING"),
        broken(
            "array of indefinite length",
            edited(|bytes| {
                bytes[1] = 0x9f;
                bytes.push(0xff);
            }),
            "CBOR-INDEFINITE",
        ),
        broken("reserved head", edited(|bytes| bytes[1] = 0x1c), "CBOR-MALFORMED"),
        broken("break without a beginning", text_of(&[0xd2, 0xff]), "CBOR-MALFORMED"),
        broken("simple value in two bytes", text_of(&[0xd2, 0xf8, 0x14]), "CBOR-MALFORMED"),
        broken(
            "a string of 2^64-1 bytes",
            text_of(&[&[0x5b][..], &[0xff; 8]].concat()),
            "CBOR-END",
        ),
        broken(
            "an array of 2^64-1 items",
            text_of(&[&[0x9b][..], &[0xff; 8]].concat()),
            "CBOR-END",
        ),
        broken("a map of 2^64-1 entries", text_of(&[&[0xbb][..], &[0xff; 8]].concat()), "CBOR-END"),
        broken("tags in tags", text_of(&[0xd2; 1000]), "CBOR-DEPTH"),
        broken("arrays in arrays", text_of(&[0x81; 1000]), "CBOR-DEPTH"),
        broken(
            "one byte too long",
            text_of(&[&[0x59, 0x06, 0xfe][..], &[0; MESSAGE_BYTES_MAX - 2]].concat()),
            "CBOR-LONG",
        ),
    ]);
    passes
}

fn message_structures() -> Vec<BrokenPass> {
    let [protected, unprotected, payload, signature] = four(&message(&whole()));
    let tagged = |tag, value| text_of(&cbor::encode(&Value::Tag(tag, Box::new(value))));
    let parts = vec![protected.clone(), unprotected, payload.clone(), signature.clone()];
    let whole = || Value::Array(parts.clone());
    // Part `at` replaced.
    let with = |at: usize, value: Value| {
        let mut parts = parts.clone();
        parts[at] = value;
        tagged(18, Value::Array(parts))
    };
    let five = [parts.clone(), vec![Value::Null]].concat();
    let bytes_of = |length| Value::Bytes(vec![1; length]);
    vec![
        broken("no tag", text_of(&cbor::encode(&whole())), "COSE-TAG"),
        broken("tag of COSE_Sign", tagged(98, whole()), "COSE-TAG"),
        broken("tag of COSE_Mac0", tagged(17, whole()), "COSE-TAG"),
        broken("tagged twice", tagged(18, Value::Tag(18, Box::new(whole()))), "COSE-SHAPE"),
        broken("tag of a CWT around it", tagged(61, Value::Tag(18, Box::new(whole()))), "COSE-TAG"),
        broken("three parts", tagged(18, Value::Array(parts[..3].to_vec())), "COSE-SHAPE"),
        broken("five parts", tagged(18, Value::Array(five)), "COSE-SHAPE"),
        broken("no array", tagged(18, Value::Map(Vec::new())), "COSE-SHAPE"),
        broken("protected header is a map", with(0, Value::Map(Vec::new())), "COSE-SHAPE"),
        broken("protected header is an array", with(0, Value::Bytes(vec![0x80])), "COSE-HEADER"),
        broken("unprotected header is an array", with(1, Value::Array(vec![])), "COSE-HEADER"),
        broken("payload is a text", with(2, "payload".into()), "COSE-SHAPE"),
        broken("payload is elsewhere", with(2, Value::Null), "COSE-DETACHED"),
        broken("signature is a text", with(3, "signature".into()), "COSE-SHAPE"),
        broken("signature is null", with(3, Value::Null), "COSE-SHAPE"),
        broken("signature is empty", with(3, Value::Bytes(Vec::new())), "COSE-SIG-EMPTY"),
        broken("signature of 63 bytes", with(3, bytes_of(63)), "PASS-SIG"),
        broken("signature of 65 bytes", with(3, bytes_of(65)), "PASS-SIG"),
    ]
}

fn headers() -> Vec<BrokenPass> {
    let payload = cbor::encode(&claims(&plain_draft()).expect("the draft is whole"));
    let kid = || (Value::from(4), Value::Bytes(vec![1; 8]));
    let alg = |number: i64| (Value::from(1), Value::from(number));
    let crit = || (Value::from(2), Value::Array(vec![Value::from(4)]));
    let bytes = |protected: &[u8]| sign_parts(protected, &payload, &issuer_key());
    let protected = |map: Vec<(Value, Value)>| bytes(&cbor::encode(&Value::Map(map)));
    let unprotected = |protected: Vec<_>, unprotected: Vec<_>| {
        let protected = cbor::encode(&Value::Map(protected));
        let message = message(&bytes(&protected));
        let [protected, _, payload, signature] = four(&message);
        let parts = vec![protected, Value::Map(unprotected), payload, signature];
        text_of(&cbor::encode(&Value::Tag(18, Box::new(Value::Array(parts)))))
    };
    let kid_of = |kid: Value| protected(vec![alg(-8), (Value::from(4), kid)]);
    let header = cose::protected_header(cose::EDDSA, &[1; 8]);
    let mut passes: Vec<_> = (1..header.len())
        .map(|cut| {
            broken(format!("protected header cut after {cut}"), bytes(&header[..cut]), "CBOR-END")
        })
        .collect();
    passes.extend([
        broken("no protected header", bytes(&[]), "COSE-ALG-MISSING"),
        broken("a byte after the header", bytes(&[&header[..], &[0]].concat()), "CBOR-TRAILING"),
        broken("a header twice", protected(vec![alg(-8), alg(-8), kid()]), "CBOR-DUPLICATE"),
        broken(
            "unprotected twice",
            unprotected(vec![alg(-8)], vec![kid(), kid()]),
            "CBOR-DUPLICATE",
        ),
        broken("critical header", protected(vec![alg(-8), crit(), kid()]), "COSE-CRIT"),
        broken("unprotected crit", unprotected(vec![alg(-8), kid()], vec![crit()]), "COSE-CRIT"),
        broken("no alg", protected(vec![kid()]), "COSE-ALG-MISSING"),
        broken("alg unprotected", unprotected(vec![kid()], vec![alg(-8)]), "COSE-ALG-MISSING"),
        broken(
            "alg is a text",
            protected(vec![(1.into(), "EdDSA".into()), kid()]),
            "COSE-ALG-TYPE",
        ),
        broken("alg is null", protected(vec![(1.into(), Value::Null), kid()]), "COSE-ALG-TYPE"),
        broken("alg none", protected(vec![alg(0), kid()]), "PASS-ALG"),
        broken("alg ES256", protected(vec![alg(-7), kid()]), "PASS-ALG"),
        broken("alg PS256", protected(vec![alg(-37), kid()]), "PASS-ALG"),
        broken("alg HMAC 256/256", protected(vec![alg(5), kid()]), "PASS-ALG"),
        broken("no kid", protected(vec![alg(-8)]), "COSE-KID-MISSING"),
        broken("kid unprotected", unprotected(vec![alg(-8)], vec![kid()]), "COSE-KID-UNPROTECTED"),
        broken("kid is a text", kid_of("key".into()), "COSE-HEADER"),
        broken("kid of 7 bytes", kid_of(Value::Bytes(vec![1; 7])), "PASS-KID"),
        broken("kid of 9 bytes", kid_of(Value::Bytes(vec![1; 9])), "PASS-KID"),
    ]);
    passes
}

fn payload_bytes() -> Vec<BrokenPass> {
    let whole = cbor::encode(&claims(&compact_draft()).expect("the draft is whole"));
    let mut passes: Vec<_> = (0..whole.len())
        .map(|cut| broken(format!("payload cut after {cut}"), signed(&whole[..cut]), "CBOR-END"))
        .collect();
    let edited = |from: &[u8], to: &[u8]| {
        let at = whole.windows(from.len()).position(|part| part == from).expect("is there");
        signed(&[&whole[..at], to, &whole[at + from.len()..]].concat())
    };
    let extra = |value: Value| with(plain_draft(), |map| map.push((99.into(), value)));
    let nested = (0..20).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    passes.extend([
        broken("a byte after the claims", signed(&[&whole[..], &[0]].concat()), "CBOR-TRAILING"),
        broken("a claim twice", set_twice(1, "someone.else"), "CBOR-DUPLICATE"),
        // 1 in two bytes is still 1.
        broken(
            "a claim twice, spelt differently",
            edited(&[0x05, 0x1a], &[0x18, 4, 0x1a]),
            "CBOR-DUPLICATE",
        ),
        broken("a nested claim twice", edited(&[0x08, 0x68], &[0x04, 0x68]), "CBOR-DUPLICATE"),
        broken(
            "map of indefinite length",
            signed(&[&[0xbf][..], &whole[1..], &[0xff]].concat()),
            "CBOR-INDEFINITE",
        ),
        broken(
            "text of indefinite length",
            edited(b"\x63asn", b"\x7f\x63asn\xff"),
            "CBOR-INDEFINITE",
        ),
        broken("text that is no UTF-8", edited(b"asn", b"as\xff"), "CBOR-UTF8"),
        broken("a key of bytes", edited(&[0x05, 0x1a], &[0x41, 5, 0x1a]), "CBOR-KEY"),
        broken("a key of a float", edited(&[0x05, 0x1a], &[0xf9, 0x3c, 0, 0x1a]), "CBOR-KEY"),
        broken("twenty arrays deep", extra(nested), "CBOR-DEPTH"),
        broken("600 items", extra(Value::Array(vec![Value::from(0); 600])), "CBOR-ITEMS"),
        broken("payload is a list", signed(&cbor::encode(&Value::Array(vec![]))), "PASS-CLAIMS"),
        broken("payload is a number", signed(&[0]), "PASS-CLAIMS"),
    ]);
    passes
}

fn claims_missing_or_mistyped() -> Vec<BrokenPass> {
    let plain = |key, value| with(plain_draft(), move |map| set(map, key, value));
    let without = |key| with(plain_draft(), move |map| map.retain(|(k, _)| *k != Value::from(key)));
    let number = || Value::from(7);
    vec![
        broken("no claims", signed(&cbor::encode(&Value::Map(vec![]))), "PASS-ISS-MISSING"),
        broken("no issuer", without(1), "PASS-ISS-MISSING"),
        broken("no expiry", without(4), "PASS-EXP-MISSING"),
        broken("no time of issue", without(6), "PASS-IAT-MISSING"),
        broken("no pass id", without(7), "PASS-CTI-MISSING"),
        broken("issuer is a number", plain(1, number()), "PASS-ISS-TYPE"),
        broken("issuer is null", plain(1, Value::Null), "PASS-ISS-TYPE"),
        broken("subject is a number", plain(2, number()), "PASS-SUB-TYPE"),
        broken("expiry is a text", plain(4, "2022-09-13".into()), "PASS-EXP-TYPE"),
        broken("expiry is a float", plain(4, 1.7e9.into()), "PASS-EXP-TYPE"),
        broken("expiry is NaN", plain(4, f64::NAN.into()), "PASS-EXP-TYPE"),
        broken("expiry is null", plain(4, Value::Null), "PASS-EXP-TYPE"),
        broken("begin is a text", plain(5, "now".into()), "PASS-NBF-TYPE"),
        broken("begin is null", plain(5, Value::Null), "PASS-NBF-TYPE"),
        broken("time of issue is a text", plain(6, "now".into()), "PASS-IAT-TYPE"),
        broken("pass id is a text", plain(7, "0123456789abcdef".into()), "PASS-CTI-TYPE"),
        broken("identity is a text", plain(169, "Siti".into()), "PASS-169-TYPE"),
        broken("health is a list", plain(-260, Value::Array(vec![])), "PASS-HEALTH-TYPE"),
        broken("entitlement is a text", plain(-65_537, "asn".into()), "PASS-ENT-TYPE"),
        broken("vaccinations is a map", plain(-65_538, Value::Map(vec![])), "PASS-VAC-TYPE"),
        broken("specimen is false", plain(-65_539, false.into()), "PASS-SPECIMEN-TYPE"),
        broken("specimen is 1", plain(-65_539, 1.into()), "PASS-SPECIMEN-TYPE"),
    ]
}

fn claims_beyond_limits() -> Vec<BrokenPass> {
    let plain = |key, value| with(plain_draft(), move |map| set(map, key, value));
    let long = |length: usize| Value::from("x".repeat(length));
    vec![
        broken("issuer is empty", plain(1, "".into()), "PASS-ISS-LIMIT"),
        broken("issuer of 65 bytes", plain(1, long(65)), "PASS-ISS-LIMIT"),
        broken("issuer with a line feed", plain(1, "kota\nlain".into()), "PASS-ISS-LIMIT"),
        broken("subject of 65 bytes", plain(2, long(65)), "PASS-SUB-LIMIT"),
        broken("expiry before 1970", plain(4, (-1).into()), "PASS-EXP-LIMIT"),
        broken("expiry after 9999", plain(4, 253_402_300_800_i64.into()), "PASS-EXP-LIMIT"),
        broken("expiry beyond 64 bits", plain(4, u64::MAX.into()), "PASS-EXP-LIMIT"),
        broken("begin before 1970", plain(5, (-1).into()), "PASS-NBF-LIMIT"),
        broken("time of issue before 1970", plain(6, (-1).into()), "PASS-IAT-LIMIT"),
        broken("pass id of 15 bytes", plain(7, Value::Bytes(vec![0; 15])), "PASS-CTI-LIMIT"),
        broken("pass id of 17 bytes", plain(7, Value::Bytes(vec![0; 17])), "PASS-CTI-LIMIT"),
        broken("ends when it begins", plain(4, ISSUED_UNIX_S.into()), "PASS-ORDER"),
        broken("ends before it begins", plain(4, 1.into()), "PASS-ORDER"),
    ]
}

fn identity_and_entitlement() -> Vec<BrokenPass> {
    let entry = |claim, key: i64, value| {
        with(plain_draft(), move |map| set(map, claim, Value::Map(vec![(key.into(), value)])))
    };
    let name = |value| entry(169, 4, value);
    let born = |value| entry(169, 8, value);
    let role = |value| entry(-65_537, 1, value);
    let venues = |value| entry(-65_537, 2, value);
    let hours =
        |from: i64, until: i64| entry(-65_537, 3, Value::Array(vec![from.into(), until.into()]));
    let list = |items: Vec<Value>| Value::Array(items);
    vec![
        broken("name is a number", name(1.into()), "PASS-NAME-TYPE"),
        broken("name is empty", name("".into()), "PASS-NAME-LIMIT"),
        broken("name of 129 bytes", name("x".repeat(129).into()), "PASS-NAME-LIMIT"),
        broken("name with a control character", name("Siti\u{1b}[2J".into()), "PASS-NAME-LIMIT"),
        broken(
            "name that turns the writing around",
            name("Siti\u{202e}itiS".into()),
            "PASS-NAME-LIMIT",
        ),
        broken("birth date is a number", born(19_900_512.into()), "PASS-DOB-TYPE"),
        broken("birth date with dashes", born("1990-05-12".into()), "PASS-DOB-LIMIT"),
        broken("birth date of five digits", born("19905".into()), "PASS-DOB-LIMIT"),
        broken("born on 30 February", born("19900230".into()), "PASS-DOB-LIMIT"),
        broken("role is a number", role(1.into()), "PASS-ROLE-TYPE"),
        broken("role of 33 bytes", role("x".repeat(33).into()), "PASS-ROLE-LIMIT"),
        broken("venues is a text", venues("balaikota".into()), "PASS-VENUES-TYPE"),
        broken("a venue is a number", venues(list(vec![1.into()])), "PASS-VENUES-TYPE"),
        broken("no venue in the list", venues(list(vec![])), "PASS-VENUES-LIMIT"),
        broken("17 venues", venues(list(vec!["pasar".into(); 17])), "PASS-VENUES-LIMIT"),
        broken(
            "a venue of 33 bytes",
            venues(list(vec!["x".repeat(33).into()])),
            "PASS-VENUES-LIMIT",
        ),
        broken("hours is a text", entry(-65_537, 3, "8-16".into()), "PASS-HOURS-TYPE"),
        broken(
            "an hour is a text",
            entry(-65_537, 3, list(vec!["8".into(), 960.into()])),
            "PASS-HOURS-TYPE",
        ),
        broken("one hour", entry(-65_537, 3, list(vec![480.into()])), "PASS-HOURS-TYPE"),
        broken("from after midnight", hours(1440, 60), "PASS-HOURS-LIMIT"),
        broken("until after midnight", hours(480, 1441), "PASS-HOURS-LIMIT"),
        broken("no hours at all", hours(480, 480), "PASS-HOURS-LIMIT"),
        broken("hours below zero", hours(-1, 480), "PASS-HOURS-LIMIT"),
    ]
}

fn health() -> Vec<BrokenPass> {
    let doses =
        |list: Vec<Value>| with(plain_draft(), move |map| set(map, -65_538, Value::Array(list)));
    let dose = |entry: [Value; 4]| doses(vec![Value::Array(entry.to_vec())]);
    let product = || Value::from("EU/1/20/1528");
    let one = || Value::from(1);
    let days = || Value::from(18_700);
    vec![
        broken("no vaccination in the list", doses(vec![]), "PASS-VAC-LIMIT"),
        broken("nine vaccinations", doses(vec![Value::Null; 9]), "PASS-VAC-LIMIT"),
        broken("a vaccination is a text", doses(vec!["x".into()]), "PASS-VAC-TYPE"),
        broken(
            "a vaccination of three",
            doses(vec![Value::Array(vec![one(); 3])]),
            "PASS-VAC-TYPE",
        ),
        broken("product is a number", dose([one(), one(), one(), days()]), "PASS-PRODUCT-TYPE"),
        broken(
            "product of 33 bytes",
            dose(["x".repeat(33).into(), one(), one(), days()]),
            "PASS-PRODUCT-LIMIT",
        ),
        broken("dose is a text", dose([product(), "1".into(), one(), days()]), "PASS-DOSE-TYPE"),
        broken("dose below zero", dose([product(), (-1).into(), one(), days()]), "PASS-DOSE-LIMIT"),
        broken("total is null", dose([product(), one(), Value::Null, days()]), "PASS-TOTAL-TYPE"),
        broken(
            "total of 65536",
            dose([product(), one(), 65_536.into(), days()]),
            "PASS-TOTAL-LIMIT",
        ),
        broken(
            "date is a text",
            dose([product(), one(), one(), "2021-03-02".into()]),
            "PASS-DATE-TYPE",
        ),
        broken(
            "date after 9999",
            dose([product(), one(), one(), 2_932_897.into()]),
            "PASS-DATE-LIMIT",
        ),
        broken(
            "date beyond 64 bits",
            dose([product(), one(), one(), u64::MAX.into()]),
            "PASS-DATE-LIMIT",
        ),
        broken(
            "health without a certificate",
            with(plain_draft(), |map| set(map, -260, Value::Map(vec![]))),
            "PASS-HEALTH-MISSING",
        ),
        broken(
            "vaccinations in both forms",
            {
                let vaccination = Value::Array(vec![product(), one(), one(), days()]);
                with(full_draft(), |map| set(map, -65_538, Value::Array(vec![vaccination])))
            },
            "PASS-HEALTH-TWICE",
        ),
    ]
}

fn dcc() -> Vec<BrokenPass> {
    let dcc = |json: &str| {
        let dcc: Value = cbor_of_json(json);
        with(plain_draft(), |map| set(map, -260, Value::Map(vec![(1.into(), dcc)])))
    };
    let long = "x".repeat(257);
    vec![
        broken("certificate is a list", dcc("[]"), "DCC-SHAPE"),
        broken("nam is a text", dcc(r#"{"nam":"Siti"}"#), "DCC-NAM"),
        broken("fn is a number", dcc(r#"{"nam":{"fn":1}}"#), "DCC-NAM"),
        broken("fn of 257 bytes", dcc(&format!(r#"{{"nam":{{"fn":"{long}"}}}}"#)), "DCC-NAM"),
        broken("dob is a number", dcc(r#"{"dob":1990}"#), "DCC-DOB"),
        broken("v is a map", dcc(r#"{"v":{}}"#), "DCC-ENTRIES"),
        broken("v holds a text", dcc(r#"{"v":["x"]}"#), "DCC-ENTRIES"),
        broken("17 entries", dcc(&format!(r#"{{"v":[{}{{}}]}}"#, "{},".repeat(16))), "DCC-ENTRIES"),
        broken("dn is a text", dcc(r#"{"v":[{"dn":"2"}]}"#), "DCC-V"),
        broken("dn below zero", dcc(r#"{"v":[{"dn":-2}]}"#), "DCC-V"),
        broken("tr is a number", dcc(r#"{"t":[{"tr":260373001}]}"#), "DCC-T"),
        broken("sc is no time", dcc(r#"{"t":[{"sc":"yesterday"}]}"#), "DCC-T"),
        broken("fr is a number", dcc(r#"{"r":[{"fr":20210302}]}"#), "DCC-R"),
    ]
}

fn signed(payload: &[u8]) -> String {
    let kid = gerbang::issue::key::key_id(&issuer_key().verifying_key().to_bytes());
    sign_parts(&cose::protected_header(cose::EDDSA, &kid), payload, &issuer_key())
}

fn with(draft: PassDraft, edit: impl FnOnce(&mut Vec<(Value, Value)>)) -> String {
    let mut map = claims(&draft).expect("the draft is whole").into_map().expect("a map");
    edit(&mut map);
    signed(&cbor::encode(&Value::Map(map)))
}

fn set(map: &mut Vec<(Value, Value)>, key: i64, value: Value) {
    let key = Value::from(key);
    map.retain(|(other, _)| *other != key);
    map.push((key, value));
}

fn set_twice(key: i64, value: &str) -> String {
    with(plain_draft(), |map| map.push((key.into(), value.into())))
}
