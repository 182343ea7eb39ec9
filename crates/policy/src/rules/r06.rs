//! R6: what is de-identified is still personal.

use super::view::{View, freed};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{At, Level, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R6", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for statement in said.statements.iter().filter(|one| one.kind.value == StatementKind::DeIdentifiedIsFree) {
        to.error(
            statement.kind.span,
            "what is merely de-identified is taken out of the law's reach",
            "it is still personal",
        );
    }
    for statement in view.sentences(StatementKind::NotPersonal) {
        let message = "what still tells of a person is said to be anonymous, or no personal information";
        to.error(statement.kind.span, message, "it is still personal");
    }
    let uses = said.uses.iter().map(|used| (&used.name, used.id.span, &used.level, &used.basis, &used.consent));
    let shares =
        said.shares.iter().map(|share| (&share.name, share.id.span, &share.level, &share.basis, &share.consent));
    for (name, at, level, basis, consent) in uses.chain(shares) {
        if let Some(level) = freed(level.as_ref(), basis, consent) {
            free(name, level, at, to);
        }
    }
}

fn free(name: &str, level: &At<Level>, at: Span, to: &mut Report<'_>) {
    let message = format!("`{name}` asks for no consent and gives no ground, as if {} data were nobody's", level.value);
    to.error(at, message, "freed without a ground");
}
