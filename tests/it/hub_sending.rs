//! When a gate sends what; the simulation tries all of it under schedules, here is what they found.

use gerbang::sync::{Heard, Moment, Sender, Wish};
use std::ops::Range;

const HOUR_MS: i64 = 3_600_000;

struct Gate {
    sender: Sender,
    now_ms: i64,
}

impl Gate {
    /// Five seconds later.
    fn hear(&mut self, heard: Heard) -> Wish {
        self.now_ms += 5_000;
        self.sender.hear(heard, Moment { running_ms: self.now_ms, entropy: 0 })
    }

    fn listed(&mut self, next: u64, last: Option<Range<u64>>) -> Wish {
        self.hear(Heard::Listed { next, last })
    }

    fn wishes(&mut self) -> Wish {
        self.hear(Heard::Nothing)
    }
}

#[test]
fn what_may_come_twice_is_no_mark_for_a_copy_of_the_hub_may_have_it_and_nothing_before() {
    let mut gate = Gate { sender: Sender::new(0..10), now_ms: 0 };
    assert_eq!(gate.wishes(), Wish::List { from: 0 });
    gate.listed(0, None);
    assert_eq!(gate.wishes(), Wish::Send(0..10));
    // The page before may have been writing it as well.
    gate.hear(Heard::Taken(0..10));
    gate.hear(Heard::Log(0..12));
    assert_eq!(gate.wishes(), Wish::Send(10..12));
    gate.hear(Heard::Failed);
    assert_eq!(gate.wishes(), Wish::List { from: 0 });
    gate.listed(10, Some(0..10));
    assert_eq!(gate.wishes(), Wish::Send(10..12));
    // What was given up may still be on its way.
    gate.hear(Heard::Taken(10..12));
    gate.hear(Heard::Log(0..14));
    assert_eq!(gate.wishes(), Wish::Send(12..14));
    gate.hear(Heard::Taken(12..14));
    gate.now_ms += HOUR_MS;
    assert_eq!(gate.wishes(), Wish::List { from: 0 });
    gate.listed(14, Some(12..14));
    assert_eq!(gate.sender.mark(), Some(&(12..14)));
    // A copy that holds nothing but what came late: everything is asked for.
    gate.now_ms += HOUR_MS;
    assert_eq!(gate.wishes(), Wish::List { from: 12 });
    assert_eq!(gate.listed(12, None), Wish::List { from: 0 });
    gate.listed(0, None);
    assert_eq!(gate.wishes(), Wish::Send(0..14));
}

#[test]
fn a_gate_that_has_nothing_to_send_has_a_mark_as_soon_as_nothing_can_be_on_its_way() {
    let mut gate = Gate { sender: Sender::new(0..10), now_ms: 0 };
    assert_eq!(gate.wishes(), Wish::List { from: 0 });
    gate.listed(10, Some(7..10));
    assert_eq!(gate.sender.mark(), None);
    gate.now_ms += HOUR_MS;
    assert_eq!(gate.wishes(), Wish::List { from: 0 });
    gate.listed(10, Some(7..10));
    assert_eq!(gate.sender.mark(), Some(&(7..10)));
}
