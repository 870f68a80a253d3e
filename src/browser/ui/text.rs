//! Every sentence of the page: one typed catalogue, a table a language, in which a missing sentence does not compile.
//!
//! Shape: `Text::of(Language)` → `&'static Text`; `reason(&Reason, …)` → `Said`.
//! A sentence names the thing (`happened`), then what to do (`to_do`); it never blames the visitor.
//! Not here: the languages (`browser::language`); the words of a policy, which bring their own two (`RuleReason`).

mod reason;
mod when;

pub use reason::reason;
pub use when::{LocalTime, Months, birth_date};

use crate::audit_log::Answer;
use crate::browser::language;
use crate::gate::{OtherCode, Sentence};
use crate::session::{
    CameraFault, Language, ManualReason, OverrideReason, Problem, ReferReason, StoreFault,
};
use std::borrow::Cow;

/// A tablet on the wall.
#[derive(Debug)]
pub struct KioskText {
    pub steps: [&'static str; 3],
    /// Where only an officer can go on.
    pub wait: &'static str,
    pub leave: &'static str,
}

/// What happened, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub happened: Cow<'static, str>,
    pub to_do: Cow<'static, str>,
}

impl Said {
    pub const fn new(happened: &'static str, to_do: &'static str) -> Self {
        Self { happened: Cow::Borrowed(happened), to_do: Cow::Borrowed(to_do) }
    }

    pub fn with(happened: String, to_do: &'static str) -> Self {
        Self { happened: Cow::Owned(happened), to_do: Cow::Borrowed(to_do) }
    }
}

/// One language.
#[derive(Debug)]
pub struct Text {
    /// BCP 47.
    pub tag: &'static str,
    pub language: LanguageText,
    pub words: Words,
    pub verdict: VerdictText,
    pub reasons: ReasonText,
    pub scan: ScanText,
    pub sheet: SheetText,
    pub kiosk: KioskText,
    pub manual: ManualText,
    pub gate: GateText,
    pub welcome: WelcomeText,
    pub problem: ProblemText,
    pub banner: BannerText,
    pub time: TimeText,
}

impl Text {
    pub fn of(language: Language) -> &'static Self {
        language::text(language)
    }

    pub fn other_code(&self, other: OtherCode) -> &Said {
        match other {
            OtherCode::Poster => &self.sheet.poster,
            OtherCode::SetupCode => &self.sheet.setup_code,
            OtherCode::CheckIn2021 => &self.sheet.check_in_2021,
            OtherCode::DomesticCertificate => &self.sheet.domestic_certificate,
            OtherCode::Wifi => &self.sheet.wifi,
            OtherCode::WebAddress => &self.sheet.web_address,
            OtherCode::Unknown => &self.sheet.other,
        }
    }

    pub fn refer_reason(&self, reason: ReferReason) -> &'static str {
        let list = &self.verdict;
        match reason {
            ReferReason::IdentityMatches => list.identity_matches,
            ReferReason::DoctorsLetter => list.doctors_letter,
            ReferReason::SupervisorAgrees => list.supervisor_agrees,
            ReferReason::IdentityDiffers => list.identity_differs,
            ReferReason::NoDocument => list.no_document,
            ReferReason::SentToDesk => list.sent_to_desk,
            ReferReason::Other => list.other_reason,
        }
    }

    pub fn override_reason(&self, reason: OverrideReason) -> &'static str {
        match reason {
            OverrideReason::OtherProof => self.gate.other_proof,
            OverrideReason::Known => self.gate.known,
            OverrideReason::OnDuty => self.manual.on_duty,
            OverrideReason::Emergency => self.manual.emergency,
            OverrideReason::Other => self.manual.other_reason,
        }
    }

    pub fn manual_reason(&self, reason: ManualReason) -> &'static str {
        let list = &self.manual;
        match reason {
            ManualReason::NoPass => list.no_pass,
            ManualReason::PhoneDead => list.phone_dead,
            ManualReason::CodeDamaged => list.code_damaged,
            ManualReason::Child => list.child,
            ManualReason::Emergency => list.emergency,
            ManualReason::OnDuty => list.on_duty,
            ManualReason::Other => list.other_reason,
        }
    }

    pub fn answer(&self, answer: Answer) -> &'static str {
        match answer {
            Answer::Allowed => self.words.allowed,
            Answer::TurnedAway => self.words.turned_away,
            Answer::Unanswered => self.words.unanswered,
        }
    }

    pub fn problem(&self, problem: Problem) -> &ProblemSaid {
        let all = &self.problem;
        match problem {
            Problem::Camera(CameraFault::Denied) => &all.camera_denied,
            Problem::Camera(CameraFault::Absent) => &all.camera_absent,
            Problem::Camera(CameraFault::Busy) => &all.camera_busy,
            Problem::Camera(CameraFault::Insecure) => &all.insecure,
            Problem::Camera(CameraFault::InAppBrowser) => &all.in_app,
            Problem::Camera(CameraFault::Unsupported) | Problem::OldBrowser => &all.old_browser,
            Problem::Camera(CameraFault::Unknown) => &all.camera_unknown,
            Problem::SecondTab => &all.second_tab,
            Problem::NoSite => &all.no_site,
            Problem::NoRegistry => &all.no_registry,
            Problem::RootChanged => &all.root_changed,
            Problem::Store(StoreFault::Full) => &all.store_full,
            Problem::Store(StoreFault::Blocked | StoreFault::Fork) => &all.store_blocked,
            Problem::Store(StoreFault::CannotOpen | StoreFault::Lost | StoreFault::Unknown) => {
                &all.store
            }
        }
    }
}

