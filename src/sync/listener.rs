//! When a gate asks the hub what the others wrote: one long poll after another.
//!
//! Shape: `Listener` + `Got` + `Moment` → at most one `Ask`, carried out by whoever has a network. The
//! first asks for the newest documents and from where to go on; each further one for what came after.
//! Limits and errors: one request in flight, at most one a second; pauses as the sender's; an answer
//! that is too large is asked for in smaller pieces, and what is too large by itself is passed over.
//! Source: docs/hub.md, "Hearing".
//! Not here: the network, what the documents say (`Venue`), clocks.

use super::Moment;
use super::sender::pause_ms;
use super::timing::{ANSWER_MS_MAX, ASK_MS_MIN, LIST_AGAIN_MS};

/// Of the newest documents, when a gate begins to listen.
pub const FIRST_DOCUMENTS_MAX: usize = 500;
/// Of one answer afterwards.
pub const DOCUMENTS_MAX: usize = 100;
/// CouchDB's own are some hundred bytes, more the more shards there are.
pub const SEQ_BYTES_MAX: usize = 8_192;

/// What came to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A verdict shows, or no more: nothing is begun meanwhile.
    Verdict(bool),
    /// Time has passed.
    Nothing,
    /// So many documents, all that there are before `seq`.
    Answer { seq: String, documents: usize },
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
    /// What came after that, as soon as something does; `None`: the newest ones.
    pub since: Option<String>,
    pub documents_max: usize,
    /// `false`: where they are, not what they are.
    pub with_documents: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    since: Option<String>,
    documents_max: usize,
    with_documents: bool,
    asked_ms: Option<i64>,
    /// When the last request began.
    begun_ms: Option<i64>,
    pause_until_ms: i64,
    failures: u32,
    verdict: bool,
    /// There was nothing else then.
    heard_ms: Option<i64>,
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            since: None,
            documents_max: FIRST_DOCUMENTS_MAX,
            with_documents: true,
            asked_ms: None,
            begun_ms: None,
            pause_until_ms: 0,
            failures: 0,
            verdict: false,
            heard_ms: None,
        }
    }
}

impl Listener {
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
            Got::Answer { seq, .. } if seq.len() > SEQ_BYTES_MAX => self.fail(moment),
            Got::Answer { seq, documents } => {
                let is_all = self.since.is_none() || documents < self.documents_max;
                if is_all && self.with_documents {
                    // A long poll is answered when there is something, or nothing for long.
                    self.heard_ms = self.since.as_ref().map(|_| now_ms).or(self.asked_ms);
                }
                self.asked_ms = None;
                self.failures = 0;
                self.since = Some(seq);
                self.documents_max = DOCUMENTS_MAX;
                self.with_documents = true;
            }
            Got::TooLarge => {
                self.asked_ms = None;
                self.with_documents = self.documents_max > 1;
                self.documents_max = (self.documents_max / 4).max(1);
            }
            Got::Failed => self.fail(moment),
            Got::Retired => {
                self.fail(moment);
                self.pause_until_ms = now_ms + LIST_AGAIN_MS;
            }
        }
        self.next(now_ms)
    }

    fn fail(&mut self, moment: Moment) {
        self.asked_ms = None;
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
        Want::Ask(Ask {
            since: self.since.clone(),
            documents_max: self.documents_max,
            with_documents: self.with_documents,
        })
    }
}
