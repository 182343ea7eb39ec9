//! R50: an account can be closed on conditions within reason.

use super::said::{Listed, joined, said};
use super::view::{View, ways};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Condition, Right, RightCase, RightKind, Route, Stated, quoted};

pub(super) const RULE: Rule = Rule { code: "R50", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    for right in view.rights(RightKind::CloseAccount) {
        harder(view, right, to);
        for block in &right.blocks {
            waits(block, to);
        }
        if let Some(first) = right.grounds.first() {
            let message = said!("an account can be closed in certain cases only, and not whenever its holder wants");
            to.warning(first.name.span, message, said!("and otherwise not?"));
        }
        if let Stated::Said(fee) = &right.fee
            && !view.program.law.wording().is_free(fee)
        {
            let message = said!("closing an account costs something: `{words}`", words = quoted(fee));
            to.warning(fee.span, message, said!("a price for leaving"));
        }
    }
}

/// An account that was opened on a page is closed on one, and whoever closes it shows who asks, and no more.
fn harder(view: &View<'_>, right: &Right, to: &mut Report<'_>) {
    let by = || ways(&right.routes);
    if by().next().is_some() && !by().any(|route| matches!(route, Route::SelfService | Route::WebForm)) {
        let message =
            said!("an account is opened on a page, and closed only by {ways}", ways = joined(by().map(Listed)));
        to.warning(right.kind.span, message, said!("harder than opening"));
    }
    if let Stated::Said(identity) = &right.identity
        && view.program.law.wording().is_beyond_identity(identity)
    {
        let words = quoted(identity);
        let message = said!("closing an account looks into more than who asks: `{words}`", words);
        to.warning(identity.span, message, said!("what for?"));
    }
}

/// A claim or dispute that is open, the account may wait for. A cover in force does not need it: the account goes, the record
/// of the cover is kept for its floors. Everything else is the handler's own, and somebody should look at it.
fn waits(block: &RightCase, to: &mut Report<'_>) {
    let atoms = block.when.value.atoms();
    let covered = atoms.iter().any(|atom| matches!(atom, Condition::InForce(_)));
    let name = quoted(&block.name);
    if covered {
        let message =
            said!("an account waits until a cover ends (`{name}`), and the one does not need the other", name);
        to.warning(block.name.span, message, said!("account and policy are two"));
    } else if !atoms.iter().all(|atom| matches!(atom, Condition::OpenClaim(_))) {
        let message = said!("an account is not closed on a condition of the handler's own: `{name}`", name);
        to.warning(block.name.span, message, said!("within reason?"));
    }
}
