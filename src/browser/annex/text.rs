//! The desk's sentences; the same rules as in `ui::text`.

use crate::audit_log::{FaultCause, Statement};
use crate::browser::language;
use crate::browser::ui::text::Said;
use crate::desk::selftest::Check;
use crate::issue::day_sheet;
use crate::session::Language;
use std::borrow::Cow;

/// One language.
#[derive(Debug)]
pub struct DeskText {
    pub menu: MenuText,
    pub gates: GatesText,
    pub list: ListText,
    pub entry: EntryText,
    pub handover: HandOverText,
    pub selftest: SelfTestText,
    pub help: HelpText,
    pub gate: GateFormText,
    pub poster: PosterText,
    pub known: KnownText,
    pub examine: ExamineText,
    pub repair: RepairText,
    pub day_sheet: DaySheetText,
    pub pin: PinText,
    pub kiosk: KioskPageText,
    /// A count, its digits in threes.
    pub number: fn(u64) -> String,
    /// Between a number and its tenths.
    pub decimal: char,
    /// A reason's code in a few words; `None`: the code itself.
    pub short: fn(&str) -> Option<&'static str>,
}

impl DeskText {
    pub fn of(language: Language) -> &'static Self {
        language::desk(language)
    }

    /// For a row of the list: the code in words where it has any.
    pub fn short_reason(&self, code: &str) -> Cow<'static, str> {
        match (self.short)(code) {
            Some(words) => Cow::Borrowed(words),
            None => Cow::Owned(code.to_owned()),
        }
    }
}

#[derive(Debug)]
pub struct MenuText {
    pub language: &'static str,
    pub sound: &'static str,
    pub loud: &'static str,
    pub soft: &'static str,
    pub mute: &'static str,
    pub title: &'static str,
    pub on_this_phone: &'static str,
    pub records: &'static str,
    pub names: &'static str,
    pub days: &'static str,
    pub room: fn(&str, &str) -> String,
    pub kept_by_browser: &'static str,
    pub not_kept_by_browser: &'static str,
    pub not_handed_over: fn(&str) -> String,
    pub never_handed_over: &'static str,
    pub hand_over: &'static str,
    pub shift_note: &'static str,
    pub selftest: &'static str,
    pub selftest_note: &'static str,
    pub help: &'static str,
    pub trust: &'static str,
    pub registry: &'static str,
    pub registry_age: fn(u64, &str) -> String,
    pub clock: &'static str,
    pub gate: &'static str,
    pub version: &'static str,
}

/// All gates of the venue.
#[derive(Debug)]
pub struct GatesText {
    pub title: &'static str,
    pub note: &'static str,
    pub inside: &'static str,
    pub as_of: fn(&str) -> String,
    pub nothing_yet: &'static str,
    pub each: &'static str,
    pub alarms: &'static str,
    /// By its code.
    pub doubt: fn(&str) -> &'static str,
    pub latest: fn(&str) -> String,
    pub silent: fn(&str) -> String,
    /// Decisions, entries, exits.
    pub today: fn(u32, u32, u32) -> String,
}

#[derive(Debug)]
pub struct ListText {
    pub title: &'static str,
    pub admitted: &'static str,
    pub referred: &'static str,
    pub refused: &'static str,
    pub inside: &'static str,
    pub plot: &'static str,
    pub search: &'static str,
    pub show_admitted: &'static str,
    pub show_referred: &'static str,
    pub show_refused: &'static str,
    pub show_by_hand: &'static str,
    pub empty: Said,
    pub nothing_found: Said,
    pub cannot_read: Said,
    pub reading: fn(u64, u64) -> String,
    pub undo: Said,
    pub undo_button: &'static str,
    pub chain_whole: fn(u64) -> String,
    /// With the entry's number and the fault's code.
    pub chain_broken: fn(Option<u64>, &str) -> String,
    pub chain_unknown: &'static str,
    pub chain_checking: fn(u64, u64) -> String,
    pub chain_check: &'static str,
    pub more: &'static str,
    pub answer_to: fn(u64) -> String,
    pub manual: &'static str,
    pub undone: &'static str,
    pub undo_of: fn(u64) -> String,
    pub flag_of: fn(u64) -> String,
    pub unflag_of: fn(u64) -> String,
    pub override_of: fn(u64) -> String,
    pub shift_start: &'static str,
    pub shift_end: &'static str,
    pub gap: &'static str,
    pub gap_count: fn(u64) -> String,
    pub checkpoint: &'static str,
    pub removed: fn(u64) -> String,
    pub struck: fn(usize) -> String,
    pub other_kind: &'static str,
    pub not_counted: &'static str,
}