#[derive(Debug)]
pub struct LanguageText {
    /// Of this language, in itself.
    pub name: &'static str,
    pub short: &'static str,
    /// Which of a policy's two languages is read by whoever speaks this one.
    pub policy: fn(&Sentence) -> &str,
}

/// The words beside the signs; capitals only here.
#[derive(Debug)]
pub struct Words {
    pub enter: &'static str,
    pub exit: &'static str,
    pub check: &'static str,
    pub refuse: &'static str,
    pub specimen: &'static str,
    pub allowed: &'static str,
    pub turned_away: &'static str,
    pub unanswered: &'static str,
    pub unread: &'static str,
    pub other_code: &'static str,
    pub direction_entry: &'static str,
    pub direction_exit: &'static str,
}

#[derive(Debug)]
pub struct VerdictText {
    pub call_supervisor: &'static str,
    pub compare_id: &'static str,
    pub born: fn(&str) -> String,
    /// `None`: a role that only its issuer knows.
    pub role: fn(&str) -> Option<&'static str>,
    pub if_real: fn(&str) -> String,
    pub saving: &'static str,
    pub recorded: &'static str,
    pub not_recorded: &'static str,
    pub number: fn(u64) -> String,
    pub green: &'static str,
    pub yellow: &'static str,
    pub red: &'static str,
    pub black: &'static str,
    pub next: &'static str,
    pub next_or_hold: &'static str,
    pub allow: &'static str,
    pub turn_away: &'static str,
    pub why_allow: &'static str,
    pub why_turn_away: &'static str,
    pub identity_matches: &'static str,
    pub doctors_letter: &'static str,
    pub supervisor_agrees: &'static str,
    pub identity_differs: &'static str,
    pub no_document: &'static str,
    pub sent_to_desk: &'static str,
    pub other_reason: &'static str,
    pub back: &'static str,
}

#[derive(Debug)]
pub struct ReasonText {
    /// Of an admission whose holder has no name to compare.
    pub proven: Said,
    pub unknown_issuer: Said,
    pub forged: Said,
    /// With the last day on which it held.
    pub expired: fn(&str) -> Said,
    pub expired_today: fn(&str) -> Said,
    pub early: fn(&str) -> Said,
    pub early_today: fn(&str) -> Said,
    pub revoked: Said,
    pub stale: Said,
    pub unchecked: Said,
    pub purpose: Said,
    pub unreadable: Said,
    pub unsupported: Said,
    pub clock: Said,
    pub fault: Said,
    /// With the time at which the pass was used.
    pub used: fn(&str) -> Said,
    /// The same at another gate: time, gate, and as of when it was heard of.
    pub used_elsewhere: fn(&str, &str, &str) -> Said,
    /// A supervisor flagged the visitor: since when.
    pub attention: fn(&str) -> Said,
    /// The same at another gate: since when, and which.
    pub attention_elsewhere: fn(&str, &str) -> Said,
    pub full: fn(u32, u32) -> Said,
    /// By all doors: how many, of how many, and as of when that was heard of.
    pub full_by_all_doors: fn(u32, u32, &str) -> Said,
    pub names_differ: Said,
    pub specimen: Said,
    /// A refusal whose cause nobody may say aloud.
    pub blocked: Said,
}

#[derive(Debug)]
pub struct ScanText {
    pub title: &'static str,
    pub point: &'static str,
    pub closer: &'static str,
    pub farther: &'static str,
    pub too_dark: &'static str,
    pub glare: &'static str,
    pub hold_still: &'static str,
    pub two_codes: &'static str,
    /// So many of so many codes of one message were seen.
    pub parts: fn(u8, u8) -> String,
    pub camera_opens: &'static str,
    pub camera_stopped: &'static str,
    pub direction: fn(&str) -> String,
    pub list_fresh: fn(&str) -> String,
    pub list_age_short: fn(&str) -> String,
    pub no_list: &'static str,
    pub nothing_yet: &'static str,
    pub inside: &'static str,
    pub inside_of: fn(u32) -> String,
    /// Before the time as of which they are known, and the people inside.
    pub all_gates: &'static str,
    /// Before the time.
    pub in_sync: &'static str,
    /// Behind the number.
    pub waiting: &'static str,
    pub not_in_sync: &'static str,
    pub tally: fn(usize, usize, usize) -> String,
    pub recorded: &'static str,
    pub not_recorded: &'static str,
    pub torch: &'static str,
    pub zoom: &'static str,
    pub camera: &'static str,
    pub picture: &'static str,
    pub manual: &'static str,
    pub menu: &'static str,
}

