//! What the members of a DIVOC credential stand for.
//!
//! The facts that canonicalisation needs, and no more: name, IRI, kind. A prefix in a type-scoped
//! context whose IRI does not end in a delimiter expands nothing in JSON-LD 1.1 (§ IRI expansion,
//! "prefix flag"), which is why some IRIs below begin with `vac:`.
//! Source: "Verifiable Credentials Data Model" 1.0 (https://www.w3.org/2018/credentials/v1);
//! security vocabulary 2 (https://w3id.org/security/v2); DIVOC's vaccination vocabularies 1 and 2
//! (`egovernments/DIVOC`, 1c74fb0c4a).

use crate::envelope::json_ld::{IdRule, Kind, Member, Node, Type};

/// Prefixes that these contexts define.
pub const COMPACT: &[&str] = &["schema", "vac", "cred", "sec", "xsd", "dc", "id", "type"];

/// The contexts that a credential must name, in this order; the second says which vocabulary.
pub const CREDENTIALS: &str = "https://www.w3.org/2018/credentials/v1";

/// The contexts we hold, and the document each stands for.
pub const VOCABULARIES: [(&str, &Node); 5] = [
    ("https://divoc.dev/credentials/vaccination/v1", &CREDENTIAL_1),
    ("https://cowin.gov.in/credentials/vaccination/v1", &CREDENTIAL_1),
    ("https://divoc.dev/credentials/vaccination/v2", &CREDENTIAL_2),
    ("https://cowin.gov.in/credentials/vaccination/v2", &CREDENTIAL_2),
    ("https://www.pedulilindungi.id/credentials/vaccination/v2", &CREDENTIAL_2),
];

const fn plain(name: &'static str, iri: &'static str) -> Member {
    Member { name, iri, kind: Kind::Plain }
}

macro_rules! cred {
    ($name:literal) => {
        concat!("https://www.w3.org/2018/credentials#", $name)
    };
}

macro_rules! sec {
    ($name:literal) => {
        concat!("https://w3id.org/security#", $name)
    };
}

macro_rules! schema {
    ($name:literal) => {
        concat!("https://schema.org/", $name)
    };
}

const fn times(name: &'static str, iri: &'static str) -> Member {
    Member { name, iri, kind: Kind::Time }
}

/// Members of every credential, beside its subject and evidence.
macro_rules! credential {
    ($subject:expr, $evidence:expr) => {
        Node {
            members: &[],
            types: &[
                Type {
                    name: "VerifiableCredential",
                    iri: cred!("VerifiableCredential"),
                    members: &[
                        Member {
                            name: "credentialSubject",
                            iri: cred!("credentialSubject"),
                            kind: Kind::Part($subject),
                        },
                        Member {
                            name: "evidence",
                            iri: cred!("evidence"),
                            kind: Kind::Part($evidence),
                        },
                        Member { name: "issuer", iri: cred!("issuer"), kind: Kind::Link },
                        times("issuanceDate", cred!("issuanceDate")),
                        times("expirationDate", cred!("expirationDate")),
                        times("issued", cred!("issued")),
                        times("validFrom", cred!("validFrom")),
                        times("validUntil", cred!("validUntil")),
                    ],
                },
                Type {
                    name: "ProofOfVaccinationCredential",
                    iri: schema!("ProofOfVaccinationCredential"),
                    members: &[plain("nonTransferable", "vac:nonTransferable")],
                },
            ],
            id: IdRule::Iri,
        }
    };
}

static CREDENTIAL_1: Node = credential!(&SUBJECT_1, &EVIDENCE_1);
static CREDENTIAL_2: Node = credential!(&SUBJECT_2, &EVIDENCE_2);

const REF_ID: Member = plain("refId", schema!("id"));
const UHID: Member = plain("uhid", schema!("id"));
const NAME: Member = plain("name", schema!("name"));
const AGE: Member = plain("age", schema!("Number"));
const GENDER: Member = plain("gender", schema!("gender"));
const NATIONALITY: Member = plain("nationality", schema!("nationality"));
const ADDRESS: Member =
    Member { name: "address", iri: schema!("PostalAddress"), kind: Kind::Part(&POSTAL_ADDRESS) };

static SUBJECT_1: Node = Node {
    members: &[],
    types: &[Type {
        name: "Person",
        iri: schema!("Person"),
        members: &[REF_ID, UHID, NAME, AGE, GENDER, NATIONALITY, ADDRESS],
    }],
    id: IdRule::Iri,
};

