//! One name for each blank node, whatever it was called: a dataset's canonical form.
//!
//! Shape: quads → blank nodes' canonical labels, and the sorted N-Quads with them.
//! Limits and errors: the caller's number of steps (a step is one order of one node's neighbours);
//! a dataset that needs more is `RdfError::TooComplex`. Never panics.
//! Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0, W3C 2024-05) §4; made from URDNA2015, which
//! differs only in what the output escapes.
//! Not here: reading and writing N-Quads (`rdf`).

use super::rdf::{Escapes, Quad, RdfError};
use data_encoding::HEXLOWER;
use sha2::Digest;
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// Enough for every credential, whose blank nodes differ by what they say.
pub const STEPS_MAX: usize = 64;

/// Blank nodes' labels by their old ones, both without `_:`.
pub type Labels = BTreeMap<String, String>;

pub fn canonical<D: Digest>(
    quads: &[Quad],
    escapes: Escapes,
    steps_max: usize,
) -> Result<String, RdfError> {
    let labels = labels::<D>(quads, escapes, steps_max)?;
    let label = |old: &str| labels.get(old).cloned().unwrap_or_default();
    let mut lines: Vec<String> = quads.iter().map(|quad| quad.line(escapes, &label)).collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(lines.concat())
}

/// §4.4.3.
pub fn labels<D: Digest>(
    quads: &[Quad],
    escapes: Escapes,
    steps_max: usize,
) -> Result<Labels, RdfError> {
    let mut state = Canonicaliser::<D>::new(quads, escapes, steps_max);
    let mut by_hash: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for node in state.quads_of.keys().copied() {
        by_hash.entry(state.first_degree_hash(node)).or_default().push(node);
    }
    for nodes in by_hash.values() {
        if let [node] = nodes[..] {
            state.canonical.issue(node);
        }
    }
    for nodes in by_hash.values().filter(|nodes| nodes.len() > 1) {
        let mut found = Vec::new();
        for node in nodes {
            if state.canonical.of(node).is_none() {
                let mut issuer = Issuer::new("b");
                issuer.issue(node);
                found.push(state.n_degree_hash(node, &issuer)?);
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (_, issuer) in found {
            for node in issuer.order {
                state.canonical.issue(node);
            }
        }
    }
    let named = state.canonical.labels.into_iter();
    Ok(named.map(|(old, new)| (old.to_owned(), new)).collect())
}

/// §4.5: numbers blank nodes in the order in which it meets them.
#[derive(Clone)]
struct Issuer<'a> {
    prefix: &'static str,
    labels: BTreeMap<&'a str, String>,
    order: Vec<&'a str>,
}

impl<'a> Issuer<'a> {
    fn new(prefix: &'static str) -> Self {
        Self { prefix, labels: BTreeMap::new(), order: Vec::new() }
    }

    fn of(&self, node: &str) -> Option<&str> {
        self.labels.get(node).map(String::as_str)
    }

    fn issue(&mut self, node: &'a str) -> String {
        if let Some(label) = self.of(node) {
            return label.to_owned();
        }
        let label = format!("{}{}", self.prefix, self.order.len());
        self.labels.insert(node, label.clone());
        self.order.push(node);
        label
    }
}

struct Canonicaliser<'a, D> {
    quads_of: BTreeMap<&'a str, Vec<&'a Quad>>,
    first_degree: BTreeMap<&'a str, String>,
    canonical: Issuer<'a>,
    steps_left: usize,
    hash: PhantomData<D>,
}

impl<'a, D: Digest> Canonicaliser<'a, D> {
    fn new(quads: &'a [Quad], escapes: Escapes, steps_max: usize) -> Self {
        let mut quads_of: BTreeMap<&str, Vec<&Quad>> = BTreeMap::new();
        for quad in quads {
            for (_, node) in quad.blanks() {
                let of_node = quads_of.entry(node).or_default();
                // A node that is in a quad twice has the quad once.
                if of_node.last().is_none_or(|last| !std::ptr::eq(*last, quad)) {
                    of_node.push(quad);
                }
            }
        }
        let first_degree = quads_of
            .iter()
            .map(|(node, quads)| (*node, first_degree_hash::<D>(node, quads, escapes)))
            .collect();
        Self {
            quads_of,
            first_degree,
            canonical: Issuer::new("c14n"),
            steps_left: steps_max,
            hash: PhantomData,
        }
    }

