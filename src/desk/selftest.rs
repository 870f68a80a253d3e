//! "Apakah gerbang ini siap?": what was found, check by check, to what it means.
//!
//! Shape: `Facts` → `findings` → one `Finding` a check, in the order in which they are shown.
//! Limits and errors: what cannot be found out is `Absent`, which is not `Bad`.
//! Not here: finding it out (the browser shell), the sentences.

use crate::trust::Freshness;

/// The phone's clock may differ this much from the host's.
pub const CLOCK_MS_MAX: i64 = 60_000;
/// Below this a day's records may not fit.
pub const FREE_BYTES_MIN: f64 = 20_000_000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    Specimen,
    Camera,
    Sound,
    Storage,
    Clock,
    Registry,
    Log,
    Offline,
    Vibration,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Good,
    /// The gate works, but something is to be done about it.
    Mind,
    Bad,
    /// This phone has no such thing, or cannot tell.
    Absent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    pub check: Check,
    pub state: State,
}

/// What the shell found out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Facts {
    /// A pass that the phone made itself went through decoding and judgement, and the answer was right.
    pub specimen_read: bool,
    pub camera_running: bool,
    /// `None`: this browser has no sound.
    pub sound_on: Option<bool>,
    /// A row was written, and read back.
    pub storage_written: bool,
    /// `None`: the browser cannot be asked.
    pub storage_kept: Option<bool>,
    pub free_bytes: Option<f64>,
    /// The phone's clock minus the host's; `None` without a network.
    pub clock_off_ms: Option<i64>,
    /// Earlier than what has already happened.
    pub clock_back: bool,
    pub registry: Option<Freshness>,
    pub chain_whole: Option<bool>,
    /// Every file of this build is on the phone.
    pub files_kept: bool,
    pub vibrates: bool,
    /// What the officer answered after a trial; `None`: not asked.
    pub heard: Option<bool>,
    pub felt: Option<bool>,
}

pub fn findings(facts: &Facts) -> [Finding; 9] {
    let good_or = |good: bool, state: State| if good { State::Good } else { state };
    let clock = match facts.clock_off_ms {
        _ if facts.clock_back => State::Bad,
        Some(off_ms) => good_or(off_ms.abs() <= CLOCK_MS_MAX, State::Bad),
        // The registry and the log are the only other clocks at hand, and they agree.
        None => State::Good,
    };
    let registry = match facts.registry {
        Some(Freshness::Fresh) => State::Good,
        Some(Freshness::Warn) => State::Mind,
        Some(Freshness::Stale) | None => State::Bad,
    };
    [
        (Check::Specimen, good_or(facts.specimen_read, State::Bad)),
        (Check::Camera, good_or(facts.camera_running, State::Bad)),
        (Check::Sound, sound(facts)),
        (Check::Storage, storage(facts)),
        (Check::Clock, clock),
        (Check::Registry, registry),
        (Check::Log, facts.chain_whole.map_or(State::Absent, |whole| good_or(whole, State::Bad))),
        (Check::Offline, good_or(facts.files_kept, State::Mind)),
        (Check::Vibration, vibration(facts)),
    ]
    .map(|(check, state)| Finding { check, state })
}

/// A phone that is muted says the same as one that sounds: only the officer's ear knows.
fn sound(facts: &Facts) -> State {
    match (facts.sound_on, facts.heard) {
        (None, _) => State::Absent,
        (_, Some(true)) => State::Good,
        (Some(false), None) | (_, Some(false)) => State::Mind,
        (Some(true), None) => State::Good,
    }
}

fn vibration(facts: &Facts) -> State {
    match (facts.vibrates, facts.felt) {
        (false, _) => State::Absent,
        (true, Some(false)) => State::Mind,
        (true, _) => State::Good,
    }
}

fn storage(facts: &Facts) -> State {
    if !facts.storage_written {
        return State::Bad;
    }
    let is_room = facts.free_bytes.is_none_or(|free| free >= FREE_BYTES_MIN);
    if is_room && facts.storage_kept == Some(true) { State::Good } else { State::Mind }
}

/// Whether the gate may open.
pub fn is_ready(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.state != State::Bad)
}
