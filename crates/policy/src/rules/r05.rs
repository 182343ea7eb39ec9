//! R5: exceptions only where the law has them.

use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::Exception;

pub(super) const RULE: Rule = Rule { code: "R5", gravest: Severity::Warning, check };

/// The residual clause ("other cases by law") points to the law itself; whoever invokes it must name the article.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let residual = |exception: &Exception| exception.residual.as_ref().is_some_and(|residual| residual.value);
    let unfounded = |exception: &&Exception| exception.article.said().is_none() && !residual(exception);
    for exception in view.said().exceptions.iter().filter(unfounded) {
        let message = format!("no article frees from consent for `{}`", exception.name.value);
        to.warning(exception.id.span, message, "no ground of the closed list");
    }
}
