//! Payments in words, and money as it is written and typed.

use desk::pay::{Stand, View};

use crate::pages::parts::{Moment, Tone};
use crate::pages::portal::PaymentLine;
use crate::words::say;

/// An amount of fen in yuan, with two decimals.
pub(crate) fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// The fen of an amount typed in yuan, with at most two decimals.
pub(crate) fn fen(typed: &str) -> Option<u64> {
    let (yuan, cents) = typed.trim().split_once('.').unwrap_or((typed.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !digits(yuan) || !digits(cents) || cents.len() > 2 {
        return None;
    }
    yuan.parse::<u64>().ok()?.checked_mul(100)?.checked_add(format!("{cents:0<2}").parse().ok()?)
}

/// Whether a payment can still be paid.
pub(crate) const fn is_open(view: &View) -> bool {
    matches!(view.stand, Stand::Due | Stand::Ordered)
}

/// A payment as a line.
pub(crate) fn line(view: &View) -> PaymentLine {
    let (state, tone) = match view.stand {
        Stand::Due => (say("payment-due"), Tone::Warn),
        Stand::Ordered => (say("payment-ordered"), Tone::Warn),
        Stand::Paid => (say("payment-paid"), Tone::Good),
        Stand::Closed => (say("payment-closed"), Tone::Note),
        Stand::Returning => (say("payment-returning"), Tone::Note),
        Stand::Returned => (say("payment-returned"), Tone::Note),
    };
    PaymentLine {
        id: view.payment.to_string(),
        description: view.description.clone(),
        yuan: yuan(view.fen.into()),
        back: view.back.map(|fen| yuan(fen.into())),
        state,
        tone,
        until: is_open(view).then_some(Moment(view.until)),
    }
}

#[cfg(test)]
mod tests {
    use super::{fen, yuan};

    #[test]
    fn what_is_written_reads_back_and_nothing_else_does() {
        for amount in [0, 5, 50, 100, 15_900, 123_456_789] {
            assert_eq!(fen(&yuan(amount)), Some(amount));
        }
        assert_eq!((fen(" 12 "), fen("12.5")), (Some(1200), Some(1250)));
        for bad in ["", ".5", "-1", "1.234", "1,000", "1.2.3", "12 yuan", "99999999999999999999"] {
            assert_eq!(fen(bad), None, "{bad}");
        }
    }
}
