//! `function`: whether a function is open to somebody who refuses items (R13, R33).

use jiff::Timestamp;
use model::act::{Account, Born, SubjectState};
use model::calendar::day_in_shanghai;

use super::project::{Seen, Standing, attested_adult};
use super::render::{closed, plain};
use crate::compile::Tables;
use crate::question::{Code, FunctionAnswer, FunctionOpen, FunctionVerdict, Openness, Processing, Reason, Side};
use crate::syntax::{Action, Collect, Function, Need, Reach};
use crate::terms::asked::Asked;

impl Tables {
    /// Whether a function is open to somebody who refuses items.
    ///
    /// The published policy closes it for a refused item that the text makes a condition. The law lets it ask only for
    /// what it needs: never for what is optional or not stated, what the operation file found unneeded, or a face to
    /// which there is another way. It closes this function only (PIPL art. 16). What takes effect is the verdict that
    /// demands less (invariant 4).
    pub fn function_open(
        &self,
        asked: &FunctionOpen,
        subject: &SubjectState,
        born: Option<Born>,
        now: Timestamp,
    ) -> FunctionAnswer {
        let at = asked.at.unwrap_or(now);
        let day = day_in_shanghai(at);
        // An account that is closed demands nothing: it opens nothing either.
        let shut = subject.account == Account::Closed && self.program().law.holds("R46", day);
        let done = |published: FunctionVerdict, law: FunctionVerdict, alternatives: Vec<String>| FunctionAnswer {
            effect: if shut { Openness::Closed } else { published.effect.max(law.effect) },
            published,
            law,
            alternatives,
            tables: self.fingerprint(),
            as_of: at,
        };
        let (named, codes) = self.name_function(asked);
        let Some((function, names)) = named else {
            let reasons = codes.iter().flat_map(|code| closed(self.program(), *code, day));
            let reasons: Vec<Reason> = reasons.map(Reason::owned).collect();
            let shut = |side: Side| FunctionVerdict {
                effect: Openness::Closed,
                missing: Vec::new(),
                closes: Vec::new(),
                reasons: reasons.iter().filter(|reason| reason.side == side).cloned().collect(),
            };
            return done(shut(Side::Published), shut(Side::Law), Vec::new());
        };
        let adult = attested_adult(self.program(), names.person);
        let (program, alphabet, facts) = (self.program(), self.alphabet(), &asked.facts);
        let seen = Seen { program, alphabet, state: subject, facts, born, at, party: None, adult };
        let standing = seen.project(&names, seen.life());
        let refused: Vec<&str> = names
            .items
            .iter()
            .flatten()
            .filter_map(|place| self.alphabet().items.get(usize::from(*place)))
            .map(model::Slug::as_str)
            .collect();
        let demanded = self.demanded(function, &names, &refused, &standing);
        let published = self.by_policy(function, &demanded, &refused, day);
        let law = self.by_law(function, &demanded, &refused, subject, day);
        let faces = refused.iter().any(|item| self.program().items.get(*item).is_some_and(|facts| facts.face));
        let alternatives = if faces { self.alternatives(function) } else { Vec::new() };
        done(published, law, alternatives)
    }

    fn name_function(&self, asked: &FunctionOpen) -> (Option<(&Function, Asked)>, Vec<Code>) {
        let question = Processing {
            at: asked.at,
            function: Some(asked.function.clone()),
            product: asked.product.clone(),
            channel: asked.channel.clone(),
            ..Processing::new(asked.platform.clone(), Action::Collect, &asked.person, asked.refused.clone())
        };
        let names = match Asked::read(self.program(), self.alphabet(), &question) {
            Ok(names) if names.items.contains(&None) => return (None, vec![Code::UnknownItem]),
            Ok(names) => names,
            Err(codes) => return (None, codes),
        };
        let place = names.function.map_or(usize::MAX, usize::from);
        (self.program().policy.functions.get(place).map(|function| (function, names)), Vec::new())
    }

