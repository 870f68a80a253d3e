//! An entry that is about a visitor, in one sign and one word.

use super::sign::Sign;
use super::text::Text;
use crate::audit_log::{Answer, Direction, Entry, EntryBody, Outcome};

/// `None`: the entry is about the log itself.
pub fn outcome(text: &Text, entry: &Entry) -> Option<(Sign, &'static str)> {
    let words = &text.words;
    let shown = match &entry.body {
        EntryBody::Decision { specimen: true, .. } => (Sign::Specimen, words.specimen),
        EntryBody::Decision { outcome, .. } => match outcome {
            Outcome::Admit if entry.direction == Direction::Exit => (Sign::Admit, words.exit),
            Outcome::Admit => (Sign::Admit, words.enter),
            Outcome::Refer => (Sign::Refer, words.check),
            Outcome::Refuse => (Sign::Refuse, words.refuse),
            Outcome::RefuseAndAlert => (Sign::Alert, words.refuse),
            Outcome::Unreadable => (Sign::Unread, words.unread),
            Outcome::NotACredential => (Sign::Unread, words.other_code),
        },
        EntryBody::Resolution { answer, .. } | EntryBody::Manual { answer, .. } => {
            let sign = match answer {
                Answer::Allowed => Sign::Admit,
                Answer::TurnedAway => Sign::Refuse,
                Answer::Unanswered => Sign::Unread,
            };
            (sign, text.answer(*answer))
        }
        EntryBody::Override { .. } => (Sign::Admit, words.allowed),
        EntryBody::Shift(_)
        | EntryBody::Undo { .. }
        | EntryBody::Attention { .. }
        | EntryBody::Gap(_)
        | EntryBody::Signed(_)
        | EntryBody::Other(_) => {
            return None;
        }
    };
    Some(shown)
}
