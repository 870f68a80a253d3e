//! The desk's component: which page is up, and what it has read.

use super::handover::HandOver;
use super::history::Look;
use super::reading::Reading;
use super::selftest::Test;
use super::situation::Situation;
use super::text::DeskText;
use super::told::{GateForm, Told, Wish};
use super::{
    day_sheet, entry, examine, gate, gates, handover, help, history, kiosk, known, menu, pin,
    repair, selftest, situation,
};
use crate::browser::clock;
use crate::browser::ui::text::{LocalTime, Text};
use crate::session::{DeskPage, Language};
use wasm_bindgen::JsValue;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct DeskProps {
    pub page: DeskPage,
    pub told: Told,
    pub tell: js_sys::Function,
}

/// Where the officer is; `Entry` lies on top of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Menu,
    History,
    Entry(u64),
    /// Whether to look closer at whoever that entry is about.
    Attention(u64),
    HandOver,
    SelfTest,
    Help,
    Situation(Situation),
    Guide,
    Gates,
    Gate,
    Known,
    Examine,
    Repair,
    DaySheet,
    Pin,
    Kiosk,
    LeaveKiosk,
}

impl Page {
    /// The supervisor's, behind the PIN where there is one.
    fn is_locked(self) -> bool {
        matches!(self, Self::Gate | Self::Pin | Self::Kiosk | Self::LeaveKiosk | Self::Attention(_))
    }
}

pub enum Message {
    Told(Box<Told>),
    Go(Page),
    Back,
    Ask(Wish),
    Attention {
        of: u64,
        who: [u8; 32],
        raised: bool,
    },
    History(history::Message),
    HandOver(handover::Message),
    SelfTest(selftest::Message),
    Gate(gate::Message),
    Known(known::Message),
    Examine(examine::Message),
    Repair(repair::Message),
    DaySheet(day_sheet::Message),
    Pin(pin::Message),
    Guide(situation::Message),
    /// What the hub knows may have changed.
    Gates,
}

pub struct Desk {
    pub page: Page,
    /// The page that the desk was opened at: going back from it closes the desk.
    first: Page,
    pub told: Told,
    pub reading: Reading,
    pub look: Look,
    pub handover: HandOver,
    pub test: Test,
    pub form: GateForm,
    pub known: known::Known,
    pub examine: examine::Examine,
    pub repair: repair::Repair,
    pub day_sheet: day_sheet::DaySheet,
    pub pin: pin::Pin,
    /// Of the printed guide, where it is not the phone's.
    pub guide_language: Option<Language>,
}

impl Component for Desk {
    type Message = Message;
    type Properties = DeskProps;

    fn create(context: &Context<Self>) -> Self {
        let DeskProps { page, told, .. } = context.props();
        let page = match page {
            DeskPage::Menu => Page::Menu,
            DeskPage::History => Page::History,
            DeskPage::SelfTest => Page::SelfTest,
            DeskPage::HandOver => Page::HandOver,
            DeskPage::Gate => Page::Gate,
            DeskPage::Known => Page::Known,
            DeskPage::Repair => Page::Repair,
            DeskPage::LeaveKiosk => Page::LeaveKiosk,
        };
        let mut desk = Self {
            page,
            first: page,
            told: told.clone(),
            reading: Reading::new(),
            look: Look::default(),
            handover: HandOver::default(),
            test: Test::default(),
            form: GateForm::default(),
            known: known::Known::default(),
            examine: examine::Examine::default(),
            repair: repair::Repair::default(),
            day_sheet: day_sheet::DaySheet::default(),
            pin: pin::Pin::default(),
            guide_language: None,
        };
        pin::look_up(&desk, context);
        desk.entered(context);
        desk
    }

