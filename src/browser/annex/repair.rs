//! A log that cannot be continued: what repairing means, and the tap that does it.

use super::app::{Desk, Message as DeskMessage, Scene};
use super::told::Wish;
use crate::browser::clock;
use crate::browser::ui::icon::{Icon, icon};
use crate::session::StoreFault;
use yew::prelude::*;

pub enum Message {
    Repair,
    Repaired(Result<u64, StoreFault>),
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    #[default]
    Offered,
    Working,
    Failed,
}

pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Repair => {
            desk.repair = Repair::Working;
            let reading = desk.reading.clone();
            context.link().send_future(async move {
                let repaired = reading.store().repair(clock::now_unix_ms()).await;
                DeskMessage::Repair(Message::Repaired(repaired))
            });
        }
        Message::Repaired(Ok(set_aside)) => {
            context.link().send_message(DeskMessage::Ask(Wish::Repaired(set_aside)));
        }
        Message::Repaired(Err(_)) => desk.repair = Repair::Failed,
    }
    true
}

pub fn repair(scene: &Scene) -> Html {
    let text = &scene.words.repair;
    let working = scene.desk.repair == Repair::Working;
    let body = html! { <>
        <p class="lead">{ text.lead }</p>
        <ul class="card">
            <li class="row">{ icon(Icon::Check) }<span class="t">{ text.kept }</span></li>
            <li class="row">{ icon(Icon::Warn) }<span class="t">{ text.set_aside }</span></li>
            <li class="row">{ icon(Icon::Chain) }<span class="t">{ text.recorded }</span></li>
        </ul>
        if scene.desk.repair == Repair::Failed {
            <p class="lead" role="alert" data-repair="failed">{ text.failed }</p>
        }
        <div class="px">
            <button class="btn pri" data-action="repair" disabled={working}
                onclick={scene.tap(|| DeskMessage::Repair(Message::Repair))}>
                { icon(Icon::Check) }{ text.do_it }
            </button>
        </div>
    </> };
    scene.page(text.title, body)
}
