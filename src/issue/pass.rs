//! A Gerbang pass: the mirror of `credential::pass`.
//!
//! Shape: `PassDraft` → CWT, keys in the order of RFC 8949 §4.2.1 → COSE_Sign1, EdDSA → Base45.
//! Limits and errors: what the gate would refuse to read is not written.
//! Source: docs/pass.md. Ed25519 is deterministic: the same draft and key give the same text.

use crate::credential::pass::{PREFIX, key};
use crate::credential::{
    self, CredentialError, Entitlement, Holder, Parsed, Payload, Vaccination, date,
};
use crate::envelope::cbor::{self, Value};
use crate::envelope::{base45, cose};
use ed25519_dalek::{Signer, SigningKey};

/// What a pass shall say.
#[derive(Clone, Default)]
pub struct PassDraft {
    /// As the registry knows the issuer.
    pub issuer: String,
    pub subject: Option<String>,
    /// 16 random bytes, never used twice.
    pub pass_id: [u8; 16],
    pub issued_unix_s: i64,
    pub not_before_unix_s: Option<i64>,
    pub expires_unix_s: i64,
    pub holder: Holder,
    pub entitlement: Option<Entitlement>,
    pub health: Health,
    pub specimen: bool,
}

#[derive(Clone, Default)]
pub enum Health {
    #[default]
    None,
    /// Product, dose, total and whole date of each; what is missing is an error.
    Compact(Vec<Vaccination>),
    /// A certificate's content after the EU's schema, as CBOR; texts, lists and numbers only.
    Full(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassDraftError {
    /// A vaccination lacks its product, dose or total.
    VaccinationIncomplete,
    /// A vaccination's date is no `YYYY-MM-DD`.
    VaccinationDate,
    /// Gates would not read it, for the reason within.
    Refused(CredentialError),
}

impl PassDraftError {
    pub fn code(self) -> &'static str {
        match self {
            Self::VaccinationIncomplete => "ISSUE-VACCINATION",
            Self::VaccinationDate => "ISSUE-DATE",
            Self::Refused(error) => error.code(),
        }
    }
}

impl std::fmt::Debug for PassDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PassDraft").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Health(..)")
    }
}

/// The text to put into a QR code.
pub fn sign(draft: &PassDraft, issuer_key: &SigningKey) -> Result<String, PassDraftError> {
    let kid = super::key::key_id(&issuer_key.verifying_key().to_bytes());
    let protected = cose::protected_header(cose::EDDSA, &kid);
    let text = sign_parts(&protected, &cbor::encode(&claims(draft)?), issuer_key);
    match credential::parse(&Payload::from_text(text.as_str())) {
        Ok(Parsed::Credential(_)) => Ok(text),
        Ok(Parsed::Other(_)) => unreachable!("the text begins with the pass's prefix"),
        Err(error) => Err(PassDraftError::Refused(error)),
    }
}

/// Any protected header and payload under the issuer's signature; the forge makes broken passes
/// of it.
pub fn sign_parts(protected: &[u8], payload: &[u8], issuer_key: &SigningKey) -> String {
    let signature = issuer_key.sign(&cose::to_be_signed(protected, payload));
    text_of(&cose::write(protected, payload, &signature.to_bytes()))
}

pub fn text_of(message: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(message))
}

/// The CWT's map of claims.
pub fn claims(draft: &PassDraft) -> Result<Value, PassDraftError> {
    let mut map = vec![(key::ISSUER, Value::from(draft.issuer.as_str()))];
    if let Some(subject) = &draft.subject {
        map.push((key::SUBJECT, Value::from(subject.as_str())));
    }
    map.push((key::EXPIRES, draft.expires_unix_s.into()));
    if let Some(not_before_unix_s) = draft.not_before_unix_s {
        map.push((key::NOT_BEFORE, not_before_unix_s.into()));
    }
    map.push((key::ISSUED, draft.issued_unix_s.into()));
    map.push((key::PASS_ID, Value::Bytes(draft.pass_id.to_vec())));
    if draft.holder != Holder::default() {
        map.push((key::IDENTITY, identity(&draft.holder)));
    }
    if let Health::Full(dcc) = &draft.health {
        map.push((key::HEALTH, int_map(vec![(key::HEALTH_DCC, dcc.clone())])));
    }
    if let Some(given) = &draft.entitlement {
        map.push((key::ENTITLEMENT, entitlement(given)));
    }
    if let Health::Compact(given) = &draft.health {
        let list: Result<Vec<Value>, _> = given.iter().map(vaccination).collect();
        map.push((key::VACCINATIONS, Value::Array(list?)));
    }
    if draft.specimen {
        map.push((key::SPECIMEN, true.into()));
    }
    Ok(int_map(map))
}

fn identity(holder: &Holder) -> Value {
    let mut map = Vec::new();
    if let Some(name) = &holder.name {
        map.push((key::IDENTITY_NAME, Value::from(name.as_str())));
    }
    if let Some(birth_date) = &holder.birth_date {
        map.push((key::IDENTITY_BIRTH_DATE, Value::from(birth_date.replace('-', ""))));
    }
    int_map(map)
}

