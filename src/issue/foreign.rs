//! A credential of each family that others issue, by keys that everybody can see: for the
//! demonstration and for the tests, which break them.
//!
//! Shape: now → `Foreign`: what a code holds, the same with one letter of the holder's name or of
//! the content changed, and the issuer that a registry would name.
//! Source: each family's own file in `credential/`.
//! Not here: issuing such credentials for anybody. Gerbang's own pass is what an authority issues.

pub mod x509;

use crate::credential::{self, Algorithm, Family, Parsed, Payload, date};
use crate::envelope::{base45, cbor, cbor::Value, cose};
use crate::trust::{Certificate, Issuer, KeyState, Purpose};
use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL, BASE64URL_NOPAD};
use ed25519_dalek::Signer;
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use p256::pkcs8::EncodePublicKey;
use sha2::{Digest, Sha256};

/// One credential and its issuer.
#[derive(Debug, Clone)]
pub struct Foreign {
    pub family: Family,
    pub valid: Vec<u8>,
    /// Altered after it was signed.
    pub tampered: Vec<u8>,
    pub issuer: Issuer,
}

const DAY_S: i64 = 24 * 3600;
const LASTS_S: i64 = 20 * 365 * DAY_S;
const GIVEN: &str = "Siti Contoh";
const FAMILY_NAME: &str = "Lestari";
const BORN: &str = "1990-05-12";

/// All of them, in the order of `Family`.
pub fn all(now_unix_s: i64) -> Vec<Foreign> {
    let made = [divoc, hc1, shc, nzcp, vds_nc, claim169, pretix_ticket];
    made.into_iter().map(|make| make(now_unix_s)).collect()
}

fn ed25519(seed: &[u8; 32]) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(seed)
}

fn p256(seed: &[u8; 32]) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(seed).expect("these seeds are below the curve's order")
}

fn p256_sign(key: &p256::ecdsa::SigningKey, signed: &[u8]) -> Vec<u8> {
    let signature: p256::ecdsa::Signature = key.sign(signed);
    signature.to_bytes().to_vec()
}

fn p256_spki(key: &p256::ecdsa::SigningKey) -> Vec<u8> {
    key.verifying_key().to_public_key_der().expect("a key has its DER").into_vec()
}

fn issuer(
    family: Family,
    name: &str,
    algorithm: Algorithm,
    public_key: Vec<u8>,
    now_unix_s: i64,
) -> Issuer {
    Issuer {
        key_id: Vec::new(),
        algorithm,
        public_key,
        state: KeyState::Current,
        name: name.to_owned(),
        country: None,
        claimed_as: None,
        families: vec![family],
        purposes: Purpose::ALL.to_vec(),
        from_unix_s: now_unix_s - LASTS_S,
        until_unix_s: now_unix_s + LASTS_S,
        specimen: false,
        revoked: [].into(),
        lists: Vec::new(),
        products: Vec::new(),
    }
}

/// What a signature over this credential covers; its own is not looked at.
fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(payload.to_vec()).ok();
    match credential::parse(&Payload::from_bytes(payload.to_vec(), text)) {
        Ok(Parsed::Credential(unverified)) => unverified.signed().to_vec(),
        other => unreachable!("the credentials below are whole: {other:?}"),
    }
}

fn day(now_unix_s: i64, days: i64) -> String {
    date::date_of_days(now_unix_s / DAY_S + days).expect("a day of our years")
}

fn map(entries: Vec<(Value, Value)>) -> Value {
    Value::Map(entries)
}

const DCC_KEY_ID: [u8; 8] = *b"demo-dcc";

