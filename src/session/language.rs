//! What the screens speak.
//!
//! Shape: a tag of BCP 47, as the shell's list of languages has it.
//! Not here: which languages there are, and their sentences (the shell).

use super::Model;

/// One of the shell's languages. Until one is named, the first of the shell's list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Language(&'static str);

impl Language {
    pub const fn tagged(tag: &'static str) -> Self {
        Self(tag)
    }

    pub const fn tag(self) -> &'static str {
        self.0
    }
}

impl Model {
    /// Tags of what this site wants to be spoken; empty: whatever the shell can.
    pub fn site_languages(&self) -> &[String] {
        self.site.as_ref().map_or(&[], |site| &site.languages)
    }
}
