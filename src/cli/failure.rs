//! Why a command stopped: a sentence and a stable code.

use std::fmt;
use std::io;
use std::path::Path;

#[derive(Debug)]
pub struct Failure {
    code: &'static str,
    words: String,
}

impl Failure {
    pub fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self { code, words: words.into() }
    }

    pub fn reading(path: &Path, error: &io::Error) -> Self {
        Self::new("FILE-READ", format!("{} cannot be read: {error}", path.display()))
    }

    pub fn writing(path: &Path, error: &io::Error) -> Self {
        Self::new("FILE-WRITE", format!("{} cannot be written: {error}", path.display()))
    }
}

/// Standard output is gone, or standard input cannot be read.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new("STREAM", format!("input or output failed: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.code)
    }
}
