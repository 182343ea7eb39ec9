//! The processing question, for advice and for permits.

use jiff::Timestamp;
use model::act::{Born, Life, Snapshot, SubjectState};
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug};

use super::project::{Seen, attested_adult};
use super::render::{Words, unknown, verdict, withheld};
use super::{Judged, Permit, View, render};
use crate::compile::Tables;
use crate::question::{
    Answer, Code, Effect, ItemAnswer, NotAnswerable, Outcome, Processing, Question, Reply, Side, Subject,
};
use crate::syntax::Action;
use crate::terms::asked::Asked;

impl Tables {
    /// Advice: opens nothing, leaves no leaf. The instant is `asked.at`, else `now`.
    pub fn decide(&self, asked: &Processing, subject: &SubjectState, born: Option<Born>, now: Timestamp) -> Answer {
        self.decide_at(asked, subject, born, asked.at.unwrap_or(now), None).0.owned()
    }

    /// Decides for an act on one record, as the store's own snapshot stands; `asked.at` is ignored. No permit when
    /// nothing is permitted, when the snapshot was read under another policy (`policy-moved`), or when the record is
    /// not among the subject's (`unknown-record`; collecting may make a new one, and so may keeping what the company's
    /// own systems hand in).
    pub fn permit(
        &self,
        snapshot: &Snapshot,
        born: Option<Born>,
        asked: &Processing,
        record: RecordId,
        now: Timestamp,
    ) -> (Answer, Option<Permit>) {
        let day = day_in_shanghai(now);
        let refuse = |code: Code| Answer { as_of: now, ..unknown(self, asked, &[code], day) }.owned();
        if snapshot.policy(now) != Some(self.policy()) {
            return (refuse(Code::PolicyMoved), None);
        }
        let state = snapshot.state();
        let life = state.records.iter().find(|one| one.id == Some(record)).map(|one| one.life);
        if life.is_none() && !matches!(asked.action, Action::Collect | Action::Retain) {
            return (refuse(Code::UnknownRecord), None);
        }
        let (answer, names) = self.decide_at(asked, state, born, now, Some(life.unwrap_or_default()));
        let answer = answer.owned();
        let permit = names.filter(|_| answer.effect != Effect::Deny);
        let permit = permit.and_then(|names| self.write_permit(&answer, &names, snapshot, record, now));
        (answer, permit)
    }

