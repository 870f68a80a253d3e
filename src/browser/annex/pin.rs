//! The supervisor's PIN: asked for before settings, and to leave the kiosk. A deterrent, no more:
//! whoever owns the phone can clear its storage. The set-up code takes it away.
//!
//! Shape: `Kept` in the store, Argon2id (RFC 9106) over salt and digits → asked → the page that was wanted.
//! Limits and errors: `DIGITS`; after `WRONG_MAX` wrong ones it waits, twice as long each time.
//! Not here: what is locked (`app`).

use super::app::{Desk, Message as DeskMessage, Page, Scene};
use super::told::Wish;
use crate::browser::clock;
use crate::browser::ui::icon::{Icon, icon};
use argon2::{Algorithm, Argon2, Params, Version};
use gloo::timers::future::TimeoutFuture;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use yew::prelude::*;

const DIGITS: RangeInclusive<usize> = 4..=8;
const WRONG_MAX: u32 = 5;
const WAIT_MS: i64 = 60_000;
const WAIT_DOUBLINGS_MAX: u32 = 6;
/// A third of a second on a cheap phone.
const MEMORY_KIB: u32 = 8_192;
const PASSES: u32 = 2;

/// As the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    salt: [u8; 16],
    hash: [u8; 32],
    /// In a row.
    wrong: u32,
    /// Not asked before.
    until_unix_ms: i64,
}

pub enum Message {
    Known(Option<Kept>),
    Typed(String),
    Try,
    Tried { right: bool },
    Set,
    WasSet(Kept),
    Remove,
}

#[derive(Default)]
pub struct Pin {
    /// `None`: not looked up yet.
    kept: Option<Option<Kept>>,
    /// Asked for in this desk already.
    open: bool,
    typed: String,
    working: bool,
    wrong: bool,
}

impl Pin {
    /// Whether a page behind the PIN is still closed.
    pub fn is_shut(&self) -> bool {
        !self.open && !matches!(self.kept, Some(None))
    }

    pub fn is_set(&self) -> bool {
        matches!(self.kept, Some(Some(_)))
    }
}

pub fn look_up(desk: &Desk, context: &Context<Desk>) {
    let reading = desk.reading.clone();
    context.link().send_future(async move {
        let json = reading.store().pin().await.ok().flatten();
        let kept = json.and_then(|json| serde_json::from_slice(json.as_bytes()).ok());
        DeskMessage::Pin(Message::Known(kept))
    });
}

fn hash(salt: &[u8; 16], digits: &str) -> Option<[u8; 32]> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    let mut hash = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(digits.as_bytes(), salt, &mut hash).ok()?;
    Some(hash)
}

fn keep(desk: &Desk, kept: Option<&Kept>) {
    let reading = desk.reading.clone();
    let json = kept.map(|kept| serde_json::to_string(kept).expect("numbers are always JSON"));
    wasm_bindgen_futures::spawn_local(async move {
        // Not kept, it is asked for as it was before.
        let _kept = reading.store().keep_pin(json.as_deref()).await;
    });
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Known(kept) => desk.pin.kept = Some(kept),
        Message::Typed(text) => {
            let digits = text.chars().filter(char::is_ascii_digit);
            desk.pin.typed = digits.take(*DIGITS.end()).collect();
            desk.pin.wrong = false;
        }
        Message::Try => {
            let Some(Some(kept)) = desk.pin.kept.clone() else { return false };
            if clock::now_unix_ms() < kept.until_unix_ms {
                return false;
            }
            desk.pin.working = true;
            let digits = std::mem::take(&mut desk.pin.typed);
            context.link().send_future(async move {
                // The button says that it is being looked at before the phone is busy.
                TimeoutFuture::new(20).await;
                let right = hash(&kept.salt, &digits) == Some(kept.hash);
                DeskMessage::Pin(Message::Tried { right })
            });
        }
        Message::Tried { right } => tried(desk, context, right),
        Message::Set => {
            if !DIGITS.contains(&desk.pin.typed.len()) {
                return false;
            }
            desk.pin.working = true;
            let digits = std::mem::take(&mut desk.pin.typed);
            context.link().send_future_batch(async move {
                TimeoutFuture::new(20).await;
                let [salt, _] = *clock::entropy().as_chunks::<16>().0 else { return Vec::new() };
                let kept = hash(&salt, &digits).map(|hash| Kept {
                    salt,
                    hash,
                    wrong: 0,
                    until_unix_ms: 0,
                });
                kept.map(|kept| DeskMessage::Pin(Message::WasSet(kept))).into_iter().collect()
            });
        }
        Message::WasSet(kept) => {
            keep(desk, Some(&kept));
            desk.pin = Pin { kept: Some(Some(kept)), open: true, ..Pin::default() };
        }
        Message::Remove => {
            keep(desk, None);
            desk.pin = Pin { kept: Some(None), ..Pin::default() };
        }
    }
    true
}

