//! WHO's documents, as claim −260 carries them: of a vaccination (DDCC:VS) under number 3, of a test
//! result (DDCC:TR) under number 4.
//!
//! Shape: map { name, birthDate, hcid, vaccine { code }, brand { code }, dose, total_doses, date } or
//! map { name, birthDate, hcid | certificate { hcid }, test { type, result, date } }, or a list of
//! such maps → one holder and their facts. A coding is its code or a map { code }.
//! Limits and errors: as `dcc`: missing and empty fields are absent, one of another type is an
//! error with the same codes. Documents of several holders in one certificate are refused.
//! Source: "Digital documentation of COVID-19 certificates: vaccination status" (WHO, 2021-08) and
//! "test result" (2022-03), core data sets; "DDCC Core Data Set Logical Model for Test Result" 1.0.0;
//! names in CBOR: `WorldHealthOrganization/ddcc-validator`, 1510afe.
//! Not here: brands and makers of tests, and who took them: no rule asks for them.

use super::Holder;
use super::claims::{TestResult, Vaccination};
use super::dcc::{self, Dcc, DccError, ENTRIES_MAX, Map};
use crate::envelope::cbor::Value;

/// What stands under each number.
pub(super) fn read(vaccinations: Option<&Value>, tests: Option<&Value>) -> Result<Dcc, DccError> {
    let mut dcc = Dcc::default();
    for document in documents(vaccinations)? {
        let map = identified(document, &mut dcc)?;
        dcc.vaccinations.push(vaccination(&map)?);
    }
    for document in documents(tests)? {
        let map = identified(document, &mut dcc)?;
        dcc.tests.push(test(&map)?);
    }
    Ok(dcc)
}

fn documents(value: Option<&Value>) -> Result<&[Value], DccError> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(list)) if list.len() <= ENTRIES_MAX => Ok(list),
        Some(Value::Array(_)) => Err(DccError::Entries),
        Some(one) => Ok(std::slice::from_ref(one)),
    }
}

/// A document, when its holder and certificate number are noted.
fn identified<'a>(document: &'a Value, dcc: &mut Dcc) -> Result<Map<'a>, DccError> {
    let map = Map::of(document, DccError::Shape)?;
    let holder = Holder {
        name: map.text("name", DccError::Name)?,
        birth_date: map.text("birthDate", DccError::BirthDate)?,
    };
    let is_first = dcc.vaccinations.is_empty() && dcc.tests.is_empty();
    if !is_first && dcc.holder != holder {
        return Err(DccError::Name);
    }
    dcc.holder = holder;
    let within = match map.get("certificate") {
        None | Some(Value::Null) => None,
        Some(certificate) => {
            Map::of(certificate, DccError::Entries)?.text("hcid", DccError::Entries)?
        }
    };
    dcc.certificate_ids.extend(map.text("hcid", DccError::Entries)?.or(within));
    Ok(map)
}

fn vaccination(map: &Map<'_>) -> Result<Vaccination, DccError> {
    let wrong = DccError::Vaccination;
    let date = map.text("date", wrong)?;
    Ok(Vaccination {
        product: code(map, "brand", wrong)?.or(code(map, "vaccine", wrong)?),
        dose: map.count("dose", wrong)?,
        total: map.count("total_doses", wrong)?,
        date: date.map(|date| date.split('T').next().unwrap_or_default().to_owned()),
    })
}

fn test(map: &Map<'_>) -> Result<TestResult, DccError> {
    let wrong = DccError::Test;
    let test = Map::of(map.get("test").ok_or(wrong)?, wrong)?;
    let sampled = test.text("date", wrong)?;
    Ok(TestResult {
        detected: code(&test, "result", wrong)?.as_deref().and_then(dcc::was_detected),
        kind: code(&test, "type", wrong)?,
        sampled_unix_s: match sampled {
            Some(time) => dcc::sampled_unix_s(&time)?,
            None => None,
        },
    })
}

fn code(map: &Map<'_>, name: &str, otherwise: DccError) -> Result<Option<String>, DccError> {
    match map.get(name) {
        Some(coding @ Value::Map(_)) => Map::of(coding, otherwise)?.text("code", otherwise),
        _ => map.text(name, otherwise),
    }
}
