//! What ARCHITECTURE.md promises and the compiler does not check, read off the sources.
//!
//! Shape: every file of the project -> the list of broken promises, which must be empty.
//! Not here: what a lint can say (`Cargo.toml`, `clippy.toml`).

use std::fs;
use std::path::{Path, PathBuf};

/// Room, and the rooms it may name besides itself. `browser` and `cli` may name all but each other.
const ARROWS: &[(&str, &[&str])] = &[
    ("envelope", &[]),
    ("credential", &["envelope"]),
    ("trust", &["credential", "envelope"]),
    ("rules", &["trust", "credential"]),
    ("audit_log", &["rules", "trust"]),
    ("scan", &["credential"]),
    ("gate", &["credential", "trust", "rules", "audit_log"]),
    ("session", &["gate", "scan", "trust", "rules", "audit_log"]),
    ("desk", &["audit_log", "trust"]),
    ("sync", &["audit_log", "trust"]),
    ("issue", &["envelope", "credential", "trust", "rules", "audit_log"]),
];

const DOORS: &[&str] = &["browser", "cli"];

/// What a value-in, value-out room cannot need: the page, files, clocks, threads, the surroundings.
const NOT_IN_PURE_ROOMS: &[&str] = &[
    "web_sys",
    "js_sys",
    "wasm_bindgen",
    "gloo",
    "getrandom",
    "std::fs",
    "std::io",
    "std::net",
    "std::time",
    "SystemTime",
    "Instant",
    "std::thread",
    "std::env",
    "std::process",
    "thread_local!",
    "static mut",
];

const LINES_MAX: usize = 700;
/// A list of sentences without logic, and one file so that one file adds a language.
const LANGUAGE_LINES_MAX: usize = 1_000;
const LANGUAGES: &str = "src/browser/language/";

/// Folders that hold what tools made or fetched.
const MADE: &[&str] =
    &["target", "dist", "node_modules", "output", "corpus", "artifacts", "fixtures"];

#[test]
fn rooms_name_only_the_rooms_their_arrows_allow() {
    let mut broken = Vec::new();
    for source in sources("src") {
        let Some(room) = room_of(&source.path) else { continue };
        for (number, line) in source.code_lines() {
            for named in rooms_named(&line, &source.path) {
                if named != room && !may_name(&room, &named) {
                    broken.push(format!("{}:{number}: {room} names {named}", source.path));
                }
            }
        }
    }
    assert_none(broken);
}

