//! A venue's poster: a web address of this site with a signed descriptor in its fragment.
//!
//! Shape: `https://SITE/#poster=` + base64url → the descriptor's bytes, still to be verified.
//! Limits and errors: at most `DESCRIPTOR_CHARS_MAX` characters; `None` for any other address.
//! Source: docs/poster.md; base64url without padding is RFC 4648 §5.
//! Not here: what it says and who signed it (`trust::poster`).

use data_encoding::BASE64URL_NOPAD;

/// Begins the fragment, which browsers keep to themselves: no server sees it.
pub const FRAGMENT: &str = "#poster=";
/// A code of version 40 has some 2,900 bytes.
pub const DESCRIPTOR_CHARS_MAX: usize = 2_400;

/// The descriptor of a poster's address.
pub fn descriptor(address: &str) -> Option<Vec<u8>> {
    let (site, encoded) = address.split_once(FRAGMENT)?;
    let scheme = |scheme: &str| {
        site.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if !(scheme("https://") || scheme("http://")) || encoded.len() > DESCRIPTOR_CHARS_MAX {
        return None;
    }
    BASE64URL_NOPAD.decode(encoded.as_bytes()).ok()
}

/// `site` is an address without a fragment.
pub fn address(site: &str, descriptor: &[u8]) -> String {
    format!("{site}{FRAGMENT}{}", BASE64URL_NOPAD.encode(descriptor))
}
