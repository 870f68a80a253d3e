//! How loud the signals are.
//!
//! Not here: what they sound like (the shell).

/// How loud this phone's own signals are; its volume keys come on top of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loudness {
    #[default]
    Loud,
    Soft,
    Mute,
}

impl Loudness {
    pub const ALL: [Self; 3] = [Self::Loud, Self::Soft, Self::Mute];

    pub fn name(self) -> &'static str {
        match self {
            Self::Loud => "loud",
            Self::Soft => "soft",
            Self::Mute => "mute",
        }
    }

    /// A name that is not known is as loud as it gets: nobody shall miss a refusal.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|loudness| loudness.name() == name).unwrap_or_default()
    }
}
