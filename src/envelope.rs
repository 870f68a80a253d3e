//! Signed containers without meaning yet: Base45, CBOR limits, COSE_Sign1.

pub mod base45;

pub mod inflate;

pub mod cbor;

pub mod cose;

pub mod json;

pub mod jws;
