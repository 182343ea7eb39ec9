//! Documents made from a compiled policy: notice, lists, reports.
