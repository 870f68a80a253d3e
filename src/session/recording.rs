//! Entries: made here, stored by the shell, "tercatat" only after the store said so.

use super::event::{Effect, LogSnapshot, Moment, Signal};
use super::model::{
    Answer, DeskPage, Held, ManualReason, Model, OverrideReason, Problem, Recorded, ReferReason,
    ReferStep, Screen, StoreFault, StoreState, VerdictScreen,
};
use super::{kiosk, reply, sealing, timing};
use crate::audit_log::{
    self, ChainHead, ClockFlag, Direction, Entry, EntryBody, EntryDraft, Gap, GapCause, Hash,
    KeyedPart, LogId, SALT_BYTES, ShiftTurn, SignedBody, SignedPlace, Statement,
};
use crate::gate::{CredentialId, Decision, Outcome, Payload};
use std::collections::BTreeMap;

pub(super) fn opened(
    model: &mut Model,
    snapshot: LogSnapshot,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.own_key = snapshot.venue_key;
    model.history.latest_entry_unix_ms = snapshot.latest_entry_unix_ms;
    model.kept_alone_since_unix_ms = snapshot.kept_alone_since_unix_ms;
    model.lost = snapshot.lost.filter(|lost| model.loss_told.as_ref() != Some(lost));
    let mut recent = snapshot.recent;
    resume(model, snapshot.head, &mut recent);
    model.uncounted = Some(recent);
    if model.held.is_empty() {
        model.retry_at_unix_ms = None;
        model.store = StoreState::Good;
    } else if model.retry_at_unix_ms.is_none() {
        retry(model, effects);
    }
    if matches!(model.screen, Screen::Problem(Problem::Store(_) | Problem::SecondTab)) {
        model.screen = Screen::Starting;
    }
    reply::go_on_if_ready(model, moment, effects);
}

/// Puts the entries that were held while the store was away after what the store holds now.
fn resume(model: &mut Model, head: ChainHead, recent: &mut Vec<Entry>) {
    // Some may have reached the store although it could not say so any more.
    let reached = model.held.iter().position(|held| held.stored.hash == head.previous());
    if let Some(last) = reached {
        for held in model.held.drain(..=last) {
            mark(&mut model.screen, held.stored.sequence, Recorded::Recorded);
        }
    }
    let continues = model.held.front().is_none_or(|held| {
        held.stored.sequence == head.next_sequence() && held.previous == head.previous()
    });
    if model.held.is_empty() {
        model.head = Some(head);
    } else if !continues {
        rechain(model, head);
    }
    let read = model.held.iter().filter_map(|held| audit_log::read_entry(&held.stored).ok());
    recent.extend(read);
}

/// Another writer came in between: what is held gets new places, and what points at it follows.
fn rechain(model: &mut Model, mut head: ChainHead) {
    let mut moved = BTreeMap::new();
    for held in &mut model.held {
        match &mut held.draft.body {
            EntryBody::Resolution { of, .. }
            | EntryBody::Override { of, .. }
            | EntryBody::Attention { of, .. }
            | EntryBody::Undo { of } => {
                *of = moved.get(of).copied().unwrap_or(*of);
            }
            _ => {}
        }
        held.previous = head.previous();
        let stored = head.append(held.draft.clone());
        moved.insert(held.stored.sequence, stored.sequence);
        held.stored = stored;
    }
    if let Screen::Verdict(verdict) = &mut model.screen
        && let Some(sequence) = moved.get(&verdict.sequence)
    {
        verdict.sequence = *sequence;
    }
    model.head = Some(head);
}

fn mark(screen: &mut Screen, sequence: u64, recorded: Recorded) {
    if let Screen::Verdict(verdict) = screen
        && verdict.sequence == sequence
    {
        verdict.recorded = recorded;
    }
}

/// Somebody tapped for it; what it cost is the first thing that the log then says.
pub(super) fn repaired(model: &mut Model, set_aside: u64, effects: &mut Vec<Effect>) {
    if model.screen == Screen::Desk(DeskPage::Repair) {
        model.repaired = Some(set_aside);
        model.screen = Screen::Starting;
        effects.push(Effect::CloseDesk);
        effects.push(Effect::ReopenLog);
    }
}

