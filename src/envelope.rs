//! Signed containers without meaning yet: Base45, CBOR limits, COSE_Sign1.

pub mod base45;

pub mod hex;

pub mod inflate;

pub mod cbor;

pub mod cose;

pub mod json;

pub mod jws;

pub mod jcs;

pub mod zip;

pub mod rdf;

pub mod rdf_canon;

pub mod json_ld;

pub mod ur;