fn tried(desk: &mut Desk, context: &Context<Desk>, right: bool) {
    desk.pin.working = false;
    let Some(Some(kept)) = &mut desk.pin.kept else { return };
    if right {
        (kept.wrong, kept.until_unix_ms) = (0, 0);
        desk.pin.open = true;
        if desk.page == Page::LeaveKiosk {
            context.link().send_message(DeskMessage::Ask(Wish::Kiosk(false)));
        }
    } else {
        kept.wrong += 1;
        desk.pin.wrong = true;
        if kept.wrong >= WRONG_MAX {
            let doublings = (kept.wrong - WRONG_MAX).min(WAIT_DOUBLINGS_MAX);
            kept.until_unix_ms = clock::now_unix_ms() + (WAIT_MS << doublings);
        }
    }
    let kept = kept.clone();
    keep(desk, Some(&kept));
}

/// In place of a page that is shut.
pub fn ask(scene: &Scene) -> Html {
    let text = &scene.words.pin;
    let pin = &scene.desk.pin;
    let Some(Some(kept)) = &pin.kept else {
        return scene.page(text.title, html! {});
    };
    let waits = kept.until_unix_ms > scene.now_unix_ms;
    let left = WRONG_MAX.saturating_sub(kept.wrong);
    let body = html! { <>
        <p class="lead">{ text.ask }</p>
        { field(scene) }
        if waits {
            <p class="lead" role="alert" data-pin="waits">
                { (text.wait)(&scene.local(kept.until_unix_ms).clock(&scene.text.time)) }
            </p>
        } else if pin.wrong {
            <p class="lead" role="alert" data-pin="wrong">{ (text.wrong)(left) }</p>
        }
        <div class="px">
            <button class="btn pri" data-action="pin-try" disabled={pin.working || waits || pin.typed.is_empty()}
                onclick={scene.tap(|| DeskMessage::Pin(Message::Try))}>{ text.go_on }</button>
        </div>
        <p class="lead">{ text.forgotten }</p>
    </> };
    scene.page(text.title, body)
}

/// Sets, changes and removes it.
pub fn pin(scene: &Scene) -> Html {
    let text = &scene.words.pin;
    let pin = &scene.desk.pin;
    let short = !DIGITS.contains(&pin.typed.len());
    let body = html! { <>
        <p class="lead" data-pin={if pin.is_set() { "set" } else { "none" }}>
            { if pin.is_set() { text.is_set } else { text.is_not_set } }
        </p>
        <p class="lead">{ text.means }</p>
        { field(scene) }
        <div class="px acts">
            <button class="btn pri" data-action="pin-set" disabled={pin.working || short}
                onclick={scene.tap(|| DeskMessage::Pin(Message::Set))}>{ icon(Icon::Check) }{ text.set }</button>
            if pin.is_set() {
                <button class="btn sec" data-action="pin-remove"
                    onclick={scene.tap(|| DeskMessage::Pin(Message::Remove))}>{ text.remove }</button>
            }
        </div>
    </> };
    scene.page(text.title, body)
}

fn field(scene: &Scene) -> Html {
    let text = &scene.words.pin;
    html! {
        <section class="card form">
            <label class="fill"><span class="cap">{ text.label }</span>
                <input type="password" inputmode="numeric" autocomplete="off" data-action="pin"
                    value={scene.desk.pin.typed.clone()}
                    oninput={scene.typed(|typed| DeskMessage::Pin(Message::Typed(typed)))} />
            </label>
        </section>
    }
}