#[derive(Debug)]
pub struct SheetText {
    pub unread: Said,
    pub unread_note: &'static str,
    pub poster: Said,
    pub setup_code: Said,
    pub domestic_certificate: Said,
    pub wifi: Said,
    pub web_address: Said,
    pub other: Said,
    pub check_in_2021: Said,
    pub nothing_in_picture: Said,
    pub no_desk: Said,
    pub second: Said,
    pub close: &'static str,
}

#[derive(Debug)]
pub struct ManualText {
    pub title: &'static str,
    pub say: Said,
    pub no_pass: &'static str,
    pub phone_dead: &'static str,
    pub code_damaged: &'static str,
    pub child: &'static str,
    pub emergency: &'static str,
    pub on_duty: &'static str,
    pub other_reason: &'static str,
    pub allow: &'static str,
    pub turn_away: &'static str,
}

#[derive(Debug)]
pub struct GateText {
    pub title: &'static str,
    /// Label of the gate's name, which leads here.
    pub change: fn(&str) -> String,
    pub scan_code: &'static str,
    pub setup: Said,
    pub parts: fn(usize, usize) -> String,
    pub from_file: &'static str,
    pub by_hand: &'static str,
    pub offered: &'static str,
    pub at_most: fn(u32) -> String,
    pub keys: &'static str,
    pub no_keys: &'static str,
    pub own_count: &'static str,
    pub confirm: &'static str,
    pub taken: fn(u64) -> String,
    pub done: &'static str,
    pub other_code: Said,
    pub foreign: Said,
    pub expired: Said,
    pub no_policy: Said,
    /// With the time at which it ends.
    pub locked: fn(&str) -> Said,
    pub override_button: &'static str,
    pub override_title: &'static str,
    pub shift_start: &'static str,
    pub shift_end: &'static str,
    pub shift_scan: Said,
    pub show_title: &'static str,
    pub show_scan: Said,
    pub override_reason: Said,
    pub override_scan: Said,
    pub not_a_pass: Said,
    pub not_trusted: Said,
    pub not_supervisor: Said,
    pub other_proof: &'static str,
    pub known: &'static str,
    pub second: &'static str,
    pub why: &'static str,
    pub why_title: &'static str,
    pub signed_by: fn(&str) -> String,
    pub until: fn(&str) -> String,
}

#[derive(Debug)]
pub struct WelcomeText {
    pub starting: &'static str,
    /// On iOS, where a tab and the home screen's app have separate stores.
    pub install: Said,
    pub ready: &'static str,
    pub notice_title: &'static str,
    /// For how many days entries are kept.
    pub notice: fn(i64) -> String,
    pub gate_title: &'static str,
    pub camera_title: &'static str,
    pub camera: &'static str,
    pub begin: &'static str,
    pub nothing_sent: &'static str,
}

/// A picture goes with each; never more than three steps.
#[derive(Debug)]
pub struct ProblemSaid {
    pub title: &'static str,
    pub steps: &'static [&'static str],
}

#[derive(Debug)]
pub struct ProblemText {
    pub camera_denied: ProblemSaid,
    pub camera_absent: ProblemSaid,
    pub camera_busy: ProblemSaid,
    pub camera_unknown: ProblemSaid,
    pub in_app: ProblemSaid,
    pub insecure: ProblemSaid,
    pub old_browser: ProblemSaid,
    pub second_tab: ProblemSaid,
    pub no_site: ProblemSaid,
    pub no_registry: ProblemSaid,
    pub root_changed: ProblemSaid,
    pub store: ProblemSaid,
    pub store_blocked: ProblemSaid,
    pub store_full: ProblemSaid,
    pub retry: &'static str,
    pub repair: &'static str,
    pub take_over: &'static str,
    pub use_picture: &'static str,
}

#[derive(Debug)]
pub struct BannerText {
    pub demo: &'static str,
    pub storage: fn(usize) -> Said,
    pub full: Said,
    pub lost: Said,
    pub saved: Said,
    pub root: Said,
    pub rollback: Said,
    pub damaged: Said,
    pub clock: Said,
    pub warn: fn(&str) -> Said,
    pub stale: Said,
    pub hand_over: Said,
    pub retired: Said,
    pub contested: Said,
    pub update: Said,
}

#[derive(Debug)]
pub struct TimeText {
    pub months: Months,
    /// Between hour, minute and second.
    pub separator: char,
    pub day_month: fn(i64, &str) -> String,
    /// With the year: of a day and month, or of a month alone.
    pub with_year: fn(&str, &str) -> String,
    pub minutes: fn(i64) -> String,
    pub hours: fn(i64) -> String,
    pub days: fn(i64) -> String,
}

impl TimeText {
    /// An age in its largest unit.
    pub fn age(&self, age_s: i64) -> String {
        let minutes = age_s.max(0) / 60;
        match minutes {
            0..60 => (self.minutes)(minutes),
            60..2880 => (self.hours)(minutes / 60),
            _ => (self.days)(minutes / 1440),
        }
    }
}
