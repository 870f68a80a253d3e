//! What page and annex say to one another: two binaries, so all of it is text.
//!
//! Shape: `Told` as JSON, page → annex; a `Wish` by its name, annex → page.
//! Limits and errors: what is not understood is passed over; both are of one build.
//! Not here: passes and names; no such thing crosses.

use crate::audit_log::{Direction, ShiftTurn, Statement};
use crate::browser::language;
use crate::envelope::hex;
use crate::session::{DeskPage, Event, GateProfile, Language, Loudness, Wanted};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// The gate as the desk shows it and gives it back; its keys never cross.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateForm {
    pub venue_id: String,
    pub venue: String,
    pub gate: String,
    pub exit: bool,
    pub capacity: Option<u32>,
    pub policy_id: String,
}

/// What only the page knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The tag of what is spoken, and of all that this site offers.
    pub language: String,
    pub languages: Vec<String>,
    pub demo: bool,
    pub venue: String,
    pub gate: String,
    pub form: GateForm,
    /// Ids and names that the registry knows.
    pub venues: Vec<(String, String)>,
    /// Ids and titles, in the language that is spoken.
    pub policies: Vec<(String, String)>,
    /// Of the policy in use: its digest, and each rule's code and title.
    pub policy_digest: String,
    pub rules: Vec<(String, String)>,
    /// Until then the policy stays what it is.
    pub locked_until_unix_ms: Option<i64>,
    /// Entries of the log, stored.
    pub entries: u64,
    /// Entries held in memory because the store fails.
    pub held: u64,
    pub inside: u64,
    /// The entry that can still be taken back.
    pub undoable: Option<u64>,
    pub camera_running: bool,
    pub torch: bool,
    pub cameras: u8,
    pub sound_on: Option<bool>,
    /// `Loudness::name`.
    pub loudness: String,
    pub registry_version: u64,
    pub registry_issued_unix_s: i64,
    /// `fresh`, `warn` or `stale`.
    pub registry_age: String,
    pub app_version: String,
    pub built_unix_ms: i64,
    /// An officer has begun a shift and not ended it.
    pub on_shift: bool,
    /// The clock is earlier than the last entry.
    pub clock_back: bool,
    /// Entries stay on this phone for so long.
    pub keep_ms: i64,
    /// `Model::shown`.
    pub shown: String,
    /// Until when who it was is to be sealed, where the registry asks for it.
    pub sealing_until_unix_s: Option<i64>,
    /// To which key, in hexadecimal digits; empty: to none.
    pub sealing_key: String,
    /// The supervisor has agreed to it.
    pub sealing_agreed: bool,
    /// Of the key that makes pseudonyms now, its id in hexadecimal digits.
    pub pseudonym_key: String,
}

impl Told {
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are always JSON")
    }

    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_slice(json.as_bytes()).ok()
    }

    pub fn language(&self) -> Language {
        language::named(&self.language).unwrap_or_default()
    }

    pub fn offered(&self) -> Vec<Language> {
        language::offered(&self.languages)
    }
}

/// What the desk asks of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Back to scanning.
    Close,
    Undo,
    /// A signed note of where the log stands.
    Checkpoint,
    HandedOver,
    Shift(ShiftTurn),
    /// Somebody's pass or another log's checkpoint before the camera.
    Show,
    /// The supervisor agrees to sealing.
    Seal,
    /// A signal to hear and feel.
    Signal,
    /// The phone is turned round to the visitors, or back.
    Kiosk(bool),
    /// The log can be continued again; so many rows were set aside.
    Repaired(u64),
    /// What these entries hold of a visitor goes.
    Strike(Vec<u64>),
    Language(Language),
    Loudness(Loudness),
    /// The phone shall be this gate.
    /// To look closer at whoever was decided about there, or no longer.
    Attention {
        of: u64,
        who: [u8; 32],
        raised: bool,
    },
    Gate(GateForm),
}

/// Before the lines of a `GateForm`.
const GATE: &str = "gate:";
/// Before the number of rows.
const REPAIRED: &str = "repaired:";
/// Before the tag.
const LANGUAGE: &str = "language-";
/// Before the numbers of entries.
const STRIKE: &str = "strike:";
/// Before the entry's number and the pseudonym's hexadecimal digits.
const RAISE: &str = "raise:";
const LOWER: &str = "lower:";

impl GateForm {
    /// One field a line; a page's reader of JSON for it would weigh 2 KB.
    fn to_lines(&self) -> String {
        let Self { venue_id, venue, gate, exit, capacity, policy_id } = self;
        let capacity = capacity.map_or_else(String::new, |people| people.to_string());
        format!("{GATE}{venue_id}\n{venue}\n{gate}\n{exit}\n{capacity}\n{policy_id}")
    }

