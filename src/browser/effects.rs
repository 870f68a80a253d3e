//! The doors of the page: everything that `session::Effect` names is done here.

use super::annex::told::{GateForm, Told};
use super::annex_door::{self, AnnexDoor};
use super::bench;
use super::camera::{Camera, mark_page};
use super::clock;
use super::frames::FrameLoop;
use super::hub_door::HubDoor;
use super::language;
use super::reader::{Place, Reader, WorkerPlan};
use super::signals::Signals;
use super::start::Believed;
use super::store::{self, Claim, RegistryCopy, Store};
use super::ui::text::Text;
use super::wake_lock::WakeLock;
use super::{picture, registry_file, site, start, typed, updates};
use crate::audit_log::{Direction, SignedPlace, Statement, StoredEntry};
use crate::rules::{Policy, SHIPPED, Sentence};
use crate::session::{DeskPage, Effect, Event, Freshness, Model, Settings, Signal};
use data_encoding::HEXLOWER;
use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Node, VisibilityState};
use yew::Callback;

/// The worker's script; the build's id keeps a cached one of another build away.
const WORKER_URL: &str = "worker.js?build=";
const WORKER_READY_MS_MAX: u32 = 5_000;
const WORKER_ANSWER_MS_MAX: u32 = 10_000;
const REGISTRY_LOOK_MS: u32 = 30 * 60 * 1_000;
const UPDATE_LOOK_MS: u32 = 60 * 60 * 1_000;
/// A browser's timer overflows above 2^31 - 1.
const TIMER_MS_MAX: i64 = 1_000_000_000;

/// All that outlives a screen.
pub struct Shell {
    send: Callback<Event>,
    store: Store,
    /// The browser was asked to keep the log.
    asked_to_persist: Rc<Cell<bool>>,
    camera: Camera,
    frames: FrameLoop,
    reader: Reader,
    believed: Rc<Believed>,
    signals: Rc<Signals>,
    wake_lock: Rc<WakeLock>,
    desk: AnnexDoor,
    hub: HubDoor,
    /// For the next paint.
    due_signals: Vec<Signal>,
    wake: Option<Timeout>,
    listeners: Vec<EventListener>,
    registry_look: Option<Interval>,
    update_look: Option<Interval>,
}

impl Shell {
    pub fn new(send: Callback<Event>) -> Self {
        let taken = send.clone();
        let store = Store::new(&site::scope(), move || taken.emit(Event::LogHeldElsewhere));
        let build = site::build();
        let plan = WorkerPlan {
            script_url: format!("{WORKER_URL}{}", build.id),
            build: build.id,
            ready_ms_max: WORKER_READY_MS_MAX,
            answer_ms_max: WORKER_ANSWER_MS_MAX,
        };
        let reader = Reader::start(plan, |place| {
            mark_page(
                "worker",
                match place {
                    Place::Starting => "starting",
                    Place::Worker => "ready",
                    Place::Page => "page",
                },
            );
        });
        let camera = Camera::new(send.clone()).expect("a page can hold a video");
        let frames = FrameLoop::new(camera.clone(), reader.clone(), send.clone());
        Self {
            send,
            store,
            asked_to_persist: Rc::default(),
            camera,
            frames,
            reader,
            believed: Rc::default(),
            signals: Rc::default(),
            wake_lock: Rc::default(),
            desk: AnnexDoor::default(),
            hub: HubDoor::default(),
            due_signals: Vec::new(),
            wake: None,
            listeners: Vec::new(),
            registry_look: None,
            update_look: None,
        }
    }

    /// Reads site, registry and log; listens to the page.
    pub fn start(&mut self) {
        mark_page("camera", "stopped");
        self.open_log(Claim::Ask);
        self.load_site();
        self.listeners = picture::listen(&self.reader, &self.send);
        self.listeners.extend(self.listen_to_page());
        self.listeners.push(self.listen_to_hash());
        self.listeners.push(registry_file::listen(&self.send));
        self.listeners.extend(typed::listen(&self.send).unwrap_or_default());
        self.registry_look = Some(self.look_for_registry_now_and_then());
        updates::start(&self.send);
        self.update_look = Some(Interval::new(UPDATE_LOOK_MS, updates::look));
    }

