//! Why: every step that led to a verdict, for the supervisor.

use super::Scene;
use super::icon::{Icon, icon};
use super::part::{Weight, button};
use super::sign::{Sign, mark};
use super::text;
use crate::gate::{Reason, SignatureState};
use crate::session::{Event, VerdictScreen};
use yew::prelude::*;

pub fn steps(scene: &Scene, verdict: &VerdictScreen) -> Html {
    let text = &scene.text.gate;
    let decision = &verdict.decision;
    let mut rows = Vec::new();
    if decision.signature == SignatureState::Valid
        && let Some(issuer) = &decision.issuer
    {
        rows.push(row(Sign::Admit, "SIG", (text.signed_by)(issuer)));
    }
    if let Some(unix_s) = decision.expires_unix_s {
        let date = scene.local(unix_s.saturating_mul(1_000)).date(&scene.text.time);
        rows.push(row(Sign::Admit, "EXP", (text.until)(&date)));
    }
    for step in &decision.steps {
        let sign = if step.failed.is_some() { Sign::Refuse } else { Sign::Admit };
        rows.push(row(sign, &step.code, scene.in_language(&step.said)));
    }
    // What is not a rule of the policy: trust, clock, door.
    let others = decision.reasons.iter().filter(|reason| !matches!(reason, Reason::Rule(_)));
    for reason in others {
        let said = text::reason(reason, scene.text, scene.now_unix_ms, scene.utc_offset_min);
        rows.push(row(Sign::Refuse, reason.code(), said.happened.into_owned()));
    }
    html! { <>
        <p class="why">{ text.why_title }</p>
        <ol class="steps-why">{ for rows }</ol>
        <div class="acts">
            { button(Weight::Second, "back", html! { <>{ icon(Icon::Back) }{ scene.text.verdict.back }</> },
                scene.tap(|| Event::BackTapped)) }
        </div>
    </> }
}

fn row(sign: Sign, code: &str, words: String) -> Html {
    html! {
        <li data-step={code.to_owned()}>
            { mark(sign) }<span>{ words }</span><span class="code">{ code.to_owned() }</span>
        </li>
    }
}