impl ListText {
    /// What the device said and signed.
    pub fn signed(&self, statement: &Statement) -> String {
        match statement {
            Statement::Checkpoint => self.checkpoint.to_owned(),
            Statement::Removed { before, .. } => (self.removed)(*before),
            Statement::Struck(sequences) => (self.struck)(sequences.len()),
        }
    }
}

#[derive(Debug)]
pub struct EntryText {
    pub title: fn(u64) -> String,
    pub why: &'static str,
    pub kept: &'static str,
    pub name: &'static str,
    pub not_kept: &'static str,
    pub mark: &'static str,
    pub none: &'static str,
    pub struck: &'static str,
    pub issuer: &'static str,
    pub version: &'static str,
    pub hash: &'static str,
    /// The supervisor's flag "attention".
    pub flag: &'static str,
    pub flagged: &'static str,
    pub raise: &'static str,
    pub raised: fn(&str) -> String,
    pub lower: &'static str,
    pub attention_means: &'static str,
}

#[derive(Debug)]
pub struct HandOverText {
    pub lead: &'static str,
    pub noting: &'static str,
    pub reading: &'static str,
    pub ready: fn(u64) -> String,
    pub given: fn(u64) -> String,
    pub failed: &'static str,
    pub give_lines: &'static str,
    pub give_table: &'static str,
    pub give_sealed: &'static str,
    pub what_lines: &'static str,
    pub what_table: &'static str,
    pub what_not: &'static str,
}

/// A check's name, and a sentence for each thing it can come to.
#[derive(Debug)]
pub struct CheckText {
    pub name: &'static str,
    pub good: &'static str,
    pub mind: &'static str,
    pub bad: &'static str,
    pub absent: &'static str,
}

#[derive(Debug)]
pub struct SelfTestText {
    pub asking: &'static str,
    pub ready: &'static str,
    pub not_ready: &'static str,
    pub score: fn(usize, usize) -> String,
    pub again: &'static str,
    pub start: &'static str,
    /// Sounds and shakes.
    pub try_signal: &'static str,
    pub heard: &'static str,
    pub felt: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub share: &'static str,
    pub share_note: &'static str,
    pub specimen: CheckText,
    pub camera: CheckText,
    pub sound: CheckText,
    pub storage: CheckText,
    pub clock: CheckText,
    pub registry: CheckText,
    pub log: CheckText,
    pub offline: CheckText,
    pub vibration: CheckText,
}

impl SelfTestText {
    pub fn check(&self, check: Check) -> &CheckText {
        match check {
            Check::Specimen => &self.specimen,
            Check::Camera => &self.camera,
            Check::Sound => &self.sound,
            Check::Storage => &self.storage,
            Check::Clock => &self.clock,
            Check::Registry => &self.registry,
            Check::Log => &self.log,
            Check::Offline => &self.offline,
            Check::Vibration => &self.vibration,
        }
    }
}

#[derive(Debug)]
pub struct HelpText {
    pub title: &'static str,
    pub signs: &'static str,
    pub admit: &'static str,
    pub check: &'static str,
    pub refuse: &'static str,
    pub alert: &'static str,
    pub unread: &'static str,
    pub specimen: &'static str,
    pub scanning: &'static str,
    pub distance: &'static str,
    pub same_code: &'static str,
    pub hold: &'static str,
    pub no_code: &'static str,
    pub data: &'static str,
    pub no_names: &'static str,
    pub offline: &'static str,
    pub back_to_scan: &'static str,
    pub situations: &'static str,
    /// The sheet to hang up.
    pub guide: &'static str,
    pub print: &'static str,
    /// For whoever reads this language, on a page in another.
    pub in_this_language: &'static str,
    pub install: SituationText,
    pub dark: SituationText,
    pub not_read: SituationText,
    pub to_check: SituationText,
    pub refused: SituationText,
    pub alerted: SituationText,
    pub used: SituationText,
    pub without_code: SituationText,
    pub unstored: SituationText,
    pub old_list: SituationText,
    pub wrong_clock: SituationText,
    pub other_phone: SituationText,
}

/// One situation at the gate.
#[derive(Debug)]
pub struct SituationText {
    pub title: &'static str,
    /// What the officer sees or hears.
    pub seen: &'static str,
    /// What to do, in this order.
    pub steps: &'static [&'static str],
}

