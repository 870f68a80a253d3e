//! The `gerbang` command.

fn main() {}
