//! Which site and which build this page is.

use super::clock;

/// The path that the site is served from, ending in `/`: part of every name of a store, lock or channel.
pub fn scope() -> String {
    let path = clock::window().location().pathname().unwrap_or_default();
    match path.rsplit_once('/') {
        Some((folder, _file)) => format!("{folder}/"),
        None => "/".to_owned(),
    }
}

/// What the build wrote into the page's head.
#[derive(Debug, Clone)]
pub struct Build {
    /// Page and worker must agree on it.
    pub id: String,
    pub version: String,
    /// No honest clock is earlier.
    pub built_unix_ms: i64,
}

pub fn build() -> Build {
    let id = meta("gerbang-build").unwrap_or_else(|| "dev".to_owned());
    Build {
        version: format!("{}+{id}", env!("CARGO_PKG_VERSION")),
        built_unix_ms: meta("gerbang-built").and_then(|ms| ms.parse().ok()).unwrap_or_default(),
        id,
    }
}

fn meta(name: &str) -> Option<String> {
    let document = clock::window().document()?;
    let element = document.query_selector(&format!("meta[name={name}]")).ok()??;
    element.get_attribute("content").filter(|content| !content.is_empty())
}
