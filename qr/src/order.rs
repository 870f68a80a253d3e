//! Sorting in few bytes: what is compiled is downloaded, and the standard library's sorts, made for
//! millions, weigh some kilobytes a use.
//!
//! Limits and errors: by insertion, for some hundred items at most.

/// Stable.
pub fn sort<T>(items: &mut [T], is_before: impl Fn(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && is_before(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}