fn hc1(now_unix_s: i64) -> Foreign {
    let key = p256(&[11; 32]);
    let dose = |dose: i64, days: i64| {
        map(vec![
            ("ci".into(), format!("URN:UVCI:01:ID:CONTOH{dose}#K").into()),
            ("co".into(), "ID".into()),
            ("dn".into(), dose.into()),
            ("dt".into(), day(now_unix_s, days).into()),
            ("is".into(), "Kementerian Contoh".into()),
            ("ma".into(), "ORG-100030215".into()),
            ("mp".into(), "EU/1/20/1528".into()),
            ("sd".into(), 2.into()),
            ("tg".into(), "840539006".into()),
            ("vp".into(), "1119349007".into()),
        ])
    };
    let message = |given: &str, signature: Option<Vec<u8>>| {
        let dcc = map(vec![
            ("dob".into(), BORN.into()),
            (
                "nam".into(),
                map(vec![("fn".into(), FAMILY_NAME.into()), ("gn".into(), given.into())]),
            ),
            ("v".into(), Value::Array(vec![dose(1, -90), dose(2, -60)])),
            ("ver".into(), "1.3.0".into()),
        ]);
        let cwt = map(vec![
            (1.into(), "ID".into()),
            (4.into(), (now_unix_s + LASTS_S).into()),
            (6.into(), now_unix_s.into()),
            ((-260).into(), map(vec![(1.into(), dcc)])),
        ]);
        sign1(cose::ES256, &DCC_KEY_ID, &cbor::encode(&cwt), signature, |signed| {
            p256_sign(&key, signed)
        })
    };
    let text = |message: &[u8]| {
        format!("HC1:{}", base45::encode(&compress_to_vec_zlib(message, 9))).into_bytes()
    };
    let (whole, signature) = message(GIVEN, None);
    let (altered, _) = message("Siti Contek", Some(signature));
    let public_key = p256_spki(&key);
    let named = issuer(Family::Hc1, "Negara Contoh", Algorithm::Es256, public_key, now_unix_s);
    Foreign {
        family: Family::Hc1,
        valid: text(&whole),
        tampered: text(&altered),
        issuer: Issuer {
            key_id: DCC_KEY_ID.to_vec(),
            claimed_as: Some("ID".to_owned()),
            country: Some("ID".to_owned()),
            ..named
        },
    }
}

