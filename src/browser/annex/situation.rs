//! What to do when: one screen a situation, and all of them on one sheet to hang up at the gate.
//!
//! Not here: the sentences (`text`), what is asked of the supervisor and how (the result screen).

use super::app::{Desk, Message as DeskMessage, Page, Scene};
use super::probe;
use super::text::{DeskText, HelpText, SituationText};
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, logo, mark, swatch};
use crate::browser::ui::text::Text;
use crate::session::Language;
use yew::prelude::*;

/// In the order in which a new officer meets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    Install,
    Dark,
    Unread,
    Check,
    Refuse,
    Alert,
    Used,
    NoCode,
    Unstored,
    OldList,
    WrongClock,
    OtherPhone,
}

impl Situation {
    pub const ALL: [Self; 12] = [
        Self::Install,
        Self::Dark,
        Self::Unread,
        Self::Check,
        Self::Refuse,
        Self::Alert,
        Self::Used,
        Self::NoCode,
        Self::Unstored,
        Self::OldList,
        Self::WrongClock,
        Self::OtherPhone,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Dark => "dark",
            Self::Unread => "unread",
            Self::Check => "check",
            Self::Refuse => "refuse",
            Self::Alert => "alert",
            Self::Used => "used",
            Self::NoCode => "no-code",
            Self::Unstored => "unstored",
            Self::OldList => "old-list",
            Self::WrongClock => "wrong-clock",
            Self::OtherPhone => "other-phone",
        }
    }

    fn picture(self) -> &'static [Piece] {
        use Piece::{Beside, Phone};
        const THEN: Piece = Beside(Icon::Next);
        match self {
            Self::Install => &[Phone(Shown::Icon(Icon::Dots)), THEN, Phone(Shown::Logo)],
            Self::Dark => {
                &[Phone(Shown::Icon(Icon::Camera)), THEN, Phone(Shown::Icon(Icon::Check))]
            }
            Self::Unread => {
                &[Phone(Shown::Icon(Icon::Closer)), Beside(Icon::Code), Beside(Icon::Bright)]
            }
            Self::Check => &[Phone(Shown::Sign(Sign::Refer)), THEN, Beside(Icon::IdCard)],
            Self::Refuse => &[Phone(Shown::Sign(Sign::Refuse)), THEN, Beside(Icon::Speak)],
            Self::Alert => {
                &[Phone(Shown::Sign(Sign::Alert)), THEN, Beside(Icon::Person), Beside(Icon::Person)]
            }
            Self::Used => &[Phone(Shown::Icon(Icon::Clock)), THEN, Beside(Icon::Person)],
            Self::NoCode => {
                &[Beside(Icon::NoCode), THEN, Phone(Shown::Icon(Icon::List)), Beside(Icon::IdCard)]
            }
            Self::Unstored => &[Phone(Shown::Icon(Icon::Warn)), THEN, Beside(Icon::Store)],
            Self::OldList => &[Beside(Icon::Offline), THEN, Phone(Shown::Icon(Icon::List))],
            Self::WrongClock => &[Phone(Shown::Icon(Icon::Clock)), THEN, Beside(Icon::Check)],
            Self::OtherPhone => &[
                Phone(Shown::Icon(Icon::Close)),
                Beside(Icon::Code),
                Phone(Shown::Icon(Icon::Check)),
            ],
        }
    }

    /// What the list of situations shows before its name.
    fn symbol(self) -> Html {
        icon(match self {
            Self::Check => return mark(Sign::Refer),
            Self::Refuse => return mark(Sign::Refuse),
            Self::Alert => return mark(Sign::Alert),
            Self::Install => Icon::Enter,
            Self::Dark => Icon::Camera,
            Self::Unread => Icon::Closer,
            Self::Used => Icon::Undo,
            Self::NoCode => Icon::NoCode,
            Self::Unstored => Icon::Store,
            Self::OldList => Icon::Offline,
            Self::WrongClock => Icon::Clock,
            Self::OtherPhone => Icon::Code,
        })
    }
}

