//! When a gate asks the hub what the others wrote: what there is, and then one request that goes on for long.
//!
//! Shape: `Listener` + `Got` + `Moment` → at most one `Ask`, carried out by whoever has a network. Without a place
//! to go on from the first asks where the newest documents are; then documents, until there are no more; then
//! whatever comes, line by line.
//! Limits and errors: one request in flight, at most one a second; pauses as the sender's; an answer
//! that is too large is asked for in smaller pieces, and what is too large by itself is passed over. A hub that
//! was put back from an older copy, whose numbers are below what was heard, is heard from the newest documents on,
//! at most once in `LIST_AGAIN_MS`: copies of one cluster count for themselves, and what is heard twice counts once.
//! Source: docs/hub.md, "Hearing".
//! Not here: the network, what the documents say (`Venue`), clocks.

use super::Moment;
use super::sender::pause_ms;
use super::timing::{ANSWER_MS_MAX, ASK_MS_MIN, LIST_AGAIN_MS};

/// Of the newest documents, from where a gate begins that remembers nothing.
pub const FIRST_DOCUMENTS_MAX: usize = 4_000;
/// Of one answer.
pub const DOCUMENTS_MAX: usize = 250;
/// CouchDB's own are some hundred bytes, more the more shards there are.
pub const SEQ_BYTES_MAX: usize = 8_192;

/// What came to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A verdict shows, or no more: nothing is begun meanwhile.
    Verdict(bool),
    /// Time has passed.
    Nothing,
    /// So many documents, all that there are before `seq`; of `How::Newest`, from where to begin.
    Answer { seq: String, documents: usize },
    /// Of `How::Where`.
    Where { seq: String },
    /// Something that should have come has not.
    Hole,
    /// `How::Follow` goes on: all before `seq` has come, or nothing new.
    Line { seq: Option<String> },
    /// `How::Follow` came to its end, as it does.
    Ended,
    /// Longer than may be read.
    TooLarge,
    /// No answer, or one that says nothing.
    Failed,
    /// The gate's user is there no more; it may come back.
    Retired,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    Ask(Ask),
    /// Nothing before that time.
    Wait {
        until_running_ms: i64,
    },
    /// Nothing before something is got.
    Rest,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What came after that; `None`: from the beginning, or the newest.
    pub since: Option<String>,
    pub how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Where the newest `FIRST_DOCUMENTS_MAX` begin.
    Newest,
    /// What is there already, at most so many.
    Next { documents_max: usize },
    /// Where the next one is, not what it is.
    Over,
    /// How far the hub's numbers go.
    Where,
    /// What comes, as it comes.
    Follow,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    since: Option<String>,
    how: How,
    asked_ms: Option<i64>,
    /// When the last request began.
    begun_ms: Option<i64>,
    pause_until_ms: i64,
    failures: u32,
    verdict: bool,
    /// There was nothing else then.
    heard_ms: Option<i64>,
    /// The line was cut: the hub may be another one by now.
    doubts: bool,
    begun_anew_ms: Option<i64>,
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            since: None,
            how: How::Newest,
            asked_ms: None,
            begun_ms: None,
            pause_until_ms: 0,
            failures: 0,
            verdict: false,
            heard_ms: None,
            doubts: false,
            begun_anew_ms: None,
        }
    }
}

const NEXT: How = How::Next { documents_max: DOCUMENTS_MAX };

impl Listener {
    /// Goes on where what is remembered ends.
    pub fn since(seq: String) -> Self {
        Self { since: Some(seq), how: NEXT, doubts: true, ..Self::default() }
    }

    /// Before it everything has come.
    pub fn seq(&self) -> Option<&str> {
        self.since.as_deref()
    }

    /// As of when everything is known that the hub had.
    pub fn heard_running_ms(&self) -> Option<i64> {
        self.heard_ms
    }

