//! N-Quads to their canonical form: an end after a counted number of steps, whatever the dataset.
#![no_main]

use gerbang::envelope::rdf::{self, Escapes};
use gerbang::envelope::rdf_canon;
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

fuzz_target!(|text: &str| {
    let Ok(quads) = rdf::parse(text) else { return };
    let canonical = rdf_canon::canonical::<Sha256>(&quads, Escapes::Rdfc10, 500);
    if let Ok(canonical) = canonical {
        let again = rdf::parse(&canonical).expect("its own lines are read");
        let twice = rdf_canon::canonical::<Sha256>(&again, Escapes::Rdfc10, 500);
        assert_eq!(twice.as_ref(), Ok(&canonical));
    }
});