/// The message, and its signature: the given one, or its own.
fn sign1(
    alg: i64,
    key_id: &[u8],
    payload: &[u8],
    signature: Option<Vec<u8>>,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> (Vec<u8>, Vec<u8>) {
    let protected = cose::protected_header(alg, key_id);
    let signature = signature.unwrap_or_else(|| sign(&cose::to_be_signed(&protected, payload)));
    (cose::write(&protected, payload, &signature), signature)
}

fn claim169(now_unix_s: i64) -> Foreign {
    const KEY_ID: &[u8] = b"demo-id";
    let key = ed25519(b"GERBANG-DEMO-IDENTITY-NO-SECRET1");
    let message = |name: &str, signature: Option<Vec<u8>>| {
        let identity = map(vec![
            (1.into(), "3918592438".into()),
            (4.into(), name.into()),
            (8.into(), BORN.replace('-', "").into()),
            (9.into(), 2.into()),
        ]);
        let cwt = map(vec![
            (1.into(), "https://identitas.example".into()),
            (4.into(), (now_unix_s + LASTS_S).into()),
            (6.into(), now_unix_s.into()),
            (169.into(), identity),
        ]);
        sign1(cose::EDDSA, KEY_ID, &cbor::encode(&cwt), signature, |signed| {
            key.sign(signed).to_bytes().to_vec()
        })
    };
    let text = |message: &[u8]| base45::encode(&compress_to_vec_zlib(message, 6)).into_bytes();
    let (whole, signature) = message("Siti Contoh Lestari", None);
    let (altered, _) = message("Siti Contek Lestari", Some(signature));
    let public_key = key.verifying_key().to_bytes().to_vec();
    let named =
        issuer(Family::Claim169, "Identitas Contoh", Algorithm::EdDsa, public_key, now_unix_s);
    Foreign {
        family: Family::Claim169,
        valid: text(&whole),
        tampered: text(&altered),
        issuer: Issuer { key_id: KEY_ID.to_vec(), ..named },
    }
}

fn nzcp(now_unix_s: i64) -> Foreign {
    const DID: &str = "did:web:nzcp.example";
    let key = p256(&[12; 32]);
    let message = |given: &str, signature: Option<Vec<u8>>| {
        let subject = map(vec![
            ("givenName".into(), given.into()),
            ("familyName".into(), FAMILY_NAME.into()),
            ("dob".into(), BORN.into()),
        ]);
        let types = ["VerifiableCredential", "PublicCovidPass"].map(Value::from);
        let contexts = ["https://www.w3.org/2018/credentials/v1"].map(Value::from);
        let vc = map(vec![
            ("@context".into(), Value::Array(contexts.into())),
            ("version".into(), "1.0.0".into()),
            ("type".into(), Value::Array(types.into())),
            ("credentialSubject".into(), subject),
        ]);
        let cwt = map(vec![
            (1.into(), DID.into()),
            (4.into(), (now_unix_s + LASTS_S).into()),
            (5.into(), now_unix_s.into()),
            (7.into(), Value::Bytes(b"demo-nz-pass-id-".to_vec())),
            ("vc".into(), vc),
        ]);
        sign1(cose::ES256, b"key-1", &cbor::encode(&cwt), signature, |signed| {
            p256_sign(&key, signed)
        })
    };
    let text = |message: &[u8]| format!("NZCP:/1/{}", BASE32_NOPAD.encode(message)).into_bytes();
    let (whole, signature) = message(GIVEN, None);
    let (altered, _) = message("Siti Contek", Some(signature));
    let public_key = p256_spki(&key);
    let named = issuer(Family::Nzcp, "Selandia Contoh", Algorithm::Es256, public_key, now_unix_s);
    Foreign {
        family: Family::Nzcp,
        valid: text(&whole),
        tampered: text(&altered),
        issuer: Issuer { key_id: b"key-1".to_vec(), claimed_as: Some(DID.to_owned()), ..named },
    }
}

fn shc(now_unix_s: i64) -> Foreign {
    const ISS: &str = "https://kartu.example/issuer";
    const HEADER: &str = r#"{"zip":"DEF","alg":"ES256","kid":"demo-key"}"#;
    let key = p256(&[13; 32]);
    let compact = |given: &str, signature: Option<Vec<u8>>| {
        let dose = |days: i64| {
            format!(
                r#"{{"fullUrl":"resource:1","resource":{{"resourceType":"Immunization",
                "status":"completed","vaccineCode":{{"coding":[{{"system":
                "http://hl7.org/fhir/sid/cvx","code":"208"}}]}},"patient":{{"reference":
                "resource:0"}},"occurrenceDateTime":"{}","lotNumber":"0000001"}}}}"#,
                day(now_unix_s, days)
            )
        };
        let card = format!(
            r#"{{"iss":"{ISS}","nbf":{now_unix_s},"vc":{{"rid":"contoh-1","type":[
            "https://smarthealth.cards#health-card"],"credentialSubject":{{"fhirVersion":"4.0.1",
            "fhirBundle":{{"resourceType":"Bundle","type":"collection","entry":[
            {{"fullUrl":"resource:0","resource":{{"resourceType":"Patient","name":[
            {{"family":"{FAMILY_NAME}","given":["{given}"]}}],"birthDate":"{BORN}"}}}},
            {},{}]}}}}}}}}"#,
            dose(-90),
            dose(-60)
        );
        let payload = compress_to_vec(card.as_bytes(), 9);
        let part = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let signed = format!("{}.{}", part(HEADER.as_bytes()), part(&payload));
        let signature = signature.unwrap_or_else(|| p256_sign(&key, signed.as_bytes()));
        (format!("{signed}.{}", part(&signature)), signature)
    };
    let text = |compact: &str| {
        let digits: String =
            compact.bytes().map(|byte| format!("{:02}", byte.saturating_sub(45))).collect();
        format!("shc:/{digits}").into_bytes()
    };
    let (whole, signature) = compact(GIVEN, None);
    let (altered, _) = compact("Siti Contek", Some(signature));
    let public_key = p256_spki(&key);
    let named = issuer(Family::Shc, "RS Contoh", Algorithm::Es256, public_key, now_unix_s);
    Foreign {
        family: Family::Shc,
        valid: text(&whole),
        tampered: text(&altered),
        issuer: Issuer { key_id: b"demo-key".to_vec(), claimed_as: Some(ISS.to_owned()), ..named },
    }
}

