//! The gates of a hub as they are now: when each was last seen, what it decided in the last hour, who is
//! inside, what is wrong.
//!
//! Shape: `Board` ← segments as they come → `venues`, one `VenueNow` each with its gates.
//! Limits and errors: of decisions those of the last hour are kept; a day begins at the gate's own midnight,
//! and whoever came before the first segment that was taken is not counted.
//! Source: docs/hub.md, "Asking".
//! Not here: fetching, drawing.

use super::{CLOCK_OFF_MS, Finding, Gathering, Segment};
use crate::audit_log::{Days, Entry, EntryBody, LogId, Outcome, StoredEntry, read_entry};
use crate::trust::HubUser;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const HOUR_MS: i64 = 3_600_000;
/// Of a gate; more than these say no more.
const ALARMS_MAX: usize = 20;

#[derive(Debug, Default)]
pub struct Board {
    gates: BTreeMap<HubUser, Gate>,
}

#[derive(Debug, Default)]
struct Gate {
    logs: BTreeMap<LogId, Log>,
    latest_unix_ms: Option<i64>,
    venue: String,
    gate: String,
    alarms: BTreeSet<&'static str>,
}

#[derive(Debug)]
struct Log {
    gathering: Gathering,
    days: Days,
    /// Ascending, of the last hour.
    recent: VecDeque<(i64, Outcome)>,
    utc_offset_min: i16,
}

/// One venue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VenueNow {
    pub venue: String,
    /// Who came in today and has not left.
    pub inside: u32,
    pub gates: Vec<GateNow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateNow {
    pub user: HubUser,
    pub gate: String,
    /// When it last signed, by its own clock.
    pub seen_unix_ms: Option<i64>,
    pub admitted: u32,
    pub referred: u32,
    pub refused: u32,
    /// More than one: a phone was replaced, or there is a second one.
    pub phones: usize,
    /// Codes.
    pub alarms: Vec<&'static str>,
}

impl Board {
    /// A believed segment. `heard_unix_ms`: when it came, where that is known; a gate signs as it sends.
    pub fn take(
        &mut self,
        segment: &Segment,
        entries: Vec<StoredEntry>,
        heard_unix_ms: Option<i64>,
    ) {
        let gate = self.gates.entry(segment.id.user.clone()).or_default();
        let signed_unix_ms = segment.checkpoint.place.at_unix_ms;
        gate.latest_unix_ms = gate.latest_unix_ms.max(Some(signed_unix_ms));
        let off_ms = heard_unix_ms.map_or(0, |heard| signed_unix_ms.saturating_sub(heard));
        if off_ms.abs() > CLOCK_OFF_MS {
            gate.alarm("HUB-CLOCK");
        }
        let log = gate.logs.entry(segment.id.log).or_insert_with(|| Log {
            gathering: Gathering::new(segment.id.log, segment.id.first),
            days: Days::default(),
            recent: VecDeque::new(),
            utc_offset_min: 0,
        });
        let mut new = Vec::new();
        log.gathering.take(segment, entries, |entry| new.extend(read_entry(&entry).ok()));
        for entry in &new {
            log.notice(entry);
        }
        let found = log.gathering.take_findings();
        if let Some(last) = new.pop() {
            gate.venue = last.gate.venue;
            gate.gate = last.gate.gate;
        }
        found.iter().for_each(|finding| gate.alarm(finding.code()));
    }

    /// What is not believed is an alarm of the gate under whose name it lies.
    pub fn find(&mut self, user: &HubUser, finding: &Finding) {
        self.gates.entry(user.clone()).or_default().alarm(finding.code());
    }

    /// Ascending by name.
    pub fn venues(&mut self, now_unix_ms: i64) -> Vec<VenueNow> {
        // With who came in, and who left, today.
        let mut venues: BTreeMap<String, (VenueNow, u32, u32)> = BTreeMap::new();
        for (user, gate) in &mut self.gates {
            let name = if gate.venue.is_empty() { user.as_str() } else { &gate.venue };
            let (venue, came_in, went_out) = venues.entry(name.to_owned()).or_default();
            venue.venue = name.to_owned();
            let mut now = GateNow {
                user: user.clone(),
                gate: gate.gate.clone(),
                seen_unix_ms: gate.latest_unix_ms,
                admitted: 0,
                referred: 0,
                refused: 0,
                phones: gate.logs.len(),
                alarms: gate.alarms.iter().copied().collect(),
            };
            for log in gate.logs.values_mut() {
                log.count(&mut now, now_unix_ms);
                let (entered, left) = log.today(now_unix_ms);
                *came_in += entered;
                *went_out += left;
            }
            venue.gates.push(now);
        }
        let settled = |(venue, came_in, went_out): (VenueNow, u32, u32)| VenueNow {
            inside: came_in.saturating_sub(went_out),
            ..venue
        };
        venues.into_values().map(settled).collect()
    }
}

impl Gate {
    fn alarm(&mut self, code: &'static str) {
        if self.alarms.len() < ALARMS_MAX {
            self.alarms.insert(code);
        }
    }
}

impl Log {
    fn notice(&mut self, entry: &Entry) {
        self.days.push(entry);
        self.utc_offset_min = entry.utc_offset_min;
        if let EntryBody::Decision { outcome, specimen: false, .. } = entry.body {
            self.recent.push_back((entry.at_unix_ms, outcome));
        }
    }

    fn count(&mut self, now: &mut GateNow, now_unix_ms: i64) {
        let since = now_unix_ms.saturating_sub(HOUR_MS);
        self.recent.retain(|(at, _)| *at >= since);
        for (_, outcome) in &self.recent {
            match outcome {
                Outcome::Admit => now.admitted += 1,
                Outcome::Refer => now.referred += 1,
                Outcome::Refuse | Outcome::RefuseAndAlert => now.refused += 1,
                Outcome::Unreadable | Outcome::NotACredential => {}
            }
        }
    }

    /// Who came in, and who left.
    fn today(&self, now_unix_ms: i64) -> (u32, u32) {
        let local_ms = now_unix_ms.saturating_add(i64::from(self.utc_offset_min) * 60_000);
        let today = local_ms.div_euclid(24 * HOUR_MS);
        let days = self.days.clone().finish();
        let of_today = days.iter().filter(|(key, _)| key.day == today);
        of_today.fold((0, 0), |(entered, left), (_, day)| {
            (entered + day.counts.came_in, left + day.counts.went_out)
        })
    }
}
