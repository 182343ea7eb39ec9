//! Servicing requests in words, for customers and staff.

use model::service::{Decided, End, Wish};

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
pub(crate) fn state(ended: Option<End>) -> (String, Tone) {
    match ended {
        None => (say("service-open"), Tone::Warn),
        Some(End::Decided(Decided::Accepted)) => (say("service-accepted"), Tone::Good),
        Some(End::Decided(Decided::Declined)) => (say("service-declined"), Tone::Note),
        Some(End::TakenBack) => (say("service-taken-back"), Tone::Note),
    }
}
