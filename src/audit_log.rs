//! What happened at this gate: entries, canonical bytes, the hash chain.