/// After a repair, or where the browser threw away what it held: a gap, and the device's signature
/// over it.
pub(super) fn tell_of_loss(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let (set_aside, lost) = (model.repaired.take(), model.lost.take());
    if set_aside.is_none() && lost.is_none() {
        return;
    }
    model.loss_told = lost.or(model.loss_told);
    let missing = lost.zip(model.head).map(|(lost, head)| {
        let kept = if lost.log() == head.log() { head.next_sequence() } else { 0 };
        lost.next_sequence().saturating_sub(kept)
    });
    let gap = Gap {
        cause: GapCause::Repaired,
        count: set_aside.or(missing),
        since_unix_ms: model.history.latest_entry_unix_ms,
        earlier: lost.map(|lost| (lost.log(), lost.next_sequence(), lost.previous())),
    };
    append(model, EntryBody::Gap(gap), Parts::default(), moment, effects);
    signature_wanted(model, Statement::Checkpoint, moment, effects);
}

/// What the browser threw away is kept as an export, so far.
pub(super) fn saved(model: &mut Model, log: LogId, next_sequence: u64) {
    let reaches = |lost: &ChainHead| lost.log() == log && lost.next_sequence() <= next_sequence;
    model.loss_saved |= model.loss_told.as_ref().or(model.lost.as_ref()).is_some_and(reaches);
}

/// A log that never opened cannot be written in order: the gate says so and offers a retry.
pub(super) fn failed_to_open(model: &mut Model, fault: StoreFault) {
    if model.counted {
        model.store = StoreState::Holding { entries: model.held.len(), fault };
    } else {
        model.screen = Screen::Problem(Problem::Store(fault));
    }
}

/// Shows a verdict and records it; the two are separate, the screen does not wait.
pub(super) fn verdict(
    model: &mut Model,
    decision: Decision,
    payload: &Payload,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let body = EntryBody::Decision {
        outcome: logged(decision.outcome),
        status: decision.status,
        specimen: decision.specimen,
        reasons: decision.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
        family: decision.family.name().to_owned(),
        issuer: decision.issuer.clone(),
    };
    let pseudonym = decision
        .credential_id
        .as_ref()
        .map(|id| KeyedPart::pseudonym(&model.history.door.venue_key, &id.0, salt(moment)));
    effects.push(Effect::PauseReading);
    effects.push(Effect::Signal(signal(&decision, model.gate.direction)));
    let known = pseudonym.as_ref().is_some_and(|part| sealing::is_sealed_already(model, part));
    let holder = decision.holder.as_ref().filter(|_| !known);
    let sealed = holder.and_then(|who| sealing::seal(model, who, moment));
    let parts = Parts { pseudonym, sealed };
    let Some(sequence) = append(model, body, parts, moment, effects) else { return };
    model.sheet = None;
    model.hint = None;
    let admits = decision.outcome == Outcome::Admit && !decision.specimen;
    let stays_ms = match (model.kiosk, admits) {
        (true, _) => kiosk::stays_ms(admits),
        (false, true) => timing::ADMIT_MS,
        (false, false) => timing::VERDICT_MS_MAX,
    };
    let asks = decision.outcome == Outcome::Refer && !decision.specimen;
    model.screen = Screen::Verdict(Box::new(VerdictScreen {
        decision,
        payload: payload.clone(),
        explained: false,
        direction: model.gate.direction,
        sequence,
        recorded: Recorded::Saving,
        shown_unix_ms: moment.now_unix_ms,
        leaves_unix_ms: Some(moment.now_unix_ms + stays_ms),
        refer: if asks { ReferStep::Asked } else { ReferStep::NotAsked },
    }));
}

/// The officer's answer to a Refer.
pub(super) fn refer_answered(
    model: &mut Model,
    answer: Answer,
    reason: ReferReason,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    if verdict.refer == ReferStep::NotAsked {
        return;
    }
    let of = verdict.sequence;
    let body = EntryBody::Resolution { of, answer, reason: reason.code().to_owned() };
    append(model, body, Parts::default(), moment, effects);
    reply::to_scan(model, moment, effects);
}

/// No answer means not entered; that too is an entry.
pub(super) fn refer_unanswered(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    let of = verdict.sequence;
    let body =
        EntryBody::Resolution { of, answer: Answer::Unanswered, reason: "NO-ANSWER".to_owned() };
    append(model, body, Parts::default(), moment, effects);
}

/// A visitor without a code.
pub(super) fn manual(
    model: &mut Model,
    answer: Answer,
    reason: ManualReason,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if !matches!(model.screen, Screen::Manual(_)) || answer == Answer::Unanswered {
        return;
    }
    let body = EntryBody::Manual { answer, reason: reason.code().to_owned() };
    append(model, body, Parts::default(), moment, effects);
    reply::to_scan(model, moment, effects);
}

