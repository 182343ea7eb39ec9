//! The workflows: consent, collect, read, retain and the rest, each act with its leaf.
