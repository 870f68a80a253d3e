//! "Apakah gerbang ini siap?": asks the phone, and shows one sign and one sentence a check.

use super::app::{Desk, Message as DeskMessage, Scene};
use super::menu::bytes;
use super::probe::{self, Room};
use super::told::{Told, Wish};
use crate::audit_log::ChainState;
use crate::browser::clock;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, logo, mark};
use crate::desk::selftest::{Check, Facts, Finding, State, findings, is_ready};
use crate::gate::{self, History, Outcome, Payload, Policy, Registry};
use crate::issue::{demo, qr};
use crate::rules::Here;
use crate::trust::Freshness;
use gerbang_qr::{Effort, LumaFrame, Scanner};
use yew::prelude::*;

/// Pixels a module, and light modules around: a good picture, as the decoder's own health is asked.
const MODULE_PX: usize = 4;

pub enum Message {
    Found { number: u32, facts: Facts, specimen_ms: f64, room: Room },
    Try,
    Heard(bool),
    Felt(bool),
    Share,
}

/// The last answers; `None` while the phone is being asked.
#[derive(Default)]
pub struct Test {
    number: u32,
    /// Sound and vibration were tried: the officer is asked.
    tried: bool,
    found: Option<Found>,
}

struct Found {
    facts: Facts,
    at_unix_ms: i64,
    specimen_ms: f64,
    room: Room,
}

impl Found {
    fn findings(&self) -> [Finding; 9] {
        findings(&self.facts)
    }
}

pub fn entered(desk: &mut Desk, context: &Context<Desk>) {
    desk.test.number += 1;
    desk.test.found = None;
    desk.test.tried = false;
    let (number, told, reading) = (desk.test.number, desk.told.clone(), desk.reading.clone());
    context.link().send_future(async move {
        let began_ms = clock::running_ms();
        let specimen_read = reads_specimen().unwrap_or(false);
        let specimen_ms = clock::running_ms() - began_ms;
        let room = probe::room().await;
        let facts = Facts {
            specimen_read,
            storage_written: reading.store().probe().await.is_ok(),
            storage_kept: room.kept,
            free_bytes: room.quota_bytes.zip(room.used_bytes).map(|(all, used)| all - used),
            chain_whole: reading
                .store()
                .verify(|_, _| ())
                .await
                .ok()
                .map(|report| report.state == ChainState::Whole),
            clock_off_ms: probe::clock_off_ms().await,
            files_kept: probe::files_kept().await,
            vibrates: probe::vibrates(),
            ..of_page(&told)
        };
        DeskMessage::SelfTest(Message::Found { number, facts, specimen_ms, room })
    });
}

/// What the page knows.
fn of_page(told: &Told) -> Facts {
    Facts {
        camera_running: told.camera_running,
        sound_on: told.sound_on,
        clock_back: told.clock_back,
        registry: match &*told.registry_age {
            "fresh" => Some(Freshness::Fresh),
            "warn" => Some(Freshness::Warn),
            "stale" => Some(Freshness::Stale),
            _ => None,
        },
        ..Facts::default()
    }
}

/// Makes a specimen pass, draws it, reads it and judges it: the whole way but the lens.
fn reads_specimen() -> Option<bool> {
    let now_unix_ms = clock::now_unix_ms();
    let trial = demo::trial(now_unix_ms / 1_000)?;
    let code = qr::encode(trial.pass.as_bytes(), qr::Level::M)?;
    let (luma, side_px) = draw(code.rows());
    let frame = LumaFrame::new(&luma, side_px, side_px, side_px).ok()?;
    let read = Scanner::new().scan(frame, Effort::Light).codes.into_iter().next()?;
    let registry = Registry::open(&trial.registry, &trial.site, 0).ok()?;
    let policy = Policy::choose(&registry, &trial.site.gate.policy_id).ok()?;
    let here = Here { venue_id: &trial.site.gate.venue_id, utc_offset_min: 0 };
    let payload = Payload::from_bytes(read.bytes, read.text);
    let decision =
        gate::decide(&payload, &policy, &registry, &here, &History::default(), now_unix_ms);
    Some(decision.outcome == Outcome::Admit)
}