    fn first_degree_hash(&self, node: &str) -> String {
        self.first_degree.get(node).cloned().unwrap_or_default()
    }

    /// §4.7.
    fn related_hash(&self, node: &str, quad: &Quad, issuer: &Issuer<'a>, place: char) -> String {
        let known = self.canonical.of(node).or_else(|| issuer.of(node));
        let identifier = match known {
            Some(label) => format!("_:{label}"),
            None => self.first_degree_hash(node),
        };
        match place {
            'g' => hash_of::<D>(&format!("g{identifier}")),
            _ => hash_of::<D>(&format!("{place}<{}>{identifier}", quad.predicate)),
        }
    }

    /// §4.8: a hash of everything around a node, and the labels on the way there.
    fn n_degree_hash(
        &mut self,
        node: &'a str,
        issuer: &Issuer<'a>,
    ) -> Result<(String, Issuer<'a>), RdfError> {
        let mut related: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
        for quad in self.quads_of.get(node).cloned().unwrap_or_default() {
            for (place, other) in quad.blanks().filter(|(_, other)| *other != node) {
                let hash = self.related_hash(other, quad, issuer, place);
                related.entry(hash).or_default().push(other);
            }
        }
        let mut issuer = issuer.clone();
        let mut data = String::new();
        for (hash, mut nodes) in related {
            data.push_str(&hash);
            nodes.sort_unstable();
            let mut chosen: Option<(String, Issuer<'a>)> = None;
            loop {
                self.steps_left = self.steps_left.checked_sub(1).ok_or(RdfError::TooComplex)?;
                let best = chosen.as_ref().map(|(path, _)| path.as_str());
                if let Some(found) = self.path(&nodes, issuer.clone(), best)? {
                    chosen = Some(found);
                }
                if !next_order(&mut nodes) {
                    break;
                }
            }
            if let Some((path, labels)) = chosen {
                data.push_str(&path);
                issuer = labels;
            }
        }
        Ok((hash_of::<D>(&data), issuer))
    }

    /// §4.8.2, step 5.4: the path through related nodes in this order; `None` once it is seen not
    /// to come before `best`.
    fn path(
        &mut self,
        nodes: &[&'a str],
        mut issuer: Issuer<'a>,
        best: Option<&str>,
    ) -> Result<Option<(String, Issuer<'a>)>, RdfError> {
        let loses = |path: &str| best.is_some_and(|best| path.len() >= best.len() && path > best);
        let mut path = String::new();
        let mut unvisited = Vec::new();
        for node in nodes {
            path.push_str("_:");
            match self.canonical.of(node) {
                Some(label) => path.push_str(label),
                None => {
                    if issuer.of(node).is_none() {
                        unvisited.push(*node);
                    }
                    path.push_str(&issuer.issue(node));
                }
            }
            if loses(&path) {
                return Ok(None);
            }
        }
        for node in unvisited {
            let (hash, deeper) = self.n_degree_hash(node, &issuer)?;
            path.push_str(&format!("_:{}<{hash}>", issuer.issue(node)));
            issuer = deeper;
            if loses(&path) {
                return Ok(None);
            }
        }
        let wins = best.is_none_or(|best| path.as_str() < best);
        Ok(wins.then_some((path, issuer)))
    }
}

/// §4.6: what a node's quads say with every other blank node called `z`.
fn first_degree_hash<D: Digest>(node: &str, quads: &[&Quad], escapes: Escapes) -> String {
    let label = |other: &str| if other == node { "a" } else { "z" }.to_owned();
    let mut lines: Vec<String> = quads.iter().map(|quad| quad.line(escapes, &label)).collect();
    lines.sort_unstable();
    hash_of::<D>(&lines.concat())
}

fn hash_of<D: Digest>(text: &str) -> String {
    HEXLOWER.encode(&D::digest(text))
}

/// The next order of a list in the lexical order of its orders; false after the last.
fn next_order(nodes: &mut [&str]) -> bool {
    let Some(pivot) = nodes.windows(2).rposition(|pair| pair[0] < pair[1]) else { return false };
    let Some(swap) = nodes.iter().rposition(|node| *node > nodes[pivot]) else { return false };
    nodes.swap(pivot, swap);
    if let Some(rest) = nodes.get_mut(pivot + 1..) {
        rest.reverse();
    }
    true
}
