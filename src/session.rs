//! The app as a state machine: `update(&mut Model, Event, &Moment) -> Vec<Effect>`.
//!
//! Shape: everything that may happen at the gate is an `Event`; everything the shell must do is an
//! `Effect`; what the screens show is the `Model`. Journeys are tested without a browser.
//! Limits and errors: a store that fails holds entries in memory and retries, the gate goes on.
//! Not here: sentences, colours and sounds (browser/ui), clocks and randomness (`Moment`).

mod elsewhere;
mod event;
mod hub;
mod kiosk;
mod language;
mod loudness;
mod model;
mod presenting;
mod recording;
mod reply;
mod scanning;
mod sealing;
mod setup;
mod today;
mod why;
mod word;

pub use event::{Effect, Event, LogSnapshot, Moment, Settings, Signal, Start, TrustBundle};
pub use hub::{HubStanding, HubView};
pub use model::{
    Answer, CameraFault, CameraView, DeskPage, Freshness, GateProfile, Language, Loudness,
    ManualForm, ManualReason, Model, OverrideReason, PresentScreen, Problem, Recorded, ReferReason,
    ReferStep, Screen, SetupFault, SetupScreen, SetupStep, Sheet, StoreFault, StoreState,
    TrustAlarm, TrustView, VerdictScreen, Wanted,
};
pub use today::{Tally, Today};

/// How long things last.
pub mod timing {
    pub const HOUR_MS: i64 = 3_600_000;
    /// MASUK leaves by itself.
    pub const ADMIT_MS: i64 = 2_000;
    /// Every other verdict waits for a tap, but a name never stays longer.
    pub const VERDICT_MS_MAX: i64 = 30_000;
    /// The ring appears for the last part of `VERDICT_MS_MAX`.
    pub const RING_MS: i64 = 10_000;
    /// MASUK on a tablet on the wall: long enough to walk on.
    pub const KIOSK_ADMIT_MS: i64 = 3_000;
    /// Every other verdict there.
    pub const KIOSK_MS: i64 = 8_000;
    /// The same code is ignored this long after it was last seen.
    pub const SAME_CODE_MS: i64 = 5_000;
    /// A code that is seen but not read this long is called not read.
    pub const UNREAD_AFTER_MS: i64 = 1_500;
    /// "Not read yet" sounds at most this often.
    pub const UNREAD_SIGNAL_MS: i64 = 5_000;
    /// The sheet about another kind of code stays this long after it was last seen.
    pub const SHEET_MS: i64 = 5_000;
    /// A second credential, or a supervisor's pass, is waited for this long.
    pub const SECOND_MS: i64 = 60_000;
    /// After a scan the policy stays what it is for so long.
    pub const POLICY_LOCK_MS: i64 = 300_000;
    /// A mistaken scan can be undone this long.
    pub const UNDO_MS: i64 = 60_000;
    /// Entries may be on this phone alone for so long before the gate reminds of it.
    pub const HAND_OVER_MS: i64 = 86_400_000;
    /// A clock that went on by so much more or less than the running time was set.
    pub const CLOCK_DRIFT_MS: i64 = 60_000;
    /// Between two tries to store what is held in memory.
    pub const STORE_RETRY_MS: i64 = 2_000;
    /// The pause doubles with each failure, so often.
    pub const STORE_DOUBLINGS_MAX: u32 = 3;
}

