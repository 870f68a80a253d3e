//! What can happen, and what the shell must then do.

use super::hub::HubView;
use super::model::{
    Answer, CameraFault, CameraView, DeskPage, Freshness, GateProfile, Language, Loudness,
    ManualReason, OverrideReason, Problem, ReferReason, StoreFault, TrustAlarm, Wanted,
};
use crate::audit_log::{
    ChainHead, Entry, EntryBody, Hash, LogId, SignedPlace, Statement, StoredEntry,
};
use crate::gate::{Others, Policy, Registry};
use crate::scan::FrameReading;
use crate::trust::{Elsewhere, Site};

/// The shell's clock and dice, taken once for each event.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now_unix_ms: i64,
    /// Since some moment that nobody can set; it may stand still while the phone sleeps.
    pub running_ms: i64,
    /// Local time minus UTC.
    pub utc_offset_min: i16,
    /// Fresh random bytes for each event.
    pub entropy: [u8; 32],
}

/// Everything that can happen.
#[derive(Debug)]
pub enum Event {
    /// The site's file has been read, with what this phone remembers of its settings.
    Started(Box<Start>),
    /// A registry has been accepted (at start, or newer later).
    TrustLoaded(Box<TrustBundle>),
    TrustFailed(Problem),
    LogOpened(Box<LogSnapshot>),
    LogFailed(StoreFault),
    /// Another tab of this gate writes the log.
    LogHeldElsewhere,
    TakeOverTapped,
    /// The first tap: unlocks sound and asks for the camera.
    BeginTapped,
    CameraOpened(CameraView),
    CameraFailed(CameraFault),
    /// The watchdog saw no frame; the shell is reopening.
    CameraStopped,
    TorchTapped,
    ZoomTapped,
    CameraChangeTapped,
    FrameRead(FrameReading),
    /// A still picture that the officer chose, dropped or pasted.
    PictureRead(FrameReading),
    /// By a scanner that types, or pasted.
    Typed(String),
    /// The transaction is complete.
    EntryStored {
        sequence: u64,
    },
    EntryFailed {
        sequence: u64,
        fault: StoreFault,
    },
    /// Next visitor.
    NextTapped,
    VerdictHeld,
    VerdictReleased,
    /// The officer answers a Refer; the reason list opens.
    ReferTapped(Answer),
    ReferAnswered {
        answer: Answer,
        reason: ReferReason,
    },
    /// "Tanpa QR".
    ManualTapped,
    ManualReasonChosen(ManualReason),
    ManualAnswered {
        answer: Answer,
        reason: ManualReason,
    },
    UndoTapped,
    /// A supervisor asks to look closer at whoever was decided about at sequence `of`, or no longer; `who` is her
    /// pseudonym there.
    AttentionTapped {
        of: u64,
        who: [u8; 32],
        raised: bool,
    },
    /// Another credential of the same visitor follows.
    SecondTapped,
    /// Why: every step of the verdict, or back.
    WhyTapped,
    /// A supervisor is to override the refusal on the screen.
    OverrideTapped,
    OverrideReasonChosen(OverrideReason),
    /// To the screen that reads set-up codes and registries.
    SetupTapped,
    /// The phone becomes the gate that the set-up code names.
    SetupConfirmed,
    /// Filled in by hand.
    GateEntered(Box<GateProfile>),
    /// The content of a registry's file that somebody chose.
    RegistryChosen(Vec<u8>),
    DirectionTapped,
    LanguageChosen(Language),
    LoudnessChosen(Loudness),
    DeskTapped(DeskPage),
    /// The desk's files did not come.
    DeskFailed,
    /// What this binary lacks can be asked for from now on.
    ElsewhereLoaded(Elsewhere),
    ElsewhereFailed,
    /// The desk wants a pass before the camera.
    PassWanted(Wanted),
    /// The supervisor agrees to what the registry asks for: from now on who it was is sealed to its key.
    SealingAgreed,
    /// The officer wants to hear and feel what a refusal is like.
    SignalTried,
    /// The phone is turned round to the visitors, or back.
    KioskTurned(bool),
    /// The log can be continued again; so many rows were set aside.
    LogRepaired {
        set_aside: u64,
    },
    /// A log that was thrown away has been found again, and is kept as an export.
    LogSaved {
        log: LogId,
        next_sequence: u64,
    },
    /// All entries that were stored have left this phone.
    HandedOver,
    /// A checkpoint for whoever takes the log over; or something is to be struck or removed.
    SignatureWanted(Statement),
    /// The device has signed what `Effect::Sign` asked for.
    Signed {
        place: Box<SignedPlace>,
        body: Box<EntryBody>,
    },
    /// From now on somebody knows what the venue's other gates say of a visitor.
    OthersKnown(Others),
    /// What was heard from the hub.
    HubHeard(HubView),
    BackTapped,
    SheetClosed,
    /// "Coba lagi" on a problem screen.
    RetryTapped,
    PageHidden,
    /// A newer version of the app is kept on this phone and waits.
    UpdateReady,
    UpdateTapped,
    /// The moment that `Effect::WakeAt` named has come.
    Tick,
}

