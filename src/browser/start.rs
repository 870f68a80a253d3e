//! What must be known before the first visitor: the site, whom to believe, the log.
//!
//! Shape: `site.json` → `Started`; the registry it names → `TrustLoaded`; network first, then what this phone kept;
//! then the revocation lists that the registry names and the phone lacks → `TrustLoaded` again.
//! Limits and errors: the network has `NETWORK_MS_MAX` where a copy is there; a root that is not the pinned one
//! changes nothing but an alarm.
//! Not here: whether a signature holds (trust).

use super::camera::Camera;
use super::clock;
use super::fetch;
use super::hash;
use super::language;
use super::lists;
use super::site;
use super::store::{Claim, Opened, RegistryCopy, Store};
use crate::audit_log::Direction;
use crate::rules::Policy;
use crate::session::{Event, GateProfile, Problem, Settings, Start, TrustAlarm, TrustBundle};
use crate::trust::{self, PartSource, Registry, Site};
use std::cell::RefCell;
use yew::Callback;

const SITE_URL: &str = "site.json";
const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// For a file of which this phone has a copy.
const NETWORK_MS_MAX: u32 = 3_000;
/// For a file without which nothing works.
const FIRST_VISIT_MS_MAX: u32 = 15_000;

/// Becomes the log's writer; the answer is the event to send.
pub async fn open_log(store: &Store, claim: Claim) -> Event {
    let offset_ms = i64::from(clock::utc_offset_min()) * MINUTE_MS;
    let local_ms = clock::now_unix_ms() + offset_ms;
    let today_start_unix_ms = local_ms - local_ms.rem_euclid(DAY_MS) - offset_ms;
    match store.open_log(claim, today_start_unix_ms).await {
        Ok(Opened::Log(snapshot)) => Event::LogOpened(snapshot),
        Ok(Opened::HeldElsewhere) => Event::LogHeldElsewhere,
        Err(fault) => Event::LogFailed(fault),
    }
}

/// The site that this phone believes, remembered for later looks at the registry.
#[derive(Debug, Default)]
pub struct Believed {
    site: RefCell<Option<BelievedSite>>,
}

#[derive(Debug, Clone)]
struct BelievedSite {
    site: Site,
    /// The host offers another root than the pinned one.
    root_alarm: bool,
    policy_id: String,
}

impl Believed {
    /// Tells the session what this site is and whom to believe.
    pub async fn load(&self, store: &Store, send: &Callback<Event>, camera: &Camera) {
        let believed = match believed_site(store).await {
            Ok(believed) => believed,
            Err(problem) => return send.emit(Event::TrustFailed(problem)),
        };
        if believed.site.demo {
            show_demo(camera);
        }
        let settings = store.load_settings().await.ok().flatten();
        let start = start(&believed.site, settings);
        let policy_id = start.gate.policy_id.clone();
        *self.site.borrow_mut() = Some(BelievedSite { policy_id, ..believed });
        send.emit(Event::Started(Box::new(start)));
        self.look_for_registry(store, send).await;
    }

    /// A newer registry, or the age of the one in use.
    pub async fn look_for_registry(&self, store: &Store, send: &Callback<Event>) {
        let Some(believed) = self.site.borrow().clone() else { return };
        let offered = match offered_registry(&believed, store).await {
            Ok(offered) => offered,
            Err(problem) => return send.emit(Event::TrustFailed(problem)),
        };
        // No scan waits for lists: what is kept counts at once, what is new when it is here.
        let missing = tell(&believed, store, &offered, send).await;
        if !missing.is_empty() && lists::fetch(store, &missing).await > 0 {
            tell(&believed, store, &offered, send).await;
        }
    }

    /// A registry that came otherwise than by network: kept, and its lists looked for.
    pub async fn keep_registry(&self, copy: RegistryCopy, store: &Store, send: &Callback<Event>) {
        // A phone that cannot keep it goes on with it until it is closed.
        if store.keep_registry(&copy).await.is_ok() {
            self.look_for_registry(store, send).await;
        }
    }

    pub fn is_demo(&self) -> bool {
        self.site.borrow().as_ref().is_some_and(|believed| believed.site.demo)
    }
}

/// The pass that the address names comes before the camera.
pub fn show_demo(camera: &Camera) {
    if let Some(name) = hash::read().demo {
        camera.look_at_demo(name);
    }
}

async fn believed_site(store: &Store) -> Result<BelievedSite, Problem> {
    let kept_json = store.last_site().await.ok().flatten();
    let kept = kept_json.as_deref().and_then(|json| Site::parse(json).ok());
    let limit_ms = if kept.is_some() { NETWORK_MS_MAX } else { FIRST_VISIT_MS_MAX };
    let offered_json = fetch::bytes(SITE_URL, limit_ms, trust::SITE_BYTES_MAX).await.ok();
    let offered = offered_json.as_deref().and_then(|json| Site::parse(json).ok());
    let pinned = store.pinned_root().await.ok().flatten();
    let is_pinned =
        |site: &Site| pinned.as_ref().is_none_or(|root| root.as_slice() == site.roots_digest());
    match (offered, kept) {
        (Some(site), _) if is_pinned(&site) => {
            Ok(pin(store, site, &offered_json.unwrap_or_default()).await)
        }
        (Some(site), Some(kept)) if is_pinned(&kept) => {
            if succeeds(&kept, &site).await {
                return Ok(pin(store, site, &offered_json.unwrap_or_default()).await);
            }
            Ok(BelievedSite { site: kept, root_alarm: true, policy_id: String::new() })
        }
        (None, Some(site)) if is_pinned(&site) => {
            Ok(BelievedSite { site, root_alarm: false, policy_id: String::new() })
        }
        (Some(_), _) => Err(Problem::RootChanged),
        (None, _) => Err(Problem::NoSite),
    }
}

