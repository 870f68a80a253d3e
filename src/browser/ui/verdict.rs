//! The answer, full screen: one sign, one word, one reason, one thing to do.
//!
//! A name shows only where it is proven and has to be compared, and goes with the screen.

use super::icon::{Icon, icon};
use super::part::{Heading, Weight, button};
use super::sign::{Sign, logo, panel};
use super::text::{self, Said, Text, birth_date};
use super::{Scene, why};
use crate::audit_log::{Answer, Direction};
use crate::gate::{GateReason, Holder, Outcome, Reason, SignatureState, Status};
use crate::session::{Event, Recorded, ReferReason, ReferStep, VerdictScreen, timing};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

pub fn verdict(scene: &Scene, verdict: &VerdictScreen) -> Html {
    let sign = sign(verdict);
    let word = word(scene.text, sign, verdict.direction);
    let second = second_line(scene.text, sign, verdict);
    let choosing = matches!(verdict.refer, ReferStep::Choosing(_)) || verdict.explained;
    let class = classes!("verdict", format!("v-{}", sign.name()), choosing.then_some("choosing"));
    let alone = scene.model.kiosk;
    let touch = Touch::new(scene, verdict);
    html! {
        <main {class} onclick={touch.click} onpointerdown={touch.down} onpointerup={touch.up.clone()}
            onpointercancel={touch.up} oncontextmenu={no_menu()}>
            { living_band(scene) }
            { panel(sign, word, second.as_deref()) }
            <section class="answer">
                <Heading class="heard">{ word }</Heading>
                if verdict.explained {
                    { why::steps(scene, verdict) }
                } else {
                    { why(scene, sign, verdict) }
                    if alone {
                        if sign != Sign::Admit { <p class="do">{ icon(Icon::Person) }<span>{ scene.text.kiosk.wait }</span></p> }
                    } else {
                        { who(scene, sign, verdict) }
                        { recorded(scene, verdict) }
                        { more(scene, sign, verdict) }
                        { actions(scene, sign, verdict) }
                    }
                }
            </section>
        </main>
    }
}

/// `(polite, urgent)`: MASUK does not interrupt, everything else does.
pub fn announcement(scene: &Scene, verdict: &VerdictScreen) -> (String, String) {
    let sign = sign(verdict);
    let word = word(scene.text, sign, verdict.direction);
    let said = said(scene, sign, verdict);
    match name_of(&verdict.decision.holder) {
        Some(name) if sign == Sign::Admit && !scene.model.kiosk => {
            (format!("{word}. {}: {name}", scene.text.verdict.compare_id), String::new())
        }
        _ if sign == Sign::Admit => (format!("{word}. {}", said.happened), String::new()),
        _ => (String::new(), format!("{word}. {} {}", said.happened, said.to_do)),
    }
}

fn sign(verdict: &VerdictScreen) -> Sign {
    if verdict.decision.specimen { Sign::Specimen } else { real_sign(verdict.decision.outcome) }
}

fn real_sign(outcome: Outcome) -> Sign {
    match outcome {
        Outcome::Admit => Sign::Admit,
        Outcome::Refer => Sign::Refer,
        Outcome::Refuse => Sign::Refuse,
        Outcome::RefuseAndAlert => Sign::Alert,
        Outcome::Unreadable | Outcome::NotACredential(_) => Sign::Unread,
    }
}

/// `exit` is an admission the other way.
pub fn name(verdict: &VerdictScreen) -> &'static str {
    match (sign(verdict), verdict.direction) {
        (Sign::Admit, Direction::Exit) => "exit",
        (sign, _) => sign.name(),
    }
}

/// Of the reason that the screen says; empty where there is none.
pub fn code(verdict: &VerdictScreen) -> &str {
    verdict.decision.reasons.first().map_or("", |reason| reason.code())
}

fn word(text: &Text, sign: Sign, direction: Direction) -> &'static str {
    let words = &text.words;
    match (sign, direction) {
        (Sign::Admit, Direction::Entry) => words.enter,
        (Sign::Admit, Direction::Exit) => words.exit,
        (Sign::Refer, _) => words.check,
        (Sign::Refuse | Sign::Alert, _) => words.refuse,
        (Sign::Specimen, _) => words.specimen,
        (Sign::Unread, _) => words.unread,
    }
}

