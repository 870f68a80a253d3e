//! Wishes in the address's fragment, which is never sent to a host: `#demo=NAME&bench`.

use super::clock;

/// What the fragment asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// A demonstration pass before the camera; heeded on demonstration sites only.
    pub demo: Option<String>,
    /// Measure what verdicts take.
    pub bench: bool,
}

pub fn read() -> Wishes {
    parse(&clock::window().location().hash().unwrap_or_default())
}

/// Never fails: what is not understood is not wished.
pub fn parse(hash: &str) -> Wishes {
    let mut wishes = Wishes::default();
    for wish in hash.trim_start_matches('#').split('&') {
        match wish.split_once('=') {
            Some(("demo", name)) if !name.is_empty() => wishes.demo = Some(name.to_owned()),
            None if wish == "bench" => wishes.bench = true,
            _ => {}
        }
    }
    wishes
}
