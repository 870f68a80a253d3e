//! What a gate needs to reach the venue's hub: whose user it is there, by which password, and where.
//!
//! Shape: `HubUser` = the venue's part of the database's name, `.`, the gate's name, both escaped;
//! `HubAccess` as the set-up code carries it; `is_hub_address` for the registry's `hub`.
//! Limits and errors: a user has 1 to `HUB_USER_BYTES_MAX` bytes of `a-z 0-9 . _ -` and begins
//! with no `_`, a password 16 to 64
//! letters of base64url; what is none is `None`. No `Debug` shows a password.
//! Source: docs/hub.md, "Databases".
//! Not here: requests.

use std::fmt;

pub const HUB_USER_BYTES_MAX: usize = 120;
pub const HUB_ADDRESS_BYTES_MAX: usize = 200;
const PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// A gate as the hub knows it. Its documents' ids begin with it and a colon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HubUser(String);

/// What a gate shows the hub.
#[derive(Clone, PartialEq, Eq)]
pub struct HubAccess {
    pub user: HubUser,
    password: String,
}

impl HubUser {
    pub fn parse(text: &str) -> Option<Self> {
        let in_range = (1..=HUB_USER_BYTES_MAX).contains(&text.len());
        let is_letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
        let is_user = in_range && !text.starts_with('_') && text.bytes().all(is_letter);
        is_user.then(|| Self(text.to_owned()))
    }

    /// Of a venue's identifier and a gate's name; `None`: the two are too long together.
    pub fn of(venue_id: &str, gate: &str) -> Option<Self> {
        let venue = escape(venue_id);
        // Ids of documents that begin with `_` are the database's own.
        let dot = if venue.starts_with('_') { "." } else { "" };
        Self::parse(&format!("{dot}{venue}.{}", escape(gate)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HubUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HubAccess {
    pub fn new(user: &str, password: &str) -> Option<Self> {
        let is_letter =
            |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-');
        let is_password =
            PASSWORD_BYTES.contains(&password.len()) && password.bytes().all(is_letter);
        let user = HubUser::parse(user).filter(|_| is_password)?;
        Some(Self { user, password: password.to_owned() })
    }

    pub fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for HubAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubAccess").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The name of a venue's database.
pub fn hub_database(venue_id: &str) -> String {
    format!("gerbang-{}", escape(venue_id))
}

/// Lower-case letters, digits and hyphens stay; of every other letter each byte as `_` and two
/// hexadecimal digits. So two names never meet.
fn escape(name: &str) -> String {
    name.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => escaped.push(char::from(byte)),
            _ => {
                escaped.push('_');
                for half in [byte >> 4, byte & 15] {
                    escaped.extend(char::from_digit(half.into(), 16));
                }
            }
        }
        escaped
    })
}

/// Where a hub may be: `https://` and a host, `http://` on this machine alone, or a path of the
/// site's own origin; no user, password, query, fragment or last slash in it.
pub fn is_hub_address(text: &str) -> bool {
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':');
    if text.len() > HUB_ADDRESS_BYTES_MAX || !text.bytes().all(is_letter) {
        return false;
    }
    let is_path = |path: &str| {
        !path.contains(':') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
    };
    if let Some(path) = text.strip_prefix('/') {
        return is_path(path);
    }
    let is_local = |rest: &str| {
        let host = rest.split(['/', ':']).next();
        matches!(host, Some("localhost" | "127.0.0.1"))
    };
    let rest = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => rest,
        (None, Some(rest)) if is_local(rest) => rest,
        _ => return false,
    };
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, Some(path)),
        None => (rest, None),
    };
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    !host.is_empty()
        && host.bytes().all(is_host)
        && port.parse::<u16>().is_ok_and(|port| port > 0)
        && path.is_none_or(is_path)
}
