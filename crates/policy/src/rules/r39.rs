//! R39: what may harm is assessed first, and the assessment is in date.

use std::collections::BTreeMap;

use super::said::{Bilingual, joined, said};
use super::view::{View, is_abroad, is_personal};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::syntax::{Action, Assessment, Basis, Collect, Kind, RecipientClass, Share, UseKind};

pub(super) const RULE: Rule = Rule { code: "R39", gravest: Severity::Error, check };

/// One thing done with personal information that is assessed before it begins.
struct Activity<'a> {
    kind: Kind,
    id: &'a str,
    at: Span,
    case: Case,
}

/// The cases of the law that an element can show. Whether something else weighs as heavily is for people to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Case {
    Sensitive,
    Automated,
    Entrusted,
    Provided,
    Published,
    Exported,
}

impl Case {
    fn does(self) -> Bilingual {
        match self {
            Self::Sensitive => said!("take sensitive items"),
            Self::Automated => said!("decide by machine"),
            Self::Entrusted => said!("have items processed by others"),
            Self::Provided => said!("hand items over"),
            Self::Published => said!("make items public"),
            Self::Exported => said!("send items abroad"),
        }
    }
}

/// The register stands in the operation file: without one there is none to look into.
fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let assessments = &view.program.operation.assessments;
    let mut bare: BTreeMap<Case, Vec<Activity<'_>>> = BTreeMap::new();
    for activity in activities(view) {
        let covered = |one: &&Assessment| one.activities.iter().any(|named| named.value == activity.id);
        if !assessments.iter().any(|one| covered(&one)) {
            bare.entry(activity.case).or_default().push(activity);
        }
    }
    for (case, activities) in bare {
        tell(view, case, &activities, to);
    }
    for assessment in assessments.iter().filter(|one| one.until.value < view.day) {
        let (file, until) = (&assessment.file.value, assessment.until.value);
        let message = said!("the assessment `{file}` could be relied on until {until}", file, until);
        let finding = to.finding(Severity::Error, message).at(source, assessment.until.span, said!("out of date"));
        to.push(finding.about("assessment"));
    }
}

/// One finding a case, at the first element that shows it: a company without a register would have hundreds.
fn tell(view: &View<'_>, case: Case, activities: &[Activity<'_>], to: &mut Report<'_>) {
    let Some(first) = activities.first() else { return };
    let names = joined(activities.iter().map(|one| view.name(one.kind, one.id)));
    let verb = case.does();
    let message = said!("no impact assessment covers elements that {verb}: {names}", verb, names);
    to.error(first.at, message, said!("this one, for instance"));
}

fn activities<'a>(view: &View<'a>) -> Vec<Activity<'a>> {
    let said = view.said();
    let sensitive = said.functions.iter().filter(|function| {
        let mut groups = view.groups().filter(|(of, _)| of.id == function.id);
        let declared = |group: &Collect| group.sensitive.said().is_some_and(|sensitive| *sensitive);
        groups.any(|(_, group)| declared(group) || group.items.iter().any(|item| view.is_sensitive(item)))
    });
    let sensitive = sensitive.map(|function| (Kind::Function, &function.id, Case::Sensitive));
    let automated = said.uses.iter().filter(|used| {
        let by_machine = matches!(used.kind.value, UseKind::Automate | UseKind::Profile | UseKind::Personalise);
        by_machine && is_personal(used.level.as_ref())
    });
    let automated = automated.map(|used| (Kind::Use, &used.id, Case::Automated));
    let shares = view.shares().filter_map(|share| Some((Kind::Share, &share.id, handed(view, share)?)));
    let published = said
        .disclosures
        .iter()
        .filter(|one| is_personal(one.level.as_ref()) && one.basis.said() != Some(&Basis::Statutory));
    let published = published.map(|one| (Kind::Disclosure, &one.id, Case::Published));
    let all = sensitive.chain(automated).chain(shares).chain(published);
    all.map(|(kind, id, case)| Activity { kind, id: id.as_str(), at: id.span, case }).collect()
}

/// What an authority demands is no decision of the handler's, and whoever takes a business over is not there yet.
fn handed(view: &View<'_>, share: &Share) -> Option<Case> {
    let recipient = view.recipient(share)?;
    if view.is_taken_over(share) {
        return None;
    }
    if is_abroad(recipient, share) {
        return Some(Case::Exported);
    }
    match (recipient.class.value, share.act.value) {
        (RecipientClass::Authority, _) => None,
        (_, Action::Entrust) => Some(Case::Entrusted),
        _ => Some(Case::Provided),
    }
}
