//! Tests of the policy room from outside.

mod haigang;
