//! R66: whom a text sends people to with a complaint is in charge.

use super::said::{Bilingual, said, unsure};
use super::view::{View, span_of};
use super::{Report, Rule};
use crate::finding::{Severity, Span};
use crate::law::{InCharge, Succeeded};
use crate::syntax::{Right, RightKind, Stated};

pub(super) const RULE: Rule = Rule { code: "R66", gravest: Severity::Warning, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let said = view.said();
    let wording = view.program.law.wording();
    let bodies = said.handler.complaint_bodies.said().map_or(&[][..], Vec::as_slice);
    let at = span_of(&said.handler.complaint_bodies, said.handler.name.span);
    let complaints = said.rights.iter().filter(|right| right.kind.value == RightKind::Complain);
    let effects =
        complaints.filter_map(|right| right.effect.as_ref()).map(|effect| (effect.value.as_str(), effect.span));
    let named = bodies.iter().map(|body| (body.as_str(), at)).chain(effects);
    let clause = clause(view);
    for (text, at) in named {
        for gone in wording.authority.iter().filter(|one| one.since <= view.day) {
            if let Some(word) = gone.words.iter().find(|word| text.contains(word.as_str())) {
                succeeded(gone, word, (at, clause), to);
            }
        }
    }
    if let Stated::Said(_) = &said.handler.complaint_bodies {
        let kind = said.handler.kind.value;
        let misses = |one: &&InCharge| one.looks_after(kind) && !bodies.iter().any(|body| one.is_named(body));
        for missing in wording.in_charge.iter().filter(misses) {
            let message = said!("among whom people may complain to, `{name}` is missing", name = missing.name);
            tell(message, said!("looks after this handler"), (at, clause), to);
        }
    } else {
        let at = complaint(view).map_or(at, |right| right.kind.span);
        let message = said!("the text names nobody outside the company to complain to");
        to.warning(at, message, said!("and who else?"));
    }
}

fn complaint<'a>(view: &View<'a>) -> Option<&'a Right> {
    view.rights(RightKind::Complain).next()
}

/// Where the text speaks of complaints: who takes them stands with the handler in the file, and elsewhere in print.
fn clause<'a>(view: &View<'a>) -> Option<&'a str> {
    complaint(view)?.clause.first().map(|clause| clause.value.as_str())
}

fn tell(message: Bilingual, label: Bilingual, (at, clause): (Span, Option<&str>), to: &mut Report<'_>) {
    let mut finding = to.finding(Severity::Warning, message).at(to.view.policy, at, label);
    finding.clause = clause.map(str::to_owned);
    to.push(finding);
}

fn succeeded(gone: &Succeeded, word: &str, place: (Span, Option<&str>), to: &mut Report<'_>) {
    let message = said!(
        "`{word}` takes no complaints any more: since {since} {now}{unsure}",
        word,
        since = gone.since,
        now = gone.now,
        unsure = unsure(gone.certain)
    );
    tell(message, said!("nobody there"), place, to);
}