#[test]
fn pure_rooms_reach_no_browser_file_clock_or_thread() {
    let mut broken = Vec::new();
    let pure = sources("src").into_iter().filter(|source| is_pure(&source.path));
    for source in pure.chain(sources("qr/src")) {
        for (number, line) in source.code_lines() {
            for absent in NOT_IN_PURE_ROOMS.iter().filter(|absent| has_word(&line, absent)) {
                broken.push(format!("{}:{number}: {absent}", source.path));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn rules_cannot_name_what_is_not_verified() {
    let mut broken = Vec::new();
    for source in sources("src").iter().filter(|s| room_of(&s.path).as_deref() == Some("rules")) {
        for (number, line) in source.code_lines() {
            if has_word(&line, "Unverified") {
                broken.push(format!("{}:{number}", source.path));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn the_decoder_knows_nothing_of_gerbang() {
    let manifest = read("qr/Cargo.toml");
    assert!(!manifest.contains("path ="), "qr/Cargo.toml depends on another package of ours");
    let broken = sources("qr/src")
        .iter()
        .filter(|source| source.code_lines().any(|(_, line)| has_word(&line, "gerbang")))
        .map(|source| source.path.clone())
        .collect();
    assert_none(broken);
}

#[test]
fn every_room_is_in_the_map_and_has_its_arrows() {
    let map = read("ARCHITECTURE.md");
    let mut broken = Vec::new();
    for line in read("src/lib.rs").lines() {
        let Some(room) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';'))
        else {
            continue;
        };
        if !map.contains(&format!("| `{room}`")) {
            broken.push(format!("{room} has no line in ARCHITECTURE.md"));
        }
        if !is_door(room) && !ARROWS.iter().any(|(name, _)| *name == room) {
            broken.push(format!("{room} has no arrows in tests/it/tidy.rs"));
        }
    }
    assert_none(broken);
}

#[test]
fn no_video_element_is_made_by_yew() {
    // A cloned <video> stays black on iOS 27, and Yew clones elements.
    let mut broken = Vec::new();
    for source in sources("src/browser") {
        for (number, line) in source.code_lines() {
            if line.contains("<video") {
                broken.push(format!("{}:{number}", source.path));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn nothing_is_left_to_do_in_the_sources() {
    let mut broken = Vec::new();
    for source in ["src", "qr/src", "tests"].into_iter().flat_map(sources) {
        if source.path == "tests/it/tidy.rs" {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            for left in ["TODO", "FIXME", "XXX"] {
                if line.contains(left) {
                    broken.push(format!("{}:{}: {left}", source.path, number + 1));
                }
            }
        }
    }
    assert_none(broken);
}

#[test]
fn files_stay_short_enough_to_read() {
    let broken = ["src", "qr/src", "tests", "tools", "static"]
        .into_iter()
        .flat_map(texts)
        .filter_map(|source| {
            let is_language = source.path.starts_with(LANGUAGES);
            let lines_max = if is_language { LANGUAGE_LINES_MAX } else { LINES_MAX };
            let is_long = source.text.lines().count() > lines_max;
            is_long.then(|| format!("{} has more than {lines_max} lines", source.path))
        })
        .collect();
    assert_none(broken);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for document in texts("").into_iter().filter(|source| source.path.ends_with(".md")) {
        let folder = root().join(&document.path);
        let folder = folder.parent().expect("a file lies in a folder");
        for target in links(&document.text) {
            if !folder.join(target).exists() {
                broken.push(format!("{}: {target}", document.path));
            }
        }
    }
    assert_none(broken);
}

#[test]
fn no_file_names_one_machine_or_one_registry() {
    let machine = ["/work/", "/root/", "/home/"];
    let registry = ["registry.npmjs", "registry.yarnpkg", "\"resolved\""];
    let mut broken = Vec::new();
    for source in texts("") {
        if source.path == "tests/it/tidy.rs" {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            for named in machine.iter().chain(&registry).filter(|named| line.contains(**named)) {
                broken.push(format!("{}:{}: {named}", source.path, number + 1));
            }
        }
    }
    assert_none(broken);
}

struct Source {
    /// From the project's root, with forward slashes.
    path: String,
    text: String,
}

impl Source {
    /// Numbered lines without what follows `//`. A `//` within a string cuts the line short, which is harmless here.
    fn code_lines(&self) -> impl Iterator<Item = (usize, String)> + '_ {
        self.text.lines().enumerate().map(|(index, line)| {
            (index + 1, line.split("//").next().unwrap_or_default().to_owned())
        })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect(path)
}

fn sources(folder: &str) -> Vec<Source> {
    texts(folder).into_iter().filter(|source| source.path.ends_with(".rs")).collect()
}

/// All files below `folder` that are text, ours and not made by a tool.
fn texts(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') && name != ".ci" && path != root();
        if is_hidden || (path.is_dir() && MADE.contains(&name.as_str())) {
            continue;
        }
        if path.is_dir() {
            open.extend(entries(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            let relative = path.strip_prefix(root()).expect("walked from the root");
            found.push(Source { path: relative.to_string_lossy().replace('\\', "/"), text });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

/// `src/trust.rs` and `src/trust/x.rs` -> `trust`; `src/lib.rs` and `src/bin/` -> none.
fn room_of(path: &str) -> Option<String> {
    let first = path.strip_prefix("src/")?.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    is_room(room).then(|| room.to_owned())
}

fn is_room(name: &str) -> bool {
    is_door(name) || ARROWS.iter().any(|(room, _)| *room == name)
}

fn is_door(name: &str) -> bool {
    DOORS.contains(&name)
}

fn is_pure(path: &str) -> bool {
    room_of(path).is_some_and(|room| !is_door(&room))
}

fn may_name(room: &str, named: &str) -> bool {
    if is_door(room) {
        return !is_door(named);
    }
    ARROWS.iter().any(|(name, allowed)| *name == room && allowed.contains(&named))
}

/// Rooms in `crate::room`, `crate::{room, room::X}` on one line, and `super::` that climbs to the root.
fn rooms_named(line: &str, path: &str) -> Vec<String> {
    let depth = path.matches('/').count();
    let climb = format!("{}self", "super::".repeat(depth)).replace("self", "");
    let mut named = Vec::new();
    for start in ["crate::", climb.as_str()] {
        for after in line.split(start).skip(1) {
            match after.strip_prefix('{') {
                Some(group) => named.extend(group.split([',', '{', '}']).map(first_word)),
                None => named.push(first_word(after)),
            }
        }
    }
    named.retain(|name| is_room(name));
    named
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// Targets of `[text](target)` that are files: no address of the web, no mere anchor.
fn links(markdown: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for after in markdown.split("](").skip(1) {
        let target = after.split(')').next().unwrap_or_default();
        let file = target.split('#').next().unwrap_or_default();
        if !file.is_empty() && !file.contains("://") && !file.contains(char::is_whitespace) {
            found.push(file);
        }
    }
    found
}

fn assert_none(broken: Vec<String>) {
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_reading_of_sources_sees_what_it_looks_for() {
    assert_eq!(rooms_named("use crate::{gate::Decision, trust};", "src/a.rs"), ["gate", "trust"]);
    assert_eq!(rooms_named("let x = crate::session::Model::new();", "src/a.rs"), ["session"]);
    assert_eq!(rooms_named("use super::gate::Decision;", "src/rules.rs"), ["gate"]);
    assert_eq!(rooms_named("use super::super::gate;", "src/rules/facts.rs"), ["gate"]);
    assert!(has_word("Instant::now()", "Instant") && !has_word("Instantly", "Instant"));
    assert_eq!(links("[a](b.md#c) [d](https://e) [f](#g)"), ["b.md"]);
    assert!(may_name("cli", "gate") && !may_name("cli", "browser") && !may_name("rules", "gate"));
}
