//! How wide a text is in Helvetica, and where to break it.
//!
//! Source: Adobe's font metrics of the fourteen standard fonts (AFM 4.1), thousandths of the size;
//! WinAnsiEncoding: ISO 32000-1:2008, annex D.
//! Not here: kerning; letters beyond ASCII count as wide as `n` at least.

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Font {
    pub size_pt: f64,
    pub weight: Weight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

pub(super) const MM_PER_PT: f64 = 25.4 / 72.0;

impl Font {
    pub const fn regular(size_pt: f64) -> Self {
        Self { size_pt, weight: Weight::Regular }
    }

    pub const fn bold(size_pt: f64) -> Self {
        Self { size_pt, weight: Weight::Bold }
    }

    pub fn width_mm(self, text: &str) -> f64 {
        let thousandths: u32 = text.chars().map(|letter| width(letter, self.weight)).sum();
        f64::from(thousandths) / 1000.0 * self.size_pt * MM_PER_PT
    }

    /// Lines of whole words within `width_mm`; a word that is too long is broken. What does not fit
    /// into `lines_max` is left out, and the last line ends in an ellipsis.
    pub fn wrap(self, text: &str, width_mm: f64, lines_max: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            for part in self.parts(word, width_mm) {
                let line = lines.last_mut().expect("there is always one");
                let joined = if line.is_empty() { part.clone() } else { format!("{line} {part}") };
                if self.width_mm(&joined) <= width_mm {
                    *line = joined;
                } else {
                    lines.push(part);
                }
            }
        }
        if lines.len() > lines_max {
            lines.truncate(lines_max.max(1));
            let line = lines.last_mut().expect("one was kept");
            while !line.is_empty() && self.width_mm(&format!("{line}…")) > width_mm {
                line.pop();
            }
            line.push('…');
        }
        lines
    }

    /// The largest size of at most `self`'s at which the text is one line.
    pub fn fitting(self, text: &str, width_mm: f64) -> Self {
        let size_pt = self.size_pt * (width_mm / self.width_mm(text).max(f64::EPSILON)).min(1.0);
        Self { size_pt, ..self }
    }

    fn parts(self, word: &str, width_mm: f64) -> Vec<String> {
        let mut parts = vec![String::new()];
        for letter in word.chars() {
            let part = parts.last_mut().expect("there is always one");
            if !part.is_empty() && self.width_mm(&format!("{part}{letter}")) > width_mm {
                parts.push(letter.to_string());
            } else {
                part.push(letter);
            }
        }
        parts
    }
}

/// The letter's byte in WinAnsiEncoding.
pub(super) fn latin(letter: char) -> Option<u8> {
    let byte = match letter {
        ' '..='~' | '\u{a0}'..='ÿ' => return u8::try_from(u32::from(letter)).ok(),
        '€' => 0x80,
        '…' => 0x85,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        // A hyphen that does not break.
        '\u{2011}' => b'-',
        _ => return None,
    };
    Some(byte)
}

fn width(letter: char, weight: Weight) -> u32 {
    let (table, other) = match weight {
        Weight::Regular => (&REGULAR, 667),
        Weight::Bold => (&BOLD, 722),
    };
    let ascii = u32::from(letter).checked_sub(32).and_then(|at| usize::try_from(at).ok());
    let known = ascii.and_then(|at| table.get(at)).copied();
    match letter {
        '…' | '—' => 1000,
        '·' | '\u{a0}' => 278,
        '\u{2011}' => 333,
        '–' => 556,
        _ => known.map_or(other, u32::from),
    }
}

/// From the space to the tilde.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278,
    278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278,
    278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, // 0 to ?
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, // P to _
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, // ` to o
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, // p to ~
];

#[cfg(test)]
mod tests {
    use super::Font;

    #[test]
    fn lines_hold_whole_words_and_long_words_are_broken() {
        let font = Font::regular(10.0);
        let width_mm = font.width_mm("Balai Kota");
        assert_eq!(font.wrap("Balai Kota Contoh", width_mm, 3), ["Balai Kota", "Contoh"]);
        assert_eq!(font.wrap("Balai Kota Contoh", width_mm, 1), ["Balai K…"]);
        assert_eq!(font.wrap("", width_mm, 2), [""]);
        let broken = font.wrap(&"x".repeat(30), width_mm, 9);
        assert!(broken.iter().all(|line| font.width_mm(line) <= width_mm));
        assert_eq!(broken.concat(), "x".repeat(30));
    }

    #[test]
    fn a_fitting_size_is_no_larger_than_asked_and_fits() {
        let font = Font::bold(44.0);
        assert_eq!(font.fitting("Pasar", 170.0), font);
        let fitted = font.fitting(&"Balai Warga ".repeat(4), 170.0);
        assert!(fitted.size_pt < 44.0 && fitted.width_mm(&"Balai Warga ".repeat(4)) < 170.001);
    }
}
