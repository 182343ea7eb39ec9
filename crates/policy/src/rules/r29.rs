//! R29: whoever takes a business over is named to the people, and asks anew for another purpose.

use super::said::said;
use super::view::{View, rests_on_consent};
use super::{Report, Rule};
use crate::finding::Severity;
use crate::syntax::{Recipient, RecipientClass, Share};

pub(super) const RULE: Rule = Rule { code: "R29", gravest: Severity::Warning, check };

/// That owners change is told in passing where changes of the text are told; who they are, and how to reach them, is not.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let wording = view.program.law.wording();
    let acquirers = view.said().recipients.iter().filter(|one| one.class.value == RecipientClass::Acquirer);
    for acquirer in acquirers {
        let id = acquirer.id.as_str();
        let taken: Vec<&Share> = view.shares().filter(|share| share.recipient.text == id).collect();
        let Some(first) = taken.first() else { continue };
        let says = |is: &dyn Fn(&str) -> bool| words(acquirer).chain(taken.iter().map(|one| one.name.as_str())).any(is);
        if acquirer.contact.said().is_none() && !says(&|text| wording.is_telling(text)) {
            let name = &first.name.value;
            let message = said!("`{name}` hands a business over, and nobody is told who has it now", name);
            to.warning(first.id.span, message, said!("told by nobody"));
        }
        let asked = taken.iter().any(|share| rests_on_consent(&share.basis, &share.consent));
        if !asked && !says(&|text| wording.is_asking(text)) {
            let name = &acquirer.name.value;
            let message = said!("`{name}` may change what data are for, and nobody is asked again", name);
            to.warning(acquirer.id.span, message, said!("for the same purpose only?"));
        }
    }
}

/// What the text says of its duties.
fn words(recipient: &Recipient) -> impl Iterator<Item = &str> {
    let exit = recipient.exit.said().into_iter().flatten().map(String::as_str);
    std::iter::once(recipient.name.as_str()).chain(recipient.contract.said().map(String::as_str)).chain(exit)
}