/// A phone that cannot keep them asks the network again at the next start.
async fn pin(store: &Store, site: Site, json: &[u8]) -> BelievedSite {
    let _pinned = store.pin_root(&site.roots_digest()).await;
    let _kept = store.keep_site(json).await;
    BelievedSite { site, root_alarm: false, policy_id: String::new() }
}

/// Whether the roots that this phone has pinned named the offered site's root their successor.
async fn succeeds(kept: &Site, offered: &Site) -> bool {
    let bytes_max = trust::limits::REGISTRY_BYTES_MAX;
    let registry = fetch::bytes(&offered.registry, FIRST_VISIT_MS_MAX, bytes_max).await;
    registry.is_ok_and(|bytes| trust::follows(kept, offered, &bytes))
}

fn start(site: &Site, settings: Option<Settings>) -> Start {
    let build = site::build();
    let known_phone = settings.is_some();
    let kept = settings.as_ref().map(|kept| kept.language);
    let offered = language::offered(&site.languages);
    let kept = kept.filter(|language| offered.contains(language));
    Start {
        language: kept.unwrap_or_else(|| language::spoken_first(&offered, &language::phone())),
        loudness: settings.as_ref().map(|kept| kept.loudness).unwrap_or_default(),
        sealing_agreed: settings.as_ref().and_then(|kept| kept.sealing_agreed),
        kiosk: settings.as_ref().is_some_and(|kept| kept.kiosk),
        gate: settings.map_or_else(|| gate(site), |kept| kept.gate),
        site: site.clone(),
        known_phone,
        install_first: is_ios_tab(),
        built_unix_ms: build.built_unix_ms,
        app_version: build.version,
    }
}

/// WebKit on iOS alone has `navigator.standalone`; `false` means a tab.
fn is_ios_tab() -> bool {
    let navigator = clock::window().navigator();
    let standalone = js_sys::Reflect::get(&navigator, &"standalone".into());
    standalone.is_ok_and(|standalone| standalone.as_bool() == Some(false))
}

fn gate(site: &Site) -> GateProfile {
    let gate = site.gate.clone();
    GateProfile {
        venue_id: gate.venue_id,
        venue: gate.venue,
        gate: gate.gate,
        direction: match gate.direction {
            trust::Direction::Entry => Direction::Entry,
            trust::Direction::Exit => Direction::Exit,
        },
        capacity: None,
        policy_id: gate.policy_id,
        venue_keys: Vec::new(),
        hub: None,
    }
}

/// The registry to use, and what was wrong with another one.
struct Offered {
    bytes: Vec<u8>,
    alarm: Option<TrustAlarm>,
}

/// The network's where it is good, else the one that this phone kept.
async fn offered_registry(believed: &BelievedSite, store: &Store) -> Result<Offered, Problem> {
    let kept = store.last_registry().await.ok().flatten();
    let version_min = kept.as_ref().map_or(0, |copy| copy.version);
    let limit_ms = if kept.is_some() { NETWORK_MS_MAX } else { FIRST_VISIT_MS_MAX };
    let site = &believed.site;
    let bytes_max = trust::limits::REGISTRY_BYTES_MAX;
    let offered = fetch::bytes(&site.registry, limit_ms, bytes_max).await.ok();
    let mut alarm = believed.root_alarm.then_some(TrustAlarm::Root);
    if let Some(bytes) = offered {
        match Registry::open(&bytes, site, version_min) {
            Ok(registry) => {
                let copy = RegistryCopy { version: registry.version(), bytes };
                // A phone that cannot keep it asks the network again at the next start.
                let _kept = store.keep_registry(&copy).await;
                return Ok(Offered { bytes: copy.bytes, alarm });
            }
            Err(error) => alarm = alarm.or(Some(TrustAlarm::of(error))),
        }
    }
    match kept {
        Some(copy) => Ok(Offered { bytes: copy.bytes, alarm }),
        None if alarm == Some(TrustAlarm::Root) => Err(Problem::RootChanged),
        None => Err(Problem::NoRegistry),
    }
}

/// Tells the session of the registry with all lists that are at hand; answers what is missing.
async fn tell(
    believed: &BelievedSite,
    store: &Store,
    offered: &Offered,
    send: &Callback<Event>,
) -> Vec<PartSource> {
    let Ok(mut registry) = Registry::open(&offered.bytes, &believed.site, 0) else {
        send.emit(Event::TrustFailed(Problem::NoRegistry));
        return Vec::new();
    };
    let missing = lists::attach(store, &mut registry).await;
    send.emit(match bundle(registry, believed, offered.alarm) {
        Ok(bundle) => Event::TrustLoaded(Box::new(bundle)),
        Err(problem) => Event::TrustFailed(problem),
    });
    missing
}

fn bundle(
    registry: Registry,
    believed: &BelievedSite,
    alarm: Option<TrustAlarm>,
) -> Result<TrustBundle, Problem> {
    // A policy that the authority has withdrawn gives way to the site's own.
    let policy = Policy::choose(&registry, &believed.policy_id)
        .or_else(|_| Policy::choose(&registry, &believed.site.gate.policy_id))
        .map_err(|_| Problem::NoRegistry)?;
    Ok(TrustBundle::new(registry, policy, alarm, clock::now_unix_ms()))
}
