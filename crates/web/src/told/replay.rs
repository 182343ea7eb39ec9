//! A sale shown again: its steps in words, and its pages made inert.

use std::collections::BTreeSet;

use desk::Platform;
use desk::track::{Fault, Replayed, Step, StepView, TrackView};
use policy::question::Outcome;

use super::elements::{scope, title};
use super::reasons::{distinct, uncoded};
use super::records::value;
use crate::pages::PolicyHtml;
use crate::pages::parts::{Moment, ReceiptLink};
use crate::pages::portal::{RecordGroup, RecordItem};
use crate::pages::replay::{Course, Scene, SceneLine, StepLine};
use crate::words::{fill, say};

/// Steps on one page, one after the other.
fn scenes(replayed: &Replayed) -> Vec<(&TrackView, &[StepView])> {
    let tracks = replayed.replay.tracks.iter();
    tracks
        .flat_map(|track| track.steps.chunk_by(|one, next| one.page == next.page).map(move |run| (track, run)))
        .collect()
}

/// The whole course; its pages are at `<base>/<number>`, and its reader finds the receipt of a leaf by `receipt`.
pub(crate) fn course(
    platform: &Platform,
    replayed: &Replayed,
    base: &str,
    receipt: impl Fn(&Platform, u64) -> ReceiptLink,
) -> Course {
    let line = |(nth, (track, steps)): (usize, &(&TrackView, &[StepView]))| SceneLine {
        title: track.function_name.clone(),
        href: steps
            .first()
            .filter(|step| replayed.replay.pages.contains_key(&step.page))
            .map(|_| format!("{base}/{}", nth + 1)),
        steps: steps.iter().map(|step| step_line(platform, step)).collect(),
    };
    let tracks = &replayed.replay.tracks;
    let wrong: BTreeSet<Fault> = tracks.iter().flat_map(|track| &track.faults).copied().collect();
    Course {
        sound: tracks.iter().all(TrackView::is_sound),
        wrong: wrong.into_iter().map(fault).collect(),
        scenes: scenes(replayed).iter().enumerate().map(line).collect(),
        closed: tracks.last().map(|track| receipt(platform, track.leaf)),
        receipt: Some(receipt(platform, replayed.leaf)),
        payments: replayed.payments.iter().map(super::payments::line).collect(),
        groups: replayed.record.parts.iter().map(|part| group(platform, part)).collect(),
    }
}

/// What was filled in about one person.
fn group(platform: &Platform, part: &desk::read::PartView) -> RecordGroup {
    let item = |shown: &desk::read::Shown| RecordItem {
        label: shown.name.clone(),
        reasons: if shown.answer.outcome == Outcome::Withheld {
            uncoded(distinct(platform, &shown.answer.reasons))
        } else {
            Vec::new()
        },
        value: value(shown),
    };
    RecordGroup { legend: part.person_name.clone(), items: part.items.iter().map(item).collect() }
}

/// One page as it was; `None` where there is none of this number, or it is not what the track says it is.
pub(crate) fn scene(platform: &Platform, replayed: &Replayed, base: &str, number: usize) -> Option<Scene> {
    let scenes = scenes(replayed);
    let (_, steps) = number.checked_sub(1).and_then(|nth| scenes.get(nth))?;
    let first = steps.first()?;
    let markup = replayed.replay.pages.get(&first.page)?;
    let beside = |other: usize| (1..=scenes.len()).contains(&other).then(|| format!("{base}/{other}"));
    Some(Scene {
        back: base.to_owned(),
        at: Moment(first.at),
        page: first.page.short(),
        text: first.text.short(),
        steps: steps.iter().map(|step| step_line(platform, step)).collect(),
        markup: PolicyHtml(marked(&inert(markup), steps)),
        earlier: beside(number - 1),
        later: beside(number + 1),
    })
}

fn step_line(platform: &Platform, step: &StepView) -> StepLine {
    StepLine {
        at: Moment(step.at),
        text: told(platform, step),
        wrong: step.faults.iter().copied().map(fault).collect(),
    }
}

fn told(platform: &Platform, step: &StepView) -> String {
    let of = |key: &'static str| {
        let control = step.control.as_deref().unwrap_or_default();
        // Before the scope may stand whom it is asked about.
        let ends = std::iter::once(control).chain(control.match_indices('.').map(|(at, _)| control.split_at(at + 1).1));
        let known = ends.into_iter().find(|end| scope(platform, end).is_some());
        fill(key, &[("scope", &known.map_or_else(|| control.to_owned(), |known| title(platform, known)))])
    };
    match step.step {
        Step::Shown => say("step-shown"),
        Step::Returned => say("step-returned"),
        Step::FilledIn => say("step-filled-in"),
        Step::Agreed => of("step-agreed"),
        Step::Refused => of("step-refused"),
        Step::Submitted => say("step-submitted"),
        Step::Confirmed => say("step-confirmed"),
        Step::Paid => say("step-paid"),
    }
}

fn fault(fault: Fault) -> String {
    match fault {
        Fault::Page => say("replay-page-altered"),
        Fault::Step => say("replay-step-altered"),
        Fault::Leaf => say("replay-not-on-the-ledger"),
        Fault::Record => say("replay-of-another-record"),
    }
}

/// The page with nothing in it that could be sent: its forms are plain groups.
fn inert(markup: &str) -> String {
    let mut still = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some((before, form)) = rest.split_once("<form") {
        still.push_str(before);
        still.push_str("<div");
        rest = form.split_once('>').map_or("", |(_, inside)| inside);
        still.push('>');
    }
    still.push_str(rest);
    still.replace("</form>", "</div>")
}

/// The page with the choices that were made marked beside their controls.
fn marked(markup: &str, steps: &[StepView]) -> String {
    let mut page = markup.to_owned();
    for step in steps {
        let answer = match step.step {
            Step::Agreed => "yes",
            Step::Refused => "no",
            _ => continue,
        };
        let Some(control) = &step.control else { continue };
        let name = format!("name=\"consent.{control}\" value=\"{answer}\"");
        let Some((before, after)) = page.split_once(&name) else { continue };
        let Some((tag, rest)) = after.split_once("</label>") else { continue };
        page = format!("{before}{name}{tag}<b class=\"picked\">{}</b></label>{rest}", say("replay-picked"));
    }
    page
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::Fingerprint;

    use super::*;

    #[test]
    fn a_page_shown_again_can_send_nothing_and_says_what_was_chosen() {
        let page = r#"<h1>A</h1><form method="post" action="/x"><label><input name="consent.a.b" value="yes"><span>Y</span></label><label><input name="consent.a.b" value="no"><span>N</span></label></form>"#;
        let none = Fingerprint::from_digest([0; 32]);
        let step = StepView {
            step: Step::Refused,
            control: Some("a.b".to_owned()),
            page: none,
            text: none,
            at: Timestamp::UNIX_EPOCH,
            chain: none,
            faults: Vec::new(),
        };
        let shown = marked(&inert(page), &[step]);
        assert!(!shown.contains("form") && !shown.contains("/x"), "{shown}");
        let (yes, no) = shown.split_once("<span>N</span>").unwrap();
        assert!(!yes.contains("picked") && no.starts_with("<b class=\"picked\">"), "{shown}");
    }
}
