//! What the screens show.

use super::event::{Moment, TrustBundle};
use super::timing;
use crate::audit_log::{
    self, ChainHead, ChainReport, Direction, Entry, EntryBody, EntryDraft, GateName, Hash,
    StoredEntry,
};
use crate::gate::{CLOCK_SLACK_MS, Decision, History, OtherCode, Payload, Visits};
use crate::rules::GateRules;
use crate::scan::Hint;
use crate::trust::setup_code::VenueKey;
use std::collections::{BTreeSet, VecDeque};

/// The whole state; one screen at a time.
#[derive(Debug)]
pub struct Model {
    pub screen: Screen,
    pub language: Language,
    pub gate: GateProfile,
    pub demo: bool,
    pub camera: CameraView,
    pub trust: TrustView,
    pub store: StoreState,
    /// Today's entries, oldest first.
    pub today: Vec<Entry>,
    /// Of the day before, as far as they still matter for who is inside.
    pub(super) earlier: Vec<Entry>,
    pub chain: Option<ChainReport>,
    /// Over the live camera: nothing that refuses anybody.
    pub sheet: Option<Sheet>,
    pub hint: Option<Hint>,
    /// Two different codes are in view; neither is decided.
    pub two_codes: bool,
    /// Which problem the camera had while another screen was up.
    pub(super) camera_fault: Option<CameraFault>,
    /// The notice has been read on this phone before.
    pub known_phone: bool,
    /// A newer version waits for a quiet moment and a tap.
    pub update_ready: bool,
    pub(super) site_known: bool,
    pub(super) begun: bool,
    pub(super) app_version: String,
    pub(super) history: History,
    pub(super) head: Option<ChainHead>,
    /// Drawn by this phone; where the set-up code gave none.
    pub(super) own_key: [u8; 32],
    /// Not stored yet, oldest first; the first is in flight unless a retry is due.
    pub(super) held: VecDeque<Held>,
    pub(super) retry_at_unix_ms: Option<i64>,
    pub(super) ignored: Option<SeenCode>,
    pub(super) unread_since_unix_ms: Option<i64>,
    pub(super) unread_signal_unix_ms: Option<i64>,
    pub(super) sheet_until_unix_ms: Option<i64>,
}

impl Model {
    /// Before anything is known.
    pub fn starting() -> Self {
        Self {
            screen: Screen::Starting,
            language: Language::Indonesian,
            gate: GateProfile::unnamed(),
            demo: false,
            camera: CameraView::default(),
            trust: TrustView::default(),
            store: StoreState::Opening,
            today: Vec::new(),
            chain: None,
            sheet: None,
            hint: None,
            two_codes: false,
            camera_fault: None,
            known_phone: false,
            update_ready: false,
            site_known: false,
            begun: false,
            app_version: String::new(),
            history: History::default(),
            head: None,
            earlier: Vec::new(),
            own_key: [0; 32],
            held: VecDeque::new(),
            retry_at_unix_ms: None,
            ignored: None,
            unread_since_unix_ms: None,
            unread_signal_unix_ms: None,
            sheet_until_unix_ms: None,
        }
    }

    /// The last scan or manual entry, while it can still be taken back.
    pub fn undoable(&self, now_unix_ms: i64) -> Option<u64> {
        let last = self.today.iter().rev().find(|entry| {
            matches!(entry.body, EntryBody::Decision { .. } | EntryBody::Manual { .. })
        })?;
        let taken_back = self
            .today
            .iter()
            .any(|entry| matches!(entry.body, EntryBody::Undo { of } if of == last.sequence));
        let age_ms = now_unix_ms - last.at_unix_ms;
        let fresh = (0..timing::UNDO_MS).contains(&age_ms);
        (fresh && !taken_back).then_some(last.sequence)
    }

    /// Whether a new version may be started now: nobody is being judged, nothing waits to be stored.
    pub fn is_quiet(&self) -> bool {
        self.held.is_empty() && !matches!(self.screen, Screen::Verdict(_) | Screen::Manual(_))
    }

    /// Brings the door up to what the gate is set up as, and to this month's key.
    pub(super) fn prepare_door(&mut self, moment: &Moment) {
        let month = VenueKey::month_of(moment.now_unix_ms, moment.utc_offset_min);
        let stay_ms = self.stay_ms();
        let door = &mut self.history.door;
        door.direction = self.gate.direction;
        door.capacity = self.gate.capacity;
        door.venue_key = self.gate.venue_key(month).unwrap_or(self.own_key);
        door.visits.close(moment.now_unix_ms, stay_ms);
    }

    /// Counts who is inside anew, from the log.
    pub(super) fn count_visits(&mut self, moment: &Moment) {
        let entries: Vec<Entry> = self.earlier.iter().chain(&self.today).cloned().collect();
        let (name, stay_ms) = (self.gate.name(), self.stay_ms());
        self.history.door.visits = Visits::of(&entries, &name, moment.now_unix_ms, stay_ms);
    }

