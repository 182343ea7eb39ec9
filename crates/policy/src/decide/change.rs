//! `change`: what a change of the text, or of what it describes, asks of the handler.

use jiff::Timestamp;
use jiff::civil::Date;
use model::calendar::day_in_shanghai;

use super::render::plain;
use crate::compile::Tables;
use crate::question::{ChangeAnswer, ChangeAsked, ChangeVerdict, Code, Demand, Reason, Side};
use crate::syntax::{Change, Route, Stated};

impl Tables {
    /// What has to be done before a change takes effect: a new consent, a notice as for what the text calls major, a
    /// notice as for every change, or nothing. What takes effect is the verdict that demands more of the handler.
    pub fn change(&self, asked: &ChangeAsked, now: Timestamp) -> ChangeAnswer {
        let at = asked.at.unwrap_or(now);
        let day = day_in_shanghai(at);
        let published = self.change_by_policy(asked.change, day);
        let law = self.change_by_law(asked.change, day);
        let update = &self.program().policy.update;
        ChangeAnswer {
            change: asked.change,
            effect: published.effect.max(law.effect),
            routes: published.routes.clone(),
            any_one_of: published.any_one_of,
            before_effect: published.before_effect || law.before_effect,
            election: update.election.said().copied(),
            archive: update.archive.said().copied(),
            published,
            law,
            tables: self.fingerprint(),
            as_of: at,
        }
    }

    /// Whether the text asks for a new consent after such a change.
    pub(crate) fn asks_again(&self, change: Change) -> bool {
        let update = &self.program().policy.update;
        let cut = change == Change::RightsCut && update.rights_cut_needs_consent.said() == Some(&true);
        cut || update.consent_again.said().is_some_and(|list| list.contains(&change))
    }

    fn change_by_policy(&self, change: Change, day: Date) -> ChangeVerdict {
        let update = &self.program().policy.update;
        let clause = update.clause.first().map(|clause| clause.value.clone());
        let reason =
            |code| Reason { clause: clause.clone(), ..plain(self.program(), code, Side::Published, None, day) };
        let major = update.major.said().is_some_and(|list| list.contains(&change));
        let again = self.asks_again(change);
        let routes = |slot: &Stated<Vec<Route>>| slot.said().cloned().unwrap_or_default();
        // What is major is told as every change is where the text has no way of its own for it.
        let told = if major && update.major_notice.said().is_some() { &update.major_notice } else { &update.notice };
        let effect = match (again, major, told.said()) {
            (true, ..) => Demand::Consent,
            (false, true, _) => Demand::MajorNotice,
            (false, false, Some(_)) => Demand::Notice,
            (false, false, None) => Demand::Nothing,
        };
        let mut reasons = Vec::new();
        match effect {
            Demand::Consent => reasons.push(reason(Code::ChangeNeedsConsent)),
            Demand::MajorNotice | Demand::Notice => reasons.push(reason(Code::ChangeNeedsNotice)),
            Demand::Nothing => {}
        }
        let open = update.major_open.as_ref().is_some_and(|open| open.value) || update.major.is_silent();
        let unclassed = !major && !again && open;
        if unclassed || told.is_silent() {
            reasons.push(reason(Code::NotStated));
        }
        ChangeVerdict {
            effect,
            routes: if effect == Demand::Nothing { Vec::new() } else { routes(told) },
            any_one_of: update.any_one_of.as_ref().is_some_and(|any| any.value),
            before_effect: effect > Demand::Nothing && update.before_effect.said() == Some(&true),
            reasons,
        }
    }

    /// R9: a change of purpose, manner, kinds of items or recipients needs a new consent (PIPL art. 14, 23); of the others
    /// the changed part is told (PIPL art. 17). Both before anything is done under the new text. No way is prescribed.
    fn change_by_law(&self, change: Change, day: Date) -> ChangeVerdict {
        let again = match change {
            Change::Purpose | Change::Manner | Change::Items | Change::Recipients | Change::ServiceModel => true,
            Change::Ownership
            | Change::Rights
            | Change::Contact
            | Change::HighRisk
            | Change::RightsCut
            | Change::Other => false,
        };
        let (effect, code) =
            if again { (Demand::Consent, Code::ChangeNeedsConsent) } else { (Demand::Notice, Code::ChangeNeedsNotice) };
        let in_force = self.program().law.holds("R9", day);
        ChangeVerdict {
            effect: if in_force { effect } else { Demand::Nothing },
            routes: Vec::new(),
            any_one_of: true,
            before_effect: in_force,
            reasons: in_force.then(|| plain(self.program(), code, Side::Law, Some(9), day)).into_iter().collect(),
        }
    }
}
