//! R30: whom machines judge can refuse it and ask why.

use super::said::{Bilingual, said};
use super::view::{View, is_personal, ways};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Right, RightKind, StatementKind, UseKind};

pub(super) const RULE: Rule = Rule { code: "R30", gravest: Severity::Error, check };

/// What a text lets machines do stands among its uses, or in a sentence that names no use.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let explained = view.rights(RightKind::Explain).any(|right| ways(&right.routes).next().is_some());
    let refused = view.rights(RightKind::Object).any(|right| is_wide(view, right));
    let judges = |kind: UseKind| matches!(kind, UseKind::Profile | UseKind::Automate);
    for used in said.uses.iter().filter(|used| judges(used.kind.value) && is_personal(used.level.as_ref())) {
        let refused = refused || ways(&used.opt_out).next().is_some();
        let name = said!("`{name}`", name = used.name.value);
        untold(&name, used.id.span, refused, explained, to);
    }
    let wording = view.program.law.wording();
    let sentences = said.statements.iter().filter(|one| one.kind.value == StatementKind::Declaration);
    for sentence in sentences.filter(|one| wording.is_by_machine(&one.text)) {
        let name = said!("`{statement}`", statement = sentence.id.as_str());
        untold(&name, sentence.id.span, refused, explained, to);
    }
}

fn untold(name: &Bilingual, at: Span, refused: bool, explained: bool, to: &mut Report<'_>) {
    let message = match (refused, explained) {
        (false, false) => {
            said!("{name} lets machines judge people, and gives no way to refuse it, nor to ask why", name)
        }
        (false, true) => said!("{name} lets machines judge people, and gives no way to refuse it", name),
        (true, false) => said!("{name} lets machines judge people, and gives no way to ask why", name),
        (true, true) => return,
    };
    to.error(at, message, said!("judged by a machine"));
}

/// Whether an objection reaches further than advertising.
fn is_wide(view: &View<'_>, right: &Right) -> bool {
    let advertising = right.effect.as_ref().is_some_and(|effect| view.program.law.wording().is_marketing(effect));
    !advertising && ways(&right.routes).next().is_some()
}