/// Takes one event; answers what the shell must do, in order.
pub fn update(model: &mut Model, event: Event, moment: &Moment) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.kiosk && kiosk::is_an_officers(&event) {
        return effects;
    }
    match event {
        Event::Started(start) => reply::started(model, *start, moment, &mut effects),
        Event::TrustLoaded(bundle) => reply::trust_loaded(model, *bundle, moment, &mut effects),
        Event::TrustFailed(problem) => reply::trust_failed(model, problem),
        Event::LogOpened(snapshot) => recording::opened(model, *snapshot, moment, &mut effects),
        Event::LogFailed(fault) => recording::failed_to_open(model, fault),
        Event::LogHeldElsewhere => model.screen = Screen::Problem(Problem::SecondTab),
        Event::TakeOverTapped => effects.push(Effect::TakeLogOver),
        Event::BeginTapped => reply::begin(model, &mut effects),
        Event::CameraOpened(view) => reply::camera_opened(model, view, &mut effects),
        Event::CameraFailed(fault) => reply::camera_failed(model, fault, &mut effects),
        Event::CameraStopped => model.camera.running = false,
        Event::TorchTapped => reply::torch(model, &mut effects),
        Event::ZoomTapped => reply::zoom(model, &mut effects),
        Event::CameraChangeTapped => effects.push(Effect::ChangeCamera),
        Event::FrameRead(reading) => scanning::frame(model, &reading, moment, &mut effects),
        Event::PictureRead(reading) => scanning::picture(model, &reading, moment, &mut effects),
        Event::Typed(text) => scanning::typed(model, text, moment, &mut effects),
        Event::EntryStored { sequence } => recording::stored(model, sequence, &mut effects),
        Event::EntryFailed { sequence, fault } => {
            recording::not_stored(model, sequence, fault, moment, &mut effects);
        }
        Event::NextTapped => reply::close_verdict(model, moment, &mut effects),
        Event::VerdictHeld => reply::hold(model),
        Event::VerdictReleased => reply::release(model, moment, &mut effects),
        Event::ReferTapped(answer) => reply::refer_tapped(model, answer),
        Event::ReferAnswered { answer, reason } => {
            recording::refer_answered(model, answer, reason, moment, &mut effects);
        }
        Event::ManualTapped => {
            reply::open(model, Screen::Manual(ManualForm::default()), &mut effects)
        }
        Event::ManualReasonChosen(reason) => reply::manual_reason(model, reason),
        Event::ManualAnswered { answer, reason } => {
            recording::manual(model, answer, reason, moment, &mut effects);
        }
        Event::UndoTapped => recording::undo(model, moment, &mut effects),
        Event::AttentionTapped { of, who, raised } => {
            recording::attention(model, of, who, raised, moment, &mut effects);
        }
        Event::SecondTapped => scanning::wait_for_second(model, moment, &mut effects),
        Event::WhyTapped => reply::why(model),
        Event::OverrideTapped => presenting::override_refusal(model, moment),
        Event::OverrideReasonChosen(reason) => {
            presenting::reason_chosen(model, reason, &mut effects);
        }
        Event::SetupTapped => setup::open(model, &mut effects),
        Event::SetupConfirmed => setup::confirmed(model, moment, &mut effects),
        Event::GateEntered(profile) => setup::entered(model, *profile, moment, &mut effects),
        Event::RegistryChosen(bytes) => setup::registry(model, bytes, moment, &mut effects),
        Event::DirectionTapped => reply::swap_direction(model, &mut effects),
        Event::LanguageChosen(language) => reply::language(model, language, &mut effects),
        Event::DeskTapped(page) => reply::open_desk(model, page, &mut effects),
        Event::PassWanted(wanted) => presenting::from_desk(model, wanted, moment, &mut effects),
        Event::SealingAgreed => sealing::agreed(model, moment, &mut effects),
        Event::LoudnessChosen(loudness) => reply::loudness(model, loudness, &mut effects),
        Event::SignalTried => effects.push(Effect::Signal(Signal::Refuse)),
        Event::LogSaved { log, next_sequence } => recording::saved(model, log, next_sequence),
        Event::LogRepaired { set_aside } => recording::repaired(model, set_aside, &mut effects),
        Event::KioskTurned(on) => kiosk::turn(model, on, &mut effects),
        Event::HandedOver => model.kept_alone_since_unix_ms = None,
        Event::SignatureWanted(statement) => {
            recording::signature_wanted(model, statement, moment, &mut effects);
        }
        Event::Signed { place, body } => {
            recording::signed(model, &place, *body, moment, &mut effects);
        }
        Event::ElsewhereLoaded(other) => elsewhere::loaded(model, other, moment, &mut effects),
        Event::ElsewhereFailed => elsewhere::failed(model, moment, &mut effects),
        Event::DeskFailed => reply::desk_failed(model, moment, &mut effects),
        Event::BackTapped => reply::back(model, moment, &mut effects),
        Event::SheetClosed => model.sheet = None,
        Event::RetryTapped => reply::retry(model, &mut effects),
        Event::PageHidden => reply::hidden(model, moment, &mut effects),
        Event::UpdateReady => model.update_ready = true,
        Event::UpdateTapped if model.update_ready && model.is_quiet() => {
            effects.push(Effect::ApplyUpdate);
        }
        Event::UpdateTapped => {}
        Event::OthersKnown(others) => model.history.door.others = Some(others),
        Event::HubHeard(view) => hub::heard(model, view),
        Event::Tick => reply::tick(model, moment, &mut effects),
    }
    reply::wake(model, moment, &mut effects);
    effects
}
