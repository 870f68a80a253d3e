//! All gates of the venue on one page, for whoever looks after them: who is inside, what each decided, which
//! are silent, what is wrong.
//!
//! Shape: what the hub told (`hub::seen`), drawn anew every two seconds.
//! Limits: as of when it was heard, which the page says; a gate of which nothing came is not listed.
//! Not here: other days, and names.

use super::app::{Desk, Message, Page, Scene};
use super::history::plot;
use super::hub::{self, Seen};
use crate::browser::ui::icon::{Icon, icon};
use crate::desk::Hour;
use crate::sync::GateSeen;
use gloo::timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

const AGAIN_MS: u32 = 2_000;
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// A gate that recorded nothing for so long is said to be silent.
const SILENT_MS: i64 = HOUR_MS;

pub fn entered(context: &Context<Desk>) {
    let link = context.link().clone();
    spawn_local(async move {
        TimeoutFuture::new(AGAIN_MS).await;
        link.send_message(Message::Gates);
    });
}

/// As long as the page is up.
pub fn update(desk: &Desk, context: &Context<Desk>) -> bool {
    let is_up = desk.page == Page::Gates;
    if is_up {
        entered(context);
    }
    is_up
}

pub fn gates(scene: &Scene) -> Html {
    let text = &scene.words.gates;
    let seen = hub::seen().unwrap_or_default();
    let clock = |unix_ms| scene.local(unix_ms).hour_minute(&scene.text.time);
    let heard = match seen.heard_unix_ms {
        Some(heard) => (text.as_of)(&clock(heard)),
        None => text.nothing_yet.to_owned(),
    };
    let inside = u64::from(seen.inside);
    let body = html! { <>
        <section class="card">
            <div class="sums">
                <div><b data-sum="inside">{ icon(Icon::Person) }{ (scene.words.number)(inside) }</b><span>{ text.inside }</span></div>
            </div>
            { plot(scene, &hours(scene, &seen)) }
            <p class="sm px" data-heard={seen.heard_unix_ms.is_some().to_string()}>{ heard }</p>
        </section>
        if seen.contested || !seen.doubts.is_empty() {
            <h2 class="sec-t">{ text.alarms }</h2>
            <section class="card" data-alarms={seen.doubts.len().to_string()}>
                if seen.contested {
                    <div class="row">{ icon(Icon::Warn) }<span class="t"><b>{ scene.text.banner.contested.happened.clone() }</b></span></div>
                }
                { for seen.doubts.iter().map(|(id, code)| html! {
                    <div class="row">
                        { icon(Icon::Warn) }
                        <span class="t"><b>{ (text.doubt)(code) }</b><small>{ format!("{code} {}", user_of(id)) }</small></span>
                    </div>
                }) }
            </section>
        }
        <h2 class="sec-t">{ text.each }</h2>
        <section class="card">
            { for seen.gates.iter().map(|(name, gate)| row(scene, name, gate)) }
        </section>
    </> };
    scene.page(text.title, body)
}

fn row(scene: &Scene, name: &str, gate: &GateSeen) -> Html {
    let text = &scene.words.gates;
    let silent = scene.now_unix_ms - gate.latest_unix_ms > SILENT_MS;
    let at = scene.local(gate.latest_unix_ms).hour_minute(&scene.text.time);
    let (picture, since) =
        if silent { (Icon::Warn, (text.silent)(&at)) } else { (Icon::Check, (text.latest)(&at)) };
    let today = gate.hours.iter().filter(|(hour, _)| local_hour(scene, **hour).is_some());
    let [verdicts, entered, left] =
        today.fold([0, 0, 0], |[verdicts, entered, left], (_, hour)| {
            [verdicts + hour.verdicts, entered + hour.entered, left + hour.left]
        });
    html! {
        <div class="row" data-gate={name.to_owned()} data-silent={silent.to_string()}>
            { icon(picture) }
            <span class="t"><b>{ name.to_owned() }</b><small>{ (text.today)(verdicts, entered, left) }{ ". " }{ since }</small></span>
        </div>
    }
}

/// All gates together.
fn hours(scene: &Scene, seen: &Seen) -> [Hour; 24] {
    let mut hours = [Hour::default(); 24];
    for (hour, of) in seen.gates.iter().flat_map(|(_, gate)| &gate.hours) {
        let place = local_hour(scene, *hour).and_then(|hour| hours.get_mut(hour));
        if let (Some(place), Ok(verdicts)) = (place, usize::try_from(of.verdicts)) {
            place.admitted += verdicts;
        }
    }
    hours
}

/// Which hour of today that is; `None`: of another day.
fn local_hour(scene: &Scene, hour: i64) -> Option<usize> {
    let local =
        |unix_ms: i64| (unix_ms + i64::from(scene.utc_offset_min) * MINUTE_MS).div_euclid(HOUR_MS);
    let (hour, now) = (local(hour * HOUR_MS), local(scene.now_unix_ms));
    (hour.div_euclid(24) == now.div_euclid(24))
        .then(|| usize::try_from(hour.rem_euclid(24)).ok())?
}

/// Whose document it is.
fn user_of(id: &str) -> &str {
    id.split(':').next().unwrap_or(id)
}
