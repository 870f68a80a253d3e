//! Which of a phone's lenses to look through.
//!
//! Shape: what the browser lists, what the lens in use says of itself, what this phone was happy with
//! before → the lens to go to, or stay.
//! A lens whose focus cannot move reads no code held close: Android's browsers hand such a one out
//! where `environment` was asked for. An iPhone's virtual lens of several changes to the one for close things
//! by itself; its single ones do not.
//! Limits and errors: at most `TRIED_MAX` lenses are tried; where nothing is known, nothing is changed.
//! Source: Image Capture (W3C) for the capabilities; labels as Safari and Chrome for Android give them.
//! Not here: opening lenses, remembering.

/// Opening one takes up to a second.
pub const TRIED_MAX: usize = 3;

/// One that the browser lists; ids may change from session to session, labels do not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    pub id: String,
    /// Empty before the permission, and in the language of the phone.
    pub label: String,
}

/// What the lens in use says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// It says nothing: Safari, Firefox, a laptop.
    Unknown,
    /// By hand only, or not at all.
    Fixed,
    /// By itself.
    Moves,
}

/// What the browser calls the ways in which a lens focuses → whether it does so by itself.
pub fn focus_of<'a>(modes: impl IntoIterator<Item = &'a str>) -> Focus {
    let mut focus = Focus::Unknown;
    for mode in modes {
        if matches!(mode, "continuous" | "single-shot") {
            return Focus::Moves;
        }
        focus = Focus::Fixed;
    }
    focus
}

/// The lens to go to before any other is tried: the one of before, or an iPhone's virtual one.
pub fn known<'a>(
    listed: &'a [Listed],
    in_use: &str,
    remembered: Option<&Listed>,
) -> Option<&'a Listed> {
    let by_memory = remembered.and_then(|before| {
        let by_label = |lens: &&Listed| !before.label.is_empty() && lens.label == before.label;
        listed.iter().find(|lens| lens.id == before.id).or_else(|| listed.iter().find(by_label))
    });
    let wanted = by_memory.or_else(|| virtual_lens(listed))?;
    (wanted.id != in_use).then_some(wanted)
}

/// "Back Triple Camera", "Kamera Ganda Lebar Belakang", "Rückseitige Triple-Kamera": of several lenses, and
/// not the ultra-wide or the telephoto lens by itself.
fn virtual_lens(listed: &[Listed]) -> Option<&Listed> {
    const OF_THREE: [&str; 3] = ["triple", "tripel", "tiga"];
    const DUAL_WIDE: [&str; 3] = ["dual wide", "dual-wide", "ganda lebar"];
    let find = |names: &[&str]| {
        listed.iter().find(|lens| {
            let label = lens.label.to_ascii_lowercase();
            is_back(lens) && names.iter().any(|name| label.contains(name))
        })
    };
    find(&DUAL_WIDE).or_else(|| find(&OF_THREE))
}

fn is_back(lens: &Listed) -> bool {
    const BACK: [&str; 5] = ["back", "rear", "environment", "belakang", "rück"];
    let label = lens.label.to_ascii_lowercase();
    BACK.iter().any(|name| label.contains(name))
}

/// Those to try where the focus of the one in use cannot move: the last listed first, as the main lens
/// tends to be; none that looks at the officer, none that was tried.
pub fn to_try<'a>(listed: &'a [Listed], tried: &[String]) -> Option<&'a Listed> {
    if tried.len() > TRIED_MAX {
        return None;
    }
    listed.iter().rev().find(|lens| is_back(lens) && !tried.contains(&lens.id))
}