/// A supervisor lets in whom the gate refused.
pub(super) fn overridden(
    model: &mut Model,
    of: u64,
    reason: OverrideReason,
    supervisor: CredentialId,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let key = &model.history.door.venue_key;
    let pseudonym = KeyedPart::pseudonym(key, &supervisor.0, salt(moment));
    let body = EntryBody::Override { of, reason: reason.code().to_owned() };
    append(model, body, Parts::of(pseudonym), moment, effects);
}

/// An officer comes or goes; the pseudonym is of her own pass.
pub(super) fn shift(
    model: &mut Model,
    turn: ShiftTurn,
    officer: CredentialId,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let key = &model.history.door.venue_key;
    let pseudonym = KeyedPart::pseudonym(key, &officer.0, salt(moment));
    append(model, EntryBody::Shift(turn), Parts::of(pseudonym), moment, effects);
}

/// A supervisor asks to look closer at somebody, or no longer.
pub(super) fn attention(
    model: &mut Model,
    of: u64,
    who: [u8; 32],
    raised: bool,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if matches!(model.screen, Screen::Desk(_)) {
        let pseudonym = KeyedPart::known(&model.history.door.venue_key, who, salt(moment));
        let body = EntryBody::Attention { of, raised };
        append(model, body, Parts::of(pseudonym), moment, effects);
    }
}

/// Takes the last scan back, for a short time, by an entry of its own.
pub(super) fn undo(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    if let Some(of) = model.undoable(moment.now_unix_ms) {
        append(model, EntryBody::Undo { of }, Parts::default(), moment, effects);
    }
}

/// The device signs what is said at the place where the log stands; the shell holds its key.
pub(super) fn signature_wanted(
    model: &Model,
    statement: Statement,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if let Some(head) = model.head {
        let place = SignedPlace { head, at_unix_ms: moment.now_unix_ms };
        effects.push(Effect::Sign { place, statement });
    }
}

/// The signature covers the place: where the log has gone on meanwhile, it is asked for again.
pub(super) fn signed(
    model: &mut Model,
    place: &SignedPlace,
    body: EntryBody,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let EntryBody::Signed(SignedBody { statement, .. }) = &body else { return };
    if model.head != Some(place.head) {
        return signature_wanted(model, statement.clone(), moment, effects);
    }
    let signed_at = Moment { now_unix_ms: place.at_unix_ms, ..*moment };
    append(model, body, Parts::default(), &signed_at, effects);
}

/// Retention: what is so much older than the newest entry is removed. Not than the clock: one that
/// jumped must not empty a log.
pub(super) fn remove_outdated(model: &Model, effects: &mut Vec<Effect>) {
    if let Some(latest_unix_ms) = model.history.latest_entry_unix_ms {
        let before_unix_ms = latest_unix_ms - model.keep_ms();
        effects.push(Effect::LookForOutdated { before_unix_ms });
    }
}

/// The first held entry is stored; the next one follows.
pub(super) fn stored(model: &mut Model, sequence: u64, effects: &mut Vec<Effect>) {
    if model.held.front().is_none_or(|held| held.stored.sequence != sequence) {
        return;
    }
    let removed = |body| matches!(body, SignedBody { statement: Statement::Removed { .. }, .. });
    if let Some(Held { draft: EntryDraft { body: EntryBody::Signed(body), .. }, .. }) =
        model.held.pop_front()
        && removed(body)
    {
        // So many at a time; there may be more.
        remove_outdated(model, effects);
    }
    model.retry_at_unix_ms = None;
    model.failures = 0;
    mark(&mut model.screen, sequence, Recorded::Recorded);
    match model.held.front() {
        Some(next) => {
            if let StoreState::Holding { entries, .. } = &mut model.store {
                *entries = model.held.len();
            }
            effects.push(Effect::Append(next.stored.clone()));
        }
        None => model.store = StoreState::Good,
    }
}

/// The gate goes on with a banner; what is held is tried again, in order.
pub(super) fn not_stored(
    model: &mut Model,
    sequence: u64,
    fault: StoreFault,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if model.held.front().is_none_or(|held| held.stored.sequence != sequence) {
        return;
    }
    model.store = StoreState::Holding { entries: model.held.len(), fault };
    // On a full disk each try may leave a torn record; see static/renew.js.
    let pause_ms = timing::STORE_RETRY_MS << model.failures.min(timing::STORE_DOUBLINGS_MAX);
    model.failures = model.failures.saturating_add(1);
    model.retry_at_unix_ms = Some(moment.now_unix_ms + pause_ms);
    if let Screen::Verdict(verdict) = &mut model.screen {
        verdict.recorded = Recorded::NotYet;
    }
    if fault != StoreFault::Full {
        effects.push(Effect::ReopenLog);
    }
}