    fn update(&mut self, context: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Told(told) => {
                let stored_more = told.entries != self.told.entries;
                self.told = *told;
                if stored_more {
                    history::entries_came(self, context);
                    handover::entries_came(self, context);
                    known::entries_came(self, context);
                }
            }
            Message::Go(page) => {
                self.page = page;
                self.entered(context);
            }
            Message::Back => self.back(context),
            Message::Ask(wish) => ask(context, wish),
            Message::Attention { of, who, raised } => {
                ask(context, Wish::Attention { of, who, raised });
                self.back(context);
            }
            Message::History(message) => return history::update(self, context, message),
            Message::HandOver(message) => return handover::update(self, context, message),
            Message::SelfTest(message) => return selftest::update(self, context, message),
            Message::Gate(message) => return gate::update(self, message),
            Message::Known(message) => return known::update(self, context, message),
            Message::Examine(message) => return examine::update(self, context, message),
            Message::Repair(message) => return repair::update(self, context, message),
            Message::DaySheet(message) => return day_sheet::update(self, context, message),
            Message::Pin(message) => return pin::update(self, context, message),
            Message::Gates => return gates::update(self, context),
            Message::Guide(message) => return situation::update(self, message),
        }
        true
    }

    fn view(&self, context: &Context<Self>) -> Html {
        let scene = Scene::of(self, context);
        let (name, body) = match self.page {
            Page::Menu => ("menu", menu::menu(&scene)),
            Page::History => ("history", history::history(&scene)),
            Page::Entry(sequence) => ("entry", entry::entry(&scene, sequence)),
            Page::HandOver => ("handover", handover::handover(&scene)),
            Page::SelfTest => ("selftest", selftest::selftest(&scene)),
            Page::Help => ("help", help::help(&scene)),
            Page::Situation(one) => ("situation", situation::situation(&scene, one)),
            Page::Gates => ("gates", gates::gates(&scene)),
            Page::Guide => ("guide", situation::guide(&scene)),
            Page::Known => ("known", known::known(&scene)),
            Page::Examine => ("examine", examine::examine(&scene)),
            Page::Repair => ("repair", repair::repair(&scene)),
            Page::DaySheet => ("day-sheet", day_sheet::day_sheet(&scene)),
            page if page.is_locked() && self.pin.is_shut() => ("pin-asked", pin::ask(&scene)),
            Page::Gate => ("gate", gate::gate(&scene)),
            Page::Attention(sequence) => ("attention", entry::flag(&scene, sequence)),
            Page::Pin => ("pin", pin::pin(&scene)),
            Page::Kiosk => ("kiosk", kiosk::kiosk(&scene)),
            // Whoever gave the PIN is on the way out.
            Page::LeaveKiosk => ("leave-kiosk", html! {}),
        };
        html! {
            <div class="app" data-screen={name} lang={scene.text.tag}>
                <div key={name} class="screen">{ body }</div>
            </div>
        }
    }
}

impl Desk {
    fn entered(&mut self, context: &Context<Self>) {
        match self.page {
            Page::History => history::entered(self, context),
            Page::HandOver => handover::entered(self, context),
            Page::SelfTest => selftest::entered(self, context),
            Page::Menu => handover::look_up(self, context),
            Page::Gate => gate::entered(self),
            Page::Gates => gates::entered(context),
            Page::Known => known::entered(self, context),
            Page::DaySheet => day_sheet::entered(self, context),
            Page::Examine => examine::entered(self, context),
            Page::Entry(_)
            | Page::Attention(_)
            | Page::Help
            | Page::Situation(_)
            | Page::Guide
            | Page::Repair
            | Page::Pin
            | Page::Kiosk
            | Page::LeaveKiosk => {}
        }
    }

    fn back(&mut self, context: &Context<Self>) {
        match self.page {
            Page::Entry(_) => self.page = Page::History,
            Page::Attention(sequence) => self.page = Page::Entry(sequence),
            Page::Examine => self.page = Page::Known,
            Page::Situation(_) | Page::Guide => self.page = Page::Help,
            page if page == self.first => ask(context, Wish::Close),
            _ => self.page = Page::Menu,
        }
    }
}

fn ask(context: &Context<Desk>, wish: Wish) {
    // The page is there as long as the desk is.
    let _told = context.props().tell.call1(&JsValue::NULL, &wish.name().into());
}

/// All that a page of the desk is drawn from.
pub struct Scene<'a> {
    pub desk: &'a Desk,
    pub told: &'a Told,
    pub text: &'static Text,
    pub words: &'static DeskText,
    pub now_unix_ms: i64,
    pub utc_offset_min: i16,
    link: &'a html::Scope<Desk>,
}

impl<'a> Scene<'a> {
    fn of(desk: &'a Desk, context: &'a Context<Desk>) -> Self {
        let language = desk.told.language();
        Self {
            desk,
            told: &desk.told,
            text: Text::of(language),
            words: DeskText::of(language),
            now_unix_ms: clock::now_unix_ms(),
            utc_offset_min: clock::utc_offset_min(),
            link: context.link(),
        }
    }

    pub fn tap(&self, message: impl Fn() -> Message + 'static) -> Callback<MouseEvent> {
        self.link.callback(move |_: MouseEvent| message())
    }

    pub fn typed(&self, message: impl Fn(String) -> Message + 'static) -> Callback<InputEvent> {
        self.link.callback(move |event: InputEvent| {
            message(event.target_unchecked_into::<web_sys::HtmlInputElement>().value())
        })
    }

    pub fn changed(&self, message: impl Fn(Event) -> Message + 'static) -> Callback<Event> {
        self.link.callback(message)
    }

    pub fn local(&self, unix_ms: i64) -> LocalTime {
        LocalTime::of_unix_ms(unix_ms, self.utc_offset_min)
    }

    /// A page with its bar: back, title.
    pub fn page(&self, title: &str, body: Html) -> Html {
        use crate::browser::ui::icon::{Icon, icon};
        use crate::browser::ui::part::Heading;
        html! {
            <main class="page">
                if self.told.demo {
                    <div class="banner demo" role="note" data-banner="demo">
                        <span>{ self.text.banner.demo }</span>
                    </div>
                }
                <header class="top">
                    <button class="icb" data-action="back" aria-label={self.text.verdict.back}
                        onclick={self.tap(|| Message::Back)}>
                        { icon(Icon::Back) }
                    </button>
                    <Heading>{ title.to_owned() }</Heading>
                </header>
                { body }
            </main>
        }
    }
}
