//! The `gerbang` command.
