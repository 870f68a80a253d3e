//! A decoded credential on its way from the binary that read it to the one that judges it.
//!
//! Shape: `Result<Parsed, CredentialError>` ↔ CBOR array; of an error family, fault and code.
//! Limits and errors: both sides are of one build, so there is one version and no leniency: what
//! is not as it should be is `None`.
//! Not here: whether it is genuine; carrying the bytes (`trust::Elsewhere`).

use super::claims::{
    Algorithm, Claims, Entitlement, Recovery, TestResult, Unverified, Vaccination,
};
use super::{Code, CredentialError, Family, Fault, Holder, Parsed};
use crate::envelope::cbor::Value;

pub(crate) fn to_value(outcome: &Result<Parsed, CredentialError>) -> Value {
    match outcome {
        Ok(Parsed::Credential(unverified)) => list([unverified_value(unverified)]),
        // What is no credential, the page knows by itself.
        Ok(Parsed::Other(_)) => Value::Null,
        Err(error) => list([
            error.family().name().into(),
            fault_number(error.fault()).into(),
            error.code().into(),
        ]),
    }
}

pub(crate) fn from_value(value: Value) -> Option<Result<Parsed, CredentialError>> {
    let mut fields = Fields::of(value)?;
    match fields.0.len() {
        1 => {
            let unverified = unverified_of(fields.next()?)?;
            Some(Ok(Parsed::Credential(Box::new(unverified))))
        }
        _ => {
            let (family, fault) = (fields.family()?, fault_of(fields.integer()?)?);
            let code = Code::new(&fields.text()?)?;
            Some(Err(CredentialError::Elsewhere(family, fault, code)))
        }
    }
}

pub(crate) fn algorithm_number(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::EdDsa => 0,
        Algorithm::Es256 => 1,
        Algorithm::Ps256 => 2,
        Algorithm::Certificates => 3,
        Algorithm::Es384 => 4,
        Algorithm::Es512 => 5,
    }
}

pub(crate) fn algorithm_of(number: i64) -> Option<Algorithm> {
    let certified = [Algorithm::Es384, Algorithm::Es512, Algorithm::Certificates];
    let all = [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256].into_iter().chain(certified);
    all.into_iter().find(|algorithm| algorithm_number(*algorithm) == number)
}

fn fault_number(fault: Fault) -> i64 {
    match fault {
        Fault::Unreadable => 0,
        Fault::Unprovable => 1,
        Fault::Unsupported => 2,
        Fault::NoCredential => 3,
    }
}

fn fault_of(number: i64) -> Option<Fault> {
    let all = [Fault::Unreadable, Fault::Unprovable, Fault::Unsupported, Fault::NoCredential];
    all.into_iter().find(|fault| fault_number(*fault) == number)
}

fn unverified_value(unverified: &Unverified) -> Value {
    list([
        unverified.family.name().into(),
        Value::Array(unverified.issuers.iter().map(|name| name.as_str().into()).collect()),
        bytes(&unverified.key_id),
        bytes(&unverified.certificate),
        algorithm_number(unverified.algorithm).into(),
        bytes(&unverified.signed),
        bytes(&unverified.signature),
        Value::Array(unverified.revocation_ids.iter().map(|id| bytes(id)).collect()),
        claims_value(&unverified.claims),
    ])
}

fn unverified_of(value: Value) -> Option<Unverified> {
    let mut fields = Fields::of(value)?;
    Some(Unverified {
        family: fields.family()?,
        issuers: fields.list(|name| Some(name.as_text()?.to_owned()))?,
        key_id: fields.bytes()?,
        certificate: fields.bytes()?,
        algorithm: algorithm_of(fields.integer()?)?,
        signed: fields.bytes()?,
        signature: fields.bytes()?,
        revocation_ids: fields.list(|id| id.into_bytes().ok())?,
        claims: claims_of(fields.next()?)?,
    })
}

fn claims_value(claims: &Claims) -> Value {
    let Claims { holder, .. } = claims;
    list([
        text(claims.subject.as_deref()),
        text(holder.name.as_deref()),
        text(holder.birth_date.as_deref()),
        number(claims.issued_unix_s),
        number(claims.not_before_unix_s),
        number(claims.expires_unix_s),
        claims.specimen.into(),
        claims.entitlement.as_ref().map_or(Value::Null, entitlement_value),
        Value::Array(claims.vaccinations.iter().map(vaccination_value).collect()),
        Value::Array(claims.tests.iter().map(test_value).collect()),
        Value::Array(claims.recoveries.iter().map(recovery_value).collect()),
        claims.published.as_ref().map_or(Value::Null, |published| published.to_string().into()),
    ])
}