    /// What the screens send their events to: a tap may sound, nothing else may.
    pub fn taps(&self) -> Callback<Event> {
        let (send, signals) = (self.send.clone(), self.signals.clone());
        Callback::from(move |event| {
            signals.unlock();
            send.emit(event);
        })
    }

    pub fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::OpenCamera => {
                self.camera.open();
                picture::look_at_shared(&self.reader, &self.send);
            }
            Effect::CloseCamera => self.camera.close(),
            Effect::ChangeCamera => self.camera.change(),
            Effect::SetTorch(on) => self.camera.set_torch(on),
            Effect::SetZoom(near) => self.camera.set_zoom(near),
            Effect::FaceVisitors(on) => self.camera.face_visitors(on),
            Effect::ForgetPin => {
                let store = self.store.clone();
                spawn_local(async move {
                    // Still there, it is asked for: the next set-up code takes it.
                    let _gone = store.keep_pin(None).await;
                });
            }
            Effect::StartReading => {
                self.signals.hush();
                self.wake_lock.hold();
                self.frames.start();
            }
            Effect::PauseReading => self.frames.pause(),
            Effect::Signal(signal) => self.due_signals.push(signal),
            Effect::SetLoudness(loudness) => self.signals.set_loudness(loudness),
            Effect::Append(entry) => self.append(entry),
            Effect::TakeLogOver => self.open_log(Claim::Steal),
            Effect::ReopenLog => self.open_log(Claim::Ask),
            Effect::ReloadTrust => self.load_site(),
            Effect::SaveSettings(settings) => self.save(settings),
            Effect::OpenDesk(_) => {}
            Effect::LoadElsewhere => annex_door::load_elsewhere(&self.send),
            Effect::CloseDesk => self.desk.close(),
            Effect::Sign { place, statement } => self.sign(place, statement),
            Effect::LookForOutdated { before_unix_ms } => self.look_for_outdated(before_unix_ms),
            Effect::KeepRegistry { version, bytes } => {
                self.keep_registry(RegistryCopy { version, bytes });
            }
            Effect::ApplyUpdate => updates::apply(),
            Effect::WakeAt { at_unix_ms } => self.wake_at(at_unix_ms),
        }
    }

    pub fn show_camera_in(&self, stage: Option<Node>) {
        self.camera.show_in(stage);
    }

    pub fn has_signals(&self) -> bool {
        !self.due_signals.is_empty()
    }

    /// Signals that are to start in the frame that paints.
    pub fn take_signals(&mut self) -> Vec<Signal> {
        std::mem::take(&mut self.due_signals)
    }

    pub fn player(&self) -> impl Fn(Signal) + use<> {
        let signals = self.signals.clone();
        move |signal| signals.play(signal)
    }

    fn append(&self, entry: StoredEntry) {
        let (store, send) = (self.store.clone(), self.send.clone());
        let asked_to_persist = self.asked_to_persist.clone();
        spawn_local(async move {
            let began_ms = clock::running_ms();
            let sequence = entry.sequence;
            let stored = store.append(&entry).await;
            send.emit(match stored {
                Ok(()) => Event::EntryStored { sequence },
                Err(fault) => Event::EntryFailed { sequence, fault },
            });
            bench::logged(began_ms);
            if stored.is_ok() && !asked_to_persist.replace(true) {
                let _answer = store::ask_to_persist().await;
            }
        });
    }

    /// The desk gets what only the page knows; it is loaded when it is first wanted.
    pub fn open_desk(&self, page: DeskPage, model: &Model) {
        self.desk.open(page, self.told(model), &self.taps());
    }

    pub fn tell_desk(&self, model: &Model) {
        if self.desk.is_open() {
            self.desk.tell(self.told(model));
        }
    }

    pub fn tell_hub(&self, model: &Model) {
        self.hub.follow(model, &self.send);
    }

    fn told(&self, model: &Model) -> Told {
        let bundle = model.trust.bundle.as_ref();
        let now_unix_ms = clock::now_unix_ms();
        let asked = model.sealing_asked(now_unix_ms);
        Told {
            language: model.language.tag().to_owned(),
            languages: languages(model),
            demo: model.demo,
            venue: model.gate.venue.clone(),
            gate: model.gate.gate.clone(),
            form: gate_form(model),
            venues: venues(model),
            policies: policies(model),
            policy_digest: bundle.map_or_else(String::new, |b| b.policy_digest.to_string()),
            rules: rules(model),
            locked_until_unix_ms: model.locked_until_unix_ms(now_unix_ms),
            entries: model.entries_stored(),
            held: model.entries_held(),
            inside: u64::from(model.inside()),
            undoable: model.undoable(now_unix_ms),
            camera_running: model.camera.running,
            torch: model.camera.torch.is_some(),
            cameras: model.camera.cameras,
            sound_on: self.signals.is_on(),
            loudness: model.loudness.name().to_owned(),
            registry_version: bundle.map_or(0, |bundle| bundle.registry_version),
            registry_issued_unix_s: bundle.map_or(0, |bundle| bundle.issued_unix_s),
            registry_age: match bundle.map(|bundle| bundle.freshness) {
                Some(Freshness::Fresh) => "fresh",
                Some(Freshness::Warn) => "warn",
                Some(Freshness::Stale) => "stale",
                None => "none",
            }
            .to_owned(),
            app_version: site::build().version,
            built_unix_ms: site::build().built_unix_ms,
            on_shift: model.on_shift(),
            clock_back: model.is_clock_back(now_unix_ms),
            keep_ms: model.keep_ms(),
            shown: model.shown.clone(),
            sealing_until_unix_s: asked.map(|key| key.until_unix_s),
            sealing_key: asked.map(|key| HEXLOWER.encode(&key.public_key)).unwrap_or_default(),
            sealing_agreed: model.sealing_key(now_unix_ms).is_some(),
            pseudonym_key: HEXLOWER.encode(&model.pseudonym_key().0),
        }
    }

    fn sign(&self, place: SignedPlace, statement: Statement) {
        let (store, send) = (self.store.clone(), self.send.clone());
        spawn_local(async move {
            // Without a signature nothing is written: whoever wanted it sees that it does not come.
            if let Ok(body) = store.sign(&place, statement).await {
                send.emit(Event::Signed { place: Box::new(place), body: Box::new(body) });
            }
        });
    }

    fn look_for_outdated(&self, before_unix_ms: i64) {
        let (store, send) = (self.store.clone(), self.send.clone());
        spawn_local(async move {
            // A store that fails is said by the next append; the next day looks again.
            let _gone = store.drop_outdated_aside(before_unix_ms).await;
            if let Ok(Some(statement)) = store.outdated(before_unix_ms).await {
                send.emit(Event::SignatureWanted(statement));
            }
        });
    }

    fn open_log(&self, claim: Claim) {
        let (store, send) = (self.store.clone(), self.send.clone());
        spawn_local(async move {
            let opened = start::open_log(&store, claim).await;
            let log = match &opened {
                Event::LogOpened(snapshot) => Some(snapshot.head.log()),
                _ => None,
            };
            send.emit(opened);
            if let Some(log) = log
                && store.follow(log).await
            {
                annex_door::bring_back(&send).await;
            }
        });
    }

    fn load_site(&self) {
        let (store, send, camera) = (self.store.clone(), self.send.clone(), self.camera.clone());
        let believed = self.believed.clone();
        spawn_local(async move { believed.load(&store, &send, &camera).await });
    }

    /// The registry grows older while the gate works, and a newer one may be there.
    fn look_for_registry_now_and_then(&self) -> Interval {
        let (store, send, believed) =
            (self.store.clone(), self.send.clone(), self.believed.clone());
        Interval::new(REGISTRY_LOOK_MS, move || {
            let (store, send, believed) = (store.clone(), send.clone(), believed.clone());
            spawn_local(async move { believed.look_for_registry(&store, &send).await });
        })
    }

    /// Another demonstration pass was chosen while the page is open.
    fn listen_to_hash(&self) -> EventListener {
        let (camera, believed) = (self.camera.clone(), self.believed.clone());
        EventListener::new(&clock::window(), "hashchange", move |_| {
            if believed.is_demo() {
                start::show_demo(&camera);
            }
        })
    }

    fn save(&self, settings: Settings) {
        let store = self.store.clone();
        spawn_local(async move {
            // What could not be kept is asked again at the next start.
            let _kept = store.save_settings(&settings).await;
        });
    }

    fn keep_registry(&self, copy: RegistryCopy) {
        let (store, send, believed) =
            (self.store.clone(), self.send.clone(), self.believed.clone());
        spawn_local(async move { believed.keep_registry(copy, &store, &send).await });
    }

    fn wake_at(&mut self, at_unix_ms: i64) {
        let wait_ms = (at_unix_ms - clock::now_unix_ms()).clamp(0, TIMER_MS_MAX);
        let wait_ms = u32::try_from(wait_ms).unwrap_or_default();
        let send = self.send.clone();
        self.wake = Some(Timeout::new(wait_ms, move || send.emit(Event::Tick)));
    }

    /// iOS may come back without `visibilitychange`, so three events say so.
    fn listen_to_page(&self) -> Vec<EventListener> {
        let window = clock::window();
        let document = window.document().expect("the page has a document");
        let (send, frames, lock) = (self.send.clone(), self.frames.clone(), self.wake_lock.clone());
        let page = document.clone();
        let changed = EventListener::new(&document, "visibilitychange", move |_| {
            if page.visibility_state() == VisibilityState::Hidden {
                send.emit(Event::PageHidden);
            } else {
                came_back(&frames, &lock);
                updates::look();
            }
        });
        let mut listeners = vec![changed];
        for name in ["pageshow", "focus"] {
            let (frames, lock) = (self.frames.clone(), self.wake_lock.clone());
            let back = EventListener::new(&window, name, move |_| came_back(&frames, &lock));
            listeners.push(back);
        }
        listeners
    }
}