    fn of_lines(lines: &str) -> Option<Self> {
        let mut lines = lines.split('\n').map(str::to_owned);
        Some(Self {
            venue_id: lines.next()?,
            venue: lines.next()?,
            gate: lines.next()?,
            exit: lines.next()? == "true",
            capacity: lines.next()?.parse().ok(),
            policy_id: lines.next()?,
        })
    }
}

impl Wish {
    pub fn name(&self) -> String {
        match self {
            Self::Close => "close",
            Self::Undo => "undo",
            Self::Checkpoint => "checkpoint",
            Self::HandedOver => "handed-over",
            Self::Shift(ShiftTurn::Start) => "shift-start",
            Self::Shift(ShiftTurn::End) => "shift-end",
            Self::Show => "show",
            Self::Seal => "seal",
            Self::Signal => "signal",
            Self::Kiosk(true) => "kiosk-on",
            Self::Kiosk(false) => "kiosk-off",
            Self::Repaired(set_aside) => return REPAIRED.to_owned() + &set_aside.to_string(),
            Self::Strike(sequences) => {
                let list: Vec<String> = sequences.iter().map(u64::to_string).collect();
                return STRIKE.to_owned() + &list.join(" ");
            }
            Self::Attention { of, who, raised } => {
                let what = if *raised { RAISE } else { LOWER };
                return format!("{what}{of} {}", HEXLOWER.encode(who));
            }
            Self::Language(language) => return LANGUAGE.to_owned() + language.tag(),
            Self::Loudness(loudness) => loudness.name(),
            Self::Gate(form) => return form.to_lines(),
        }
        .to_owned()
    }

    pub fn parse(name: &str) -> Option<Self> {
        if let Some(lines) = name.strip_prefix(GATE) {
            return GateForm::of_lines(lines).map(Self::Gate);
        }
        if let Some(set_aside) = name.strip_prefix(REPAIRED) {
            return set_aside.parse().ok().map(Self::Repaired);
        }
        if let Some(list) = name.strip_prefix(STRIKE) {
            return Some(Self::Strike(list.split(' ').filter_map(|n| n.parse().ok()).collect()));
        }
        for (what, raised) in [(RAISE, true), (LOWER, false)] {
            if let Some((of, who)) = name.strip_prefix(what).and_then(|rest| rest.split_once(' ')) {
                let who = hex::decode(who)?.try_into().ok()?;
                return Some(Self::Attention { of: of.parse().ok()?, who, raised });
            }
        }
        if let Some(tag) = name.strip_prefix(LANGUAGE) {
            return language::named(tag).map(Self::Language);
        }
        let all = [
            Self::Close,
            Self::Undo,
            Self::Checkpoint,
            Self::HandedOver,
            Self::Shift(ShiftTurn::Start),
            Self::Shift(ShiftTurn::End),
            Self::Show,
            Self::Seal,
            Self::Signal,
            Self::Kiosk(true),
            Self::Kiosk(false),
            Self::Loudness(Loudness::Loud),
            Self::Loudness(Loudness::Soft),
            Self::Loudness(Loudness::Mute),
        ];
        all.into_iter().find(|wish| wish.name() == name)
    }

    pub fn event(self) -> Event {
        match self {
            Self::Close => Event::BackTapped,
            Self::Undo => Event::UndoTapped,
            Self::Checkpoint => Event::SignatureWanted(Statement::Checkpoint),
            Self::HandedOver => Event::HandedOver,
            Self::Shift(turn) => Event::PassWanted(Wanted::Shift(turn)),
            Self::Show => Event::PassWanted(Wanted::ForDesk),
            Self::Seal => Event::SealingAgreed,
            Self::Signal => Event::SignalTried,
            Self::Kiosk(on) => Event::KioskTurned(on),
            Self::Repaired(set_aside) => Event::LogRepaired { set_aside },
            Self::Strike(sequences) => Event::SignatureWanted(Statement::Struck(sequences)),
            Self::Attention { of, who, raised } => Event::AttentionTapped { of, who, raised },
            Self::Language(language) => Event::LanguageChosen(language),
            Self::Loudness(loudness) => Event::LoudnessChosen(loudness),
            Self::Gate(form) => Event::GateEntered(Box::new(GateProfile {
                venue_id: form.venue_id,
                venue: form.venue,
                gate: form.gate.trim().to_owned(),
                direction: if form.exit { Direction::Exit } else { Direction::Entry },
                capacity: form.capacity,
                policy_id: form.policy_id,
                venue_keys: Vec::new(),
                hub: None,
            })),
        }
    }
}

/// Where the desk is.
pub fn page_named(name: &str) -> DeskPage {
    match name {
        "history" => DeskPage::History,
        "selftest" => DeskPage::SelfTest,
        "handover" => DeskPage::HandOver,
        "gate" => DeskPage::Gate,
        "known" => DeskPage::Known,
        "repair" => DeskPage::Repair,
        "leave-kiosk" => DeskPage::LeaveKiosk,
        _ => DeskPage::Menu,
    }
}