fn second_line(text: &Text, sign: Sign, verdict: &VerdictScreen) -> Option<String> {
    match sign {
        Sign::Alert => Some(text.verdict.call_supervisor.to_owned()),
        Sign::Specimen => {
            let real = word(text, real_sign(verdict.decision.outcome), verdict.direction);
            Some((text.verdict.if_real)(real))
        }
        _ => None,
    }
}

/// The mark of a living screen: a screenshot's clock stands still.
fn living_band(scene: &Scene) -> Html {
    const STEPPED: &str = "V8h5V4h5V0h10v4h5v4h5v4z";
    let thread = (0..20).map(|index| {
        let x = index * 60;
        let class = if index % 3 == 0 { "bright" } else { "dim" };
        html! { <path {class} d={format!("M{x} 12{STEPPED}M{} 12V8h6v4z", x + 42)} /> }
    });
    html! { <>
        <div class="live">
            { logo("lm") }
            <span class="gate">{ scene.model.gate.gate.clone() }</span>
            <span class="wod" data-word="true" lang="id">{ scene.model.word_of_day(scene.now_unix_ms, scene.utc_offset_min) }</span>
            <span class="clk">{ scene.local(scene.now_unix_ms).clock(&scene.text.time) }</span>
        </div>
        <div class="thread" aria-hidden="true">
            <svg viewBox="0 0 1200 12" preserveAspectRatio="xMinYMid slice">{ for thread }</svg>
        </div>
    </> }
}

fn said(scene: &Scene, sign: Sign, verdict: &VerdictScreen) -> Said {
    let all = &scene.text.reasons;
    match (sign, verdict.decision.reasons.first()) {
        (Sign::Specimen, _) => all.specimen.clone(),
        (_, Some(reason)) => {
            text::reason(reason, scene.text, scene.now_unix_ms, scene.utc_offset_min)
        }
        (Sign::Admit, None) => all.proven.clone(),
        (Sign::Alert, None) => all.blocked.clone(),
        (_, None) => all.fault.clone(),
    }
}

/// MASUK needs no reason where there is a name to compare; everything else says one.
fn why(scene: &Scene, sign: Sign, verdict: &VerdictScreen) -> Html {
    if let ReferStep::Choosing(answer) = verdict.refer {
        let text = &scene.text.verdict;
        let question = if answer == Answer::Allowed { text.why_allow } else { text.why_turn_away };
        return html! { <p class="why">{ question }</p> };
    }
    let named = name_of(&verdict.decision.holder).is_some();
    let flagged = matches!(
        verdict.decision.reasons.first(),
        Some(Reason::Gate(GateReason::Attention { .. } | GateReason::AttentionElsewhere { .. }))
    );
    // A flag is between supervisor and officer: the visitor at a kiosk is not told of it.
    if sign == Sign::Admit && (scene.model.kiosk || named) || flagged && scene.model.kiosk {
        return html! {};
    }
    let said = said(scene, sign, verdict);
    html! { <>
        <p class="why">{ said.happened }</p>
        // What to do is said to an officer.
        if !said.to_do.is_empty() && !scene.model.kiosk {
            <p class="do">{ icon(Icon::Speak) }<span>{ said.to_do }</span></p>
        }
    </> }
}

/// Name, birth date, role: of a proven pass that lets in or asks the officer, and of no other.
fn who(scene: &Scene, sign: Sign, verdict: &VerdictScreen) -> Html {
    let decision = &verdict.decision;
    let proven = decision.signature == SignatureState::Valid;
    let choosing = matches!(verdict.refer, ReferStep::Choosing(_));
    if !proven || choosing || !matches!(sign, Sign::Admit | Sign::Refer) {
        return html! {};
    }
    let text = &scene.text.verdict;
    let born = decision.holder.as_ref().and_then(|holder| holder.birth_date.as_deref());
    let born = born.map(|date| (text.born)(&birth_date(date, &scene.text.time)));
    let role = decision
        .role
        .as_deref()
        .map(|role| (text.role)(role).map_or_else(|| role.to_owned(), str::to_owned));
    let name = name_of(&decision.holder).map(str::to_owned);
    if sign == Sign::Refer {
        let facts = [born, role].into_iter().flatten().collect::<Vec<_>>().join(", ");
        if name.is_none() && facts.is_empty() {
            return html! {};
        }
        return html! {
            <p class="do">
                { icon(Icon::IdCard) }
                <span><b class="name" data-holder="name">{ name }</b><br />{ facts }</span>
            </p>
        };
    }
    html! { <>
        if let Some(name) = name {
            <div class="who">
                <p class="cap">{ text.compare_id }</p>
                <p class="n" data-holder="name">{ name }</p>
                <p class="sm">{ born }</p>
            </div>
        }
        if let Some(role) = role {
            <p class="do">{ icon(Icon::Person) }<span>{ role }</span></p>
        }
    </> }
}

