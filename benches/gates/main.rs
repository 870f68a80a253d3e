//! Gates of many venues at a morning's rate against a hub: requests, bytes, and how long after a verdict the
//! venue's other gates know of it.
//!
//! Shape: `--hub ADDRESS`, the admin's password in `GERBANG_HUB_PASSWORD` → a line a rate, until the hub does not keep
//! up. The gates are `sync::Sender`, `Listener` and `Venue`, each with real requests; their visitors are of
//! `issue::simulate`, in the order and rhythm of its morning, quicker or slower as the rate asks.
//! Limits and errors: two threads a gate; a rate ends after its seconds and at most `DRAIN_S_MAX` more.
//! Not here: browsers, storage, headers' bytes, TLS.

mod gate;
mod hub;

use ed25519_dalek::SigningKey;
use gate::{Clock, Gate, Known, SHOWS_MS_MAX};
use gerbang::audit_log::{StoredEntry, read_entry};
use gerbang::issue::simulate::{GateLog, Plan};
use hub::{Hub, Spent};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// 2026-11-02T00:00:00Z.
const DAY_UNIX_S: i64 = 1_793_577_600;
/// What is on its way at the end of a rate may still come.
const DRAIN_S_MAX: i64 = 20;
/// Between two visitors at one door.
const GAP_MS: i64 = 3_000;
/// A hub that keeps up answers a write within so long, at the 95th of a hundred.
const ANSWER_MS_MAX: i64 = 2_000;
/// Entries a day at a gate with 2,000 visitors.
const ENTRIES_A_DAY: f64 = 2_600.0;

struct Settings {
    hub: String,
    password: String,
    gates: u32,
    venues: u32,
    /// Entries a second, all gates together.
    rates: Vec<u32>,
    seconds: u64,
    /// How long a verdict shows at most; nothing is begun meanwhile.
    shows_ms: i64,
    /// Of the hub, so that its processor time is known.
    peer: Option<u32>,
}

fn settings() -> Option<Settings> {
    let mut settings = Settings {
        hub: String::new(),
        password: env::var("GERBANG_HUB_PASSWORD").ok()?,
        gates: 300,
        venues: 60,
        rates: vec![14, 22, 43, 87, 173, 347, 694, 1_388],
        seconds: 60,
        shows_ms: SHOWS_MS_MAX,
        peer: None,
    };
    let mut arguments = env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--hub" => settings.hub = value,
            "--gates" => settings.gates = value.parse().ok()?,
            "--venues" => settings.venues = value.parse().ok()?,
            "--seconds" => settings.seconds = value.parse().ok()?,
            "--shows" => settings.shows_ms = value.parse().ok()?,
            "--peer" => settings.peer = Some(value.parse().ok()?),
            "--rates" => {
                settings.rates = value.split(',').map(str::parse).collect::<Result<_, _>>().ok()?
            }
            _ => return None,
        }
    }
    (!settings.hub.is_empty()).then_some(settings)
}

/// What happens at which gate.
struct Happening {
    at_unix_ms: i64,
    gate: usize,
    entry: StoredEntry,
}

