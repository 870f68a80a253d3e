//! Why a command stopped: a sentence and a stable code.

use std::fmt;
use std::io;
use std::path::Path;

/// As behind `| head`: no failure of ours, and nobody to tell it to.
const NOBODY_READS: &str = "STREAM-CLOSED";

#[derive(Debug)]
pub struct Failure {
    code: &'static str,
    words: String,
}

impl Failure {
    pub fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self { code, words: words.into() }
    }

    pub fn is(&self, code: &str) -> bool {
        self.code == code
    }

    pub fn nobody_reads(&self) -> bool {
        self.code == NOBODY_READS
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
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(NOBODY_READS, "nobody reads the output any more");
        }
        Self::new("STREAM", format!("input or output failed: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.code)
    }
}