impl HelpText {
    fn situation(&self, situation: Situation) -> &SituationText {
        match situation {
            Situation::Install => &self.install,
            Situation::Dark => &self.dark,
            Situation::Unread => &self.not_read,
            Situation::Check => &self.to_check,
            Situation::Refuse => &self.refused,
            Situation::Alert => &self.alerted,
            Situation::Used => &self.used,
            Situation::NoCode => &self.without_code,
            Situation::Unstored => &self.unstored,
            Situation::OldList => &self.old_list,
            Situation::WrongClock => &self.wrong_clock,
            Situation::OtherPhone => &self.other_phone,
        }
    }
}

/// A picture is a row of these.
enum Piece {
    Phone(Shown),
    Beside(Icon),
}

/// On the screen of a drawn phone.
enum Shown {
    Icon(Icon),
    Sign(Sign),
    Logo,
}

impl Piece {
    fn draw(&self) -> Html {
        let shown = match self {
            Self::Beside(one) => return icon(*one),
            Self::Phone(shown) => shown,
        };
        html! {
            <span class="ph">{ match shown {
                Shown::Icon(one) => icon(*one),
                Shown::Sign(sign) => swatch(*sign),
                Shown::Logo => logo("mark"),
            } }</span>
        }
    }
}

/// A row a situation, for the help.
pub fn list(scene: &Scene) -> Html {
    let text = &scene.words.help;
    let row = |situation: Situation| {
        let name = situation.name();
        let go = scene.tap(move || DeskMessage::Go(Page::Situation(situation)));
        html! {
            <button class="row" data-action="situation" data-situation={name} onclick={go}>
                { situation.symbol() }
                <span class="t"><b>{ text.situation(situation).title }</b></span>
                { icon(Icon::Next) }
            </button>
        }
    };
    html! { <nav class="card menu">{ for Situation::ALL.into_iter().map(row) }</nav> }
}

pub fn situation(scene: &Scene, situation: Situation) -> Html {
    let text = scene.words.help.situation(situation);
    let body = html! { <>
        <div class="pic" aria-hidden="true">{ for situation.picture().iter().map(Piece::draw) }</div>
        <p class="px seen">{ text.seen }</p>
        <ol class="card todo">{ for text.steps.iter().map(|step| html! { <li>{ *step }</li> }) }</ol>
    </> };
    scene.page(text.title, body)
}

pub enum Message {
    In(Language),
    Print,
}

pub fn update(desk: &mut Desk, message: Message) -> bool {
    match message {
        Message::In(language) => {
            desk.guide_language = Some(language);
            true
        }
        Message::Print => {
            probe::print();
            false
        }
    }
}

/// One sheet, A4, in the phone's language or another of the site's: a gate's officers need not share one.
pub fn guide(scene: &Scene) -> Html {
    let language = scene.desk.guide_language.unwrap_or(scene.told.language());
    let (text, words) = (Text::of(language), &DeskText::of(language).help);
    let others = scene.told.offered().into_iter().filter(|other| *other != language);
    let others = others.map(|other| {
        html! {
            <button class="btn sec" data-action="guide-language"
                onclick={scene.tap(move || DeskMessage::Guide(Message::In(other)))}>
                { icon(Icon::Language) }
                <span lang={other.tag()}>{ DeskText::of(other).help.in_this_language }</span>
            </button>
        }
    });
    let signs = super::help::signs(text, words).into_iter().map(|(sign, word, meaning)| {
        html! { <li>{ swatch(sign) }<span><b>{ word }</b>{ meaning }</span></li> }
    });
    // Hung up where the phone is ready already.
    let situations = Situation::ALL.into_iter().filter(|one| *one != Situation::Install);
    let situations = situations.map(|one| {
        let text = words.situation(one);
        html! {
            <section>
                <h3>{ one.symbol() }{ text.title }</h3>
                <ol>{ for text.steps.iter().map(|step| html! { <li>{ *step }</li> }) }</ol>
            </section>
        }
    });
    let body = html! { <>
        <div class="px acts noprint">
            <button class="btn pri" data-action="print"
                onclick={scene.tap(|| DeskMessage::Guide(Message::Print))}>
                { icon(Icon::List) }{ scene.words.help.print }
            </button>
            { for others }
        </div>
        <article class="guide" lang={text.tag}>
            <h2>{ logo("mark") }{ words.guide }<small>{ &scene.told.gate }</small></h2>
            <ul>{ for signs }</ul>
            <div class="gs">{ for situations }</div>
        </article>
    </> };
    scene.page(scene.words.help.guide, body)
}