fn main() -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let Some(settings) = settings() else {
        writeln!(
            io::stderr(),
            "gates --hub ADDRESS [--gates N] [--venues N] [--rates A,B] [--seconds N] [--peer PID]\n\
             GERBANG_HUB_PASSWORD is its admin's password"
        )?;
        return Ok(ExitCode::from(2));
    };
    let needed = settings.rates.iter().map(|rate| u64::from(*rate) * settings.seconds).sum::<u64>();
    let plan = Plan {
        seed: 10,
        venues: settings.venues,
        gates: settings.gates,
        days: 1,
        // Most come in the morning, and go later.
        entries: needed * 3 + 10_000,
        first_day_unix_s: DAY_UNIX_S,
    };
    let clock = Clock::start();
    let hub = Arc::new(Hub::new(&settings.hub, &settings.password, clock));
    let known = Arc::new(Known::default());
    let mut gates = Vec::new();
    let mut happenings = Vec::new();
    for venue in 0..plan.venues {
        let logs = plan.venue(venue);
        let users = hub.open_venue(&plan.venue_id(venue), &logs);
        for (GateLog { device, entries, .. }, user) in logs.into_iter().zip(users) {
            let at = gates.len();
            happenings.extend(entries.into_iter().filter_map(|entry| {
                let at_unix_ms = read_entry(&entry).ok()?.at_unix_ms;
                Some(Happening { at_unix_ms, gate: at, entry })
            }));
            gates.push(start(&hub, clock, &known, (venue, plan.venue_id(venue)), user, device));
        }
    }
    happenings
        .sort_by_key(|happening| (happening.at_unix_ms, happening.gate, happening.entry.sequence));
    let others: Vec<u64> = gates
        .iter()
        .map(|gate| gates.iter().filter(|other| other.venue == gate.venue).count() as u64 - 1)
        .collect();
    clock.wait_ms(5_000);
    writeln!(
        out,
        "{} gates of {} venues, {} s each\n\
         entries/s  requests/s    lag p50     p95     max  not known  answer p95   hub's processor  waiting",
        gates.len(),
        settings.venues,
        settings.seconds
    )?;
    let mut happenings = happenings.into_iter();
    let mut a_day = None;
    for rate in &settings.rates {
        let count = usize::try_from(u64::from(*rate) * settings.seconds).unwrap_or(usize::MAX);
        let mut row: Vec<Happening> = happenings.by_ref().take(count).collect();
        // In the order of each gate's log, also where an answer follows a decision.
        row.sort_by_key(|happening| happening.at_unix_ms);
        let began_ms = clock.now_ms();
        let spent_before = hub.spent();
        let busy_before_ms = settings.peer.map(processor_ms);
        let expected = play(
            &gates,
            &clock,
            &known,
            &row,
            &others,
            (*rate, settings.seconds, settings.shows_ms),
        );
        drain(&clock, &known, expected);
        let took_ms = clock.now_ms() - began_ms;
        let spent = hub.spent().since(&spent_before);
        let lags = known.take();
        let answers = hub.take_answers();
        let seconds = |ms: Option<i64>| {
            ms.map_or("-".to_owned(), |ms| format!("{:.2} s", ms as f64 / 1000.0))
        };
        let missing = expected.saturating_sub(lags.len() as u64);
        let busy = busy_before_ms
            .zip(settings.peer.map(processor_ms))
            .map_or("-".to_owned(), |(before, after)| {
                format!("{:.0} %", (after - before) as f64 * 100.0 / took_ms as f64)
            });
        let waiting: u64 = gates.iter().map(|gate| gate.waiting()).sum();
        writeln!(
            out,
            "{rate:9}  {:10.1}  {:>9}{:>8}{:>8}  {missing:9}  {:>10}  {busy:>16}  {waiting:7}",
            spent.requests as f64 * 1000.0 / took_ms as f64,
            seconds(part_of(&lags, 50)),
            seconds(part_of(&lags, 95)),
            seconds(lags.last().copied()),
            seconds(part_of(&answers, 95)),
        )?;
        out.flush()?;
        if a_day.is_none()
            && f64::from(*rate) >= ENTRIES_A_DAY * f64::from(settings.gates) / 36_100.0
        {
            a_day = Some((*rate, spent, row.len()));
        }
        if missing > 0 || part_of(&answers, 95).is_none_or(|p95| p95 > ANSWER_MS_MAX) {
            writeln!(out, "the hub does not keep up with {rate} entries/s")?;
            break;
        }
    }
    if let Some((rate, spent, entries)) = a_day {
        say_day(&mut out, rate, &spent, entries)?;
    }
    say_own(&mut out, gates.len())?;
    Ok(ExitCode::SUCCESS)
}

fn start(
    hub: &Arc<Hub>,
    clock: Clock,
    known: &Arc<Known>,
    (venue, venue_id): (u32, String),
    user: hub::User,
    device: SigningKey,
) -> Arc<Gate> {
    let gate =
        Arc::new(Gate::new(hub.clone(), clock, known.clone(), venue, &venue_id, user, device));
    Gate::run(&gate);
    gate
}

