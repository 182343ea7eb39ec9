//! R14: nobody is asked again and again: the operation file gives a refused consent its days of rest.

use super::view::View;
use super::{Report, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule { code: "R14", gravest: Severity::Error, check };

fn check(view: &View<'_>, to: &mut Report<'_>) {
    let Some(source) = view.operation else { return };
    let set = &view.program.operation.cool_down_days;
    let least = view.program.law.rest(view.day).filter(|least| set.value < least.days);
    let (severity, message) = match least {
        _ if set.value == 0 => (Severity::Error, "a consent that was refused is asked for again at once".to_owned()),
        Some(least) => {
            let unsure = if least.certain { "" } else { ", to be confirmed by counsel" };
            let message = format!("a refused consent rests for {} days, less than {}{unsure}", set.value, least.days);
            (Severity::Warning, message)
        }
        None => return,
    };
    let finding = to.finding(severity, message).at(source, set.span, "asked again and again");
    to.push(finding.about("cool-down-days"));
}
