//! Which gate this phone is, filled in by hand, where no set-up code is at hand.

use super::app::{Desk, Message as DeskMessage, Scene};
use super::told::{GateForm, Wish};
use crate::browser::ui::icon::{Icon, icon};
use yew::prelude::*;

/// More digits than any building holds people.
const CAPACITY_DIGITS_MAX: usize = 6;

pub enum Message {
    Venue(String),
    Gate(String),
    Exit(bool),
    Capacity(String),
    Policy(String),
}

pub fn entered(desk: &mut Desk) {
    desk.form = desk.told.form.clone();
}

pub fn update(desk: &mut Desk, message: Message) -> bool {
    let form = &mut desk.form;
    match message {
        Message::Venue(id) => {
            if let Some((id, name)) = desk.told.venues.iter().find(|(known, _)| *known == id) {
                form.venue_id = id.clone();
                form.venue = name.clone();
            }
        }
        Message::Gate(name) => form.gate = name,
        Message::Exit(exit) => form.exit = exit,
        Message::Capacity(digits) => {
            let digits: String =
                digits.chars().filter(char::is_ascii_digit).take(CAPACITY_DIGITS_MAX).collect();
            form.capacity = digits.parse().ok().filter(|people| *people > 0);
        }
        Message::Policy(id) => form.policy_id = id,
    }
    true
}

pub fn gate(scene: &Scene) -> Html {
    let text = &scene.words.gate;
    let (form, told) = (&scene.desk.form, scene.told);
    let locked = told.locked_until_unix_ms.filter(|_| form.policy_id != told.form.policy_id);
    let changed = *form != told.form && !form.gate.trim().is_empty() && locked.is_none();
    let wish = form.clone();
    let body = html! { <>
        <p class="lead">{ text.lead }</p>
        <section class="card form">
            { chooser(text.venue, "venue", &told.venues, &form.venue_id,
                scene.typed(|id| DeskMessage::Gate(Message::Venue(id)))) }
            { field(text.gate, "gate-name", "text", form.gate.clone(),
                scene.typed(|name| DeskMessage::Gate(Message::Gate(name)))) }
            <div class="acts pair" role="radiogroup" aria-label={text.direction}>
                { direction(scene, false, "way-in", scene.text.words.direction_entry) }
                { direction(scene, true, "way-out", scene.text.words.direction_exit) }
            </div>
            { field(text.capacity, "capacity", "numeric",
                form.capacity.map_or_else(String::new, |people| people.to_string()),
                scene.typed(|digits| DeskMessage::Gate(Message::Capacity(digits)))) }
            { chooser(text.policy, "policy", &told.policies, &form.policy_id,
                scene.typed(|id| DeskMessage::Gate(Message::Policy(id)))) }
            if let Some(until) = locked {
                <p class="sm" data-locked="true">
                    { (text.locked)(&scene.local(until).hour_minute(&scene.text.time)) }
                </p>
            }
            <p class="sm">{ text.own_count }{ " " }{ text.own_key }</p>
        </section>
        <div class="foot stick">
            <button class="btn pri" data-action="save-gate" disabled={!changed}
                onclick={scene.tap(move || DeskMessage::Ask(Wish::Gate(wish.clone())))}>
                { icon(Icon::Check) }{ text.save }
            </button>
        </div>
    </> };
    scene.page(text.title, body)
}

fn field(
    label: &'static str,
    name: &'static str,
    mode: &'static str,
    value: String,
    oninput: Callback<InputEvent>,
) -> Html {
    html! {
        <label class="fill"><span class="cap">{ label }</span>
            <input data-field={name} inputmode={mode} maxlength="60" autocomplete="off" {value} {oninput} />
        </label>
    }
}

fn chooser(
    label: &'static str,
    name: &'static str,
    known: &[(String, String)],
    chosen: &str,
    oninput: Callback<InputEvent>,
) -> Html {
    let options = known.iter().map(|(id, title)| {
        html! { <option value={id.clone()} selected={id == chosen}>{ title.clone() }</option> }
    });
    html! {
        <label class="fill"><span class="cap">{ label }</span>
            <select data-field={name} {oninput}>{ for options }</select>
        </label>
    }
}

fn direction(scene: &Scene, exit: bool, action: &'static str, label: &'static str) -> Html {
    let chosen = scene.desk.form.exit == exit;
    let picture = if exit { Icon::Exit } else { Icon::Enter };
    html! {
        <button class="btn sec pick" role="radio" aria-checked={chosen.to_string()} data-action={action}
            onclick={scene.tap(move || DeskMessage::Gate(Message::Exit(exit)))}>
            { icon(picture) }{ label }
        </button>
    }
}

impl GateForm {
    /// With the present choice among them, even where the list does not name it.
    pub fn with_present(
        mut known: Vec<(String, String)>,
        id: &str,
        title: &str,
    ) -> Vec<(String, String)> {
        if !known.iter().any(|(known, _)| known == id) {
            known.insert(0, (id.to_owned(), title.to_owned()));
        }
        known
    }
}