/// Lets it happen; answers how often a gate is to know of another's visitor.
fn play(
    gates: &[Arc<Gate>],
    clock: &Clock,
    known: &Known,
    row: &[Happening],
    others: &[u64],
    (rate, seconds, shows_ms): (u32, u64, i64),
) -> u64 {
    let (Some(first), Some(last)) = (row.first(), row.last()) else { return 0 };
    let span_ms = (last.at_unix_ms - first.at_unix_ms).max(1);
    // Where visitors come quicker than through any door, the doors are quicker too.
    let mean_gap_ms = gates.len() as u64 * 1000 / u64::from(rate.max(1));
    let mean_gap_ms = i64::try_from(mean_gap_ms).unwrap_or(GAP_MS);
    let row_ms = i64::try_from(seconds * 1000).unwrap_or(i64::MAX);
    let gap_ms = GAP_MS.min(mean_gap_ms / 2);
    let shows_ms = shows_ms.min(gap_ms * 2 / 3);
    let mut free_ms: BTreeMap<usize, i64> = BTreeMap::new();
    let mut timed: Vec<(i64, &Happening)> = row
        .iter()
        .map(|happening| {
            let comes_ms = (happening.at_unix_ms - first.at_unix_ms) * row_ms / span_ms;
            let free_ms = free_ms.entry(happening.gate).or_default();
            let due_ms = comes_ms.max(*free_ms);
            *free_ms = due_ms + gap_ms;
            (due_ms, happening)
        })
        .collect();
    timed.sort_by_key(|(due_ms, _)| *due_ms);
    let began_ms = clock.now_ms();
    let mut ends: BTreeMap<usize, i64> = BTreeMap::new();
    let mut expected = 0;
    let end_verdicts = |now_ms: i64, ends: &mut BTreeMap<usize, i64>| {
        ends.retain(|at, end_ms| {
            let shows = *end_ms > now_ms;
            if !shows {
                gates[*at].verdict_ends();
            }
            shows
        });
    };
    for happening in row {
        let due_ms = began_ms + (happening.at_unix_ms - first.at_unix_ms) * row_ms / span_ms;
        loop {
            let next_ms = ends.values().copied().min().unwrap_or(i64::MAX).min(due_ms);
            clock.wait_ms(next_ms - clock.now_ms());
            end_verdicts(clock.now_ms(), &mut ends);
            if clock.now_ms() >= due_ms {
                break;
            }
        }
        let gate = &gates[happening.gate];
        if gate.record(&happening.entry, known) {
            expected += others[happening.gate];
        }
        ends.insert(happening.gate, clock.now_ms() + shows_ms);
    }
    while !ends.is_empty() {
        clock.wait_ms(20);
        end_verdicts(clock.now_ms(), &mut ends);
    }
    expected
}

/// Of values in ascending order.
fn part_of(values: &[i64], hundredths: usize) -> Option<i64> {
    values.get((values.len() * hundredths / 100).min(values.len().saturating_sub(1))).copied()
}

/// Until all is known, or nobody waits for it any more.
fn drain(clock: &Clock, known: &Known, expected: u64) {
    let until_ms = clock.now_ms() + DRAIN_S_MAX * 1000;
    while known.count() < expected && clock.now_ms() < until_ms {
        clock.wait_ms(20);
    }
}

fn say_day(out: &mut impl Write, rate: u32, spent: &Spent, entries: usize) -> io::Result<()> {
    let a_day = |sum: u64| sum as f64 / entries as f64 * ENTRIES_A_DAY;
    let megabytes = |sum: u64| a_day(sum) / 1e6;
    writeln!(
        out,
        "of a gate with {ENTRIES_A_DAY:.0} entries a day, as at {rate} entries/s: {:.0} requests to send with {:.2} MB \
         ({:.0} bytes each), {:.0} to hear with {:.2} MB; {:.2} entries a segment; headers not counted",
        a_day(spent.sends),
        megabytes(spent.sent_bytes),
        spent.sent_bytes as f64 / spent.sends.max(1) as f64,
        a_day(spent.hears),
        megabytes(spent.heard_bytes),
        entries as f64 / spent.sends.max(1) as f64,
    )
}

/// What all gates together took of this machine.
fn say_own(out: &mut impl Write, gates: usize) -> io::Result<()> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kb: f64 =
        peak.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0.0);
    let busy_ms = processor_ms(std::process::id());
    writeln!(
        out,
        "a gate, natively: {:.0} ms of a processor in all, {:.0} KB of memory",
        busy_ms as f64 / gates as f64,
        peak_kb / gates as f64
    )
}

/// By Linux's hundredths of a second.
fn processor_ms(process: u32) -> i64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<i64>().ok()).sum::<i64>() * 10
}
