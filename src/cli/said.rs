//! Reasons in plain English, for a terminal.

use super::moment;
use crate::gate::{Fault, GateReason, OtherCode, Reason, TrustError};

pub fn words(reason: &Reason) -> String {
    match reason {
        Reason::Credential(error) => match error.fault() {
            Fault::Unsupported => {
                format!("This version cannot judge this {} credential.", error.family().name())
            }
            Fault::Unprovable => "Nothing can prove it, by what it says itself.".to_owned(),
            Fault::Unreadable | Fault::NoCredential => "It cannot be decoded.".to_owned(),
        },
        Reason::Other(other) => other_words(*other).to_owned(),
        Reason::Trust(error) => trust_words(*error),
        Reason::Rule(rule) => format!("{} {}", rule.happened.en, rule.to_do.en),
        Reason::Gate(reason) => gate_words(reason).to_owned(),
    }
}

fn gate_words(reason: &GateReason) -> &'static str {
    match reason {
        GateReason::UsedElsewhere { .. } => {
            "It has been used at another gate, and its holder has not left since."
        }
        GateReason::Used { .. } => "It has been used here, and its holder has not left since.",
        GateReason::Attention { .. } | GateReason::AttentionElsewhere { .. } => {
            "A supervisor asks to look closer at the visitor."
        }
        GateReason::Full { .. } | GateReason::FullByAllDoors { .. } => "The place is full.",
        GateReason::NamesDiffer => "Two certificates, two names.",
        GateReason::ClockBack => "The clock is earlier than what has already happened.",
        GateReason::Fault => "A rule of the policy cannot be evaluated.",
    }
}

fn other_words(other: OtherCode) -> &'static str {
    match other {
        OtherCode::Poster => "A venue's poster, not a pass.",
        OtherCode::SetupCode => "A set-up code for gates, not a pass.",
        OtherCode::CheckIn2021 => "A check-in code of 2021, which proves nothing.",
        OtherCode::DomesticCertificate => {
            "A certificate of PeduliLindungi for use within Indonesia: a web address without proof."
        }
        OtherCode::Wifi => "A network's name and password, not a pass.",
        OtherCode::WebAddress => "A web address, not a pass.",
        OtherCode::Unknown => "Something else, not a pass.",
    }
}

fn trust_words(error: TrustError) -> String {
    let fixed = match error {
        TrustError::Expired { at_unix_s } => {
            return format!("Expired at {}.", moment::rfc3339(at_unix_s));
        }
        TrustError::NotYetValid { from_unix_s } => {
            return format!("Not valid before {}.", moment::rfc3339(from_unix_s));
        }
        TrustError::UnknownKey => "No key in the registry fits: the issuer is unknown.",
        TrustError::KeyMissing => "It does not say which key signed it.",
        TrustError::KeyExpired => "The key that signed it is not in force.",
        TrustError::KeyTerminated => "Its issuer gave up the key that signed it.",
        TrustError::KeyRevoked => "Its issuer disowns the key that signed it.",
        TrustError::Certificate => "The certificate in it is none.",
        TrustError::CertificateExpired => "The certificate in it is not in force.",
        TrustError::Product => "A ticket for something that the event does not sell.",
        TrustError::BadSignature => "The signature does not hold: forged or altered.",
        TrustError::Revoked => "The issuer has withdrawn it.",
        TrustError::RegistryStale => "The registry is too old.",
        TrustError::RevocationUnchecked => "Whether it is withdrawn cannot be checked.",
        TrustError::Purpose => "The issuer may not sign this.",
    };
    fixed.to_owned()
}
