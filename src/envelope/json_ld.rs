//! JSON-LD documents of closed contexts to RDF.
//!
//! Shape: JSON object + the `Node` that says what each of its members stands for → quads.
//! Limits and errors: every member must be known, of the kind expected, and mean something:
//! a member that JSON-LD would leave out of the graph, and so out of the signature, is an error
//! here (`JsonLdError`). So is every construct that the contexts' documents have no use for: `@`
//! keywords, language maps, value objects, lists of lists, compact and relative IRIs, fractions.
//! A `null`, which says nothing, says nothing here either. Never panics.
//! Source: JSON-LD 1.1 (2020-07), API 1.1 §5 to §8, as far as such documents reach.
//! Not here: a general processor (`ssi` and `json-ld` would add hundreds of KB to read two
//! vocabularies, and fetch or guess where this refuses); which contexts there are (`credential`).

use super::rdf::{LiteralKind, QUADS_MAX, Quad, RdfError, Term};
use serde_json::{Map, Number, Value};

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
pub const TEXT_BYTES_MAX: usize = 4096;

/// What an object's members stand for.
#[derive(Debug)]
pub struct Node {
    pub members: &'static [Member],
    /// The types it may have, each with the members that come with it.
    pub types: &'static [Type],
    /// Its IRI, where the member `id` is that; some contexts make it a text like any other.
    pub id: IdRule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdRule {
    Iri,
    Member,
}

#[derive(Debug)]
pub struct Type {
    pub name: &'static str,
    pub iri: &'static str,
    pub members: &'static [Member],
}

#[derive(Debug)]
pub struct Member {
    pub name: &'static str,
    pub iri: &'static str,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text, whole number, yes or no.
    Plain,
    /// Text of type `xsd:dateTime`.
    Time,
    /// An IRI.
    Link,
    /// One of these words, each with the IRI that it stands for.
    Word(&'static [(&'static str, &'static str)]),
    /// An object of its own.
    Part(&'static Node),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonLdError {
    /// A member that the contexts do not know.
    Member,
    /// A value of another kind than its member's.
    Kind,
    /// A type that the contexts do not know, or none.
    Type,
    /// An IRI that is relative, compact, or holds what would end it.
    Iri,
    TooLarge,
    Rdf(RdfError),
}

impl JsonLdError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Member => "LD-MEMBER",
            Self::Kind => "LD-KIND",
            Self::Type => "LD-TYPE",
            Self::Iri => "LD-IRI",
            Self::TooLarge => "LD-LARGE",
            Self::Rdf(error) => error.code(),
        }
    }
}

/// A document's triples, each once, and the node that the document itself is.
pub struct Graph {
    pub root: Term,
    pub quads: Vec<Quad>,
}

impl Graph {
    /// `compact` are the prefixes that the contexts define: an IRI may not begin with one.
    pub fn of(
        document: &Map<String, Value>,
        node: &'static Node,
        compact: &'static [&'static str],
    ) -> Result<Self, JsonLdError> {
        let mut walk = Walk { quads: Vec::new(), blanks: 0, compact };
        let root = walk.object(document, node)?;
        walk.quads.sort_unstable();
        walk.quads.dedup();
        Ok(Self { root, quads: walk.quads })
    }

    /// What a node says under a predicate.
    pub fn objects<'a>(
        &'a self,
        subject: &'a Term,
        predicate: &'a str,
    ) -> impl Iterator<Item = &'a Term> {
        let said = self.quads.iter();
        said.filter(move |quad| quad.subject == *subject && quad.predicate == predicate)
            .map(|quad| &quad.object)
    }
}

/// A credential's content is not for consoles.
impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Graph({} quads)", self.quads.len())
    }
}

struct Walk {
    quads: Vec<Quad>,
    blanks: usize,
    compact: &'static [&'static str],
}

impl Walk {
    /// The subject that stands for the object.
    fn object(&mut self, object: &Map<String, Value>, node: &Node) -> Result<Term, JsonLdError> {
        let subject = match (object.get("id"), node.id) {
            (Some(Value::Null) | None, _) | (_, IdRule::Member) => {
                self.blanks += 1;
                Term::Blank(format!("b{}", self.blanks))
            }
            (Some(id), IdRule::Iri) => self.iri(id)?,
        };
        let types = types(object, node)?;
        for kind in &types {
            self.push(&subject, RDF_TYPE, Term::Iri(kind.iri.to_owned()))?;
        }
        for (name, value) in object {
            if name == "type" || (name == "id" && node.id == IdRule::Iri) || name == "@context" {
                continue;
            }
            let known = types.iter().flat_map(|kind| kind.members).chain(node.members);
            let member =
                known.into_iter().find(|member| member.name == name).ok_or(JsonLdError::Member)?;
            self.member(&subject, member, value)?;
        }
        Ok(subject)
    }