static SUBJECT_2: Node = Node {
    members: &[],
    types: &[Type {
        name: "Person",
        iri: schema!("Person"),
        members: &[
            REF_ID,
            UHID,
            NAME,
            AGE,
            plain("dob", schema!("date")),
            GENDER,
            plain("sex", schema!("gender")),
            NATIONALITY,
            ADDRESS,
        ],
    }],
    id: IdRule::Iri,
};

static POSTAL_ADDRESS: Node = Node {
    members: &[
        plain("streetAddress", schema!("streetAddress")),
        plain("streetAddress2", "vac:addressLine2"),
        plain("city", "vac:city"),
        plain("district", "vac:district"),
        plain("addressRegion", schema!("addressRegion")),
        plain("postalCode", schema!("postalCode")),
        plain("addressCountry", schema!("addressCountry")),
    ],
    types: &[],
    id: IdRule::Iri,
};

const CERTIFICATE_ID: Member = plain("certificateId", schema!("id"));
const FEEDBACK_URL: Member = plain("feedbackUrl", schema!("url"));
const INFO_URL: Member = plain("infoUrl", schema!("url"));
const BATCH: Member = plain("batch", schema!("id"));
const VACCINE: Member = plain("vaccine", schema!("id"));
const MANUFACTURER: Member = plain("manufacturer", schema!("id"));
const DATE: Member = plain("date", schema!("date"));
const EFFECTIVE_START: Member = plain("effectiveStart", schema!("date"));
const EFFECTIVE_UNTIL: Member = plain("effectiveUntil", schema!("date"));
const DOSE: Member = plain("dose", schema!("doseValue"));
const TOTAL_DOSES: Member = plain("totalDoses", schema!("doseValue"));
const VERIFIED_BY: Member =
    Member { name: "verifier", iri: "vac:verifier", kind: Kind::Part(&VACCINATOR) };
const FACILITY: Member = Member { name: "facility", iri: "vac:Facility", kind: Kind::Part(&PLACE) };

static EVIDENCE_1: Node = Node {
    members: &[],
    types: &[Type {
        name: "Vaccination",
        iri: "vac:Vaccination",
        members: &[
            CERTIFICATE_ID,
            FEEDBACK_URL,
            INFO_URL,
            BATCH,
            VACCINE,
            MANUFACTURER,
            DATE,
            EFFECTIVE_START,
            EFFECTIVE_UNTIL,
            DOSE,
            TOTAL_DOSES,
            VERIFIED_BY,
            FACILITY,
        ],
    }],
    id: IdRule::Iri,
};

static EVIDENCE_2: Node = Node {
    members: &[],
    types: &[Type {
        name: "Vaccination",
        iri: "vac:Vaccination",
        members: &[
            CERTIFICATE_ID,
            FEEDBACK_URL,
            INFO_URL,
            BATCH,
            VACCINE,
            MANUFACTURER,
            DATE,
            plain("icd11Code", schema!("id")),
            plain("prophylaxis", schema!("name")),
            EFFECTIVE_START,
            EFFECTIVE_UNTIL,
            DOSE,
            TOTAL_DOSES,
            VERIFIED_BY,
            FACILITY,
        ],
    }],
    id: IdRule::Iri,
};

static VACCINATOR: Node = Node {
    members: &[plain("id", schema!("id")), NAME, plain("sign-image", schema!("image"))],
    types: &[],
    id: IdRule::Member,
};

static PLACE: Node = Node {
    members: &[NAME, ADDRESS, plain("seal-image", schema!("image"))],
    types: &[],
    id: IdRule::Iri,
};

/// The proof without its signature.
pub static PROOF: Node = Node {
    members: &[
        times("created", "http://purl.org/dc/terms/created"),
        Member { name: "verificationMethod", iri: sec!("verificationMethod"), kind: Kind::Link },
        Member {
            name: "proofPurpose",
            iri: sec!("proofPurpose"),
            kind: Kind::Word(&[("assertionMethod", sec!("assertionMethod"))]),
        },
    ],
    types: &[
        Type { name: "Ed25519Signature2018", iri: sec!("Ed25519Signature2018"), members: &[] },
        Type { name: "RsaSignature2018", iri: sec!("RsaSignature2018"), members: &[] },
    ],
    id: IdRule::Iri,
};
