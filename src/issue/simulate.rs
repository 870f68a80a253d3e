//! Realistic days at many gates, for benches, suites and training: the same seed gives the same logs.
//!
//! Shape: `Plan` → for each venue its gates' logs, entry by entry as gates write them.
//! A day has a queue in the morning, a quieter noon and an end; staff come daily and stay, visitors
//! come once and go; of those who come 94 % are green, 5 % yellow, 0.8 % red, a few black; some are
//! waved through without a code, some scans are undone, one visitor in twelve forgets the way out.
//! Not here: people. Passes are hashes of numbers, and names there are none.

mod day;
mod dice;

use super::key::SigningKey;
use super::setup_code::venue_key;
use crate::audit_log::{
    ChainHead, Checkpoint, ClockFlag, Direction, EntryBody, EntryDraft, GateName, Hash, KeyedPart,
    LogId, SignedBody, SignedPlace, Statement, StoredEntry, read_entry,
};
use crate::credential::date;
use day::Event;
use dice::Dice;
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Of Jakarta.
pub const UTC_OFFSET_MIN: i16 = 420;

#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub venues: u32,
    /// At least one a venue.
    pub gates: u32,
    pub days: u32,
    /// About so many, over all gates.
    pub entries: u64,
    /// Midnight UTC of the first day's date.
    pub first_day_unix_s: i64,
}

/// What one phone wrote.
#[derive(Debug)]
pub struct GateLog {
    pub name: GateName,
    /// Whoever knows the plan can sign as this phone.
    pub device: SigningKey,
    pub entries: Vec<StoredEntry>,
    /// As a supervisor's phone kept it after the last day.
    pub checkpoint: String,
}

impl GateLog {
    /// The device's word for the log's end behind these of its entries; `None`: they are none.
    pub fn checkpoint_behind(&self, row: &[StoredEntry]) -> Option<Checkpoint> {
        let last = row.last()?;
        let head = ChainHead::after(last).ok()?;
        let place = SignedPlace { head, at_unix_ms: read_entry(last).ok()?.at_unix_ms };
        let device_public_key = self.device.verifying_key().to_bytes();
        let message = Statement::Checkpoint.message(&place, &device_public_key);
        let signature = self.device.sign(&message).to_bytes();
        Some(Checkpoint { place, device_public_key, signature })
    }
}

impl Plan {
    /// The city's tracing secret.
    pub fn secret(&self) -> [u8; 32] {
        self.hash("secret", 0)
    }

    /// The credential id of a person; the first of each venue are its staff.
    pub fn credential_id(&self, person: u64) -> [u8; 32] {
        self.hash("pass", person)
    }

    /// Somebody who works at that venue and comes daily.
    pub fn staff_of(&self, venue: u32) -> u64 {
        u64::from(venue) * day::STAFF
    }

    pub fn venue_id(&self, venue: u32) -> String {
        const KINDS: [&str; 8] = [
            "balai-kota",
            "pasar",
            "puskesmas",
            "terminal",
            "perpustakaan",
            "kantor-pajak",
            "kelurahan",
            "gedung-olahraga",
        ];
        let kinds = u32::try_from(KINDS.len()).unwrap_or(1);
        let kind = usize::try_from(venue % kinds).ok().and_then(|at| KINDS.get(at)).unwrap_or(&"");
        format!("{kind}-{:02}", venue / kinds + 1)
    }

    /// The logs of one venue's gates; the last day is over in them.
    pub fn venue(&self, venue: u32) -> Vec<GateLog> {
        let gates = (venue..self.gates.max(self.venues)).step_by(self.step()).count();
        let mut dice = Dice::new(self.seed, u64::from(venue));
        let mut events: Vec<Vec<Event>> = vec![Vec::new(); gates];
        for day in 0..self.days {
            day::happen(self, venue, day, &mut dice, &mut events);
        }
        let writer = |(gate, events): (usize, Vec<Event>)| self.write(venue, gate, events);
        events.into_iter().enumerate().map(writer).collect()
    }

    fn step(&self) -> usize {
        usize::try_from(self.venues.max(1)).unwrap_or(1)
    }

    fn write(&self, venue: u32, gate: usize, mut events: Vec<Event>) -> GateLog {
        events.sort_by_key(|event| event.at_unix_ms);
        let number = u64::try_from(gate).unwrap_or(0) << 32 | u64::from(venue);
        let device = SigningKey::from_bytes(&self.hash("device", number));
        let name = GateName { venue: self.venue_id(venue), gate: format!("Pintu {}", gate + 1) };
        let device_public_key = device.verifying_key().to_bytes();
        let head = ChainHead::genesis(LogId::of_device(&device_public_key));
        let mut writer = Writer {
            plan: self,
            device,
            device_public_key,
            name,
            head,
            entries: Vec::new(),
            keys: BTreeMap::new(),
            supervisor: self.staff_of(venue),
            latest_unix_ms: i64::MIN,
            salt: 0,
        };
        let mut day = None;
        for event in events {
            let today = event.at_unix_ms.div_euclid(DAY_MS);
            if day.is_some_and(|day| day != today) {
                writer.checkpoint();
            }
            day = Some(today);
            writer.event(&event);
        }
        let checkpoint = writer.checkpoint();
        GateLog { name: writer.name, device: writer.device, entries: writer.entries, checkpoint }
    }

