//! Strips that say what is wrong with the gate itself; never about a visitor.

use super::Scene;
use super::icon::{Icon, icon};
use super::text::Said;
use crate::session::{DeskPage, Event, Freshness, HubStanding, StoreFault, StoreState, TrustAlarm};
use yew::prelude::*;

/// More would push the camera off a small screen.
const BANNERS_MAX: usize = 2;

/// On every screen but a verdict, and it cannot be closed.
pub fn demo(scene: &Scene) -> Html {
    if !scene.model.demo {
        return html! {};
    }
    html! {
        <div class="banner demo" role="note" data-banner="demo">
            <span>{ scene.text.banner.demo }</span>
        </div>
    }
}

/// The worst first.
pub fn banners(scene: &Scene) -> Html {
    let all = [
        storage(scene),
        lost(scene),
        alarm(scene),
        hub(scene),
        clock(scene),
        full(scene),
        registry_age(scene),
        hand_over(scene),
        update(scene),
    ];
    all.into_iter().flatten().take(BANNERS_MAX).collect()
}

fn storage(scene: &Scene) -> Option<Html> {
    let StoreState::Holding { entries, fault } = scene.model.store else { return None };
    let text = &scene.text.banner;
    let said = match fault {
        StoreFault::Full => text.full.clone(),
        _ => (text.storage)(entries),
    };
    Some(banner("storage", "fault", Icon::Warn, &said))
}

/// The browser threw the log away, or the end of it.
fn lost(scene: &Scene) -> Option<Html> {
    let text = &scene.text.banner;
    let (name, kind, said) = match scene.model.loss_saved {
        true => ("saved", "warn", &text.saved),
        false => ("lost", "fault", &text.lost),
    };
    scene.model.loss_told.map(|_| banner(name, kind, Icon::Warn, said))
}

fn alarm(scene: &Scene) -> Option<Html> {
    let bundle = scene.model.trust.bundle.as_ref()?;
    let text = &scene.text.banner;
    let (name, said) = match bundle.alarm? {
        TrustAlarm::Root => ("root", &text.root),
        TrustAlarm::Rollback => ("rollback", &text.rollback),
        TrustAlarm::Damaged => ("damaged", &text.damaged),
    };
    Some(banner(name, "fault", Icon::Warn, said))
}

/// Another writes under this gate's name, or it may not write any more.
fn hub(scene: &Scene) -> Option<Html> {
    let (view, text) = (scene.model.hub?, &scene.text.banner);
    if view.contested {
        return Some(banner("contested", "fault", Icon::Warn, &text.contested));
    }
    let retired = view.standing == HubStanding::Retired;
    retired.then(|| banner("retired", "warn", Icon::Warn, &text.retired))
}

fn clock(scene: &Scene) -> Option<Html> {
    scene
        .model
        .is_clock_back(scene.now_unix_ms)
        .then(|| banner("clock", "fault", Icon::Clock, &scene.text.banner.clock))
}

fn full(scene: &Scene) -> Option<Html> {
    let inside = scene.model.inside();
    let capacity = scene.model.gate.capacity.filter(|capacity| inside >= *capacity)?;
    let said = (scene.text.reasons.full)(inside, capacity);
    Some(banner("full", "warn", Icon::Person, &said))
}

fn registry_age(scene: &Scene) -> Option<Html> {
    let bundle = scene.model.trust.bundle.as_ref()?;
    let text = &scene.text.banner;
    match bundle.freshness {
        Freshness::Fresh => None,
        Freshness::Warn => {
            let age_s = scene.now_unix_ms / 1_000 - bundle.issued_unix_s;
            let said = (text.warn)(&scene.text.time.age(age_s));
            Some(banner("registry-warn", "warn", Icon::List, &said))
        }
        Freshness::Stale => Some(banner("registry-stale", "warn", Icon::List, &text.stale)),
    }
}

/// The log has been on this phone alone for more than a day.
fn hand_over(scene: &Scene) -> Option<Html> {
    scene.model.is_overdue(scene.now_unix_ms).then(|| {
        let tap = scene.tap(|| Event::DeskTapped(DeskPage::HandOver));
        tapped("hand-over", Icon::Share, &scene.text.banner.hand_over, tap)
    })
}

/// A newer version waits for a quiet moment.
fn update(scene: &Scene) -> Option<Html> {
    scene.model.update_ready.then(|| {
        let tap = scene.tap(|| Event::UpdateTapped);
        tapped("update", Icon::Check, &scene.text.banner.update, tap)
    })
}

fn tapped(name: &'static str, picture: Icon, said: &Said, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button key={name} class="banner" data-banner={name} data-action={name} {onclick}>
            { icon(picture) }
            <span><b>{ said.happened.clone() }</b>{ " " }{ said.to_do.clone() }</span>
        </button>
    }
}

fn banner(name: &'static str, kind: &'static str, picture: Icon, said: &Said) -> Html {
    html! {
        <div key={name} class={classes!("banner", kind)} data-banner={name} role="status">
            { icon(picture) }
            <span><b>{ said.happened.clone() }</b>{ " " }{ said.to_do.clone() }</span>
        </div>
    }
}
