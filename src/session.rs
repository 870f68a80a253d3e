//! The app as a state machine: events in, effects out.
