//! `T07`: annexes and body name the same recipients. A kit in no list at all is for `R24`.

use std::collections::{BTreeMap, BTreeSet};

use super::super::said::{joined, said};
use super::super::view::View;
use super::super::{Report, Rule};
use super::clause::chapter;
use super::wording::wording;
use crate::finding::Severity;
use crate::syntax::{At, Method, Purpose, Recipient, RecipientClass, Ref, Regime, Share};

pub(super) const RULE: Rule = Rule { code: "T07", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    for recipient in said.recipients.iter().filter(|recipient| in_annex(view, recipient)) {
        let name = recipient.name.as_str();
        if !is_told_outside(view, recipient) {
            let message =
                said!("`{name}` and what it receives stand in an annex alone, and the body names neither", name);
            to.warning(recipient.id.span, message, said!("in the annex only"));
        } else if !in_body(view, recipient) {
            let message = said!("`{name}` stands in an annex, and the body does not say what it receives for", name);
            to.warning(recipient.id.span, message, said!("in the annex only"));
        }
    }
    let kept = said.recipients.iter().any(|one| is_company(one) && !is_kit(one) && in_annex(view, one));
    for recipient in &said.recipients {
        let listed = said.sdks.iter().any(|sdk| sdk.recipient.text == recipient.id.as_str());
        let embedded = shares(view, recipient).any(|share| share.method.said() == Some(&Method::Embedded));
        let name = recipient.name.as_str();
        if embedded && !listed && !is_kit(recipient) && !said.sdks.is_empty() {
            let message = said!("the body embeds code of `{name}`, and the list of kits leaves it out", name);
            to.warning(recipient.id.span, message, said!("in the body only"));
        } else if kept
            && is_company(recipient)
            && !is_kit(recipient)
            && !in_annex(view, recipient)
            && !recipient.clause.is_empty()
        {
            let message = said!("the body names `{name}`, and the annex of recipients leaves it out", name);
            to.warning(recipient.id.span, message, said!("in the body only"));
        }
    }
    outside(view, to);
}

/// Recipients of clauses outside the chapter that lists who receives; those of one clause together.
fn outside(view: &View<'_>, to: &mut Report<'_>) {
    const LIST: usize = 3;
    let mut chapters: BTreeMap<String, usize> = BTreeMap::new();
    for share in &view.said().shares {
        for chapter in chapters_of(&share.clause) {
            *chapters.entry(chapter).or_default() += 1;
        }
    }
    let longest =
        chapters.into_iter().filter(|(chapter, _)| !wording().is_annex(chapter)).max_by_key(|(_, count)| *count);
    let Some((list, _)) = longest.filter(|(_, count)| *count >= LIST) else { return };
    let apart = |one: &&Recipient| {
        let mut shares = shares(view, one).peekable();
        let told = shares.peek().is_some() && (is_company(one) || one.class.value == RecipientClass::Unnamed);
        let clauses = || std::iter::once(&one.clause).chain(self::shares(view, one).map(|share| &share.clause));
        let picked = one.chosen.as_ref().is_some_and(|chosen| chosen.value);
        told && !picked
            && one.regime.value != Regime::Legal
            && !one.clause.is_empty()
            && !clauses().any(|clauses| has_annex(clauses) || chapters_of(clauses).contains(&list))
    };
    let apart: Vec<&Recipient> = view.said().recipients.iter().filter(apart).collect();
    for alike in apart.chunk_by(|one, other| one.clause == other.clause) {
        let names = joined(alike.iter().map(|one| one.name.as_str()));
        let message = said!(
            "what {names} receives stands elsewhere, and `{list}`, which lists who receives, leaves it out",
            names,
            list
        );
        let mut finding = to.finding(Severity::Warning, message);
        for recipient in alike {
            finding = finding.at(view.policy, recipient.id.span, said!("not in the list"));
        }
        to.push(finding);
    }
}

fn chapters_of(clauses: &[At<String>]) -> BTreeSet<String> {
    clauses.iter().map(|clause| chapter(clause)).collect()
}

fn is_kit(recipient: &Recipient) -> bool {
    recipient.class.value == RecipientClass::Sdk
}

/// Who could stand in a list of recipients: one with a name of its own that neither law nor customer picks.
fn is_company(recipient: &Recipient) -> bool {
    let picked = recipient.chosen.as_ref().is_some_and(|chosen| chosen.value);
    let class = matches!(
        recipient.class.value,
        RecipientClass::Authority | RecipientClass::Acquirer | RecipientClass::Public | RecipientClass::Unnamed
    );
    !picked && !class && !matches!(recipient.regime.value, Regime::Internal | Regime::Legal)
}

fn shares<'a>(view: &View<'a>, recipient: &'a Recipient) -> impl Iterator<Item = &'a Share> {
    view.said().shares.iter().filter(|share| share.recipient.text == recipient.id.as_str())
}

fn has_annex(clauses: &[At<String>]) -> bool {
    clauses.iter().any(|clause| wording().is_annex(clause))
}

/// Whether all that is known of where something stands is an annex.
fn is_annexed(clauses: &[At<String>]) -> bool {
    !clauses.is_empty() && clauses.iter().all(|clause| wording().is_annex(clause))
}

fn in_annex(view: &View<'_>, recipient: &Recipient) -> bool {
    let mut kits = view.said().sdks.iter().filter(|sdk| sdk.recipient.text == recipient.id.as_str());
    has_annex(&recipient.clause)
        || kits.any(|sdk| has_annex(&sdk.clause))
        || shares(view, recipient).any(|share| has_annex(&share.clause))
}

/// Whether a recipient, or something that it receives, stands outside the annexes, or may: where one is told is not always
/// known. That a function, or a purpose, does so says nothing of who receives in its course.
fn is_told_outside(view: &View<'_>, recipient: &Recipient) -> bool {
    let all = || std::iter::once(&recipient.clause).chain(shares(view, recipient).map(|share| &share.clause));
    all().any(|clauses| !is_annexed(clauses))
}

/// Whether the body, which names a recipient, tells what it is for: by a function or a purpose of its shares; where these say neither, by
/// naming it. A general clause that points to the annex tells nothing.
fn in_body(view: &View<'_>, recipient: &Recipient) -> bool {
    let said = view.said();
    let purpose = |id: &Ref<Purpose>| said.purposes.iter().find(|one| one.id.as_str() == id.text);
    let purposes: Vec<&Purpose> = shares(view, recipient).filter_map(|share| purpose(share.purpose.said()?)).collect();
    let functions = shares(view, recipient).any(|share| !share.functions.is_empty());
    if functions || purposes.iter().any(|purpose| !is_annexed(&purpose.clause)) {
        return true;
    }
    purposes.is_empty() && !is_annexed(&recipient.clause)
}