    fn stay_ms(&self) -> i64 {
        let rules = self.trust.bundle.as_ref().map(|bundle| bundle.policy.gate().stay_h);
        i64::from(rules.unwrap_or(GateRules::default().stay_h)) * timing::HOUR_MS
    }

    /// Entries that the store has.
    pub fn entries_stored(&self) -> u64 {
        let made = self.head.map_or(0, |head| head.next_sequence());
        made - self.entries_held().min(made)
    }

    /// Entries that wait in memory.
    pub fn entries_held(&self) -> u64 {
        self.held.len() as u64
    }

    /// Whether the clock is earlier than what has already happened.
    pub fn is_clock_back(&self, now_unix_ms: i64) -> bool {
        let latest = self.history.latest_entry_unix_ms.unwrap_or(i64::MIN);
        now_unix_ms.saturating_add(CLOCK_SLACK_MS) < latest.max(self.history.built_unix_ms)
    }

    pub fn tally(&self) -> Tally {
        Tally::of(&self.today, &self.history.door.visits)
    }
}

/// An entry on its way into the store, with what it takes to give it another place in the chain.
#[derive(Debug)]
pub(super) struct Held {
    pub draft: EntryDraft,
    pub previous: Hash,
    pub stored: StoredEntry,
}

/// A code and when it was last in view; forgotten after `timing::SAME_CODE_MS`.
#[derive(Debug)]
pub(super) struct SeenCode {
    pub payload: Payload,
    pub last_seen_unix_ms: i64,
}

#[derive(Debug, PartialEq)]
pub enum Screen {
    /// Files and log are being opened.
    Starting,
    /// First visit on this phone: notice, language, gate, one tap.
    Welcome,
    Scan,
    Verdict(Box<VerdictScreen>),
    Manual(ManualForm),
    /// What is done away from the queue; the annex draws it.
    Desk(DeskPage),
    Problem(Problem),
}

/// Where the desk opens; it finds its own way from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskPage {
    Menu,
    History,
    SelfTest,
    HandOver,
}

/// A verdict with all that the officer may do about it; dropped, name and all, when it closes.
#[derive(Debug, PartialEq)]
pub struct VerdictScreen {
    pub decision: Decision,
    pub direction: Direction,
    pub sequence: u64,
    pub recorded: Recorded,
    pub shown_unix_ms: i64,
    /// When it leaves by itself; `None` while it is held.
    pub leaves_unix_ms: Option<i64>,
    pub refer: ReferStep,
}

impl VerdictScreen {
    /// From when on the ring runs down.
    pub fn ring_from_unix_ms(&self) -> Option<i64> {
        self.leaves_unix_ms.map(|leaves| (leaves - timing::RING_MS).max(self.shown_unix_ms))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    Saving,
    Recorded,
    NotYet,
}

/// How far the officer's answer to a Refer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferStep {
    /// Not a Refer.
    NotAsked,
    Asked,
    /// The answer is chosen, its reason is not.
    Choosing(Answer),
}

pub use crate::audit_log::Answer;

/// Why the officer allowed or turned away a referred visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferReason {
    IdentityMatches,
    DoctorsLetter,
    SupervisorAgrees,
    IdentityDiffers,
    NoDocument,
    SentToDesk,
    Other,
}

/// Why a visitor has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManualReason {
    NoPass,
    PhoneDead,
    CodeDamaged,
    Child,
    Emergency,
    OnDuty,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ManualForm {
    pub reason: Option<ManualReason>,
}

