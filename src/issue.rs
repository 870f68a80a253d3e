//! Making what the other rooms read: keys, passes, registries.
