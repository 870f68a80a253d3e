//! WHO's vaccination document (DDCC:VS), as claim −260 carries it under number 3.
//!
//! Shape: map { name, birthDate, vaccine { code }, brand { code }, dose, total_doses, date, hcid }
//! → holder and one vaccination.
//! Limits and errors: as `dcc`: missing and empty fields are absent, one of another type is an
//! error with the same codes.
//! Source: "Digital documentation of COVID-19 certificates: vaccination status" (WHO, 2021-08),
//! core data set; names in CBOR: `WorldHealthOrganization/ddcc-validator`, 1510afe.
//! Not here: its test results (number 4): no published code of one has come to hand.

use super::Holder;
use super::claims::Vaccination;
use super::dcc::{Dcc, DccError, Map};
use crate::envelope::cbor::Value;

pub(super) fn read(value: &Value) -> Result<Dcc, DccError> {
    let map = Map::of(value, DccError::Shape)?;
    let code = |name: &str| match map.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(coding) => {
            let wrong = DccError::Vaccination;
            Map::of(coding, wrong)?.text("code", wrong)
        }
    };
    let date = map.text("date", DccError::Vaccination)?;
    Ok(Dcc {
        certificate_ids: map.text("hcid", DccError::Entries)?.into_iter().collect(),
        holder: Holder {
            name: map.text("name", DccError::Name)?,
            birth_date: map.text("birthDate", DccError::BirthDate)?,
        },
        vaccinations: vec![Vaccination {
            product: code("brand")?.or(code("vaccine")?),
            dose: map.count("dose", DccError::Vaccination)?,
            total: map.count("total_doses", DccError::Vaccination)?,
            date: date.map(|date| date.split('T').next().unwrap_or_default().to_owned()),
        }],
        ..Dcc::default()
    })
}
