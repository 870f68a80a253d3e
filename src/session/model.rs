//! What the screens show.

use super::elsewhere::OtherBinary;
use super::event::{Moment, TrustBundle};
use super::hub::HubView;
use super::timing;
use super::today::Today;
use crate::audit_log::{
    ChainHead, Direction, Entry, EntryDraft, GateName, Hash, KeyId, ShiftTurn, StoredEntry,
};
use crate::gate::{
    CLOCK_SLACK_MS, Decision, History, OtherCode, Outcome, Payload, Policy, SignatureState,
    SupervisorFault, Visits,
};
use crate::rules::GateRules;
use crate::scan::Hint;
use crate::trust::sequence::Sequence;
use crate::trust::setup_code::{SetupCode, SetupError, VenueKey};
use crate::trust::{HubAccess, RegistryError, Site};
use std::collections::VecDeque;

/// The whole state; one screen at a time.
#[derive(Debug)]
pub struct Model {
    pub screen: Screen,
    pub language: Language,
    pub gate: GateProfile,
    pub demo: bool,
    pub camera: CameraView,
    /// The visitors show their passes themselves.
    pub kiosk: bool,
    pub trust: TrustView,
    pub store: StoreState,
    pub today: Today,
    /// What the hub said last; `None`: there is none, or it has not answered yet.
    pub hub: Option<HubView>,
    /// What the log held when it was opened, until the gate knows its own name and can count it.
    pub(super) uncounted: Option<Vec<Entry>>,
    /// Nobody is judged before the log is counted.
    pub(super) counted: bool,
    /// So many rows were set aside by a repair that the log does not tell of yet.
    pub(super) repaired: Option<u64>,
    /// What the phone held and holds no more, that the log does not tell of yet.
    pub(super) lost: Option<ChainHead>,
    /// Of this the log tells; somebody should hear of it until the page is closed.
    pub loss_told: Option<ChainHead>,
    /// All of it has been found again.
    pub loss_saved: bool,
    /// Over the live camera: nothing that refuses anybody.
    pub sheet: Option<Sheet>,
    pub hint: Option<Hint>,
    /// So many of so many codes of one message are there.
    pub parts: Option<(u8, u8)>,
    /// Two different codes are in view; neither is decided.
    pub two_codes: bool,
    /// Which problem the camera has, until it opens.
    pub(super) camera_fault: Option<CameraFault>,
    /// The notice has been read on this phone before.
    pub known_phone: bool,
    /// A tab on iOS: the app on the home screen has a store of its own.
    pub install_first: bool,
    /// A newer version waits for a quiet moment and a tap.
    pub update_ready: bool,
    /// Since when entries are on this phone alone.
    pub(super) kept_alone_since_unix_ms: Option<i64>,
    /// What was shown for the desk, until the desk closes: a pass's pseudonyms under every key of
    /// this phone, in hexadecimal digits, each with a blank behind it; or a checkpoint's text.
    pub shown: String,
    pub loudness: Loudness,
    /// The sealing key that the supervisor agreed to.
    pub(super) sealing_agreed: Option<[u8; 32]>,
    pub(super) site: Option<Site>,
    /// The first of two credentials, while the second is waited for.
    pub(super) first: Option<FirstShown>,
    pub(super) begun: bool,
    pub(super) app_version: String,
    pub(super) history: History,
    /// Clock and running time at the last entry since the page came into view.
    pub(super) clock_seen_ms: Option<(i64, i64)>,
    pub(super) head: Option<ChainHead>,
    /// Drawn by this phone; where the set-up code gave none.
    pub(super) own_key: [u8; 32],
    /// Not stored yet, oldest first; the first is in flight unless a retry is due.
    pub(super) held: VecDeque<Held>,
    pub(super) retry_at_unix_ms: Option<i64>,
    /// How often in a row it failed.
    pub(super) failures: u32,
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
            language: Language::default(),
            gate: GateProfile::unnamed(),
            demo: false,
            camera: CameraView::default(),
            kiosk: false,
            trust: TrustView::default(),
            store: StoreState::Opening,
            today: Today::default(),
            hub: None,
            uncounted: None,
            counted: false,
            repaired: None,
            lost: None,
            loss_told: None,
            loss_saved: false,
            sheet: None,
            hint: None,
            parts: None,
            two_codes: false,
            camera_fault: None,
            known_phone: false,
            install_first: false,
            update_ready: false,
            shown: String::new(),
            loudness: Loudness::default(),
            sealing_agreed: None,
            site: None,
            first: None,
            kept_alone_since_unix_ms: None,
            begun: false,
            app_version: String::new(),
            history: History::default(),
            clock_seen_ms: None,
            head: None,
            own_key: [0; 32],
            held: VecDeque::new(),
            retry_at_unix_ms: None,
            failures: 0,
            ignored: None,
            unread_since_unix_ms: None,
            unread_signal_unix_ms: None,
            sheet_until_unix_ms: None,
        }
    }

    /// The last scan or manual entry, while it can still be taken back.
    pub fn undoable(&self, now_unix_ms: i64) -> Option<u64> {
        self.today.undoable(now_unix_ms)
    }

    /// Whether a new version may be started now: nobody is being judged, nothing waits to be stored.
    pub fn is_quiet(&self) -> bool {
        let busy = matches!(
            self.screen,
            Screen::Verdict(_) | Screen::Manual(_) | Screen::Presenting(_) | Screen::Setup(_)
        );
        self.held.is_empty() && self.first.is_none() && !busy
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

    /// Counts what the log held.
    pub(super) fn count(&mut self, entries: &[Entry], moment: &Moment) {
        self.today = Today::default();
        self.history.door.visits = Visits::default();
        for entry in entries {
            self.count_entry(entry);
        }
        self.today.turn_to(moment.now_unix_ms, moment.utc_offset_min);
        self.counted = true;
    }

    /// A phone may have been another gate before.
    pub(super) fn count_entry(&mut self, entry: &Entry) {
        if entry.gate.venue != self.gate.venue_id || entry.gate.gate != self.gate.gate {
            return;
        }
        let stay_ms = self.stay_ms();
        let visits = &mut self.history.door.visits;
        visits.close(entry.at_unix_ms, stay_ms);
        visits.add(entry);
        self.today.add(entry);
    }

    pub fn inside(&self) -> u32 {
        self.history.door.visits.inside()
    }

    /// Whoever came in longer ago is taken to have left.
    pub fn stay_ms(&self) -> i64 {
        let rules = self.rules().map(|rules| rules.stay_h);
        i64::from(rules.unwrap_or(GateRules::default().stay_h)) * timing::HOUR_MS
    }

    /// How long an entry stays on this phone.
    pub fn keep_ms(&self) -> i64 {
        let days = self.rules().map_or(GateRules::default().keep_days, |rules| rules.keep_days);
        i64::from(days) * 24 * timing::HOUR_MS
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

    /// Whether entries have waited for more than a day to be handed over.
    pub fn is_overdue(&self, now_unix_ms: i64) -> bool {
        let waits_ms = self.kept_alone_since_unix_ms.map(|since| now_unix_ms - since);
        waits_ms.is_some_and(|waits_ms| waits_ms > timing::HAND_OVER_MS)
    }

    /// Whether the clock is earlier than what has already happened.
    pub fn is_clock_back(&self, now_unix_ms: i64) -> bool {
        let latest = self.history.latest_entry_unix_ms.unwrap_or(i64::MIN);
        now_unix_ms.saturating_add(CLOCK_SLACK_MS) < latest.max(self.history.built_unix_ms)
    }

    fn rules(&self) -> Option<&GateRules> {
        self.trust.bundle.as_ref().map(|bundle| bundle.policy.gate())
    }

    /// Whether a supervisor may let this visitor in: a refusal, never an alarm.
    pub fn may_override(&self, verdict: &VerdictScreen) -> bool {
        let decision = &verdict.decision;
        decision.outcome == Outcome::Refuse
            && !decision.specimen
            && self.rules().is_some_and(|rules| !rules.supervisors.is_empty())
    }

    /// Whether another credential could make this verdict a better one.
    pub fn may_add_second(&self, verdict: &VerdictScreen) -> bool {
        let decision = &verdict.decision;
        matches!(decision.outcome, Outcome::Refer | Outcome::Refuse)
            && decision.signature == SignatureState::Valid
            && !decision.steps.is_empty()
            && !decision.specimen
            && self.rules().is_some_and(|rules| rules.together)
    }

    /// Until when the policy cannot be changed: nobody is judged twice under two policies.
    pub fn locked_until_unix_ms(&self, now_unix_ms: i64) -> Option<i64> {
        let decided = self.today.decided_unix_ms?;
        let until = decided + timing::POLICY_LOCK_MS;
        (decided <= now_unix_ms && now_unix_ms < until).then_some(until)
    }

    /// What names the key that makes the pseudonyms now.
    pub fn pseudonym_key(&self) -> KeyId {
        KeyId::of(&self.history.door.venue_key)
    }

    /// Whether other gates of the venue make the same pseudonyms this month.
    pub fn shares_pseudonyms(&self, now_unix_ms: i64, utc_offset_min: i16) -> bool {
        self.gate.venue_key(VenueKey::month_of(now_unix_ms, utc_offset_min)).is_some()
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

/// The first of two credentials of one visitor; forgotten when time is up.
#[derive(Debug)]
pub(super) struct FirstShown {
    pub payload: Payload,
    pub until_unix_ms: i64,
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
    /// A pass before the camera that is no visit.
    Presenting(PresentScreen),
    /// Set-up codes and registries before the camera, and nothing else.
    Setup(SetupScreen),
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
    /// Filling in which gate this is.
    Gate,
    /// The PIN that ends the kiosk.
    LeaveKiosk,
    /// What this phone knows of a pass, or of another log.
    Known,
    /// A log that cannot be continued.
    Repair,
}

/// A verdict with all that the officer may do about it; dropped, name and all, when it closes.
#[derive(Debug, PartialEq)]
pub struct VerdictScreen {
    pub decision: Decision,
    /// What was shown, in case another credential is to count with it.
    pub payload: Payload,
    /// Every step is shown.
    pub explained: bool,
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

/// A pass is waited for that is no visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentScreen {
    pub wanted: Wanted,
    /// Of the last code that was shown.
    pub fault: Option<SupervisorFault>,
    pub until_unix_ms: i64,
}

/// What a pass is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A supervisor's, to let in whom the gate refused.
    Override {
        /// The refusal's entry.
        of: u64,
        direction: Direction,
        reason: Option<OverrideReason>,
    },
    /// An officer's own, to begin or to end a shift.
    Shift(ShiftTurn),
    /// Anybody's, to be told what this phone knows of it; or another log's checkpoint, to be kept.
    ForDesk,
}

#[derive(Debug, Default, PartialEq)]
pub struct SetupScreen {
    pub step: SetupStep,
    /// Parts of a registry that comes in several codes.
    pub sequence: Sequence,
}

#[derive(Debug, PartialEq)]
pub enum SetupStep {
    /// The last code that was no help, if any.
    Scanning(Option<SetupFault>),
    /// To be confirmed.
    Offered(Box<SetupCode>),
    /// A newer registry was taken.
    RegistryTaken { version: u64 },
}

impl Default for SetupStep {
    fn default() -> Self {
        Self::Scanning(None)
    }
}

/// Why a gate is not set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupFault {
    /// Neither a set-up code nor a part of a registry.
    OtherCode,
    Code(SetupError),
    /// The registry has no such policy.
    Policy,
    /// A visitor was judged by the present policy a moment ago.
    Locked {
        until_unix_ms: i64,
    },
    Registry(RegistryError),
}

impl SetupFault {
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherCode => "SETUP-OTHER",
            Self::Code(error) => error.code(),
            Self::Policy => "SETUP-POLICY",
            Self::Locked { .. } => "SETUP-LOCKED",
            Self::Registry(error) => error.code(),
        }
    }
}

