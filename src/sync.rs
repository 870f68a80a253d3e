//! What a gate shares with the other gates of its venue, through a database that others run.
//!
//! Shape: entries and a checkpoint → `write_segment` → the texts of two documents → `read_segment`,
//! `read_parts` → the same entries, proven. Of two segments of one log, `is_fork` tells whether
//! they contradict each other. `Sender` says when to send which entries, `Listener` when to ask what
//! the others wrote, and `Venue` makes of it who went in and out where.
//! Limits and errors: `SegmentError`, one variant per thing that can be wrong; nothing is believed
//! of a segment but what its log's own device signed.
//! Source: docs/hub.md.
//! For the authority, `Gathering` makes one log of what came to a hub, and `Erasures` says what has to go.
//! Not here: sending, fetching, clocks, passwords.

mod listener;
pub use listener::{
    Ask, DOCUMENTS_MAX, FIRST_DOCUMENTS_MAX, Got, How, Listener, SEQ_BYTES_MAX, Want,
};

mod venue;
pub use venue::{Doubt, FlagSeen, GateSeen, Hour, LOGS_MAX, LastSeen, Passed, Pseudonym, Venue};

mod sender;
pub use sender::{Heard, Moment, Sender, Standing, Wish, timing};

mod gathering;
pub use gathering::{CLOCK_OFF_MS, ClockWatch, Finding, Gathered, Gathering, Seen};

mod erasing;
pub use erasing::Erasures;

mod board;
pub use board::{Board, GateNow, VenueNow};

mod segment;
pub use segment::{
    Documents, PARTS_SUFFIX, SEGMENT_BYTES_MAX, SEGMENT_ENTRIES_MAX, Segment, SegmentError,
    SegmentId, is_fork, read_parts, read_segment, write_segment,
};