fn name_of(holder: &Option<Holder>) -> Option<&str> {
    holder.as_ref().and_then(|holder| holder.name.as_deref())
}

pub fn recorded_name(recorded: Recorded) -> &'static str {
    match recorded {
        Recorded::Saving => "saving",
        Recorded::Recorded => "recorded",
        Recorded::NotYet => "not-yet",
    }
}

/// "Tercatat" is said only when the store said so.
fn recorded(scene: &Scene, verdict: &VerdictScreen) -> Html {
    let text = &scene.text.verdict;
    let (picture, words) = match verdict.recorded {
        Recorded::Saving => (Icon::Clock, text.saving),
        Recorded::Recorded => (Icon::Check, text.recorded),
        Recorded::NotYet => (Icon::Warn, text.not_recorded),
    };
    let time = scene.local(verdict.shown_unix_ms).clock(&scene.text.time);
    let number = (text.number)(verdict.sequence);
    let after = match verdict.recorded {
        Recorded::Recorded => format!(" · {time} · {number}"),
        Recorded::Saving | Recorded::NotYet => String::new(),
    };
    let status = verdict.decision.status.map(|status| match status {
        Status::Green => text.green,
        Status::Yellow => text.yellow,
        Status::Red => text.red,
        Status::Black => text.black,
    });
    // What an alarm is about is not for those who look over the officer's shoulder.
    let secret = verdict.decision.outcome == Outcome::RefuseAndAlert;
    let code = Some(code(verdict)).filter(|code| !code.is_empty() && !secret);
    let small = [status, code].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    html! {
        <p class={classes!("rec", recorded_name(verdict.recorded))}>
            { icon(picture) }<span><b>{ words }</b>{ after }</span>
            <span class="code">{ small }</span>
        </p>
    }
}

fn actions(scene: &Scene, sign: Sign, verdict: &VerdictScreen) -> Html {
    let text = &scene.text.verdict;
    let next = scene.tap(|| Event::NextTapped);
    match verdict.refer {
        ReferStep::Choosing(answer) => reasons(scene, answer),
        ReferStep::Asked => html! {
            <div class="acts pair">
                { asked(scene, Answer::TurnedAway, "refer-turn-away", text.turn_away) }
                { asked(scene, Answer::Allowed, "refer-allow", text.allow) }
            </div>
        },
        ReferStep::NotAsked if sign == Sign::Admit => {
            let label = html! { <>{ ring(scene, verdict) }{ text.next_or_hold }</> };
            html! { <div class="acts">{ button(Weight::Second, "next", label, next) }</div> }
        }
        ReferStep::NotAsked => {
            let label = html! { <>{ ring(scene, verdict) }{ text.next }</> };
            html! { <div class="acts">{ button(Weight::Primary, "next", label, next) }</div> }
        }
    }
}

/// What a supervisor, or a patient officer, can do beside going on.
fn more(scene: &Scene, sign: Sign, verdict: &VerdictScreen) -> Html {
    let text = &scene.text.gate;
    let choosing = matches!(verdict.refer, ReferStep::Choosing(_));
    // Why somebody is to be called for is nobody's to read over a shoulder.
    if choosing || !matches!(sign, Sign::Refer | Sign::Refuse) {
        return html! {};
    }
    let act = |action: &'static str, label: &'static str, event: fn() -> Event| {
        html! { <button class="btn txt" data-action={action} onclick={scene.tap(event)}>{ label }</button> }
    };
    html! {
        <div class="acts two more">
            if scene.model.may_add_second(verdict) {
                { act("second", text.second, || Event::SecondTapped) }
            }
            if scene.model.may_override(verdict) {
                { act("override", text.override_button, || Event::OverrideTapped) }
            }
            { act("why", text.why, || Event::WhyTapped) }
        </div>
    }
}

fn asked(scene: &Scene, answer: Answer, action: &'static str, label: &'static str) -> Html {
    let picture = if answer == Answer::Allowed { Icon::Check } else { Icon::Close };
    let label = html! { <>{ icon(picture) }{ label }</> };
    button(Weight::Second, action, label, scene.tap(move || Event::ReferTapped(answer)))
}

