//! Revocation lists: which parts are at hand, and fetching those that are not.
//!
//! Limits and errors: `FETCH_MS_MAX` a part; a part that does not come, or is another file, is
//! asked for again at the next look; meanwhile its list is missing, which the gate says.
//! Not here: what is on a list (trust).

use super::fetch;
use super::store::Store;
use crate::trust::revocation::{PART_BYTES_MAX, RevocationPart};
use crate::trust::{PartSource, Registry};

/// Some megabytes on a slow line.
const FETCH_MS_MAX: u32 = 120_000;

/// Gives the registry every list whose parts are all kept; answers the parts that are missing.
pub async fn attach(store: &Store, registry: &mut Registry) -> Vec<PartSource> {
    let sources = registry.body().revocations.clone();
    let mut missing = Vec::new();
    for source in &sources {
        let mut files = Vec::new();
        for part in &source.parts {
            match store.part(&part.sha256).await.ok().flatten() {
                Some(bytes) => files.push(bytes),
                None => missing.push(part.clone()),
            }
        }
        if files.len() < source.parts.len() {
            continue;
        }
        let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
        if registry.attach(&source.id, &files).is_err() {
            // What was kept is damaged: it is fetched anew.
            missing.extend(source.parts.iter().cloned());
        }
    }
    let named: Vec<[u8; 32]> =
        sources.iter().flat_map(|source| &source.parts).map(|part| part.sha256).collect();
    // What could not be dropped now is dropped at the next look.
    let _dropped = store.keep_only_parts(&named).await;
    missing
}

/// Fetches and keeps; answers how many came.
pub async fn fetch(store: &Store, missing: &[PartSource]) -> usize {
    let mut came = 0;
    for part in missing {
        let fetched = fetch::bytes(&part.address, FETCH_MS_MAX, PART_BYTES_MAX).await;
        let Ok(bytes) = fetched else { continue };
        if RevocationPart::open(&bytes, &part.sha256).is_ok()
            && store.keep_part(&part.sha256, &bytes).await.is_ok()
        {
            came += 1;
        }
    }
    came
}
