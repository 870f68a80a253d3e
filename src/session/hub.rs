//! The venue's other gates, as whoever speaks with the hub tells of them.
//!
//! Shape: `Event::OthersKnown` → whom to ask of a visitor (`gate::Others`); `Event::HubHeard` → how far the hub has
//! this gate's log, who is inside by all doors → `HubView` on the screen.
//! Limits and errors: nothing waits for it; without a hub in the registry and a user from the set-up
//! code there is none, and nothing is shown.
//! Not here: requests, proofs (`sync`, through the shell).

use super::model::Model;
use crate::trust::HubAccess;

/// How far the hub has this gate's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubStanding {
    /// So many entries wait.
    Waiting(i64),
    /// Everything was there at that time.
    Level { at_unix_ms: i64 },
    /// The hub does not know this gate any more; it goes on recording.
    Retired,
}

/// What the screen says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubView {
    pub standing: HubStanding,
    /// People inside by all doors, and as of when; `None`: nothing was heard yet.
    pub inside: Option<(i64, i64)>,
    /// Something else stood where this gate's entries belong.
    pub contested: bool,
}

pub(super) fn heard(model: &mut Model, view: HubView) {
    if model.hub_access().is_some() {
        model.history.door.inside_by_all = view
            .inside
            .map(|(inside, heard_unix_ms)| (u32::try_from(inside).unwrap_or(0), heard_unix_ms));
        model.hub = Some(view);
    }
}

/// Another gate, another user, or no hub any more: what was heard is asked for anew.
pub(super) fn forget(model: &mut Model) {
    model.hub = None;
    model.history.door.others = None;
    model.history.door.inside_by_all = None;
}

impl Model {
    /// Where the hub is and by which user it is asked; the registry names the one, the set-up code
    /// brings the other.
    pub fn hub_access(&self) -> Option<(&str, &HubAccess)> {
        let hub = self.trust.bundle.as_ref()?.registry.hub();
        hub.zip(self.gate.hub.as_ref())
    }
}