    fn member(
        &mut self,
        subject: &Term,
        member: &Member,
        value: &Value,
    ) -> Result<(), JsonLdError> {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values.iter().filter(|value| !value.is_null()) {
            let object = match member.kind {
                Kind::Plain => plain(value)?,
                Kind::Time => typed(text(value)?, "dateTime"),
                Kind::Link => self.iri(value)?,
                Kind::Word(words) => {
                    let said = text(value)?;
                    let known = words.iter().find(|(word, _)| *word == said);
                    Term::Iri(known.ok_or(JsonLdError::Kind)?.1.to_owned())
                }
                Kind::Part(node) => {
                    let part = value.as_object().ok_or(JsonLdError::Kind)?;
                    self.object(part, node)?
                }
            };
            self.push(subject, member.iri, object)?;
        }
        Ok(())
    }

    fn push(&mut self, subject: &Term, predicate: &str, object: Term) -> Result<(), JsonLdError> {
        if self.quads.len() >= QUADS_MAX {
            return Err(JsonLdError::TooLarge);
        }
        let predicate = predicate.to_owned();
        self.quads.push(Quad { subject: subject.clone(), predicate, object, graph: None });
        Ok(())
    }

    /// Taken as it stands; spaces too, which India's identifiers have.
    fn iri(&self, value: &Value) -> Result<Term, JsonLdError> {
        let iri = text(value)?;
        let (scheme, _) = iri.split_once(':').ok_or(JsonLdError::Iri)?;
        let in_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let absolute = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(in_scheme)
            && !self.compact.contains(&scheme);
        let ends = |c: char| matches!(c, '<' | '>' | '"' | '\\' | '\0'..'\u{20}');
        if absolute && !iri.contains(ends) {
            Ok(Term::Iri(iri.to_owned()))
        } else {
            Err(JsonLdError::Iri)
        }
    }
}

fn types(object: &Map<String, Value>, node: &Node) -> Result<Vec<&'static Type>, JsonLdError> {
    let named = match object.get("type") {
        None => &[],
        Some(Value::Array(types)) => types.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    // A node that has types here says by them what its members are.
    if named.is_empty() && !node.types.is_empty() {
        return Err(JsonLdError::Type);
    }
    let known = |name: &Value| node.types.iter().find(|kind| name == kind.name);
    named.iter().map(|name| known(name).ok_or(JsonLdError::Type)).collect()
}

fn text(value: &Value) -> Result<&str, JsonLdError> {
    value.as_str().filter(|text| text.len() <= TEXT_BYTES_MAX).ok_or(JsonLdError::Kind)
}

/// API 1.1 §8.2.2.
fn plain(value: &Value) -> Result<Term, JsonLdError> {
    match value {
        Value::Bool(yes) => Ok(typed(if *yes { "true" } else { "false" }, "boolean")),
        Value::Number(number) => Ok(typed(&whole(number)?, "integer")),
        _ => Ok(Term::Literal { value: text(value)?.to_owned(), kind: LiteralKind::Text }),
    }
}

/// JSON has one kind of number: 1.0 is 1. Beyond 2⁵³ readers differ, so there is none.
fn whole(number: &Number) -> Result<String, JsonLdError> {
    const EXACT_MAX: u64 = 1 << 53;
    let whole = number.as_i64().filter(|whole| whole.unsigned_abs() <= EXACT_MAX);
    match (whole, number.as_f64()) {
        (Some(whole), _) => Ok(whole.to_string()),
        (None, Some(double)) if double.fract() == 0.0 && double.abs() < 9e15 => {
            Ok(format!("{double:.0}"))
        }
        _ => Err(JsonLdError::Kind),
    }
}

fn typed(value: &str, xsd: &str) -> Term {
    Term::Literal { value: value.to_owned(), kind: LiteralKind::Typed(format!("{XSD}{xsd}")) }
}
