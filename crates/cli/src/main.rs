//! The `shouyue` command.

fn main() {}
