//! The languages that the screens speak: a file each, and here the one list of them.
//!
//! Shape: tag of BCP 47 → `Language`; `Language` → its page's sentences (`TEXTS`) and its desk's (`DESKS`). Two tables
//! a file, since page and annex are two binaries: each carries its own.
//! Limits and errors: a tag that is not in the list is passed over; what nobody has named speaks the first of the list.
//! Source: docs/languages.md says how to add one; RFC 5646 (BCP 47) for the tags.
//! Not here: what sentences there are (`ui::text`, `annex::text`); a policy's own words, which are data.

mod en;
mod id;

use super::annex::text::DeskText;
use super::clock;
use super::ui::text::Text;
use crate::session::Language;

macro_rules! languages {
    ($($file:ident),*) => {
        static TEXTS: &[&Text] = &[$(&$file::TEXTS),*];
        static DESKS: &[&DeskText] = &[$(&$file::DESKS),*];
    };
}

// The first is spoken where no other is asked for.
languages![id, en];

pub(super) fn text(language: Language) -> &'static Text {
    TEXTS[place(language)]
}

pub(super) fn desk(language: Language) -> &'static DeskText {
    DESKS[place(language)]
}

fn place(language: Language) -> usize {
    TEXTS.iter().position(|text| text.tag == language.tag()).unwrap_or(0)
}

/// `None`: this build lacks it.
pub fn named(tag: &str) -> Option<Language> {
    all().find(|language| language.tag() == tag)
}

fn all() -> impl Iterator<Item = Language> {
    TEXTS.iter().map(|text| Language::tagged(text.tag))
}

/// In the order in which a site lists them; all of them where it lists none that is known. Never empty.
pub fn offered(tags: &[String]) -> Vec<Language> {
    let mut offered = Vec::new();
    for language in tags.iter().filter_map(|tag| named(tag)) {
        if !offered.contains(&language) {
            offered.push(language);
        }
    }
    if offered.is_empty() { all().collect() } else { offered }
}

/// To which a tap goes on, round and round; `None`: there is no other.
pub fn next(offered: &[Language], spoken: Language) -> Option<Language> {
    let others = offered.iter().position(|one| *one == spoken).map_or(0, |at| at + 1);
    let next = offered.iter().cycle().nth(others).copied();
    next.filter(|next| *next != spoken)
}

/// Tags, the dearest to whoever holds the phone first.
pub fn phone() -> Vec<String> {
    let tags = clock::window().navigator().languages();
    tags.iter().filter_map(|tag| tag.as_string()).collect()
}

/// The first of the phone's languages that is offered, whatever its country; else what is offered first.
pub fn spoken_first(offered: &[Language], phone: &[String]) -> Language {
    let asked =
        phone.iter().find_map(|tag| offered.iter().find(|one| main(one.tag()) == main(tag)));
    asked.or(offered.first()).copied().unwrap_or_default()
}

/// Without country and script.
fn main(tag: &str) -> &str {
    tag.split_once('-').map_or(tag, |(main, _)| main)
}
