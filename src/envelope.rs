//! Signed containers without meaning yet: Base45, CBOR limits, COSE_Sign1.