/// What was wrong with a registry that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustAlarm {
    /// Not the authority's.
    Root,
    /// Older than the one in use.
    Rollback,
    /// Cut off, damaged, or of a later format.
    Damaged,
}

impl TrustAlarm {
    pub fn of(error: RegistryError) -> Self {
        match error {
            RegistryError::Root | RegistryError::Signature => Self::Root,
            RegistryError::Rollback => Self::Rollback,
            _ => Self::Damaged,
        }
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
    /// The other credential of this visitor is waited for.
    Second,
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
    /// Twice as near; `None` where the camera cannot.
    pub zoom: Option<bool>,
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
    /// By which the gate asks the venue's hub, from the set-up code; `None`: it asks none.
    pub hub: Option<HubAccess>,
}

pub use super::language::Language;
pub use super::loudness::Loudness;
pub use super::why::{ManualReason, OverrideReason, ReferReason};
pub use crate::trust::Freshness;

#[derive(Debug, Default)]
pub struct TrustView {
    pub bundle: Option<TrustBundle>,
    pub(super) other: OtherBinary,
}

impl TrustView {
    /// The gate's own policy where this registry has it, else the one that came with it.
    pub(super) fn loaded(&mut self, mut bundle: TrustBundle, policy_id: &str) {
        if let Ok(policy) = Policy::choose(&bundle.registry, policy_id) {
            bundle.policy_digest = Hash(policy.digest());
            bundle.policy = policy;
        }
        self.other.help(&mut bundle);
        self.bundle = Some(bundle);
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
            hub: None,
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