/// Tries the first held entry again.
pub(super) fn retry(model: &mut Model, effects: &mut Vec<Effect>) {
    model.retry_at_unix_ms = None;
    if let Some(held) = model.held.front() {
        effects.push(Effect::Append(held.stored.clone()));
    }
}

/// What may be struck from an entry.
#[derive(Default)]
struct Parts {
    pseudonym: Option<KeyedPart>,
    sealed: Option<KeyedPart>,
}

impl Parts {
    fn of(pseudonym: KeyedPart) -> Self {
        Self { pseudonym: Some(pseudonym), sealed: None }
    }
}

/// Makes an entry, shows it in today's list and gives it to the store; answers its number.
fn append(
    model: &mut Model,
    body: EntryBody,
    Parts { pseudonym, sealed }: Parts,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) -> Option<u64> {
    let draft = EntryDraft {
        at_unix_ms: moment.now_unix_ms,
        utc_offset_min: moment.utc_offset_min,
        clock: clock(model, moment),
        gate: model.gate.name(),
        direction: model.gate.direction,
        body,
        policy_digest: model.trust.bundle.as_ref().map_or(Hash::ABSENT, |b| b.policy_digest),
        registry_digest: model.trust.bundle.as_ref().map_or(Hash::ABSENT, |b| b.registry_digest),
        app_version: model.app_version.clone(),
        pseudonym,
        sealed,
    };
    let head = model.head.as_mut()?;
    let previous = head.previous();
    let stored = head.append(draft.clone());
    let sequence = stored.sequence;
    if let Ok(read) = audit_log::read_entry(&stored) {
        model.count_entry(&read);
    }
    model.history.latest_entry_unix_ms = Some(moment.now_unix_ms);
    model.clock_seen_ms = Some((moment.now_unix_ms, moment.running_ms));
    model.kept_alone_since_unix_ms.get_or_insert(moment.now_unix_ms);
    model.held.push_back(Held { draft, previous, stored: stored.clone() });
    match &mut model.store {
        StoreState::Holding { entries, .. } => *entries = model.held.len(),
        // One append at a time keeps the order; the others follow as each is stored.
        _ if model.held.len() == 1 => effects.push(Effect::Append(stored)),
        _ => {}
    }
    Some(sequence)
}

fn clock(model: &Model, moment: &Moment) -> ClockFlag {
    let now_unix_ms = moment.now_unix_ms;
    if model.history.latest_entry_unix_ms.is_some_and(|latest| now_unix_ms < latest) {
        return ClockFlag::Back;
    }
    let drift_ms = model.clock_seen_ms.map_or(0, |(seen_unix_ms, seen_running_ms)| {
        (now_unix_ms - seen_unix_ms) - (moment.running_ms - seen_running_ms)
    });
    if drift_ms.abs() > timing::CLOCK_DRIFT_MS { ClockFlag::Jump } else { ClockFlag::Steady }
}

fn salt(moment: &Moment) -> [u8; SALT_BYTES] {
    let (salt, _) = moment.entropy.split_first_chunk().expect("entropy is longer than a salt");
    *salt
}

/// The log's own word for an outcome.
fn logged(outcome: Outcome) -> audit_log::Outcome {
    match outcome {
        Outcome::Admit => audit_log::Outcome::Admit,
        Outcome::Refer => audit_log::Outcome::Refer,
        Outcome::Refuse => audit_log::Outcome::Refuse,
        Outcome::RefuseAndAlert => audit_log::Outcome::RefuseAndAlert,
        Outcome::Unreadable => audit_log::Outcome::Unreadable,
        Outcome::NotACredential(_) => audit_log::Outcome::NotACredential,
    }
}

fn signal(decision: &Decision, direction: Direction) -> Signal {
    if decision.specimen {
        return Signal::Specimen;
    }
    match (decision.outcome, direction) {
        (Outcome::Admit, Direction::Entry) => Signal::Admit,
        (Outcome::Admit, Direction::Exit) => Signal::Exit,
        (Outcome::Refer, _) => Signal::Refer,
        (Outcome::RefuseAndAlert, _) => Signal::Alert,
        (Outcome::Refuse, _) => Signal::Refuse,
        (Outcome::Unreadable | Outcome::NotACredential(_), _) => Signal::Unread,
    }
}
