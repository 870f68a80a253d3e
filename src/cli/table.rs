//! Tables that offices write: CSV with a head line.
//!
//! Limits and errors: `TABLE-COLUMN` for a column that nothing knows; a line that is no record of the
//! table is told by its number and does not stop the others.
//! Source: RFC 4180; spreadsheets in Indonesian write semicolons, and a byte order mark in front.

use super::failure::Failure;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub struct Table {
    head: Vec<String>,
    rows: Vec<Row>,
}

/// A line of the table, by its number in the file.
pub struct Row {
    pub line: u64,
    record: Option<StringRecord>,
}

impl Table {
    pub fn read(path: &Path, columns: &[&str]) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = if first.contains(&b';') { b';' } else { b',' };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text);
        let no_table = || {
            let words = format!("{} is no table with a head line in UTF-8", path.display());
            Failure::new("TABLE-READ", words)
        };
        let head = reader.headers().map_err(|_| no_table())?;
        let head: Vec<String> = head.iter().map(str::to_lowercase).collect();
        if let Some(unknown) = head.iter().find(|name| !columns.contains(&name.as_str())) {
            let words = format!(
                "{} has a column that is not known: {unknown}; known are {}",
                path.display(),
                columns.join(", ")
            );
            return Err(Failure::new("TABLE-COLUMN", words));
        }
        let mut rows = Vec::new();
        let mut lines = Lines { text, at: 0, line: 1 };
        let mut records = reader.into_records();
        loop {
            let start = records.reader().position().byte();
            let Some(record) = records.next() else { break };
            rows.push(Row { line: lines.line_at(start), record: record.ok() });
        }
        Ok(Self { head, rows })
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Columns and fields of a line, without the empty ones.
    pub fn fields<'a>(&'a self, row: &'a Row) -> Result<BTreeMap<&'a str, &'a str>, Failure> {
        let damaged = |words: &str| Failure::new("TABLE-LINE", words);
        let record = row.record.as_ref().ok_or_else(|| damaged("no text in UTF-8"))?;
        if record.len() != self.head.len() {
            return Err(damaged("another number of fields than the head line"));
        }
        let fields = self.head.iter().map(String::as_str).zip(record.iter());
        Ok(fields.filter(|(_, field)| !field.is_empty()).collect())
    }
}

/// Counts lines as an editor does; the reader's own count is off where lines end in CR LF.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// Of the first text at or behind that byte; bytes must be asked for in ascending order.
    fn line_at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at) {
            if self.at >= byte && !next.is_ascii_whitespace() {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}
