//! Who reads the frames: a worker beside the page, or the page itself.
//!
//! Shape: `starting → worker ⇄ restarted once → page`; one frame in flight, later ones wait in order.
//! Limits and errors: a worker that is late, of another build or broken is replaced; the frame that a crash
//! took with it answers an empty reading.
//! Not here: pacing (frames.rs), pixels (grab.rs).

use super::bindings::Port;
use super::clock;
use super::decoding::Decoder;
use super::pixels::Pixels;
use super::wire::{FromWorker, ToWorker};
use crate::scan::{FrameReading, Look};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker's script is and how long it may take.
#[derive(Debug, Clone)]
pub struct WorkerPlan {
    pub script_url: String,
    /// Page and worker must be of one build.
    pub build: String,
    pub ready_ms_max: u32,
    /// An answer later than this means that the worker is lost.
    pub answer_ms_max: u32,
}

/// Where frames are read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Starting,
    Worker,
    Page,
}

/// A frame's reading with what it took.
#[derive(Debug, Default)]
pub struct Answer {
    pub reading: FrameReading,
    pub decode_ms: f64,
    /// From handing over to getting back, without decoding.
    pub transfer_ms: f64,
    /// The frame's bytes, to be used again.
    pub bytes: Option<Uint8Array>,
}

type Answered = Box<dyn FnOnce(Answer)>;

struct Job {
    pixels: Pixels,
    look: Look,
    answered: Answered,
}

struct InFlight {
    answered: Answered,
    sent_ms: f64,
    _limit: Timeout,
}

struct Colleague {
    worker: Worker,
    _listeners: [EventListener; 3],
    /// Runs until it is ready.
    limit: Option<Timeout>,
}

impl Drop for Colleague {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

struct State {
    plan: WorkerPlan,
    place: Place,
    colleague: Option<Colleague>,
    restarts_left: u8,
    waiting: VecDeque<Job>,
    in_flight: Option<InFlight>,
    on_page: Option<Decoder>,
    moved: Box<dyn Fn(Place)>,
}

/// Takes frames, answers readings.
#[derive(Clone)]
pub struct Reader {
    state: Rc<RefCell<State>>,
}

impl Reader {
    /// Starts the worker at once; `moved` hears where frames are read from then on.
    pub fn start(plan: WorkerPlan, moved: impl Fn(Place) + 'static) -> Self {
        let reader = Self {
            state: Rc::new(RefCell::new(State {
                plan,
                place: Place::Starting,
                colleague: None,
                restarts_left: 1,
                waiting: VecDeque::new(),
                in_flight: None,
                on_page: None,
                moved: Box::new(moved),
            })),
        };
        reader.hire();
        reader
    }

    pub fn place(&self) -> Place {
        self.state.borrow().place
    }

    /// Reads a frame when those before it are read; nothing offered is lost while the worker starts.
    pub fn read(&self, pixels: Pixels, look: Look, answered: impl FnOnce(Answer) + 'static) {
        let job = Job { pixels, look, answered: Box::new(answered) };
        self.state.borrow_mut().waiting.push_back(job);
        self.go_on();
    }

    fn hire(&self) {
        let plan = self.state.borrow().plan.clone();
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let Ok(worker) = Worker::new_with_options(&plan.script_url, &options) else {
            return self.move_to(Place::Page);
        };
        let listeners = [
            self.listen(&worker, "message", Self::heard),
            self.listen(&worker, "error", |reader, _| reader.crashed()),
            self.listen(&worker, "messageerror", |reader, _| reader.crashed()),
        ];
        let module = wasm_bindgen::module();
        let (start, transfer) = ToWorker::Start { module, build: plan.build }.into_js();
        let sent = worker.unchecked_ref::<Port>().post(&start, &transfer).is_ok();
        let late = self.clone();
        let limit = Timeout::new(plan.ready_ms_max, move || late.move_to(Place::Page));
        let colleague = Colleague { worker, _listeners: listeners, limit: Some(limit) };
        self.state.borrow_mut().colleague = Some(colleague);
        if !sent {
            self.move_to(Place::Page);
        }
    }

