//! Answers to taps, camera, files and time.

use super::event::{Effect, Moment, Settings, Signal, Start, TrustBundle};
use super::model::{
    Answer, CameraFault, CameraView, DeskPage, Language, Loudness, ManualReason, Model, Problem,
    ReferStep, Screen, Sheet, StoreFault,
};
use super::{recording, timing};
use crate::audit_log::Direction;

pub(super) fn started(model: &mut Model, start: Start, moment: &Moment, effects: &mut Vec<Effect>) {
    model.language = start.language;
    model.gate = start.gate;
    model.loudness = start.loudness;
    effects.push(Effect::SetLoudness(start.loudness));
    model.sealing_agreed = start.sealing_agreed;
    model.kiosk = start.kiosk;
    model.demo = start.site.demo;
    model.site = Some(start.site);
    model.history.built_unix_ms = start.built_unix_ms;
    model.app_version = start.app_version;
    model.known_phone = start.known_phone;
    model.install_first = start.install_first;
    go_on_if_ready(model, moment, effects);
}

pub(super) fn trust_loaded(
    model: &mut Model,
    bundle: TrustBundle,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.trust.loaded(bundle, &model.gate.policy_id);
    go_on_if_ready(model, moment, effects);
}

/// With a registry in use a failed update changes nothing; without one the gate cannot judge.
pub(super) fn trust_failed(model: &mut Model, problem: Problem) {
    if model.trust.bundle.is_none() {
        model.screen = Screen::Problem(problem);
    }
}

/// Counts the log, and leaves the start screen, when site, registry and log are there.
pub(super) fn go_on_if_ready(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let known = model.site.is_some() && model.trust.bundle.is_some();
    if known && let Some(entries) = model.uncounted.take() {
        model.count(&entries, moment);
        recording::tell_of_loss(model, moment, effects);
        recording::remove_outdated(model, effects);
    }
    let waiting = match model.screen {
        Screen::Starting => true,
        Screen::Problem(problem) => {
            matches!(problem, Problem::NoRegistry | Problem::NoSite | Problem::RootChanged)
        }
        _ => false,
    };
    if !known || !model.counted || !waiting {
        return;
    }
    if model.begun {
        enter_scan(model, effects);
    } else {
        model.screen = Screen::Welcome;
    }
}

pub(super) fn begin(model: &mut Model, effects: &mut Vec<Effect>) {
    if !matches!(model.screen, Screen::Welcome) {
        return;
    }
    model.begun = true;
    effects.push(Effect::SaveSettings(settings(model)));
    if model.kiosk {
        effects.push(Effect::FaceVisitors(true));
    }
    effects.push(Effect::OpenCamera);
    enter_scan(model, effects);
}

pub(super) fn camera_opened(model: &mut Model, view: CameraView, effects: &mut Vec<Effect>) {
    model.camera = view;
    model.camera_fault = None;
    if matches!(model.screen, Screen::Problem(Problem::Camera(_))) {
        enter_scan(model, effects);
    }
}

pub(super) fn camera_failed(model: &mut Model, fault: CameraFault, effects: &mut Vec<Effect>) {
    model.camera = CameraView::default();
    // A verdict or a list is not torn away; the problem is met on the way back to scanning.
    if matches!(model.screen, Screen::Scan | Screen::Problem(_)) {
        effects.push(Effect::PauseReading);
        model.screen = Screen::Problem(Problem::Camera(fault));
    }
    model.camera_fault = Some(fault);
}

pub(super) fn torch(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(on) = &mut model.camera.torch {
        *on = !*on;
        effects.push(Effect::SetTorch(*on));
    }
}

pub(super) fn zoom(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Some(near) = &mut model.camera.zoom {
        *near = !*near;
        effects.push(Effect::SetZoom(*near));
    }
}

pub(super) fn hold(model: &mut Model) {
    if let Screen::Verdict(verdict) = &mut model.screen {
        verdict.leaves_unix_ms = None;
    }
}

/// A held verdict leaves at the latest when any verdict must.
pub(super) fn release(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    if let Screen::Verdict(verdict) = &mut model.screen {
        let latest = verdict.shown_unix_ms + timing::VERDICT_MS_MAX;
        verdict.leaves_unix_ms = Some(latest.min(moment.now_unix_ms + timing::ADMIT_MS));
    }
    tick(model, moment, effects);
}

