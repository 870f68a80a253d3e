//! Exports as files: line by line, several at once.

use crate::audit_log::{LINE_BYTES_MAX, LineError, LogError, StoredEntry, read_line};
use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Lines of an export; one that is too long is passed over without being kept.
pub struct Lines<R> {
    input: R,
    line: Vec<u8>,
    offset: u64,
}

/// One line that is not empty.
pub struct Line {
    /// In bytes from the file's beginning.
    pub offset: u64,
    pub entry: Result<StoredEntry, LogError>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self { input, line: Vec::new(), offset: 0 }
    }

    /// Behind the last line that was read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.line.clear();
            let offset = self.offset;
            let bytes_max = LINE_BYTES_MAX as u64 + 1;
            let read = self.input.by_ref().take(bytes_max).read_until(b'\n', &mut self.line)?;
            self.offset += read as u64;
            if read == 0 {
                return Ok(None);
            }
            if read > LINE_BYTES_MAX && self.line.last() != Some(&b'\n') {
                self.offset += self.input.skip_until(b'\n')? as u64;
                return Ok(Some(Line { offset, entry: Err(LineError::Long.into()) }));
            }
            let line = self.line.trim_ascii();
            if !line.is_empty() {
                return Ok(Some(Line { offset, entry: read_line(line) }));
            }
        }
    }
}

/// Does `step` for each number below `count`, on as many threads as the machine has; what each
/// thread gathered, in no particular order.
pub fn shared<State: Send>(
    count: usize,
    start: impl Fn() -> State + Sync,
    step: impl Fn(&mut State, usize) + Sync,
) -> Vec<State> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut state = start();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return state;
            }
            step(&mut state, at);
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut states = vec![work()];
        states.extend(others.into_iter().filter_map(|other| other.join().ok()));
        states
    })
}