    /// The refused items that the text makes a condition under the facts known. An unknown condition does not demand.
    fn demanded(&self, function: &Function, asked: &Asked, refused: &[&str], standing: &Standing) -> Vec<String> {
        let Some(person) = self.program().policy.persons.get(usize::from(asked.person)) else { return Vec::new() };
        let groups = function.collects.said().into_iter().flatten();
        let required = |group: &&Collect| match group.need.said() {
            Some(Need::Required) => true,
            Some(Need::Conditional) => group.when.is_some(),
            Some(Need::Optional) | None => false,
        };
        let applies = |group: &&Collect| {
            let when = group
                .when
                .as_ref()
                .map(|when| crate::compile::truth(self.program(), self.alphabet(), &when.value, asked.channel));
            when.is_none_or(|gate| gate.holds(&standing.published))
        };
        let meant = groups.filter(|group| group.of.text == person.id.as_str()).filter(required).filter(applies);
        let items = meant.flat_map(|group| &group.items).map(|item| item.text.as_str());
        let mut demanded: Vec<String> = items.filter(|item| refused.contains(item)).map(str::to_owned).collect();
        demanded.sort_unstable();
        demanded.dedup();
        demanded
    }

    fn by_policy(
        &self,
        function: &Function,
        demanded: &[String],
        refused: &[&str],
        day: jiff::civil::Date,
    ) -> FunctionVerdict {
        let reach = function.refused.said().map(|refused| refused.reach.value);
        let effect = match (demanded.is_empty(), reach) {
            (false, Some(Reach::Nowhere)) => Openness::Limited,
            (false, _) => Openness::Closed,
            (true, _) => openness(refused),
        };
        let mut reasons = Vec::new();
        if !refused.is_empty() && function.refused.is_silent() {
            reasons.push(plain(self.program(), Code::NotStated, Side::Published, None, day));
        }
        let named = function.refused.said().map(|refused| refused.closes.iter().map(|one| one.text.clone()));
        let others = self.program().policy.functions.iter().filter(|other| other.id.value != function.id.value);
        let closes = match reach {
            _ if demanded.is_empty() => Vec::new(),
            Some(Reach::Account | Reach::AllInsurance) => others.map(|other| other.id.to_string()).collect(),
            _ => named.into_iter().flatten().collect(),
        };
        FunctionVerdict { effect, missing: demanded.to_vec(), closes, reasons }
    }

    fn by_law(
        &self,
        function: &Function,
        demanded: &[String],
        refused: &[&str],
        subject: &SubjectState,
        day: jiff::civil::Date,
    ) -> FunctionVerdict {
        let program = self.program();
        let verdict = |effect, missing, reasons| FunctionVerdict { effect, missing, closes: Vec::new(), reasons };
        if subject.account == Account::Closed && program.law.holds("R46", day) {
            let reasons = vec![plain(program, Code::AccountClosed, Side::Law, Some(46), day)];
            return verdict(Openness::Closed, demanded.to_vec(), reasons);
        }
        let unneeded = |item: &str| {
            let mut choices = program.operation.unneeded.iter().filter(|one| one.function.text == function.id.as_str());
            choices.any(|choice| choice.items.iter().any(|named| named.text == item))
        };
        let other_way = !self.alternatives(function).is_empty();
        let is_face = |item: &str| program.items.get(item).is_some_and(|facts| facts.face);
        let mut reasons = Vec::new();
        let mut missing = demanded.to_vec();
        if program.law.holds("R13", day) {
            missing.retain(|item| !unneeded(item));
        }
        if program.law.holds("R33", day) && missing.iter().any(|item| is_face(item)) {
            // R33: a face is never the only way. Where the company names no other, it may not insist either.
            missing.retain(|item| !is_face(item));
            let rule = Some(33);
            reasons.push(plain(program, Code::FaceNotSoleWay, Side::Law, rule, day));
        } else if other_way {
            missing.retain(|item| !is_face(item));
        }
        let effect = if missing.is_empty() { openness(refused) } else { Openness::Closed };
        verdict(effect, missing, reasons)
    }

    fn alternatives(&self, function: &Function) -> Vec<String> {
        let choices = self.program().operation.alternatives.iter();
        choices.filter(|one| one.function.text == function.id.as_str()).map(|one| one.id.to_string()).collect()
    }
}

const fn openness(refused: &[&str]) -> Openness {
    if refused.is_empty() { Openness::Available } else { Openness::Limited }
}