    fn hash(&self, what: &str, number: u64) -> [u8; 32] {
        let hash = Sha256::new_with_prefix("gerbang simulation ").chain_update(what);
        let hash = hash.chain_update([0]).chain_update(self.seed.to_be_bytes());
        hash.chain_update(number.to_be_bytes()).finalize().into()
    }
}

const DAY_MS: i64 = 86_400_000;
/// The day's last look at the log.
const CHECKPOINT_AFTER_MS: i64 = 15 * 60_000;

struct Writer<'a> {
    plan: &'a Plan,
    device: SigningKey,
    device_public_key: [u8; 32],
    name: GateName,
    head: ChainHead,
    entries: Vec<StoredEntry>,
    /// By local month.
    keys: BTreeMap<u32, [u8; 32]>,
    supervisor: u64,
    latest_unix_ms: i64,
    salt: u64,
}

impl Writer<'_> {
    fn event(&mut self, event: &Event) {
        let of = self.head.next_sequence();
        let pseudonym =
            event.person.map(|person| self.pseudonym(person, event.at_unix_ms, event.direction));
        // Whoever comes while an answer is awaited waits.
        let at_unix_ms = event.at_unix_ms.max(self.latest_unix_ms);
        let (first, then) = event.happened.entries(of);
        self.append(first, event.direction, at_unix_ms, pseudonym);
        if let Some(body) = then {
            let at_unix_ms = at_unix_ms + day::ANSWER_MS;
            let supervisor = matches!(body, EntryBody::Override { .. }).then_some(self.supervisor);
            let pseudonym =
                supervisor.map(|person| self.pseudonym(person, at_unix_ms, event.direction));
            self.append(body, event.direction, at_unix_ms, pseudonym);
        }
    }

    fn append(
        &mut self,
        body: EntryBody,
        direction: Direction,
        at_unix_ms: i64,
        pseudonym: Option<KeyedPart>,
    ) {
        self.latest_unix_ms = at_unix_ms;
        self.entries.push(self.head.append(EntryDraft {
            at_unix_ms,
            utc_offset_min: UTC_OFFSET_MIN,
            clock: ClockFlag::Steady,
            gate: self.name.clone(),
            direction,
            body,
            policy_digest: Hash::of(b"simulated policy"),
            registry_digest: Hash::of(b"simulated registry"),
            app_version: concat!(env!("CARGO_PKG_VERSION"), " (simulated)").to_owned(),
            pseudonym,
            sealed: None,
        }));
    }

    fn pseudonym(&mut self, person: u64, at_unix_ms: i64, direction: Direction) -> KeyedPart {
        let month = local_month(at_unix_ms);
        let (plan, venue) = (self.plan, &self.name.venue);
        let key =
            self.keys.entry(month).or_insert_with(|| venue_key(&plan.secret(), venue, month).key);
        self.salt += 1;
        let salt = (u128::from(self.salt) << 1 | u128::from(direction == Direction::Exit))
            ^ u128::from(plan.seed) << 64;
        KeyedPart::pseudonym(key, &plan.credential_id(person), salt.to_be_bytes())
    }

    /// Signed by the device; its text, as it leaves the phone.
    fn checkpoint(&mut self) -> String {
        let last = self.entries.last().and_then(|stored| read_entry(stored).ok());
        let at_unix_ms = last.map_or(0, |entry| entry.at_unix_ms + CHECKPOINT_AFTER_MS);
        let place = SignedPlace { head: self.head, at_unix_ms };
        let message = Statement::Checkpoint.message(&place, &self.device_public_key);
        let signature = self.device.sign(&message).to_bytes();
        let device_public_key = self.device_public_key;
        let statement = Statement::Checkpoint;
        let body = EntryBody::Signed(SignedBody { statement, device_public_key, signature });
        self.append(body, Direction::Entry, at_unix_ms, None);
        Checkpoint { place, device_public_key, signature }.to_text()
    }
}

/// YYYYMM where the gate stands.
fn local_month(at_unix_ms: i64) -> u32 {
    let local_ms = at_unix_ms + i64::from(UTC_OFFSET_MIN) * 60_000;
    let text = date::date_of_days(local_ms.div_euclid(DAY_MS)).unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    digits.parse().unwrap_or(0)
}