fn entitlement(given: &Entitlement) -> Value {
    let mut map = Vec::new();
    if let Some(role) = &given.role {
        map.push((key::ENTITLEMENT_ROLE, Value::from(role.as_str())));
    }
    if !given.venues.is_empty() {
        let venues = given.venues.iter().map(|venue| Value::from(venue.as_str())).collect();
        map.push((key::ENTITLEMENT_VENUES, Value::Array(venues)));
    }
    if let Some((start, end)) = given.hours_min {
        map.push((key::ENTITLEMENT_HOURS, Value::Array(vec![start.into(), end.into()])));
    }
    int_map(map)
}

fn vaccination(given: &Vaccination) -> Result<Value, PassDraftError> {
    let (Some(product), Some(dose), Some(total)) = (&given.product, given.dose, given.total) else {
        return Err(PassDraftError::VaccinationIncomplete);
    };
    let days = given
        .date
        .as_deref()
        .and_then(date::days_of_date)
        .ok_or(PassDraftError::VaccinationDate)?;
    Ok(Value::Array(vec![product.as_str().into(), dose.into(), total.into(), days.into()]))
}

fn int_map(entries: Vec<(i64, Value)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::{Health, PassDraft, sign};
    use crate::credential::{
        self, Claims, Entitlement, Holder, Parsed, Payload, Vaccination, date,
    };
    use ed25519_dalek::SigningKey;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn holder() -> impl Strategy<Value = Holder> {
        let birth_date = (-20_000i64..20_000, prop::sample::select(vec![4usize, 7, 10])).prop_map(
            |(days, length)| {
                let date = date::date_of_days(days).expect("a day near 1970");
                date.chars().take(length).collect::<String>()
            },
        );
        (option::of("[A-Za-z '\u{e9}]{1,40}"), option::of(birth_date))
            .prop_map(|(name, birth_date)| Holder { name, birth_date })
    }

    fn entitlement() -> impl Strategy<Value = Entitlement> {
        let hours_min = (0u16..1440, 0u16..=1440).prop_filter("not empty", |(a, b)| a != b);
        (option::of("[a-z]{1,32}"), vec("[a-z-]{1,32}", 0..=16), option::of(hours_min)).prop_map(
            |(role, venues, hours_min)| Entitlement { role, venues, hours_min, product: None },
        )
    }

    fn vaccination() -> impl Strategy<Value = Vaccination> {
        ("[A-Z0-9/]{1,32}", any::<u16>(), any::<u16>(), -20_000i64..40_000).prop_map(
            |(product, dose, total, days)| Vaccination {
                product: Some(product),
                dose: Some(dose),
                total: Some(total),
                date: date::date_of_days(days),
            },
        )
    }

    prop_compose! {
        fn draft()(
            issuer in "[a-z.]{1,64}",
            subject in option::of("[a-f0-9]{1,64}"),
            pass_id in any::<[u8; 16]>(),
            issued_unix_s in 0i64..4_000_000_000,
            not_before_unix_s in option::of(0i64..4_000_000_000),
            lasts_s in 1i64..4_000_000_000,
            holder in holder(),
            entitlement in option::of(entitlement()),
            vaccinations in option::of(vec(vaccination(), 1..=8)),
            specimen in any::<bool>(),
        ) -> PassDraft {
            PassDraft {
                issuer, subject, pass_id, issued_unix_s, not_before_unix_s,
                expires_unix_s: not_before_unix_s.unwrap_or(issued_unix_s) + lasts_s,
                holder, entitlement, specimen,
                health: vaccinations.map_or(Health::None, Health::Compact),
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_issued_is_what_is_read(draft in draft(), seed in any::<[u8; 32]>()) {
            let key = SigningKey::from_bytes(&seed);
            let text = sign(&draft, &key).expect("the draft is within all limits");
            let parsed = credential::parse(&Payload::from_text(text));
            let Ok(Parsed::Credential(read)) = parsed else { panic!("{parsed:?}") };
            prop_assert_eq!(read.issuers(), [draft.issuer]);
            prop_assert_eq!(read.key_id(), super::super::key::key_id(&key.verifying_key().to_bytes()));
            prop_assert_eq!(read.revocation_ids(), [draft.pass_id.to_vec()]);
            let vaccinations = match draft.health {
                Health::Compact(vaccinations) => vaccinations,
                _ => Vec::new(),
            };
            let claims = Claims {
                subject: draft.subject,
                holder: draft.holder,
                issued_unix_s: Some(draft.issued_unix_s),
                not_before_unix_s: draft.not_before_unix_s,
                expires_unix_s: Some(draft.expires_unix_s),
                specimen: draft.specimen,
                entitlement: draft.entitlement,
                vaccinations,
                ..Claims::default()
            };
            prop_assert!(read.into_claims() == claims);
        }
    }
}