fn draw(rows: &[Vec<bool>]) -> (Vec<u8>, usize) {
    let quiet = qr::QUIET_ZONE_MODULES;
    let side_px = (rows.len() + 2 * quiet) * MODULE_PX;
    let is_dark = |x: usize, y: usize| {
        let module = |at: usize| (at / MODULE_PX).checked_sub(quiet);
        module(y).zip(module(x)).and_then(|(y, x)| rows.get(y)?.get(x)).copied().unwrap_or(false)
    };
    let luma = (0..side_px * side_px)
        .map(|at| if is_dark(at % side_px, at / side_px) { 20 } else { 235 })
        .collect();
    (luma, side_px)
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Found { number, facts, specimen_ms, room } => {
            if number != desk.test.number {
                return false;
            }
            let at_unix_ms = clock::now_unix_ms();
            desk.test.found = Some(Found { facts, at_unix_ms, specimen_ms, room });
        }
        Message::Try => {
            desk.test.tried = true;
            context.link().send_message(DeskMessage::Ask(Wish::Signal));
        }
        Message::Heard(heard) => answer(desk, |facts| facts.heard = Some(heard)),
        Message::Felt(felt) => answer(desk, |facts| facts.felt = Some(felt)),
        Message::Share => {
            if let Some(given) = share(desk) {
                context.link().send_future_batch(async move {
                    given.await;
                    Vec::new()
                });
            }
            return false;
        }
    }
    true
}

fn answer(desk: &mut Desk, note: impl FnOnce(&mut Facts)) {
    if let Some(found) = &mut desk.test.found {
        note(&mut found.facts);
    }
}

/// The findings as a file for whoever helps: nothing in it is of a visitor, an officer or a place.
fn share(desk: &Desk) -> Option<impl Future<Output = bool> + use<>> {
    let found = desk.test.found.as_ref()?;
    let told = &desk.told;
    let mut lines = vec![
        format!("gerbang {}", told.app_version),
        format!("at_unix_ms {}", found.at_unix_ms),
        format!("utc_offset_min {}", clock::utc_offset_min()),
        format!("entries {} held {}", told.entries, told.held),
        format!("registry_version {} age {}", told.registry_version, told.registry_age),
        format!("cameras {} torch {}", told.cameras, told.torch),
        format!("specimen_ms {:.0}", found.specimen_ms),
        format!("room {:?}", found.room),
        format!("facts {:?}", found.facts),
    ];
    lines.extend(found.findings().iter().map(|finding| {
        format!("check {} {}", check_name(finding.check), state_name(finding.state))
    }));
    lines.extend(probe::phone());
    probe::text_file("gerbang-check.txt", &lines.join("\n")).map(|file| probe::give(&file))
}

pub fn selftest(scene: &Scene) -> Html {
    let text = &scene.words.selftest;
    let Some(found) = &scene.desk.test.found else {
        let body = html! { <div class="middle" role="status">{ logo("mark") }<p>{ text.asking }</p></div> };
        return scene.page(scene.words.menu.selftest, body);
    };
    let findings = found.findings();
    let good = findings.iter().filter(|finding| finding.state == State::Good).count();
    let asked = findings.iter().filter(|finding| finding.state != State::Absent).count();
    let ready = is_ready(&findings);
    let at = scene.local(found.at_unix_ms);
    let body = html! { <>
        <section class="ready" data-ready={ready.to_string()} role="status">
            { logo("mark") }
            <div>
                <p class="rw">{ if ready { text.ready } else { text.not_ready } }</p>
                <p class="sm">{ (text.score)(good, asked) }{ ", " }{ at.hour_minute(&scene.text.time) }</p>
            </div>
        </section>
        <ul class="card">{ for findings.iter().map(|finding| row(scene, found, *finding)) }</ul>
        { trial(scene, found) }
        <div class="px">
            <button class="btn sec" data-action="share-check"
                onclick={scene.tap(|| DeskMessage::SelfTest(Message::Share))}>
                { icon(Icon::Share) }{ text.share }
            </button>
            <p class="sm">{ text.share_note }</p>
        </div>
        <div class="foot stick">
            <button class="btn sec" data-action="again"
                onclick={scene.tap(|| DeskMessage::Go(super::app::Page::SelfTest))}>{ text.again }</button>
            <button class="btn pri" data-action="scan"
                onclick={scene.tap(|| DeskMessage::Ask(Wish::Close))}>{ text.start }</button>
        </div>
    </> };
    scene.page(scene.words.menu.selftest, body)
}