    fn decide_at<'a>(
        &'a self,
        asked: &'a Processing,
        subject: &SubjectState,
        born: Option<Born>,
        at: Timestamp,
        life: Option<Life>,
    ) -> (Answer<&'a str>, Option<Asked>) {
        let day = day_in_shanghai(at);
        let other = asked.platform != self.program().policy.policy.platform.value;
        let names =
            if other { Err(vec![Code::NotDeclared]) } else { Asked::read(self.program(), self.alphabet(), asked) };
        let names = match names {
            Ok(names) => names,
            Err(codes) => return (Answer { as_of: at, ..unknown(self, asked, &codes, day) }, None),
        };
        let party = names.party.and_then(|place| self.program().operation.parties.get(usize::from(place)));
        let party = party.map(|party| party.id.as_str());
        let adult = attested_adult(self.program(), names.person);
        let (program, alphabet, facts) = (self.program(), self.alphabet(), &asked.facts);
        let seen = Seen { program, alphabet, state: subject, facts, born, at, party, adult };
        let standing = seen.project(&names, life.unwrap_or_else(|| seen.life()));
        let posed = self.pose(&names, &standing.published, day);
        let digits = self.alphabet().digits().subject(&standing.published, &standing.law);
        let mut judged = vec![Judged::UNDECLARED; posed.items()];
        let together = self.judge(&posed, &digits, &mut judged);
        let words = Words { tables: self, seen, day };
        let item = |((item, text), judged): ((&Option<u16>, &'a String), &Judged)| {
            let Some(place) = *item else {
                return withheld(text, render::closed(self.program(), Code::UnknownItem, day).to_vec());
            };
            let id = self.alphabet().items.get(usize::from(place)).map_or(text.as_str(), Slug::as_str);
            words.item(id, judged)
        };
        let items: Vec<ItemAnswer<&str>> = names.items.iter().zip(&asked.items).zip(&judged).map(item).collect();
        let relied = names.exception.filter(|_| together.effect != Effect::Deny);
        let relied = relied.and_then(|place| self.program().policy.exceptions.get(usize::from(place)));
        let mut answer = Answer {
            effect: together.effect,
            published: verdict(&items, together.published, Side::Published),
            law: verdict(&items, together.law, Side::Law),
            items,
            obligations: together.duties.list(),
            basis: together.ground,
            exception: relied.map(|exception| exception.id.as_str()),
            retain: None,
            tables: self.fingerprint(),
            as_of: at,
        };
        if asked.action == Action::Retain {
            answer.retain = Some(self.retain(&names, subject, day));
        }
        (answer, Some(names))
    }

    fn write_permit(
        &self,
        answer: &Answer,
        names: &Asked,
        snapshot: &Snapshot,
        record: RecordId,
        now: Timestamp,
    ) -> Option<Permit> {
        let policy = &self.program().policy;
        let at = usize::from;
        let view = |outcome: Outcome, mask: Option<model::field::Mask>| match outcome {
            Outcome::Clear => Some(View::Clear),
            Outcome::Masked => mask.map(View::Masked),
            Outcome::Withheld => None,
        };
        let items =
            answer.items.iter().filter_map(|item| Some((item.item.parse().ok()?, view(item.outcome, item.mask)?)));
        Some(Permit {
            platform: policy.policy.platform.value.clone(),
            subject: snapshot.subject(),
            record,
            person: policy.persons.get(at(names.person))?.id.value.clone(),
            action: names.action,
            function: names.function.and_then(|i| policy.functions.get(at(i))).map(|one| one.id.value.clone()),
            purpose: names.purpose.and_then(|i| policy.purposes.get(at(i))).map(|one| one.id.value.clone()),
            recipient: names.recipient.and_then(|i| policy.recipients.get(at(i))).map(|one| one.id.value.clone()),
            party: names
                .party
                .and_then(|i| self.program().operation.parties.get(at(i)))
                .map(|one| one.id.value.clone()),
            items: items.collect(),
            basis: answer.basis,
            exception: answer.exception.clone(),
            obligations: answer.obligations.clone(),
            tables: self.fingerprint(),
            policy: self.policy(),
            state_version: snapshot.version(),
            at: now,
        })
    }

    /// Answers any question about an inline subject.
    ///
    /// # Errors
    /// [`NotAnswerable`] for a subject named by id, an unreadable birth date and a question about another platform.
    pub fn answer<'a>(&'a self, question: &'a Question, now: Timestamp) -> Result<Reply<'a>, NotAnswerable> {
        if *question.platform() != self.program().policy.policy.platform.value {
            return Err(NotAnswerable::OtherPlatform);
        }
        let nobody = SubjectState::default();
        let (subject, born) = question.subject().map_or(Ok((&nobody, None)), inline)?;
        Ok(self.reply(question, subject, born, now))
    }

    /// Answers any question about a subject that the caller knows, whatever the question says of it.
    pub fn reply<'a>(
        &'a self,
        question: &'a Question,
        subject: &SubjectState,
        born: Option<Born>,
        now: Timestamp,
    ) -> Reply<'a> {
        match question {
            Question::Processing(asked) => {
                Reply::Processing(self.decide_at(asked, subject, born, asked.at.unwrap_or(now), None).0)
            }
            Question::Function(asked) => Reply::Function(self.function_open(asked, subject, born, now)),
            Question::Right(asked) => Reply::Right(self.right(asked, subject, born, now)),
            Question::Due(asked) => Reply::Due(self.due(asked, now)),
            Question::Change(asked) => Reply::Change(self.change(asked, now)),
        }
    }
}

fn inline(subject: &Subject) -> Result<(&SubjectState, Option<Born>), NotAnswerable> {
    let Subject::Inline(subject) = subject else { return Err(NotAnswerable::SubjectById) };
    let born = subject.born.as_deref().map(str::parse).transpose().map_err(|_| NotAnswerable::Born)?;
    Ok((&subject.state, born))
}
