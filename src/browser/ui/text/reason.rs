//! A reason to a sentence.

use super::{LocalTime, Said, Text};
use crate::gate::{Fault, GateReason, Reason, RuleReason, TrustError};
use std::borrow::Cow;

/// What the screen says of a reason; `now` tells which dates need a year.
pub fn reason(reason: &Reason, text: &Text, now_unix_ms: i64, utc_offset_min: i16) -> Said {
    let all = &text.reasons;
    match reason {
        Reason::Credential(error) => match error.fault() {
            Fault::Unsupported => all.unsupported.clone(),
            Fault::Unprovable => all.forged.clone(),
            Fault::Unreadable | Fault::NoCredential => all.unreadable.clone(),
        },
        Reason::Other(other) => text.other_code(*other).clone(),
        Reason::Trust(error) => trust(*error, text, now_unix_ms, utc_offset_min),
        Reason::Rule(rule) => by_rule(rule, text),
        Reason::Gate(GateReason::Used { at_unix_ms }) => {
            let at = LocalTime::of_unix_ms(*at_unix_ms, utc_offset_min);
            (all.used)(&at.hour_minute(&text.time))
        }
        Reason::Gate(GateReason::UsedElsewhere { at_unix_ms, gate, heard_unix_ms }) => {
            let [at, heard] = [at_unix_ms, heard_unix_ms].map(|unix_ms| {
                LocalTime::of_unix_ms(*unix_ms, utc_offset_min).hour_minute(&text.time)
            });
            (all.used_elsewhere)(&at, gate, &heard)
        }
        Reason::Gate(GateReason::Attention { since_unix_ms }) => {
            let at = LocalTime::of_unix_ms(*since_unix_ms, utc_offset_min);
            (all.attention)(&at.hour_minute(&text.time))
        }
        Reason::Gate(GateReason::AttentionElsewhere { since_unix_ms, gate }) => {
            let at = LocalTime::of_unix_ms(*since_unix_ms, utc_offset_min);
            (all.attention_elsewhere)(&at.hour_minute(&text.time), gate)
        }
        Reason::Gate(GateReason::Full { inside, capacity }) => (all.full)(*inside, *capacity),
        Reason::Gate(GateReason::FullByAllDoors { inside, capacity, heard_unix_ms }) => {
            let heard = LocalTime::of_unix_ms(*heard_unix_ms, utc_offset_min);
            (all.full_by_all_doors)(*inside, *capacity, &heard.hour_minute(&text.time))
        }
        Reason::Gate(GateReason::NamesDiffer) => all.names_differ.clone(),
        Reason::Gate(GateReason::ClockBack) => all.clock.clone(),
        Reason::Gate(GateReason::Fault) => all.fault.clone(),
    }
}

fn trust(error: TrustError, text: &Text, now_unix_ms: i64, utc_offset_min: i16) -> Said {
    let all = &text.reasons;
    let now = LocalTime::of_unix_ms(now_unix_ms, utc_offset_min);
    match error {
        TrustError::UnknownKey
        | TrustError::KeyMissing
        | TrustError::KeyExpired
        | TrustError::KeyTerminated => all.unknown_issuer.clone(),
        TrustError::BadSignature | TrustError::Certificate | TrustError::KeyRevoked => {
            all.forged.clone()
        }
        TrustError::CertificateExpired => all.unknown_issuer.clone(),
        TrustError::Expired { at_unix_s } => {
            // RFC 8392 §3.1.4: not accepted on or after `exp`, so the second before was the last.
            let last = LocalTime::of_unix_s(at_unix_s.saturating_sub(1), utc_offset_min);
            if last.same_day(now) {
                let at = LocalTime::of_unix_s(at_unix_s, utc_offset_min);
                (all.expired_today)(&at.hour_minute(&text.time))
            } else {
                (all.expired)(&last.date_seen_from(now, &text.time))
            }
        }
        TrustError::NotYetValid { from_unix_s } => {
            let from = LocalTime::of_unix_s(from_unix_s, utc_offset_min);
            if from.same_day(now) {
                (all.early_today)(&from.hour_minute(&text.time))
            } else {
                (all.early)(&from.date_seen_from(now, &text.time))
            }
        }
        TrustError::Revoked => all.revoked.clone(),
        TrustError::RegistryStale => all.stale.clone(),
        TrustError::RevocationUnchecked => all.unchecked.clone(),
        TrustError::Purpose | TrustError::Product => all.purpose.clone(),
    }
}

/// A policy brings its own words.
fn by_rule(rule: &RuleReason, text: &Text) -> Said {
    let [happened, to_do] = [&rule.happened, &rule.to_do]
        .map(|sentence| Cow::Owned((text.language.policy)(sentence).to_owned()));
    Said { happened, to_do }
}