fn vds_nc(now_unix_s: i64) -> Foreign {
    let (authority, signer) = (p256(&[14; 32]), p256(&[15; 32]));
    let validity = (now_unix_s - DAY_S, now_unix_s + LASTS_S);
    let draft = x509::Draft {
        authority: x509::AUTHORITY,
        subject: x509::AUTHORITY,
        validity,
        public_key: &p256_spki(&authority),
        extension: &x509::may_certify(),
        algorithm: x509::ECDSA_SHA256,
    };
    let certify = |signed: &[u8]| {
        let signature: p256::ecdsa::DerSignature = authority.sign(signed);
        signature.as_bytes().to_vec()
    };
    let own = x509::certificate(&draft, certify);
    let draft = x509::Draft {
        subject: x509::SIGNER,
        public_key: &p256_spki(&signer),
        extension: &x509::comment(),
        ..draft
    };
    let certificate = x509::certificate(&draft, certify);
    let seal = |name: &str, signature: &[u8]| {
        let dose = |seq: u8, days: i64| {
            format!(
                r#"{{"dvc":"{}","seq":{seq},"ctr":"UTO","adm":"Puskesmas Contoh","lot":"L{seq}"}}"#,
                day(now_unix_s, days)
            )
        };
        format!(
            r#"{{"data":{{"hdr":{{"t":"icao.vacc","v":1,"is":"UTO"}},"msg":{{"uvci":"U32870",
            "pid":{{"n":"{name}","dob":"{BORN}","sex":"F","i":"A1234567Z"}},"ve":[{{"des":"XM68M6",
            "nam":"Comirnaty","dis":"RA01.0","vd":[{},{}]}}]}}}},"sig":{{"alg":"ES256",
            "sigvl":"{}","cer":"{}"}}}}"#,
            dose(1, -90),
            dose(2, -60),
            BASE64URL.encode(signature),
            BASE64.encode(&certificate),
        )
        .into_bytes()
    };
    let signature = p256_sign(&signer, &signed_bytes(&seal("LESTARI SITI CONTOH", &[1; 64])));
    let parsed = Certificate::parse(&own).expect("our own certificate is one");
    let named = issuer(
        Family::VdsNc,
        "Utopia Contoh",
        Algorithm::Certificates,
        parsed.public_key,
        now_unix_s,
    );
    Foreign {
        family: Family::VdsNc,
        valid: seal("LESTARI SITI CONTOH", &signature),
        tampered: seal("LESTARI SITI CONTEK", &signature),
        issuer: Issuer {
            key_id: parsed.subject_id.to_vec(),
            claimed_as: Some("UTO".to_owned()),
            ..named
        },
    }
}

