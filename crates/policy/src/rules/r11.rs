//! R11: the written consent that a statute demands, where a credit agency is asked about somebody.

use super::said::said;
use super::view::{View, is_commanded, span_of};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Basis, Collect, Form, Function, Ref, Source, SourceClass, Stated};

pub(super) const RULE: Rule = Rule { code: "R11", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let agencies = view.said().sources.iter().filter(|source| source.class.value == SourceClass::CreditAgency);
    for source in agencies.filter(|source| !is_written(&source.consent) && is_asked(view, source)) {
        let name = &source.name.value;
        let (message, label) = if source.consent.said().is_some() {
            let message = said!("`{name}` is asked about people with a lesser consent than a written one", name);
            (message, said!("not written"))
        } else {
            let message = said!("`{name}` is asked about people, and the text plans no written consent", name);
            (message, said!("in which form?"))
        };
        to.error(span_of(&source.consent, source.id.span), message, label);
    }
}

/// Whether something comes from there that no law commands and nobody agrees to in writing.
fn is_asked(view: &View<'_>, source: &Source) -> bool {
    let comes = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.id.as_str());
    let open = |basis: &Stated<Basis>, consent: &Stated<Form>| !is_commanded(basis) && !is_written(consent);
    let taken = |(function, group): &(&Function, &Collect)| {
        let agreed = group.consent.as_ref().is_some_and(|form| form.value == Form::Written);
        comes(&group.sources) && !agreed && open(&function.basis, &function.consent)
    };
    view.groups().any(|one| taken(&one))
        || view.said().uses.iter().any(|used| comes(&used.sources) && open(&used.basis, &used.consent))
}

fn is_written(consent: &Stated<Form>) -> bool {
    consent.said() == Some(&Form::Written)
}
