//! When a gate sends which entries: a cursor in the log, which is itself the queue.
//!
//! Shape: `Sender` + `Heard` + `Moment` → at most one `Wish`, carried out by whoever has a network;
//! its outcome comes back as `Heard`. Where the hub stands is asked of the hub itself (`Wish::List`), at
//! the start, after whatever went wrong, and every hour: a hub that was restored from an old copy is
//! filled up again. Asked from the *mark* on, the segment that was written last before an answer
//! that left no hole: a copy of a hub that has it has all that was written before it. So nothing is a mark that
//! may still be on its way a second time, and come to a copy that has nothing else.
//! Limits and errors: one request in flight; pauses double up to `PAUSE_MS_MAX`, each by a random half
//! longer or shorter.
//! Source: docs/hub.md, "Sending".
//! Not here: the network, the documents' content, clocks.

use super::SEGMENT_ENTRIES_MAX;
use std::ops::Range;

/// How long things take.
pub mod timing {
    /// A segment that is not full waits so long for more entries: until just before the next visitor's verdict,
    /// three seconds after this one's, could hold it up.
    pub const CLOSES_AFTER_MS: i64 = 2_900;
    pub const PAUSE_MS_MIN: i64 = 2_000;
    pub const PAUSE_MS_MAX: i64 = 300_000;
    /// An answer that has not come by then does not come.
    pub const ANSWER_MS_MAX: i64 = 60_000;
    /// Between two beginnings of a request that hears.
    pub const ASK_MS_MIN: i64 = 1_000;
    /// One that follows what comes is begun anew after so long.
    pub const FOLLOW_MS: i64 = 600_000;
    /// What was given up may still arrive so much later.
    pub const LATE_MS: i64 = 300_000;
    /// Also while all goes well the hub is asked so often where it stands.
    pub const LIST_AGAIN_MS: i64 = 3_600_000;
}

use timing::{ANSWER_MS_MAX, CLOSES_AFTER_MS, LATE_MS, LIST_AGAIN_MS, PAUSE_MS_MAX, PAUSE_MS_MIN};

/// When, by a clock that goes on steadily, and a random number for the pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub running_ms: i64,
    pub entropy: u32,
}

/// What came to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The log holds these entries now; retention may have removed the first ones.
    Log(Range<u64>),
    /// A verdict shows, or no more: nothing is begun meanwhile.
    Verdict(bool),
    /// Time has passed.
    Nothing,
    /// From where it was asked the hub holds this log's entries up to `next` without a hole, in
    /// segments that are believed; the last of them.
    Listed { next: u64, last: Option<Range<u64>> },
    /// The segment is there, now or from before.
    Taken(Range<u64>),
    /// Something else stands under its id.
    Occupied,
    /// The answer has begun to come; there is more of it.
    Underway,
    /// No answer, or one that says nothing.
    Failed,
    /// The gate's user is there no more; it may come back.
    Retired,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Ask how far the hub holds this log, from that entry on.
    List { from: u64 },
    /// Write these entries and a checkpoint of their end as a segment.
    Send(Range<u64>),
    /// Nothing before that time.
    Wait { until_running_ms: i64 },
    /// Nothing before something is heard.
    Rest,
}

/// What the screen says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// So many entries wait.
    Waiting(u64),
    /// Everything is there, since then.
    Level { since_running_ms: i64 },
    /// The hub does not know this gate any more; it goes on recording.
    Retired,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    log: Range<u64>,
    /// The hub holds everything before it, as far as is known.
    cursor: Option<u64>,
    /// What it was when it was last known.
    last_cursor: u64,
    /// Written last before the hub was found to have all before `cursor`.
    mark: Option<Range<u64>>,
    /// Written last.
    newest: Option<Range<u64>>,
    /// The first entry of what is being written.
    sending: Option<u64>,
    /// A segment that begins there or before may be on its way twice, until then.
    doubt: Option<(u64, i64)>,
    /// Whatever the page before was writing may be on its way too.
    is_new: bool,
    listed_ms: i64,
    /// When the oldest entry that was not sent was first seen.
    oldest_ms: Option<i64>,
    /// Since when an answer is waited for.
    asked_ms: Option<i64>,
    pause_until_ms: i64,
    failures: u32,
    verdict: bool,
    contested: bool,
    retired: bool,
    level_ms: i64,
}

impl Sender {
    pub fn new(log: Range<u64>) -> Self {
        Self {
            log,
            cursor: None,
            last_cursor: 0,
            mark: None,
            newest: None,
            sending: None,
            doubt: None,
            is_new: true,
            listed_ms: 0,
            oldest_ms: None,
            asked_ms: None,
            pause_until_ms: 0,
            failures: 0,
            verdict: false,
            contested: false,
            retired: false,
            level_ms: 0,
        }
    }

    /// With what `mark` answered before the page was closed.
    pub fn with_mark(self, mark: Option<Range<u64>>) -> Self {
        Self { mark, ..self }
    }

    /// To be remembered, so that the next start need not ask for everything.
    pub fn mark(&self) -> Option<&Range<u64>> {
        self.mark.as_ref()
    }

    /// The entries that the log holds, as far as was heard.
    pub fn log(&self) -> &Range<u64> {
        &self.log
    }

    /// Whether something else stood where this log's entries belong: somebody has the gate's
    /// password, and the authority has to look.
    pub fn is_contested(&self) -> bool {
        self.contested
    }

