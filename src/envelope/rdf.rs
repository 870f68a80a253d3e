//! An RDF dataset, and its N-Quads form.
//!
//! Shape: N-Quads text ↔ `Quad`s; a line is subject, predicate, object and perhaps a graph.
//! Limits and errors: `QUADS_MAX`; a line that is none is `RdfError::Syntax`. Never panics.
//! Source: RDF 1.1 N-Quads (2014-02) §4; canonical form: RDF Dataset Canonicalization 1.0 §5,
//! which escapes every control character; URDNA2015, from before, only what must be.
//! Not here: canonicalisation (`rdf_canon`); that IRIs are well-formed: they are hashed as they are.

use std::fmt::Write;

pub const QUADS_MAX: usize = 4096;
const TYPED_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const TYPED_LANGUAGE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    Iri(String),
    /// Its label, without `_:`.
    Blank(String),
    Literal {
        value: String,
        kind: LiteralKind,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiteralKind {
    Text,
    Language(String),
    Typed(String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quad {
    pub subject: Term,
    pub predicate: String,
    pub object: Term,
    pub graph: Option<Term>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RdfError {
    Syntax,
    TooMany,
    /// More work than the caller allows: only a dataset made for it needs so much.
    TooComplex,
}

impl RdfError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Syntax => "RDF-SYNTAX",
            Self::TooMany => "RDF-MANY",
            Self::TooComplex => "RDF-COMPLEX",
        }
    }
}

/// Which characters of a literal are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// Canonical N-Quads of RDFC-1.0.
    Rdfc10,
    /// As credentials of 2021 were signed.
    Urdna2015,
}

impl Quad {
    /// One line, with its line feed; `label` says what a blank node is called.
    pub fn line(&self, escapes: Escapes, label: &impl Fn(&str) -> String) -> String {
        let mut line = String::new();
        write_term(&self.subject, escapes, label, &mut line);
        write!(line, " <{}> ", self.predicate).expect("a String takes all");
        write_term(&self.object, escapes, label, &mut line);
        if let Some(graph) = &self.graph {
            line.push(' ');
            write_term(graph, escapes, label, &mut line);
        }
        line.push_str(" .\n");
        line
    }

    /// The labels of its blank nodes, by their place: `s`, `o` or `g`.
    pub fn blanks(&self) -> impl Iterator<Item = (char, &str)> {
        let terms =
            [('s', Some(&self.subject)), ('o', Some(&self.object)), ('g', self.graph.as_ref())];
        terms.into_iter().filter_map(|(place, term)| match term {
            Some(Term::Blank(label)) => Some((place, label.as_str())),
            _ => None,
        })
    }
}

fn write_term(term: &Term, escapes: Escapes, label: &impl Fn(&str) -> String, line: &mut String) {
    match term {
        Term::Iri(iri) => write!(line, "<{iri}>").expect("a String takes all"),
        Term::Blank(name) => write!(line, "_:{}", label(name)).expect("a String takes all"),
        Term::Literal { value, kind } => {
            line.push('"');
            value.chars().for_each(|character| write_escaped(character, escapes, line));
            line.push('"');
            match kind {
                LiteralKind::Text => {}
                LiteralKind::Language(tag) => write!(line, "@{tag}").expect("a String takes all"),
                LiteralKind::Typed(iri) => write!(line, "^^<{iri}>").expect("a String takes all"),
            }
        }
    }
}

fn write_escaped(character: char, escapes: Escapes, line: &mut String) {
    match (character, escapes) {
        ('\n', _) => line.push_str("\\n"),
        ('\r', _) => line.push_str("\\r"),
        ('"', _) => line.push_str("\\\""),
        ('\\', _) => line.push_str("\\\\"),
        ('\u{8}', Escapes::Rdfc10) => line.push_str("\\b"),
        ('\t', Escapes::Rdfc10) => line.push_str("\\t"),
        ('\u{c}', Escapes::Rdfc10) => line.push_str("\\f"),
        ('\0'..' ' | '\u{7f}', Escapes::Rdfc10) => {
            write!(line, "\\u{:04X}", u32::from(character)).expect("a String takes all");
        }
        _ => line.push(character),
    }
}