    fn listen(
        &self,
        worker: &Worker,
        name: &'static str,
        hear: impl Fn(&Self, &web_sys::Event) + 'static,
    ) -> EventListener {
        let reader = self.clone();
        EventListener::new(worker, name, move |event| hear(&reader, event))
    }

    fn heard(&self, event: &web_sys::Event) {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        match FromWorker::from_js(&event.data()) {
            Some(FromWorker::Ready { build }) => {
                let ours = self.state.borrow().plan.build == build;
                self.move_to(if ours { Place::Worker } else { Place::Page });
            }
            Some(FromWorker::Refused) => self.move_to(Place::Page),
            Some(FromWorker::Broken) => self.crashed(),
            Some(FromWorker::Reading { reading, decode_ms, bytes }) => {
                self.answer(reading, decode_ms, bytes);
            }
            None => {}
        }
    }

    /// A second worker may do better than the first, a third would not.
    fn crashed(&self) {
        let again = {
            let mut state = self.state.borrow_mut();
            let again = state.restarts_left > 0;
            state.restarts_left = state.restarts_left.saturating_sub(1);
            again
        };
        self.move_to(if again { Place::Starting } else { Place::Page });
        if again {
            self.hire();
        }
    }

    fn move_to(&self, place: Place) {
        let (gone, lost) = {
            let mut state = self.state.borrow_mut();
            state.place = place;
            if place == Place::Worker {
                if let Some(colleague) = &mut state.colleague {
                    colleague.limit = None;
                }
                (None, None)
            } else {
                if place == Place::Page {
                    state.on_page.get_or_insert_default();
                }
                (state.colleague.take(), state.in_flight.take())
            }
        };
        // Its listener may be running this very function: it is dropped after.
        if let Some(gone) = gone {
            gone.worker.terminate();
            Timeout::new(0, move || drop(gone)).forget();
        }
        if let Some(lost) = lost {
            (lost.answered)(Answer::default());
        }
        (self.state.borrow().moved)(place);
        self.go_on();
    }

    fn answer(&self, reading: FrameReading, decode_ms: f64, bytes: Option<Uint8Array>) {
        let Some(flight) = self.state.borrow_mut().in_flight.take() else { return };
        let transfer_ms = (clock::running_ms() - flight.sent_ms - decode_ms).max(0.0);
        (flight.answered)(Answer { reading, decode_ms, transfer_ms, bytes });
        self.go_on();
    }

    /// Sends or reads what waits, as far as one in flight allows.
    fn go_on(&self) {
        let place = self.place();
        match place {
            Place::Starting => {}
            Place::Worker => self.send_next(),
            Place::Page => self.read_here(),
        }
    }

    fn send_next(&self) {
        let unsent = {
            let mut state = self.state.borrow_mut();
            if state.in_flight.is_some() {
                return;
            }
            let Some(job) = state.waiting.pop_front() else { return };
            let lost = self.clone();
            let limit = Timeout::new(state.plan.answer_ms_max, move || lost.crashed());
            let sent_ms = clock::running_ms();
            let frame = ToWorker::Frame { pixels: job.pixels, look: job.look };
            let (message, transfer) = frame.into_js();
            let sent = state.colleague.as_ref().is_some_and(|colleague| {
                colleague.worker.unchecked_ref::<Port>().post(&message, &transfer).is_ok()
            });
            state.in_flight = Some(InFlight { answered: job.answered, sent_ms, _limit: limit });
            !sent
        };
        if unsent {
            self.crashed();
        }
    }

    fn read_here(&self) {
        loop {
            let Some(job) = self.state.borrow_mut().waiting.pop_front() else { return };
            let Some(mut decoder) = self.state.borrow_mut().on_page.take() else { return };
            let (reading, decode_ms) = decoder.read(&job.pixels, job.look);
            self.state.borrow_mut().on_page = Some(decoder);
            let bytes = Some(job.pixels.bytes);
            (job.answered)(Answer { reading, decode_ms, transfer_ms: 0.0, bytes });
        }
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("place", &self.place()).finish_non_exhaustive()
    }
}
