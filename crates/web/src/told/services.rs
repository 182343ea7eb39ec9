//! Servicing requests in words, for customers and staff.

use model::service::{Decided, Wish};

use crate::pages::parts::Tone;
use crate::words::say;

/// What is wanted of a record.
pub(crate) fn wish(wish: Wish) -> String {
    match wish {
        Wish::Change => say("service-change"),
        Wish::Surrender => say("service-surrender"),
    }
}

/// How a request stands.
pub(crate) fn state(decided: Option<Decided>) -> (String, Tone) {
    match decided {
        None => (say("service-open"), Tone::Warn),
        Some(Decided::Accepted) => (say("service-accepted"), Tone::Good),
        Some(Decided::Declined) => (say("service-declined"), Tone::Note),
    }
}
