//! R6: what is de-identified is still personal.

use super::said::{Listed, said};
use super::view::{View, freed};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{At, Level, StatementKind};

pub(super) const RULE: Rule = Rule { code: "R6", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for statement in said.statements.iter().filter(|one| one.kind.value == StatementKind::DeIdentifiedIsFree) {
        let message = said!("what is merely de-identified is taken out of the law's reach");
        to.error(statement.kind.span, message, said!("it is still personal"));
    }
    for statement in view.sentences(StatementKind::NotPersonal) {
        let message = said!("what still tells of a person is said to be anonymous, or no personal information");
        to.error(statement.kind.span, message, said!("it is still personal"));
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
    let level = Listed(level.value);
    let message =
        said!("`{name}` asks for no consent and gives no ground, as if {level} data were nobody's", name, level);
    to.error(at, message, said!("freed without a ground"));
}