/// Ear and hand answer what no browser can.
fn trial(scene: &Scene, found: &Found) -> Html {
    let text = &scene.words.selftest;
    let chip = |name: &'static str, word: &'static str, chosen: bool, message: fn() -> Message| {
        html! {
            <button class="chip" data-action={name} aria-pressed={chosen.to_string()}
                onclick={scene.tap(move || DeskMessage::SelfTest(message()))}>{ word }</button>
        }
    };
    let Facts { heard, felt, vibrates, .. } = found.facts;
    html! {
        <section class="card keep">
            <button class="btn sec" data-action="try-signal"
                onclick={scene.tap(|| DeskMessage::SelfTest(Message::Try))}>
                { icon(Icon::Sound) }{ text.try_signal }
            </button>
            if scene.desk.test.tried {
                <div class="chips" role="group" aria-label={text.heard}>
                    <b class="ask">{ text.heard }</b>
                    { chip("heard", text.yes, heard == Some(true), || Message::Heard(true)) }
                    { chip("not-heard", text.no, heard == Some(false), || Message::Heard(false)) }
                </div>
                if vibrates {
                    <div class="chips" role="group" aria-label={text.felt}>
                        <b class="ask">{ text.felt }</b>
                        { chip("felt", text.yes, felt == Some(true), || Message::Felt(true)) }
                        { chip("not-felt", text.no, felt == Some(false), || Message::Felt(false)) }
                    </div>
                }
            }
        </section>
    }
}

fn row(scene: &Scene, found: &Found, finding: Finding) -> Html {
    let text = scene.words.selftest.check(finding.check);
    let words = match finding.state {
        State::Good => text.good,
        State::Mind => text.mind,
        State::Bad => text.bad,
        State::Absent => text.absent,
    };
    let sign = match finding.state {
        State::Good => mark(Sign::Admit),
        State::Mind => mark(Sign::Refer),
        State::Bad => mark(Sign::Refuse),
        State::Absent => html! { <span class="mk na" aria-hidden="true">{ "–" }</span> },
    };
    html! {
        <li class="row" data-check={check_name(finding.check)} data-state={state_name(finding.state)}>
            { icon(picture(finding.check)) }
            <span class="t"><b>{ text.name }</b><small>{ words }{ figure(scene, found, finding.check) }</small></span>
            { sign }
        </li>
    }
}

/// The measured number behind the sentence, where there is one.
fn figure(scene: &Scene, found: &Found, check: Check) -> String {
    match check {
        Check::Specimen => format!(" {:.0} ms.", found.specimen_ms),
        Check::Storage => match found.room.quota_bytes {
            Some(quota) => format!(" {}.", bytes(scene, quota)),
            None => String::new(),
        },
        Check::Clock => match found.facts.clock_off_ms {
            Some(off_ms) => format!(" {:+} s.", off_ms / 1_000),
            None => String::new(),
        },
        _ => String::new(),
    }
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Good => "good",
        State::Mind => "mind",
        State::Bad => "bad",
        State::Absent => "absent",
    }
}

fn check_name(check: Check) -> &'static str {
    match check {
        Check::Specimen => "specimen",
        Check::Camera => "camera",
        Check::Sound => "sound",
        Check::Storage => "storage",
        Check::Clock => "clock",
        Check::Registry => "registry",
        Check::Log => "log",
        Check::Offline => "offline",
        Check::Vibration => "vibration",
    }
}

fn picture(check: Check) -> Icon {
    match check {
        Check::Specimen => Icon::Code,
        Check::Camera => Icon::Camera,
        Check::Sound => Icon::Sound,
        Check::Storage => Icon::Store,
        Check::Clock => Icon::Clock,
        Check::Registry => Icon::List,
        Check::Log => Icon::Chain,
        Check::Offline => Icon::Offline,
        Check::Vibration => Icon::Vibrate,
    }
}