    /// Takes what came; answers what to do.
    pub fn get(&mut self, got: Got, moment: Moment) -> Want {
        let now_ms = moment.running_ms;
        match got {
            Got::Verdict(shows) => self.verdict = shows,
            Got::Nothing => {
                if self.asked_ms.is_some_and(|asked_ms| now_ms - asked_ms >= ANSWER_MS_MAX) {
                    self.fail(moment);
                }
            }
            Got::Answer { seq, .. } | Got::Line { seq: Some(seq) } | Got::Where { seq }
                if seq.len() > SEQ_BYTES_MAX =>
            {
                self.fail(moment);
            }
            Got::Answer { seq, documents } => self.answered(seq, documents, now_ms),
            Got::Where { seq } => {
                if !self.begins_anew(&seq, now_ms) {
                    self.heard_ms = self.asked_ms.max(self.heard_ms);
                    self.how = How::Follow;
                }
                self.doubts = false;
                self.asked_ms = None;
            }
            Got::Hole => {
                let _may = self.begin_anew(now_ms);
            }
            Got::Line { seq } => {
                self.asked_ms = Some(now_ms);
                self.heard_ms = Some(now_ms);
                self.since = seq.or(self.since.take());
            }
            Got::Ended => self.asked_ms = None,
            Got::TooLarge => {
                self.asked_ms = None;
                self.how = match self.how {
                    How::Next { documents_max: 0..=1 } => How::Over,
                    How::Next { documents_max } => {
                        How::Next { documents_max: (documents_max / 4).max(1) }
                    }
                    How::Newest | How::Over | How::Where | How::Follow => {
                        How::Next { documents_max: 1 }
                    }
                };
            }
            Got::Failed => self.fail(moment),
            Got::Retired => {
                self.fail(moment);
                self.pause_until_ms = now_ms + LIST_AGAIN_MS;
            }
        }
        self.next(now_ms)
    }

    fn answered(&mut self, seq: String, documents: usize, now_ms: i64) {
        let is_last = matches!(self.how, How::Next { documents_max } if documents < documents_max);
        let restored = is_last && documents == 0 && self.begins_anew(&seq, now_ms);
        if !restored {
            // Some name the number that they were asked from, be it beyond their own.
            let asks = is_last && documents == 0 && self.doubts;
            self.how = match (is_last, asks) {
                (true, false) => How::Follow,
                (true, true) => How::Where,
                (false, _) => NEXT,
            };
            if self.how == How::Follow {
                self.heard_ms = self.asked_ms.max(self.heard_ms);
                self.doubts = false;
            }
            self.since = Some(seq);
        }
        self.asked_ms = None;
        self.failures = 0;
    }

    /// Where the hub's numbers end before what was heard.
    fn begins_anew(&mut self, seq: &str, now_ms: i64) -> bool {
        let ours = self.since.as_deref().and_then(number);
        let is_behind = number(seq).zip(ours).is_some_and(|(theirs, ours)| theirs < ours);
        is_behind && self.begin_anew(now_ms)
    }

    fn begin_anew(&mut self, now_ms: i64) -> bool {
        if self.begun_anew_ms.is_some_and(|begun_ms| now_ms - begun_ms < LIST_AGAIN_MS) {
            return false;
        }
        self.begun_anew_ms = Some(now_ms);
        self.since = None;
        self.how = How::Newest;
        self.doubts = false;
        self.asked_ms = None;
        true
    }

    fn fail(&mut self, moment: Moment) {
        self.asked_ms = None;
        // A hub that does not say where it is is not asked again at once.
        self.doubts = self.since.is_some() && self.how != How::Where;
        if matches!(self.how, How::Follow | How::Where) {
            self.how = NEXT;
        }
        self.pause_until_ms = moment.running_ms + pause_ms(self.failures, moment.entropy);
        self.failures = self.failures.saturating_add(1);
    }

    fn next(&mut self, now_ms: i64) -> Want {
        if self.verdict {
            return Want::Rest;
        }
        if let Some(asked_ms) = self.asked_ms {
            return Want::Wait { until_running_ms: asked_ms + ANSWER_MS_MAX };
        }
        // A hub that answers at once, with nothing, is not asked in a circle.
        let earliest_ms = self.begun_ms.map_or(i64::MIN, |begun_ms| begun_ms + ASK_MS_MIN);
        let until_running_ms = self.pause_until_ms.max(earliest_ms);
        if now_ms < until_running_ms {
            return Want::Wait { until_running_ms };
        }
        self.asked_ms = Some(now_ms);
        self.begun_ms = Some(now_ms);
        Want::Ask(Ask { since: self.since.clone(), how: self.how })
    }
}

/// CouchDB's begin with one, `12-g1AAAA…`; others' are one. What follows it says to itself alone.
fn number(seq: &str) -> Option<u64> {
    seq.split('-').next()?.parse().ok()
}
