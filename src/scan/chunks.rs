//! A SMART Health Card that was cut into several codes, put together in whatever order they are seen.
//!
//! Shape: `shc:/C/N/` and digits, chunk C of N → `shc:/` and all digits, as the text of a single code.
//! Limits and errors: `CHUNKS_MAX`; a chunk that contradicts one seen before, or is of another number, begins
//! the card anew.
//! Source: SMART Health Cards Framework 1.4.0, "Chunking Larger SMART Health Cards".
//! Not here: whether they belong together; joined wrongly, the signature does not hold.

const PREFIX: &str = "shc:/";
const CHUNKS_MAX: usize = 16;

/// Chunks of one card, each where it belongs.
#[derive(Default)]
pub struct Chunks {
    parts: Vec<Option<String>>,
    /// Of the card that was whole last: its last chunk stays in view for a while.
    done: Vec<Option<String>>,
}

/// What a text added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// It is no chunk.
    Alone,
    /// It is one of the card that was whole last.
    Done,
    Waiting {
        have: u8,
        total: u8,
    },
    /// As the text of a single code.
    Whole(String),
}

impl Chunks {
    pub fn add(&mut self, text: &str) -> Joined {
        let Some((number, total, digits)) = chunk(text) else { return Joined::Alone };
        let known = |parts: &[Option<String>]| {
            parts.get(number).and_then(Option::as_ref).map(|known| known == digits)
        };
        if self.done.len() == total && known(&self.done) == Some(true) {
            return Joined::Done;
        }
        if self.parts.len() != total || known(&self.parts) == Some(false) {
            self.parts = vec![None; total];
        }
        self.parts[number] = Some(digits.to_owned());
        let have = self.parts.iter().flatten().count();
        if have < total {
            let small = |count| u8::try_from(count).unwrap_or(u8::MAX);
            return Joined::Waiting { have: small(have), total: small(total) };
        }
        self.done = std::mem::take(&mut self.parts);
        let digits: String = self.done.iter().flatten().map(String::as_str).collect();
        Joined::Whole(format!("{PREFIX}{digits}"))
    }
}

/// `(place from 0, of how many, digits)`.
fn chunk(text: &str) -> Option<(usize, usize, &str)> {
    let mut parts = text.strip_prefix(PREFIX)?.splitn(3, '/');
    let (number, total) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse().ok()?);
    let digits = parts.next()?;
    let fits = (2..=CHUNKS_MAX).contains(&total) && (1..=total).contains(&number);
    fits.then(|| (number - 1, total, digits))
}

/// Holds contents: tells only how many.
impl std::fmt::Debug for Chunks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunks({} of {})", self.parts.iter().flatten().count(), self.parts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunks, Joined};

    #[test]
    fn chunks_in_any_order_are_one_card() {
        let mut chunks = Chunks::default();
        assert_eq!(chunks.add("shc:/3/3/56"), Joined::Waiting { have: 1, total: 3 });
        assert_eq!(chunks.add("shc:/1/3/12"), Joined::Waiting { have: 2, total: 3 });
        assert_eq!(chunks.add("shc:/1/3/12"), Joined::Waiting { have: 2, total: 3 });
        assert_eq!(chunks.add("shc:/2/3/34"), Joined::Whole("shc:/123456".to_owned()));
        assert_eq!(chunks.add("shc:/2/3/34"), Joined::Done);
    }

    #[test]
    fn another_cards_chunk_begins_anew_and_nothing_else_is_a_chunk() {
        let mut chunks = Chunks::default();
        chunks.add("shc:/1/2/12");
        assert_eq!(chunks.add("shc:/1/2/99"), Joined::Waiting { have: 1, total: 2 });
        assert_eq!(chunks.add("shc:/2/3/34"), Joined::Waiting { have: 1, total: 3 });
        for alone in ["shc:/1234", "shc:/0/2/1", "shc:/3/2/1", "shc:/1/1/1", "shc:/1/17/1", "GB1:X"]
        {
            assert_eq!(chunks.add(alone), Joined::Alone, "{alone}");
        }
    }
}
