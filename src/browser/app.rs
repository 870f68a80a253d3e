//! The page's root component: events in, `session::update`, effects out, one view.

use super::bench;
use super::clock;
use super::effects::Shell;
use super::ui;
use crate::session::{self, Effect, Event, Model, Screen};
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Node;
use yew::{Callback, Component, Context, Html, NodeRef};

/// Clock, rings and ages go on without any event.
const SECOND_MS: u32 = 1_000;

/// Starts the app in `#app`, or in the body where there is none.
pub fn mount() {
    let document = clock::window().document().expect("the page has a document");
    let place = document.get_element_by_id("app");
    match place {
        Some(place) => yew::Renderer::<App>::with_root(place).render(),
        None => yew::Renderer::<App>::new().render(),
    };
}

/// What reaches the component.
#[derive(Debug)]
pub enum Message {
    Happened(Event),
    SecondPassed,
}

pub struct App {
    model: Model,
    shell: Shell,
    /// Where the screen wants the camera's picture.
    stage: NodeRef,
    send: Callback<Event>,
    measured: Option<Measured>,
    _second: Interval,
}

/// A decision whose screen has not been painted yet.
#[derive(Debug, Clone, Copy)]
struct Measured {
    began_ms: f64,
    decided_ms: f64,
}

impl Component for App {
    type Message = Message;
    type Properties = ();

    fn create(context: &Context<Self>) -> Self {
        let link = context.link().clone();
        let mut shell =
            Shell::new(Callback::from(move |event| link.send_message(Message::Happened(event))));
        shell.start();
        let tick = context.link().callback(|()| Message::SecondPassed);
        Self {
            model: Model::starting(),
            send: shell.taps(),
            shell,
            stage: NodeRef::default(),
            measured: None,
            _second: Interval::new(SECOND_MS, move || tick.emit(())),
        }
    }

    fn update(&mut self, _: &Context<Self>, message: Message) -> bool {
        match message {
            Message::SecondPassed => true,
            Message::Happened(event) => self.happened(event),
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let (now, offset) = (clock::now_unix_ms(), clock::utc_offset_min());
        ui::view(&self.model, now, offset, &self.stage, &self.send)
    }

    fn rendered(&mut self, _: &Context<Self>, _first: bool) {
        let stage = self.stage.cast::<Node>().filter(Node::is_connected);
        self.shell.show_camera_in(stage);
        let signals = self.shell.take_signals();
        let measured = self.measured.take();
        if signals.is_empty() && measured.is_none() {
            return;
        }
        let play = self.shell.player();
        in_next_paint(move || {
            signals.into_iter().for_each(play);
            if let Some(Measured { began_ms, decided_ms }) = measured {
                // A timer set while painting runs when the paint is done.
                let painted = move || bench::verdict(began_ms, decided_ms, clock::running_ms());
                Timeout::new(0, painted).forget();
            }
        });
    }
}

impl App {
    /// Answers whether the screen has to be drawn again.
    fn happened(&mut self, event: Event) -> bool {
        let frame = matches!(event, Event::FrameRead(_));
        let before = frame.then(|| self.over_camera());
        let began_ms = clock::running_ms();
        let was_verdict = matches!(self.model.screen, Screen::Verdict(_));
        let effects = session::update(&mut self.model, event, &clock::moment());
        let is_verdict = matches!(self.model.screen, Screen::Verdict(_));
        if frame && is_verdict && !was_verdict && bench::is_wanted() {
            self.measured = Some(Measured { began_ms, decided_ms: clock::running_ms() });
        }
        for effect in effects {
            match effect {
                Effect::OpenDesk(page) => self.shell.open_desk(page, &self.model),
                effect => self.shell.perform(effect),
            }
        }
        self.shell.tell_desk(&self.model);
        self.shell.tell_hub(&self.model);
        // Ten frames a second that change nothing need no drawing.
        self.shell.has_signals() || before.is_none_or(|before| before != self.over_camera())
    }

    /// All that a frame can change on the screen.
    fn over_camera(&self) -> impl PartialEq + use<> {
        let model = &self.model;
        (
            model.hint,
            model.parts,
            model.two_codes,
            model.sheet,
            std::mem::discriminant(&model.screen),
        )
    }
}

/// Runs in the animation frame that paints what has just been rendered.
fn in_next_paint(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    // Never refused on a living page.
    let _handle = clock::window().request_animation_frame(run.unchecked_ref());
}