#[derive(Debug)]
pub struct GateFormText {
    pub title: &'static str,
    pub lead: &'static str,
    pub venue: &'static str,
    pub gate: &'static str,
    pub direction: &'static str,
    pub capacity: &'static str,
    pub policy: &'static str,
    /// With the time at which it ends.
    pub locked: fn(&str) -> String,
    pub own_count: &'static str,
    pub own_key: &'static str,
    pub save: &'static str,
}

/// For visitors: what a venue's poster opens.
#[derive(Debug)]
pub struct PosterText {
    pub you_are_at: &'static str,
    pub gate_of: fn(&str) -> String,
    pub compare: &'static str,
    pub bring: &'static str,
    pub how: &'static str,
    pub steps: [&'static str; 3],
    pub nothing_recorded: &'static str,
    pub staff: &'static str,
    pub refused: &'static str,
    pub expired: &'static str,
    pub refused_to_do: &'static str,
}

/// What this phone keeps, and of whom.
#[derive(Debug)]
pub struct KnownText {
    pub title: &'static str,
    pub note: &'static str,
    pub lead: fn(i64) -> String,
    pub what_kept: &'static str,
    pub what_not: &'static str,
    pub key_guarded: &'static str,
    pub key_plain: &'static str,
    pub until: fn(i64) -> String,
    /// With the last day.
    pub sealed: fn(&str) -> String,
    pub seal_asked: fn(&str) -> String,
    pub seal_agree: &'static str,
    pub seal_waits: &'static str,
    pub ask: &'static str,
    pub print: &'static str,
    pub searching: &'static str,
    pub nothing: &'static str,
    pub cannot_read: &'static str,
    pub found: fn(usize) -> String,
    pub strike: &'static str,
    pub strike_means: &'static str,
    pub strike_sure: &'static str,
    pub strike_not: &'static str,
    pub checkpoints: &'static str,
    pub checkpoints_for: &'static str,
    pub checkpoint_show: &'static str,
    pub checkpoint_kept: &'static str,
    pub checkpoint_refused: &'static str,
    pub checkpoint: fn(u64) -> String,
}

/// Exports of any phone, looked through.
#[derive(Debug)]
pub struct ExamineText {
    pub title: &'static str,
    pub note: &'static str,
    pub lead: &'static str,
    pub choose: &'static str,
    pub reading: &'static str,
    pub whole: fn(u64) -> String,
    pub broken: fn(u64) -> String,
    pub unreadable: &'static str,
    pub no_export: &'static str,
    pub anchored: &'static str,
    pub not_anchored: &'static str,
    pub keep: &'static str,
    pub kept: &'static str,
    pub records: fn(u64) -> String,
    pub give: &'static str,
    pub drop: &'static str,
    pub place: fn(u64, Option<u64>) -> String,
    pub fault: fn(FaultCause) -> &'static str,
}

/// A log that cannot be continued.
#[derive(Debug)]
pub struct RepairText {
    pub title: &'static str,
    pub lead: &'static str,
    pub kept: &'static str,
    pub set_aside: &'static str,
    pub recorded: &'static str,
    pub do_it: &'static str,
    pub failed: &'static str,
}

/// The sheet of one day.
#[derive(Debug)]
pub struct DaySheetText {
    pub title: &'static str,
    pub note: &'static str,
    pub earlier: &'static str,
    pub later: &'static str,
    pub reading: &'static str,
    pub nothing: &'static str,
    pub failed: &'static str,
    pub print: &'static str,
    pub give: &'static str,
    /// What is printed on it.
    pub paper: day_sheet::Words,
}

/// The supervisor's PIN.
#[derive(Debug)]
pub struct PinText {
    pub title: &'static str,
    pub ask: &'static str,
    pub label: &'static str,
    pub go_on: &'static str,
    /// With how many tries are left.
    pub wrong: fn(u32) -> String,
    pub wait: fn(&str) -> String,
    pub forgotten: &'static str,
    pub is_set: &'static str,
    pub is_not_set: &'static str,
    pub means: &'static str,
    pub set: &'static str,
    pub remove: &'static str,
}

/// A tablet on the wall.
#[derive(Debug)]
pub struct KioskPageText {
    pub title: &'static str,
    pub note: &'static str,
    pub lead: &'static str,
    pub camera: &'static str,
    pub questions: &'static str,
    pub leave: &'static str,
    pub on: &'static str,
    pub pin_first: &'static str,
}
