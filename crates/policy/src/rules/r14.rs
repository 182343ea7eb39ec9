//! R14: nobody is asked again and again: the operation file gives a refused consent its days of rest.

use super::said::said;
use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R14", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let set = &view.program.operation.cool_down_days;
    let least = view.program.law.rest(view.day).filter(|least| set.value < least.days);
    let (severity, message) = match least {
        _ if set.value == 0 => (Severity::Error, said!("a consent that was refused is asked for again at once")),
        Some(least) => {
            let (days, least, certain) = (set.value, least.days, least.certain);
            let message = if certain {
                said!("a refused consent rests for {days} days, less than {least}", days, least)
            } else {
                said!(
                    "a refused consent rests for {days} days, less than {least}, to be confirmed by counsel",
                    days,
                    least
                )
            };
            (Severity::Warning, message)
        }
        None => return,
    };
    let finding = to.finding(severity, message).at(source, set.span, said!("asked again and again"));
    to.push(finding.about("cool-down-days"));
}