/// A dataset is a set: what is there twice is there once.
pub fn parse(text: &str) -> Result<Vec<Quad>, RdfError> {
    let mut quads = Vec::new();
    for line in text.lines() {
        let mut reader = Reader { rest: line };
        reader.space();
        if reader.rest.is_empty() || reader.rest.starts_with('#') {
            continue;
        }
        quads.push(reader.quad()?);
        if quads.len() > QUADS_MAX {
            return Err(RdfError::TooMany);
        }
    }
    quads.sort_unstable();
    quads.dedup();
    Ok(quads)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn quad(&mut self) -> Result<Quad, RdfError> {
        let subject = self.resource()?;
        let Term::Iri(predicate) = self.resource()? else { return Err(RdfError::Syntax) };
        let object = match self.rest.strip_prefix('"') {
            Some(rest) => {
                self.rest = rest;
                self.literal()?
            }
            None => self.resource()?,
        };
        let graph = if self.rest.starts_with('.') { None } else { Some(self.resource()?) };
        self.rest = self.rest.strip_prefix('.').ok_or(RdfError::Syntax)?;
        self.space();
        let ends = self.rest.is_empty() || self.rest.starts_with('#');
        if ends { Ok(Quad { subject, predicate, object, graph }) } else { Err(RdfError::Syntax) }
    }

    fn resource(&mut self) -> Result<Term, RdfError> {
        let term = match self.rest.strip_prefix('<') {
            Some(rest) => {
                let (iri, rest) = rest.split_once('>').ok_or(RdfError::Syntax)?;
                self.rest = rest;
                Term::Iri(iri_of(&unescape(iri)?)?)
            }
            None => {
                let rest = self.rest.strip_prefix("_:").ok_or(RdfError::Syntax)?;
                let part =
                    |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '·' | '.');
                let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
                let (label, _) = rest.split_at(end);
                // A full stop may stand within a label, not at its end.
                let label = label.trim_end_matches('.');
                if label.is_empty() {
                    return Err(RdfError::Syntax);
                }
                self.rest = rest.strip_prefix(label).unwrap_or_default();
                Term::Blank(label.to_owned())
            }
        };
        self.space();
        Ok(term)
    }

    /// After its first quotation mark.
    fn literal(&mut self) -> Result<Term, RdfError> {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (value, rest) = self.rest.split_at(end.ok_or(RdfError::Syntax)?);
        self.rest = rest.strip_prefix('"').unwrap_or_default();
        let kind = if let Some(rest) = self.rest.strip_prefix("^^") {
            self.rest = rest;
            match self.resource()? {
                Term::Iri(iri) if iri == TYPED_STRING => LiteralKind::Text,
                Term::Iri(iri) if iri == TYPED_LANGUAGE => return Err(RdfError::Syntax),
                Term::Iri(iri) => LiteralKind::Typed(iri),
                _ => return Err(RdfError::Syntax),
            }
        } else if let Some(rest) = self.rest.strip_prefix('@') {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
            let (tag, rest) = rest.split_at(end);
            self.rest = rest;
            if tag.is_empty() {
                return Err(RdfError::Syntax);
            }
            LiteralKind::Language(tag.to_owned())
        } else {
            LiteralKind::Text
        };
        self.space();
        Ok(Term::Literal { value: unescape(value)?, kind })
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }
}

/// N-Quads §4, IRIREF: what would end an IRI or a line is no part of one, escaped or not.
fn iri_of(text: &str) -> Result<String, RdfError> {
    let ends =
        |c: char| matches!(c, '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\');
    if text.contains(ends) { Err(RdfError::Syntax) } else { Ok(text.to_owned()) }
}

fn unescape(text: &str) -> Result<String, RdfError> {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        let digits = match rest.next().ok_or(RdfError::Syntax)? {
            't' => Err('\t'),
            'b' => Err('\u{8}'),
            'n' => Err('\n'),
            'r' => Err('\r'),
            'f' => Err('\u{c}'),
            'u' => Ok(4),
            'U' => Ok(8),
            plain @ ('"' | '\'' | '\\') => Err(plain),
            _ => return Err(RdfError::Syntax),
        };
        plain.push(match digits {
            Err(character) => character,
            Ok(count) => {
                let digits: String = rest.by_ref().take(count).collect();
                let number = u32::from_str_radix(&digits, 16).map_err(|_| RdfError::Syntax)?;
                let whole = digits.len() == count;
                char::from_u32(number).filter(|_| whole).ok_or(RdfError::Syntax)?
            }
        });
    }
    Ok(plain)
}
