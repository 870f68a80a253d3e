//! A gate without a browser, for journeys: events in, effects and screens out.

use crate::city::{City, Pass};
use gerbang::audit_log::{
    ChainHead, ChainReport, ChainStart, Direction, EntryBody, Hash, LogId, StoredEntry, read_entry,
    verify_chain,
};
use gerbang::credential::Payload;
use gerbang::gate::Outcome;
use gerbang::scan::{FrameReading, Hint};
use gerbang::session::{
    CameraView, Effect, Event, Freshness, GateProfile, Language, LogSnapshot, Loudness, Model,
    Moment, Recorded, Screen, Signal, Start, StoreFault, TrustBundle, update,
};

/// A gate with its own clock, and a store that works, fails or waits.
pub struct Gate {
    pub model: Model,
    pub now_unix_ms: i64,
    /// By how much somebody has set the clock.
    pub set_by_ms: i64,
    pub store: Store,
    /// What reached the store.
    pub stored: Vec<StoredEntry>,
    pub effects: Vec<Effect>,
    /// What the phone remembers of a log that it holds no more.
    pub lost: Option<ChainHead>,
    pub city: City,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Store {
    Works,
    Fails(StoreFault),
    /// Takes the entry and says nothing.
    Silent,
}

const LOG: LogId = LogId([3; 16]);

impl Gate {
    /// Scanning, with an empty log.
    pub fn open() -> Self {
        let mut gate = Self::opened();
        gate.send(Event::BeginTapped);
        gate.send(Event::CameraOpened(CameraView { running: true, ..CameraView::default() }));
        assert_eq!(gate.model.screen, Screen::Scan);
        gate
    }

    /// At the notice of the first visit.
    pub fn opened() -> Self {
        let mut gate = Self::closed();
        gate.load_site();
        gate.load_trust();
        gate.open_log();
        assert_eq!(gate.model.screen, Screen::Welcome);
        gate
    }

    /// Nothing is known yet.
    pub fn closed() -> Self {
        let city = City::new();
        Self {
            model: Model::starting(),
            now_unix_ms: city.now_unix_ms,
            set_by_ms: 0,
            store: Store::Works,
            stored: Vec::new(),
            effects: Vec::new(),
            lost: None,
            city,
        }
    }

    pub fn load_site(&mut self) {
        self.send(Event::Started(Box::new(Start {
            language: Language::tagged("id"),
            loudness: Loudness::Loud,
            sealing_agreed: None,
            kiosk: false,
            gate: GateProfile {
                venue_id: "balai-kota".into(),
                venue: "Balai Kota".into(),
                gate: "Pintu Utara".into(),
                direction: Direction::Entry,
                capacity: None,
                policy_id: "pedulilindungi-2021".into(),
                venue_keys: Vec::new(),
                hub: None,
            },
            site: self.city.site().clone(),
            known_phone: false,
            install_first: false,
            built_unix_ms: self.now_unix_ms - 86_400_000,
            app_version: "0.1.0".into(),
        })));
    }

    pub fn load_trust(&mut self) {
        let (registry, policy) = self.city.trust();
        self.send(Event::TrustLoaded(Box::new(TrustBundle {
            registry_version: registry.version(),
            registry,
            policy,
            registry_digest: Hash([1; 32]),
            policy_digest: Hash([2; 32]),
            issued_unix_s: self.now_unix_ms / 1000,
            freshness: Freshness::Fresh,
            alarm: None,
        })));
    }

    pub fn open_log(&mut self) {
        let head = match self.stored.last() {
            Some(last) => ChainHead::after(last).expect("stored by this test"),
            None => ChainHead::genesis(LOG),
        };
        let recent = self.stored.iter().map(|entry| read_entry(entry).expect("as above")).collect();
        let snapshot = LogSnapshot {
            head,
            recent,
            latest_entry_unix_ms: None,
            kept_alone_since_unix_ms: None,
            venue_key: [9; 32],
            lost: self.lost,
        };
        self.send(Event::LogOpened(Box::new(snapshot)));
    }

    pub fn chain(&self) -> ChainReport {
        verify_chain(&self.stored, ChainStart::Genesis(LOG), &[])
    }

    /// Sends one event and lets the store answer whatever it was asked.
    pub fn send(&mut self, event: Event) {
        let moment = Moment {
            now_unix_ms: self.now_unix_ms,
            running_ms: self.now_unix_ms - self.set_by_ms,
            utc_offset_min: 420,
            entropy: [u8::try_from(self.stored.len() % 256).unwrap_or_default(); 32],
        };
        let effects = update(&mut self.model, event, &moment);
        for effect in &effects {
            if *effect == Effect::ReopenLog && self.store == Store::Works {
                self.open_log();
            }
            let Effect::Append(entry) = effect else { continue };
            let sequence = entry.sequence;
            match self.store {
                Store::Works => {
                    self.stored.push(entry.clone());
                    self.send(Event::EntryStored { sequence });
                }
                Store::Fails(fault) => self.send(Event::EntryFailed { sequence, fault }),
                Store::Silent => {}
            }
        }
        self.effects.extend(effects);
    }

    /// Lets time pass, waking the session whenever it asked to be woken.
    pub fn wait(&mut self, ms: i64) {
        let until = self.now_unix_ms + ms;
        while let Some(at) = self.wake_at().filter(|at| *at <= until) {
            self.now_unix_ms = at;
            self.effects.retain(|effect| !matches!(effect, Effect::WakeAt { .. }));
            self.send(Event::Tick);
        }
        self.now_unix_ms = until;
    }

    pub fn wake_at(&self) -> Option<i64> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::WakeAt { at_unix_ms } => Some(*at_unix_ms),
            _ => None,
        })
    }

    pub fn show(&mut self, pass: Pass) {
        let text = self.city.pass(pass);
        self.see(&[&text]);
    }

    pub fn see(&mut self, texts: &[&str]) {
        let payloads = texts.iter().map(|text| Payload::from_text(*text)).collect();
        self.send(Event::FrameRead(FrameReading { payloads, ..FrameReading::default() }));
    }

    pub fn see_nothing(&mut self, hint: Option<Hint>) {
        self.send(Event::FrameRead(FrameReading { hint, ..FrameReading::default() }));
    }

    pub fn outcome(&self) -> Option<Outcome> {
        match &self.model.screen {
            Screen::Verdict(verdict) => Some(verdict.decision.outcome),
            _ => None,
        }
    }

    pub fn recorded(&self) -> Option<Recorded> {
        match &self.model.screen {
            Screen::Verdict(verdict) => Some(verdict.recorded),
            _ => None,
        }
    }

    pub fn bodies(&self) -> Vec<EntryBody> {
        self.stored.iter().map(|entry| read_entry(entry).expect("sound").body).collect()
    }

    pub fn signals(&mut self) -> Vec<Signal> {
        let signals = self.effects.iter().filter_map(|effect| match effect {
            Effect::Signal(signal) => Some(*signal),
            _ => None,
        });
        signals.collect()
    }
}