fn claims_of(value: Value) -> Option<Claims> {
    let mut fields = Fields::of(value)?;
    Some(Claims {
        subject: fields.optional_text()?,
        holder: Holder { name: fields.optional_text()?, birth_date: fields.optional_text()? },
        issued_unix_s: fields.optional_number()?,
        not_before_unix_s: fields.optional_number()?,
        expires_unix_s: fields.optional_number()?,
        specimen: fields.next()?.as_bool()?,
        entitlement: fields.optional(entitlement_of)?,
        vaccinations: fields.list(vaccination_of)?,
        tests: fields.list(test_of)?,
        recoveries: fields.list(recovery_of)?,
        published: fields
            .optional(|json| serde_json::from_slice(json.as_text()?.as_bytes()).ok())?,
    })
}

fn entitlement_value(entitlement: &Entitlement) -> Value {
    let (from, until) = entitlement.hours_min.unzip();
    list([
        text(entitlement.role.as_deref()),
        Value::Array(entitlement.venues.iter().map(|venue| venue.as_str().into()).collect()),
        number(from),
        number(until),
        number(entitlement.product),
    ])
}

fn entitlement_of(value: Value) -> Option<Entitlement> {
    let mut fields = Fields::of(value)?;
    Some(Entitlement {
        role: fields.optional_text()?,
        venues: fields.list(|venue| Some(venue.as_text()?.to_owned()))?,
        hours_min: fields.optional_number()?.zip(fields.optional_number()?),
        product: fields.optional_number()?,
    })
}

fn vaccination_value(vaccination: &Vaccination) -> Value {
    list([
        text(vaccination.product.as_deref()),
        number(vaccination.dose),
        number(vaccination.total),
        text(vaccination.date.as_deref()),
    ])
}

fn vaccination_of(value: Value) -> Option<Vaccination> {
    let mut fields = Fields::of(value)?;
    Some(Vaccination {
        product: fields.optional_text()?,
        dose: fields.optional_number()?,
        total: fields.optional_number()?,
        date: fields.optional_text()?,
    })
}

fn test_value(test: &TestResult) -> Value {
    list([
        test.detected.map_or(Value::Null, Value::from),
        text(test.kind.as_deref()),
        number(test.sampled_unix_s),
    ])
}

fn test_of(value: Value) -> Option<TestResult> {
    let mut fields = Fields::of(value)?;
    Some(TestResult {
        detected: fields.optional(|value| value.as_bool())?,
        kind: fields.optional_text()?,
        sampled_unix_s: fields.optional_number()?,
    })
}

fn recovery_value(recovery: &Recovery) -> Value {
    list([
        text(recovery.first_positive_date.as_deref()),
        text(recovery.valid_from_date.as_deref()),
        text(recovery.valid_until_date.as_deref()),
    ])
}

fn recovery_of(value: Value) -> Option<Recovery> {
    let mut fields = Fields::of(value)?;
    Some(Recovery {
        first_positive_date: fields.optional_text()?,
        valid_from_date: fields.optional_text()?,
        valid_until_date: fields.optional_text()?,
    })
}

fn list<const N: usize>(items: [Value; N]) -> Value {
    Value::Array(items.into())
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.to_vec())
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn number(number: Option<impl Into<Value>>) -> Value {
    number.map_or(Value::Null, Into::into)
}

/// The items of an array, one after the other.
pub(crate) struct Fields(std::vec::IntoIter<Value>);

impl Fields {
    pub(crate) fn of(value: Value) -> Option<Self> {
        value.into_array().ok().map(|items| Self(items.into_iter()))
    }

    pub(crate) fn next(&mut self) -> Option<Value> {
        self.0.next()
    }

    pub(crate) fn bytes(&mut self) -> Option<Vec<u8>> {
        self.next()?.into_bytes().ok()
    }

    pub(crate) fn integer(&mut self) -> Option<i64> {
        i64::try_from(self.next()?.as_integer()?).ok()
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        self.next()?.as_text().map(str::to_owned)
    }

    fn family(&mut self) -> Option<Family> {
        let name = self.text()?;
        Family::CREDENTIALS.into_iter().find(|family| family.name() == name)
    }

    fn list<T>(&mut self, read: impl Fn(Value) -> Option<T>) -> Option<Vec<T>> {
        self.next()?.into_array().ok()?.into_iter().map(read).collect()
    }

    /// `null` is nothing; `None`: neither that nor what it should be.
    fn optional<T>(&mut self, read: impl Fn(Value) -> Option<T>) -> Option<Option<T>> {
        match self.next()? {
            Value::Null => Some(None),
            value => read(value).map(Some),
        }
    }

    fn optional_text(&mut self) -> Option<Option<String>> {
        self.optional(|value| value.as_text().map(str::to_owned))
    }

    fn optional_number<T: TryFrom<i128>>(&mut self) -> Option<Option<T>> {
        self.optional(|value| T::try_from(value.as_integer()?).ok())
    }
}
