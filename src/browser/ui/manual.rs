//! "Tanpa QR": a visitor without a code, by hand, with a reason and no name.

use super::Scene;
use super::part::page;
use super::sign::{Sign, mark};
use crate::audit_log::Answer;
use crate::session::{Event, ManualForm, ManualReason};
use yew::prelude::*;

pub fn manual(scene: &Scene, form: ManualForm) -> Html {
    let text = &scene.text.manual;
    let reasons = ManualReason::ALL.into_iter().map(|reason| {
        let chosen = form.reason == Some(reason);
        html! {
            <button key={reason.code()} class="row pick" role="radio" aria-checked={chosen.to_string()}
                data-action="manual-reason" data-reason={reason.code()}
                onclick={scene.tap(move || Event::ManualReasonChosen(reason))}>
                <span class="dot"></span>
                <span class="t"><b>{ scene.text.manual_reason(reason) }</b></span>
            </button>
        }
    });
    let body = html! { <>
        <p class="lead">{ text.say.happened.clone() }{ " " }{ text.say.to_do.clone() }</p>
        <div class="card" role="radiogroup" aria-label={text.title}>{ for reasons }</div>
        <div class="foot stick">
            <div class="acts pair">
                { answer(scene, form, Answer::TurnedAway, "manual-turn-away", Sign::Refuse, text.turn_away) }
                { answer(scene, form, Answer::Allowed, "manual-allow", Sign::Admit, text.allow) }
            </div>
        </div>
    </> };
    page(scene, text.title, body)
}

fn answer(
    scene: &Scene,
    form: ManualForm,
    answer: Answer,
    action: &'static str,
    sign: Sign,
    label: &'static str,
) -> Html {
    let send = scene.send.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(reason) = form.reason {
            send.emit(Event::ManualAnswered { answer, reason });
        }
    });
    html! {
        <button class="btn sec" data-action={action} disabled={form.reason.is_none()} {onclick}>
            { mark(sign) }{ label }
        </button>
    }
}