/// "Berikutnya": a Refer that was not answered is recorded as such.
pub(super) fn close_verdict(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    if verdict.refer != ReferStep::NotAsked {
        recording::refer_unanswered(model, moment, effects);
    }
    to_scan(model, moment, effects);
}

pub(super) fn refer_tapped(model: &mut Model, answer: Answer) {
    if let Screen::Verdict(verdict) = &mut model.screen
        && verdict.refer != ReferStep::NotAsked
        && answer != Answer::Unanswered
    {
        verdict.refer = ReferStep::Choosing(answer);
    }
}

/// The steps are read at leisure: while they show, the verdict does not leave before its time.
pub(super) fn why(model: &mut Model) {
    if let Screen::Verdict(verdict) = &mut model.screen {
        verdict.explained = !verdict.explained;
        verdict.leaves_unix_ms = Some(verdict.shown_unix_ms + timing::VERDICT_MS_MAX);
    }
}

pub(super) fn manual_reason(model: &mut Model, reason: ManualReason) {
    if let Screen::Manual(form) = &mut model.screen {
        form.reason = Some(reason);
    }
}

/// Where a log that is not repaired leaves the officer.
const CANNOT_OPEN: Screen = Screen::Problem(Problem::Store(StoreFault::CannotOpen));

/// From scanning to a screen beside it; the camera stays open, frames are not looked at.
pub(super) fn open(model: &mut Model, screen: Screen, effects: &mut Vec<Effect>) {
    // Whoever looked something up from there comes back to it.
    if let Screen::Problem(Problem::Camera(fault)) = model.screen {
        model.camera_fault = Some(fault);
    }
    let camera_fault = matches!(model.screen, Screen::Problem(Problem::Camera(_)));
    if camera_fault || matches!(model.screen, Screen::Scan | Screen::Setup(_)) {
        effects.push(Effect::PauseReading);
        model.sheet = None;
        model.screen = screen;
    }
}

pub(super) fn open_desk(model: &mut Model, page: DeskPage, effects: &mut Vec<Effect>) {
    match model.screen {
        Screen::Problem(Problem::Store(_)) if page == DeskPage::Repair => {
            model.screen = Screen::Desk(page);
        }
        _ if page == DeskPage::Repair => {}
        _ => open(model, Screen::Desk(page), effects),
    }
    if matches!(model.screen, Screen::Desk(_)) {
        effects.push(Effect::OpenDesk(page));
    }
}

pub(super) fn desk_failed(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    if model.screen == Screen::Desk(DeskPage::Repair) {
        model.screen = CANNOT_OPEN;
    } else if matches!(model.screen, Screen::Desk(_)) {
        enter_scan(model, effects);
        model.sheet = Some(Sheet::NoDesk);
        model.sheet_until_unix_ms = Some(moment.now_unix_ms + timing::SHEET_MS);
    }
}

pub(super) fn back(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    match &mut model.screen {
        Screen::Manual(_) | Screen::Setup(_) => enter_scan(model, effects),
        Screen::Desk(page) => {
            model.shown.clear();
            effects.push(Effect::CloseDesk);
            match page {
                DeskPage::Repair => model.screen = CANNOT_OPEN,
                _ => enter_scan(model, effects),
            }
        }
        Screen::Presenting(_) => to_scan(model, moment, effects),
        Screen::Verdict(verdict) if verdict.explained => verdict.explained = false,
        Screen::Verdict(verdict) if matches!(verdict.refer, ReferStep::Choosing(_)) => {
            verdict.refer = ReferStep::Asked;
        }
        _ => {}
    }
}

pub(super) fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    let Screen::Problem(problem) = model.screen else { return };
    match problem {
        Problem::Camera(_) => effects.push(Effect::OpenCamera),
        Problem::SecondTab => effects.push(Effect::TakeLogOver),
        Problem::Store(_) => effects.push(Effect::ReopenLog),
        Problem::NoSite | Problem::NoRegistry | Problem::RootChanged | Problem::OldBrowser => {
            effects.push(Effect::ReloadTrust);
        }
    }
}

pub(super) fn swap_direction(model: &mut Model, effects: &mut Vec<Effect>) {
    if matches!(model.screen, Screen::Scan) {
        model.gate.direction = match model.gate.direction {
            Direction::Entry => Direction::Exit,
            Direction::Exit => Direction::Entry,
        };
        effects.push(Effect::SaveSettings(settings(model)));
    }
}