fn came_back(frames: &FrameLoop, lock: &Rc<WakeLock>) {
    frames.look_again();
    if frames.is_wanted() {
        lock.hold();
    }
}

/// A list to choose from; a city has fewer.
const CHOICES_MAX: usize = 500;

fn gate_form(model: &Model) -> GateForm {
    let gate = model.gate.clone();
    GateForm {
        venue_id: gate.venue_id,
        venue: gate.venue,
        gate: gate.gate,
        exit: gate.direction == Direction::Exit,
        capacity: gate.capacity,
        policy_id: gate.policy_id,
    }
}

fn venues(model: &Model) -> Vec<(String, String)> {
    let bundle = model.trust.bundle.iter();
    let known = bundle.flat_map(|bundle| &bundle.registry.body().venues).take(CHOICES_MAX);
    let known = known.map(|venue| (venue.id.clone(), venue.name.clone())).collect();
    GateForm::with_present(known, &model.gate.venue_id, &model.gate.venue)
}

fn rules(model: &Model) -> Vec<(String, String)> {
    let Some(bundle) = &model.trust.bundle else { return Vec::new() };
    let named = |(code, title): (&str, Option<&Sentence>)| {
        let title = title.map_or(code, |title| in_language(model, title));
        (code.to_owned(), title.to_owned())
    };
    bundle.policy.titles().map(named).collect()
}

fn in_language<'a>(model: &Model, sentence: &'a Sentence) -> &'a str {
    (Text::of(model.language).language.policy)(sentence)
}

fn languages(model: &Model) -> Vec<String> {
    let offered = language::offered(model.site_languages());
    offered.iter().map(|language| language.tag().to_owned()).collect()
}

fn policies(model: &Model) -> Vec<(String, String)> {
    let Some(bundle) = &model.trust.bundle else { return Vec::new() };
    let published = bundle.registry.body().policies.iter().map(|policy| policy.id.as_str());
    let shipped = SHIPPED.iter().map(|(id, _)| *id);
    let mut known: Vec<(String, String)> = Vec::new();
    for id in published.chain(shipped) {
        let Ok(policy) = Policy::choose(&bundle.registry, id) else { continue };
        let title = in_language(model, policy.title()).to_owned();
        if !known.iter().any(|(known, _)| known == id) {
            known.push((id.to_owned(), title));
        }
    }
    GateForm::with_present(known, &model.gate.policy_id, &model.gate.policy_id)
}