/// What the shell knows when the page has loaded.
#[derive(Debug)]
pub struct Start {
    pub language: Language,
    pub loudness: Loudness,
    /// The sealing key that the supervisor agreed to.
    pub sealing_agreed: Option<[u8; 32]>,
    pub kiosk: bool,
    pub gate: GateProfile,
    pub site: Site,
    /// The notice has been read on this phone before.
    pub known_phone: bool,
    /// A tab on iOS, whose records the app on the home screen would not see.
    pub install_first: bool,
    pub built_unix_ms: i64,
    pub app_version: String,
}

/// A verified registry with the policy that this gate follows.
#[derive(Debug)]
pub struct TrustBundle {
    pub registry: Registry,
    pub policy: Policy,
    pub registry_digest: Hash,
    pub policy_digest: Hash,
    pub registry_version: u64,
    pub issued_unix_s: i64,
    pub freshness: Freshness,
    /// What was wrong with another registry that was offered: the one here is kept.
    pub alarm: Option<TrustAlarm>,
}

impl TrustBundle {
    pub fn new(
        registry: Registry,
        policy: Policy,
        alarm: Option<TrustAlarm>,
        now_unix_ms: i64,
    ) -> Self {
        Self {
            registry_digest: Hash(registry.digest()),
            policy_digest: Hash(policy.digest()),
            policy,
            registry_version: registry.version(),
            issued_unix_s: registry.issued_unix_s(),
            freshness: registry.freshness(now_unix_ms),
            alarm,
            registry,
        }
    }
}

/// What the store held when it opened.
#[derive(Debug)]
pub struct LogSnapshot {
    pub head: ChainHead,
    /// Of today and of the day before, oldest first.
    pub recent: Vec<Entry>,
    pub latest_entry_unix_ms: Option<i64>,
    /// Since when entries are on this phone alone; `None`: all have been handed over.
    pub kept_alone_since_unix_ms: Option<i64>,
    /// Key of the pseudonyms where no set-up code gave one.
    pub venue_key: [u8; 32],
    /// How far the log on this phone had come that is there no more, or no more as far.
    pub lost: Option<ChainHead>,
}

/// Everything the shell may be asked to do.
#[derive(Debug, PartialEq)]
pub enum Effect {
    OpenCamera,
    CloseCamera,
    ChangeCamera,
    SetTorch(bool),
    SetZoom(bool),
    /// Look at whoever looks at the screen, or away from her.
    FaceVisitors(bool),
    /// The set-up code takes the PIN away.
    ForgetPin,
    /// Frames are wanted.
    StartReading,
    /// No frame is looked at while a verdict shows.
    PauseReading,
    /// Sound and vibration, in the frame that paints the screen.
    Signal(Signal),
    /// For every signal from now on.
    SetLoudness(Loudness),
    /// One strict transaction; answer with `EntryStored` or `EntryFailed`.
    Append(StoredEntry),
    /// Take the log from the other tab.
    TakeLogOver,
    /// Open the store again.
    ReopenLog,
    /// Load site and registry again.
    ReloadTrust,
    SaveSettings(Settings),
    OpenDesk(DeskPage),
    /// A code needs the build's other binary.
    LoadElsewhere,
    CloseDesk,
    /// Answer with `Signed`.
    Sign {
        place: SignedPlace,
        statement: Statement,
    },
    /// Is there anything from before then? Answer with `SignatureWanted`, or not at all.
    LookForOutdated {
        before_unix_ms: i64,
    },
    /// A registry that came otherwise than by network has been accepted.
    KeepRegistry {
        version: u64,
        bytes: Vec<u8>,
    },
    /// Start the newer version; the log stays as it is.
    ApplyUpdate,
    /// Send `Event::Tick` then; replaces any earlier wish.
    WakeAt {
        at_unix_ms: i64,
    },
}

/// Sound and vibration patterns; design/ui.md's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Admit,
    Exit,
    Refer,
    Refuse,
    Alert,
    Unread,
    Specimen,
}

/// What this phone remembers between two visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub language: Language,
    pub loudness: Loudness,
    /// The sealing key that the supervisor agreed to.
    pub sealing_agreed: Option<[u8; 32]>,
    pub kiosk: bool,
    pub gate: GateProfile,
}