pub(super) fn language(model: &mut Model, language: Language, effects: &mut Vec<Effect>) {
    model.language = language;
    effects.push(Effect::SaveSettings(settings(model)));
}

/// Heard at once, so that nobody has to guess.
pub(super) fn loudness(model: &mut Model, loudness: Loudness, effects: &mut Vec<Effect>) {
    model.loudness = loudness;
    effects.push(Effect::SetLoudness(loudness));
    effects.push(Effect::Signal(Signal::Admit));
    effects.push(Effect::SaveSettings(settings(model)));
}

/// Nobody looks: a name does not wait on a dark screen. A question waits for its answer.
pub(super) fn hidden(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    // The running time may stand still while the phone sleeps.
    model.clock_seen_ms = None;
    if let Screen::Verdict(verdict) = &model.screen
        && verdict.refer == ReferStep::NotAsked
    {
        to_scan(model, moment, effects);
    }
}

/// Whatever was due has come.
pub(super) fn tick(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let now = moment.now_unix_ms;
    if model.today.turn_to(now, moment.utc_offset_min) && model.counted {
        recording::remove_outdated(model, effects);
    }
    if let Screen::Verdict(verdict) = &model.screen
        && verdict.leaves_unix_ms.unwrap_or(verdict.shown_unix_ms + timing::VERDICT_MS_MAX) <= now
    {
        close_verdict(model, moment, effects);
    }
    if model.retry_at_unix_ms.is_some_and(|at| at <= now) {
        recording::retry(model, effects);
    }
    if model.sheet_until_unix_ms.is_some_and(|until| until <= now) {
        model.sheet = None;
        model.sheet_until_unix_ms = None;
    }
    if model.first.as_ref().is_some_and(|first| first.until_unix_ms <= now) {
        model.first = None;
        model.sheet = None;
    }
    let waits_until = match &model.screen {
        Screen::Presenting(screen) => Some(screen.until_unix_ms),
        _ => None,
    };
    if waits_until.is_some_and(|until| until <= now) {
        to_scan(model, moment, effects);
    }
    if ignored_until_unix_ms(model).is_some_and(|until| until <= now) {
        model.ignored = None;
    }
}

/// Back to scanning after a verdict; the code that is still in view stays ignored.
pub(super) fn to_scan(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    if let Some(seen) = &mut model.ignored {
        seen.last_seen_unix_ms = moment.now_unix_ms;
    }
    enter_scan(model, effects);
}

pub(super) fn enter_scan(model: &mut Model, effects: &mut Vec<Effect>) {
    model.hint = None;
    model.parts = None;
    model.two_codes = false;
    model.unread_since_unix_ms = None;
    if let Some(fault) = model.camera_fault.filter(|_| !model.camera.running) {
        model.screen = Screen::Problem(Problem::Camera(fault));
        return;
    }
    model.screen = Screen::Scan;
    effects.push(Effect::StartReading);
}

/// While no frame is looked at, a code may well be in view all the time.
fn ignored_until_unix_ms(model: &Model) -> Option<i64> {
    let seen = model.ignored.as_ref().filter(|_| model.screen == Screen::Scan);
    seen.map(|seen| seen.last_seen_unix_ms + timing::SAME_CODE_MS)
}

/// Asks for the next moment at which something is due.
pub(super) fn wake(model: &Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let verdict = match &model.screen {
        Screen::Verdict(verdict) => {
            verdict.leaves_unix_ms.or(Some(verdict.shown_unix_ms + timing::VERDICT_MS_MAX))
        }
        Screen::Presenting(screen) => Some(screen.until_unix_ms),
        _ => None,
    };
    let ignored = ignored_until_unix_ms(model);
    let first = model.first.as_ref().map(|first| first.until_unix_ms);
    let due = [verdict, model.retry_at_unix_ms, model.sheet_until_unix_ms, ignored, first];
    if let Some(at_unix_ms) = due.into_iter().flatten().min() {
        // Never in the past, or a clock set back would spin.
        let at_unix_ms = at_unix_ms.max(moment.now_unix_ms + 1);
        effects.push(Effect::WakeAt { at_unix_ms });
    }
}

pub(super) fn settings(model: &Model) -> Settings {
    Settings {
        language: model.language,
        gate: model.gate.clone(),
        loudness: model.loudness,
        sealing_agreed: model.sealing_agreed,
        kiosk: model.kiosk,
    }
}