    pub fn standing(&self) -> Standing {
        if self.retired {
            return Standing::Retired;
        }
        match self
            .log
            .end
            .saturating_sub(self.cursor.unwrap_or(self.last_cursor).max(self.log.start))
        {
            0 if self.cursor.is_some() => Standing::Level { since_running_ms: self.level_ms },
            waiting => Standing::Waiting(waiting),
        }
    }

    /// Takes what was heard; answers what to do.
    pub fn hear(&mut self, heard: Heard, moment: Moment) -> Wish {
        let now_ms = moment.running_ms;
        match heard {
            Heard::Log(log) => {
                if log.end > self.log.end {
                    self.oldest_ms.get_or_insert(now_ms);
                }
                self.log = log;
            }
            Heard::Verdict(shows) => self.verdict = shows,
            Heard::Nothing => {
                if self.asked_ms.is_some_and(|asked_ms| now_ms - asked_ms >= ANSWER_MS_MAX) {
                    self.fail(moment);
                }
            }
            Heard::Listed { next, last } => {
                self.succeed();
                if std::mem::take(&mut self.is_new) {
                    self.doubt = Some((next, now_ms + LATE_MS));
                }
                if self.mark.as_ref().is_some_and(|mark| next < mark.end) {
                    // The hub was restored: it has to be asked for everything.
                    self.mark = None;
                    self.newest = None;
                    return self.next(moment);
                }
                self.listed_ms = now_ms;
                let newest = self.newest.take().filter(|newest| newest.end <= next);
                let last = last.filter(|last| self.comes_once(last, now_ms));
                self.mark = newest.or(self.mark.take()).or(last);
                // More than there is: another phone has this log's key, which a segment under the
                // next id will show.
                self.cursor = Some(next);
                self.take_stock(now_ms);
            }
            Heard::Taken(entries) => {
                self.succeed();
                if self.comes_once(&entries, now_ms) {
                    self.newest = Some(entries.clone());
                }
                // An answer to what was given up long ago says nothing about what lies between.
                if self.cursor.is_some_and(|cursor| entries.start <= cursor) {
                    self.cursor = self.cursor.max(Some(entries.end));
                }
                self.take_stock(now_ms);
            }
            Heard::Occupied => {
                self.fail(moment);
                self.contested = true;
            }
            Heard::Underway => self.asked_ms = self.asked_ms.map(|_| now_ms),
            Heard::Failed => self.fail(moment),
            Heard::Retired => {
                self.fail(moment);
                self.retired = true;
                self.pause_until_ms = now_ms + LIST_AGAIN_MS;
            }
        }
        self.next(moment)
    }

    fn comes_once(&self, entries: &Range<u64>, now_ms: i64) -> bool {
        self.doubt.is_none_or(|(first, until_ms)| entries.start > first || now_ms >= until_ms)
    }

    fn succeed(&mut self) {
        self.asked_ms = None;
        self.sending = None;
        self.failures = 0;
        self.retired = false;
    }

    /// Whatever went wrong, the hub is asked again where it stands.
    fn fail(&mut self, moment: Moment) {
        self.asked_ms = None;
        self.cursor = None;
        if let Some(first) = self.sending.take() {
            self.doubt = Some((first, moment.running_ms + LATE_MS));
        }
        self.pause_until_ms = moment.running_ms + pause_ms(self.failures, moment.entropy);
        self.failures = self.failures.saturating_add(1);
    }

    fn take_stock(&mut self, now_ms: i64) {
        self.last_cursor = self.cursor.unwrap_or(self.last_cursor);
        let is_level = self.cursor.is_some_and(|cursor| cursor >= self.log.end);
        if is_level {
            self.level_ms = now_ms;
            self.oldest_ms = None;
        } else {
            self.oldest_ms.get_or_insert(now_ms);
        }
    }

    fn next(&mut self, moment: Moment) -> Wish {
        let now_ms = moment.running_ms;
        if self.verdict {
            return Wish::Rest;
        }
        if let Some(asked_ms) = self.asked_ms {
            return Wish::Wait { until_running_ms: asked_ms + ANSWER_MS_MAX };
        }
        if now_ms < self.pause_until_ms {
            return Wish::Wait { until_running_ms: self.pause_until_ms };
        }
        let is_due = now_ms - self.listed_ms >= LIST_AGAIN_MS;
        let Some(cursor) = self.cursor.filter(|_| !is_due) else {
            self.asked_ms = Some(now_ms);
            let from = self.mark.as_ref().map_or(self.log.start, |mark| mark.start);
            return Wish::List { from };
        };
        let first = cursor.max(self.log.start);
        if first >= self.log.end {
            return Wish::Wait { until_running_ms: self.listed_ms + LIST_AGAIN_MS };
        }
        let full = first + SEGMENT_ENTRIES_MAX as u64;
        let closes_ms = self.oldest_ms.unwrap_or(now_ms) + CLOSES_AFTER_MS;
        if self.log.end < full && now_ms < closes_ms {
            return Wish::Wait { until_running_ms: closes_ms };
        }
        self.asked_ms = Some(now_ms);
        self.oldest_ms = None;
        self.sending = Some(first);
        Wish::Send(first..self.log.end.min(full))
    }
}

/// After so many failures in a row.
pub(super) fn pause_ms(failures: u32, entropy: u32) -> i64 {
    let pause_ms = (PAUSE_MS_MIN << failures.min(16)).min(PAUSE_MS_MAX);
    let half_to_one_and_a_half = 512 + i64::from(entropy % 1024);
    pause_ms * half_to_one_and_a_half / 1024
}