fn reasons(scene: &Scene, answer: Answer) -> Html {
    let reasons = ReferReason::list_for(answer).iter().map(|&reason| {
        html! {
            <button key={reason.code()} class="btn sec" data-action="refer-reason" data-reason={reason.code()}
                onclick={scene.tap(move || Event::ReferAnswered { answer, reason })}>
                { scene.text.refer_reason(reason) }
            </button>
        }
    });
    html! {
        <div class="acts">
            { for reasons }
            <button class="btn txt" data-action="back" onclick={scene.tap(|| Event::BackTapped)}>
                { icon(Icon::Back) }{ scene.text.verdict.back }
            </button>
        </div>
    }
}

/// Runs down before the verdict leaves by itself. Its arc is drawn each second from the clock; where
/// motion is welcome a style class runs it smoothly. Re-made whenever the time to leave changes.
fn ring(scene: &Scene, verdict: &VerdictScreen) -> Html {
    /// The ring's length in tenths.
    const AROUND: i64 = 817;
    let Some(leaves_unix_ms) = verdict.leaves_unix_ms else {
        return html! { <svg class="ring held" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="13" /></svg> };
    };
    let short = leaves_unix_ms - verdict.shown_unix_ms < timing::VERDICT_MS_MAX;
    let (class, runs_ms) =
        if short { ("ring short", timing::ADMIT_MS) } else { ("ring long", timing::RING_MS) };
    let left_ms = (leaves_unix_ms - scene.now_unix_ms).clamp(0, runs_ms);
    let arc = AROUND * left_ms / runs_ms;
    let arc = format!("{}.{} 81.7", arc / 10, arc % 10);
    html! {
        <svg key={leaves_unix_ms.to_string()} {class} viewBox="0 0 32 32" aria-hidden="true">
            <circle class="r0" cx="16" cy="16" r="13" />
            <circle class="r1" cx="16" cy="16" r="13" stroke-dasharray={arc} />
        </svg>
    }
}

/// A tap anywhere goes on; while MASUK is held it stays.
struct Touch {
    click: Callback<MouseEvent>,
    down: Callback<PointerEvent>,
    up: Callback<PointerEvent>,
}

/// A press longer than this was a hold, so its end is no tap.
const HOLD_MS: i64 = 500;
const DOWN_AT: &str = "data-down-ms";

impl Touch {
    fn new(scene: &Scene, verdict: &VerdictScreen) -> Self {
        let send = |event: fn() -> Event| {
            let send = scene.send.clone();
            move || send.emit(event())
        };
        let (next, held, released) = (
            send(|| Event::NextTapped),
            send(|| Event::VerdictHeld),
            send(|| Event::VerdictReleased),
        );
        let holds = sign(verdict) == Sign::Admit;
        // A question is answered by its buttons, not by a stray touch.
        let taps = verdict.refer == ReferStep::NotAsked && !verdict.explained;
        Self {
            click: Callback::from(move |tap: MouseEvent| {
                if taps && !(holds && was_hold(&tap)) {
                    next();
                }
            }),
            down: Callback::from(move |touch: PointerEvent| {
                if holds {
                    if let Some(screen) = screen_of(&touch) {
                        let _ = screen.set_attribute(DOWN_AT, &whole_ms(&touch).to_string());
                    }
                    held();
                }
            }),
            up: Callback::from(move |_: PointerEvent| {
                if holds {
                    released();
                }
            }),
        }
    }
}

fn screen_of(event: &web_sys::Event) -> Option<Element> {
    event.current_target().and_then(|target| target.dyn_into().ok())
}

fn was_hold(tap: &MouseEvent) -> bool {
    let down_ms = screen_of(tap)
        .and_then(|screen| screen.get_attribute(DOWN_AT))
        .and_then(|down_ms| down_ms.parse::<i64>().ok());
    down_ms.is_some_and(|down_ms| whole_ms(tap) - down_ms > HOLD_MS)
}

/// Whole: printing and reading fractions would weigh 8 KB of the first scan.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page began")]
fn whole_ms(event: &web_sys::Event) -> i64 {
    event.time_stamp() as i64
}

/// A long touch is a hold, not a wish for the browser's menu.
fn no_menu() -> Callback<MouseEvent> {
    Callback::from(|menu: MouseEvent| menu.prevent_default())
}