fn divoc(now_unix_s: i64) -> Foreign {
    const HEADER: &str = r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#;
    let key = ed25519(b"GERBANG-DEMO-MINISTRY-NO-SECRET1");
    let archive = |name: &str, signature: &[u8]| {
        let jws = format!(
            "{}..{}",
            BASE64URL_NOPAD.encode(HEADER.as_bytes()),
            BASE64URL_NOPAD.encode(signature)
        );
        let (first, today) = (day(now_unix_s, -60), day(now_unix_s, 0));
        let json = format!(
            r#"{{"@context":["https://www.w3.org/2018/credentials/v1",
            "https://www.pedulilindungi.id/credentials/vaccination/v2"],"type":[
            "VerifiableCredential","ProofOfVaccinationCredential"],"credentialSubject":{{
            "type":"Person","id":"did:nik:contoh","refId":"9c40b7e2-5f1d-4d38-b6a9-71e8f2c305da","uhid":
            "4b91f07ac25e83d61f0947b2e8ac5d3370f6b1de29c84a5503e7d8961bfa42c7a6d05e19f38b7c244d90e6f1",
            "name":"{name}","gender":"P","age":"30","dob":"{BORN}","nationality":"ID","address":{{
            "streetAddress":"","streetAddress2":"","district":"","city":"","addressRegion":"",
            "addressCountry":"IDN","postalCode":""}}}},"issuer":"https://www.pedulilindungi.id/",
            "issuanceDate":"{today}T00:00:00.000Z","evidence":[{{
            "id":"https://www.pedulilindungi.id/vaccine/0b9f3c5e-71d2-4a86-9f40-5c1e2d7a8b63","feedbackUrl":
            "https://www.pedulilindungi.id/?e4a17d90-2c6b-4f53-8d1a-9b70c3f6e285","infoUrl":
            "https://www.pedulilindungi.id/?58c2e6f1-0d94-4b7a-a3e8-f16b92d0c747","certificateId":
            "d27f8a05-b3c1-4e69-8f72-04a5e9c1b836","type":[
            "Vaccination"],"batch":"B0000001","vaccine":"CoronaVac","manufacturer":"Sinovac",
            "icd11Code":"XM68M6","prophylaxis":"COVID-19","date":"{first}T01:00:00.000Z",
            "effectiveStart":"{first}","effectiveUntil":"{first}","dose":2,"totalDoses":2,
            "verifier":{{"name":"Bidan Contoh"}},"facility":{{"name":"Puskesmas Contoh, Unit Pelaksana Teknis Daerah",
            "address":{{"streetAddress":"Jalan Gajah Mada Nomor 145, Kelurahan Kranggan, Kecamatan Prajurit Kulon","streetAddress2":"","district":"Contoh",
            "city":"Kota Contoh","addressRegion":"Jawa Timur","addressCountry":"IDN",
            "postalCode":"60000"}}}}}}],"nonTransferable":"true","proof":{{"type":
            "Ed25519Signature2018","created":"{today}T00:00:00Z","verificationMethod":
            "did:contoh","proofPurpose":"assertionMethod","jws":"{jws}"}}}}"#
        );
        zip(&json)
    };
    let signature = key.sign(&signed_bytes(&archive("Siti Contoh Lestari", &[1; 64]))).to_bytes();
    let public_key = key.verifying_key().to_bytes().to_vec();
    let named =
        issuer(Family::Divoc, "Kementerian Contoh", Algorithm::EdDsa, public_key, now_unix_s);
    Foreign {
        family: Family::Divoc,
        valid: archive("Siti Contoh Lestari", &signature),
        tampered: archive("Siti Contek Lestari", &signature),
        issuer: Issuer {
            key_id: b"did:contoh".to_vec(),
            claimed_as: Some("did:contoh".to_owned()),
            ..named
        },
    }
}

/// A whole archive of one file, as the ministry's library writes it: APPNOTE 6.3.10 §4.3.
fn zip(json: &str) -> Vec<u8> {
    const NAME: &[u8] = b"certificate.json";
    let data = compress_to_vec(json.as_bytes(), 9);
    let number = |count: usize| u32::try_from(count).expect("a small file").to_le_bytes();
    let sizes = [
        crc32(json.as_bytes()).to_le_bytes(),
        number(data.len()),
        number(json.len()),
        [16, 0, 0, 0],
    ]
    .concat();
    let versions: [u8; 10] = [20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
    let local = [b"PK\x03\x04", &versions[..], &sizes, NAME, &data].concat();
    let central = [b"PK\x01\x02\x14\x00", &versions[..], &sizes, &[0; 14], NAME].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &number(central.len())[..],
        &number(local.len()),
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

fn pretix_ticket(now_unix_s: i64) -> Foreign {
    let key = ed25519(b"GERBANG-DEMO-TICKET-KEY-NO-SECR1");
    let text = |seed: &[u8; 9], signature: Option<&[u8]>| {
        // Seed; item 7.
        let ticket = [b"\x0a\x09", &seed[..], b"\x10\x07\x18\x01\x20\x00"].concat();
        let own = key.sign(&ticket).to_bytes();
        let signature = signature.unwrap_or(&own);
        let length = u8::try_from(ticket.len()).expect("a small ticket");
        let bytes = [&[1, 0, length, 0, 64][..], &ticket, signature].concat();
        BASE64.encode(&bytes).bytes().rev().collect::<Vec<u8>>()
    };
    let own = text(b"contoh-01", None);
    let signature = key.sign(&signed_bytes(&own)).to_bytes();
    let public_key = key.verifying_key().to_bytes().to_vec();
    let key_id = Sha256::digest(&public_key).iter().take(8).copied().collect();
    let named = issuer(Family::Pretix, "Acara Contoh", Algorithm::EdDsa, public_key, now_unix_s);
    Foreign {
        family: Family::Pretix,
        valid: own,
        tampered: text(b"contek-01", Some(&signature)),
        issuer: Issuer { key_id, products: vec![7], ..named },
    }
}