/// Explained over the camera, never full screen, never a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    Unread,
    Other(OtherCode),
    /// A chosen picture holds no code.
    NothingInPicture,
    /// The desk is not on this phone yet, and there is no network.
    NoDesk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Camera(CameraFault),
    SecondTab,
    /// No site.json, or it cannot be read.
    NoSite,
    /// Neither the network nor this phone has a registry that the root signed.
    NoRegistry,
    /// The site's root is not the pinned one.
    RootChanged,
    Store(StoreFault),
    OldBrowser,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameraFault {
    Denied,
    Absent,
    Busy,
    Insecure,
    /// The request never settles: another app's built-in browser.
    InAppBrowser,
    Unsupported,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    CannotOpen,
    Blocked,
    Lost,
    Full,
    /// An entry of that number exists already: another writer.
    Fork,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreState {
    Opening,
    Good,
    /// This many entries are held in memory.
    Holding {
        entries: usize,
        fault: StoreFault,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CameraView {
    pub running: bool,
    /// `None` where the camera has no torch.
    pub torch: Option<bool>,
    pub cameras: u8,
    /// The picture comes from a demonstration pass, not from a lens.
    pub demo: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateProfile {
    pub venue_id: String,
    pub venue: String,
    pub gate: String,
    pub direction: Direction,
    /// People at once; `None`: no limit.
    pub capacity: Option<u32>,
    pub policy_id: String,
    /// One a month, from the set-up code; without them the phone's own key makes the pseudonyms,
    /// and this gate is traceable alone.
    pub venue_keys: Vec<VenueKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Indonesian,
    English,
}

pub use crate::trust::Freshness;

#[derive(Debug, Default)]
pub struct TrustView {
    pub bundle: Option<TrustBundle>,
}

impl TrustView {
    pub(super) fn loaded(&mut self, bundle: TrustBundle) {
        self.bundle = Some(bundle);
    }
}

/// Today's counts; a Refer counts as what the officer answered, an overridden refusal as an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub admitted: usize,
    pub referred: usize,
    pub refused: usize,
    pub inside: usize,
}

impl Tally {
    /// Counts a day's entries. Specimens count nowhere; an undone scan never happened.
    pub fn of(entries: &[Entry], visits: &Visits) -> Self {
        let undone: BTreeSet<u64> = entries
            .iter()
            .filter_map(|entry| match entry.body {
                EntryBody::Undo { of } => Some(of),
                _ => None,
            })
            .collect();
        let mut tally =
            Self { inside: usize::try_from(visits.inside()).unwrap_or(0), ..Self::default() };
        for entry in entries {
            if !undone.contains(&entry.body.about(entry.sequence)) {
                tally.count(&entry.body);
            }
        }
        tally
    }

    fn count(&mut self, body: &EntryBody) {
        match body {
            EntryBody::Decision { specimen: true, .. } => {}
            EntryBody::Decision { outcome, .. } => match outcome {
                audit_log::Outcome::Admit => self.admitted += 1,
                audit_log::Outcome::Refer => self.referred += 1,
                audit_log::Outcome::Refuse | audit_log::Outcome::RefuseAndAlert => {
                    self.refused += 1;
                }
                audit_log::Outcome::Unreadable | audit_log::Outcome::NotACredential => {}
            },
            EntryBody::Resolution { answer, .. } | EntryBody::Manual { answer, .. } => match answer
            {
                Answer::Allowed => self.admitted += 1,
                Answer::TurnedAway => self.refused += 1,
                Answer::Unanswered => {}
            },
            EntryBody::Override { .. } => {
                self.refused = self.refused.saturating_sub(1);
                self.admitted += 1;
            }
            _ => {}
        }
    }
}

impl GateProfile {
    /// Before the site's file is read.
    fn unnamed() -> Self {
        Self {
            venue_id: String::new(),
            venue: String::new(),
            gate: String::new(),
            direction: Direction::Entry,
            capacity: None,
            policy_id: String::new(),
            venue_keys: Vec::new(),
        }
    }

    /// As the log names it.
    pub fn name(&self) -> GateName {
        GateName { venue: self.venue_id.clone(), gate: self.gate.clone() }
    }

    /// The venue's key of that month (YYYYMM).
    pub fn venue_key(&self, month: u32) -> Option<[u8; 32]> {
        self.venue_keys.iter().find(|key| key.month == month).map(|key| key.key)
    }
}

impl ReferReason {
    /// Stable, written into the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::IdentityMatches => "REFER-ID-OK",
            Self::DoctorsLetter => "REFER-DOCTOR",
            Self::SupervisorAgrees => "REFER-SUPERVISOR",
            Self::IdentityDiffers => "REFER-ID-DIFFERS",
            Self::NoDocument => "REFER-NO-DOCUMENT",
            Self::SentToDesk => "REFER-DESK",
            Self::Other => "REFER-OTHER",
        }
    }

    /// The reasons that go with an answer, most frequent first.
    pub fn list_for(answer: Answer) -> &'static [Self] {
        match answer {
            Answer::Allowed => {
                &[Self::IdentityMatches, Self::DoctorsLetter, Self::SupervisorAgrees, Self::Other]
            }
            Answer::TurnedAway | Answer::Unanswered => {
                &[Self::IdentityDiffers, Self::NoDocument, Self::SentToDesk, Self::Other]
            }
        }
    }
}

impl ManualReason {
    /// Most frequent first.
    pub const ALL: [Self; 7] = [
        Self::NoPass,
        Self::PhoneDead,
        Self::CodeDamaged,
        Self::Child,
        Self::OnDuty,
        Self::Emergency,
        Self::Other,
    ];

    /// Stable, written into the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPass => "MANUAL-NO-PASS",
            Self::PhoneDead => "MANUAL-PHONE",
            Self::CodeDamaged => "MANUAL-DAMAGED",
            Self::Child => "MANUAL-CHILD",
            Self::Emergency => "MANUAL-EMERGENCY",
            Self::OnDuty => "MANUAL-DUTY",
            Self::Other => "MANUAL-OTHER",
        }
    }
}
