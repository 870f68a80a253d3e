//! What the officer sees: the model drawn as one page, one file a screen.
//!
//! Shape: `view(&Model, now, …)` → `Html`; taps go out through `send` as `session::Event`.
//! The root says `data-screen`, every button `data-action`; tests and style hang on these.
//! The camera's `<div>` lies under every screen and is never re-made: a video that leaves the page
//! stops playing.
//! Not here: judgement, timers, clocks, `<video>` (Yew clones elements, and a cloned video stays
//! black on iOS 27), inline styles (the site's CSP forbids them).

mod banner;
pub(super) mod entry;
pub(super) mod icon;
mod kiosk;
mod manual;
pub(super) mod part;
mod presenting;
mod problem;
mod scan;
mod setup;
mod sheet;
pub(super) mod sign;
pub mod text;
mod verdict;
mod welcome;
mod why;

use crate::gate::Sentence;
use crate::session::{Event, Model, Screen};
use text::{LocalTime, Text};
use yew::prelude::*;

/// Draws the model. `video` is the ref of the empty `<div>` that the shell puts its camera in.
pub fn view(
    model: &Model,
    now_unix_ms: i64,
    utc_offset_min: i16,
    video: &NodeRef,
    send: &Callback<Event>,
) -> Html {
    let scene = Scene { model, text: Text::of(model.language), now_unix_ms, utc_offset_min, send };
    let (name, screen) = match &model.screen {
        Screen::Starting => ("starting", welcome::starting(&scene)),
        Screen::Welcome => ("welcome", welcome::welcome(&scene)),
        Screen::Scan => ("scan", scan::scan(&scene)),
        Screen::Verdict(verdict) => ("verdict", verdict::verdict(&scene, verdict)),
        Screen::Manual(form) => ("manual", manual::manual(&scene, *form)),
        Screen::Presenting(screen) => {
            (presenting::name(*screen), presenting::presenting(&scene, *screen))
        }
        Screen::Setup(screen) => ("setup", setup::setup(&scene, screen)),
        Screen::Desk(_) => ("desk", html! {}),
        Screen::Problem(problem) => ("problem", problem::problem(&scene, *problem)),
    };
    let (polite, urgent) = announcement(&scene);
    let facts = Facts::of(&model.screen);
    html! {
        <div class="app" data-screen={name} lang={scene.text.tag} data-verdict={facts.verdict}
            data-recorded={facts.recorded} data-problem={facts.problem} data-code={facts.code}
            data-kiosk={model.kiosk.then_some("true")}>
            <div key="camera" class="camera" ref={video.clone()} aria-hidden="true"></div>
            <p key="status" class="heard" role="status">{ polite }</p>
            <p key="alert" class="heard" role="alert">{ urgent }</p>
            <div key={name} class="screen">{ screen }</div>
        </div>
    }
}

/// What the root says about the screen, for tests and for style.
#[derive(Default)]
struct Facts {
    verdict: Option<&'static str>,
    recorded: Option<&'static str>,
    problem: Option<&'static str>,
    /// Of the first reason, or of the problem.
    code: Option<String>,
}

impl Facts {
    fn of(screen: &Screen) -> Self {
        match screen {
            Screen::Verdict(verdict) => Self {
                verdict: Some(verdict::name(verdict)),
                recorded: Some(verdict::recorded_name(verdict.recorded)),
                problem: None,
                code: Some(verdict::code(verdict).to_owned()),
            },
            Screen::Problem(problem) => Self {
                problem: Some(problem::name(*problem)),
                code: Some(problem::code(*problem).to_owned()),
                ..Self::default()
            },
            Screen::Setup(screen) => {
                Self { code: setup::code(screen).map(str::to_owned), ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

/// What a screen reader says by itself: regions that are always there, only their text changes.
fn announcement(scene: &Scene) -> (String, String) {
    match &scene.model.screen {
        Screen::Verdict(verdict) => verdict::announcement(scene, verdict),
        Screen::Scan => (scan::announcement(scene), String::new()),
        Screen::Setup(screen) => (setup::announcement(scene, screen), String::new()),
        Screen::Presenting(screen) => (presenting::announcement(scene, *screen), String::new()),
        Screen::Problem(problem) => (String::new(), scene.text.problem(*problem).title.to_owned()),
        _ => (String::new(), String::new()),
    }
}

/// All that a screen is drawn from.
pub(super) struct Scene<'a> {
    model: &'a Model,
    text: &'static Text,
    now_unix_ms: i64,
    utc_offset_min: i16,
    send: &'a Callback<Event>,
}

impl Scene<'_> {
    /// Sends an event on a tap; a tap on a button is not also one on what lies under it.
    fn tap(&self, event: impl Fn() -> Event + 'static) -> Callback<MouseEvent> {
        let send = self.send.clone();
        Callback::from(move |tap: MouseEvent| {
            tap.stop_propagation();
            send.emit(event());
        })
    }

    fn in_language(&self, sentence: &Sentence) -> String {
        (self.text.language.policy)(sentence).to_owned()
    }

    fn local(&self, unix_ms: i64) -> LocalTime {
        LocalTime::of_unix_ms(unix_ms, self.utc_offset_min)
    }
}
