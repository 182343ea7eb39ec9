//! A matter (事项) as it comes together: everybody who stands in it, found or made, decided about one by one.

use jiff::Timestamp;
use model::act::{Account, GivenBy};
use model::age::is_under;
use model::calendar::day_in_shanghai;
use model::{RecordId, Slug, SubjectId};
use policy::question::{Answer, Code, Effect, ItemAnswer};
use policy::syntax::{Function, Trigger};
use store::{ConsentGiven, Expect, Key, NewRecord, TokenKind, Write};
use vault::Whose;

use super::apply::{Kept, Named};
use super::ask::{Context, Ruling, lacking, rule};
use super::fields::{Checked, born, searched_as};
use super::seal::{self, Place};
use super::standing::{Filed, Found, Part, Standing, find, stranger};
use super::{Once, Whom};
use crate::act::Draft;
use crate::consent::{Choice, drawn, faults, give_missing};
use crate::leaf::{Entry, Who};
use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal, identity};

/// Why one person's part does not come in.
pub(super) enum No {
    Missing(Vec<FieldFault>),
    Denied(Box<Answer>),
    Broken(Refusal),
}

/// The matter as it comes together.
pub(super) struct Matter {
    record: RecordId,
    holder: SubjectId,
    standings: Vec<Standing>,
    consents: Vec<ConsentGiven>,
    filed: Filed,
    withheld: Vec<ItemAnswer>,
    answer: Option<Box<Answer>>,
    trigger: Trigger,
}

impl Matter {
    pub(super) fn of((record, holder): (RecordId, SubjectId), trigger: Trigger) -> Self {
        let (standings, consents, withheld) = (Vec::new(), Vec::new(), Vec::new());
        Self { record, holder, standings, consents, filed: Filed::default(), withheld, answer: None, trigger }
    }

    /// Takes the holder in. Gives the place.
    pub(super) fn begin(&mut self, holder: Standing) -> usize {
        self.standings.push(holder);
        self.standings.len() - 1
    }

    /// Finds another person than the holder, or makes one with the consents given for it. Gives its place.
    pub(super) async fn stand(
        &mut self,
        house: &House,
        platform: &Platform,
        person: &Named,
        who: &Who,
        now: Timestamp,
    ) -> Result<usize, Refusal> {
        let values = person.read()?;
        let found = match self.meant(house, platform, person, who).await? {
            Some(id) => self.standings.iter().position(|one| one.id == id).map_or(Found::Known(id, None), Found::Here),
            None => find(house, platform, &self.standings, &values).await?,
        };
        let standing = match found {
            Found::Here(place) => {
                self.alone(platform, place, person, &values)?;
                return Ok(place);
            }
            Found::Known(id, document) => {
                let standing = Standing::of(house, platform, id, document, &values).await?;
                // Who has an account answers there; only a child without one is answered for.
                let child = platform.tables.program().law.ages().child;
                let child = standing.born.is_some_and(|born| is_under(Some(born), child, day_in_shanghai(now)));
                if standing.snapshot.state().account == Account::None && child {
                    let by_guardian = |choice: &&Choice| choice.by == GivenBy::Guardian;
                    let given = person.consents.iter().filter(by_guardian).cloned().collect();
                    give_missing(house, platform, id, given).await?;
                    Standing::of(house, platform, id, document, &values).await?
                } else {
                    standing
                }
            }
            Found::Nobody => {
                let new = stranger(platform, house.entropy.draw(), &values, (self.record, &person.roles));
                let age = born(&values);
                let counts = |choice: &&Choice| faults(platform, choice, age, now).is_empty();
                let given: Vec<Choice> = person.consents.iter().filter(counts).cloned().collect();
                let given = drawn(house, platform, new.id, &given, now);
                let standing = Standing::made(house, platform, new, &values, &given).await?;
                self.consents.extend(given);
                standing
            }
        };
        Ok(self.begin(standing))
    }

    /// Who is meant by a record or an id: somebody who stands in a record of the holder's.
    async fn meant(
        &self,
        house: &House,
        platform: &Platform,
        person: &Named,
        who: &Who,
    ) -> Result<Option<SubjectId>, Refusal> {
        let records = match (&person.whom, who) {
            (Whom::Typed, _) => return Ok(None),
            // A customer knows of no record that is not shown.
            (_, Who::Subject) => identity::seen(house, platform, self.holder).await?.1,
            (_, _) => house.store.records_of(&platform.id, self.holder).await?,
        };
        let nobody = Refusal::NotFound("person in a record of the holder's");
        // In what somebody else holds one is a guest, and names nobody.
        let held = records.iter().filter(|record| record.holder.is_none_or(|holder| holder == self.holder));
        let mut roles = held.flat_map(|record| record.roles.iter().map(|(id, role)| (record.id, *id, role)));
        match &person.whom {
            Whom::Typed => Ok(None),
            Whom::Subject(meant) => roles.any(|(_, id, _)| id == *meant).then_some(Some(*meant)).ok_or(nobody),
            Whom::Standing(record, role) => {
                let stands: Vec<SubjectId> =
                    roles.filter(|(of, _, is)| of == record && *is == role).map(|(_, id, _)| id).collect();
                match stands.as_slice() {
                    [one] => Ok(Some(*one)),
                    [] => Err(nobody),
                    _ => Err(Refusal::Wrong("several people stand in that role: name one by `subject`".into())),
                }
            }
        }
    }

    /// Nobody stands twice in one role.
    fn alone(&self, platform: &Platform, place: usize, person: &Named, values: &[Checked]) -> Result<(), Refusal> {
        let Some(standing) = self.standings.get(place) else { return Ok(()) };
        let there = |role: &&Slug| self.filed.roles.iter().any(|(id, is)| *id == standing.id && is == *role);
        let Some(role) = person.roles.iter().find(there) else { return Ok(()) };
        let number = values.iter().find(|one| searched_as(platform, one) == Some(TokenKind::Document));
        let Some(number) = number else { return Err(Refusal::Wrong("one person twice in one role".into())) };
        let fault = FieldFault::new(number.item.to_string(), "twice-there");
        Err(Refusal::Fields(person.faults(role, vec![fault])))
    }

    /// Decides on one role's values and seals what is permitted.
    pub(super) fn fill(
        &mut self,
        house: &House,
        platform: &Platform,
        context: Context<'_>,
        (place, role): (usize, &Slug),
        person: &Named,
    ) -> Result<(), No> {
        let broken = || No::Broken(Refusal::Wrong("a matter needs somebody who stands in it".into()));
        let standing = self.standings.get(place).ok_or_else(broken)?;
        let mut values = person.read().map_err(No::Broken)?;
        values.retain(|value| context.function.is_some_and(|function| takes(function, role, &value.item)));
        let state = (&standing.snapshot, standing.born);
        if let Some(faults) = lacking(platform, state, context, role, &[]).filter(|_| values.is_empty()) {
            let shut = || No::Broken(Refusal::Wrong("this function is closed for one of the roles".into()));
            return Err(if faults.is_empty() { shut() } else { No::Missing(person.faults(role, faults)) });
        }
        let stands = (person.whose == Whose::Subject).then(|| (standing.id, role.clone()));
        if values.is_empty() {
            self.filed.add(Part { role: stands, items: Vec::new(), writes: Vec::new() });
            return Ok(());
        }
        let (permit, answer, kept, withheld) = match rule(platform, state, context, (self.record, role), values, true) {
            Ruling::Kept { permit, answer, kept, withheld } => (permit, answer, kept, withheld),
            Ruling::Missing(faults) => return Err(No::Missing(person.faults(role, faults))),
            // Of who stands in several roles, the items of one may be asked of another person alone.
            Ruling::Denied(answer) if person.roles.len() > 1 && is_asked_of_others(platform, &answer) => {
                self.filed.add(Part { role: stands, items: Vec::new(), writes: Vec::new() });
                return Ok(());
            }
            Ruling::Denied(answer) => return Err(No::Denied(answer)),
        };
        let place = Place {
            record: self.record,
            subject: standing.id,
            role,
            whose: person.whose,
            part: None,
            trigger: self.trigger,
            source: None,
            function: context.function.map(|function| &function.id.value),
            at: context.now,
        };
        let items = kept.iter().map(|checked| checked.item.clone()).collect();
        let gate = seal::gate(platform, &place, standing.stored, &kept).filter(|_| standing.known().is_some());
        let mut writes = seal::writes(house, platform, *permit, &place, kept).map_err(No::Broken)?;
        writes.extend(gate.filter(|_| person.whose == Whose::Subject));
        // By a telephone only an account is found, and nobody opens one here.
        writes.retain(|write| !matches!(write, Write::Token(token) if token.kind != TokenKind::Document));
        self.filed.add(Part { role: stands, items, writes });
        self.withheld.extend(withheld);
        self.answer.get_or_insert(answer);
        Ok(())
    }

    /// Takes in consents that are given with it, by who has them to give.
    pub(super) fn consented(&mut self, given: Vec<ConsentGiven>) {
        self.consents.extend(given);
    }

    /// Takes in what goes with it.
    pub(super) fn also(&mut self, writes: impl IntoIterator<Item = Write>) {
        self.filed.writes.extend(writes);
    }

    /// Takes in how somebody's document number is taken.
    pub(super) fn numbered(&mut self, subject: SubjectId, number: identity::Number) {
        number.settle(subject, &mut self.filed.writes);
    }

    /// Whether a document number is sealed by which this subject will be found.
    pub(super) fn claims_number(&self, subject: SubjectId) -> bool {
        self.filed.writes.iter().any(|write| matches!(write, Write::Token(token) if token.subject == subject))
    }

    /// What the ledger says of it.
    pub(super) fn tell(&self, entry: &mut Entry) {
        entry.items = self.filed.items();
        entry.scopes = self.consents.iter().map(|given| given.consent.scope.clone()).collect();
        entry.effect = if self.withheld.is_empty() { Effect::Permit } else { Effect::Partial };
        if let Some(answer) = &self.answer {
            entry.basis = answer.basis;
            entry.exception.clone_from(&answer.exception);
            entry.reasons = crate::act::reasons(answer);
        }
    }

    /// The one transaction, and what was given and not kept.
    pub(super) fn draft(
        mut self,
        (class, product): (Slug, Option<Slug>),
        entry: Entry,
        function: &Function,
        once: Option<Once>,
        at: Timestamp,
    ) -> (Draft, Vec<ItemAnswer>) {
        let record = self.record;
        let header = NewRecord {
            id: record,
            class,
            function: Some(function.id.value.clone()),
            product,
            holder: Some(self.holder),
            roles: std::mem::take(&mut self.filed.roles),
            in_force_from: None,
            in_force_until: None,
            at,
        };
        self.whole(entry, vec![Write::Record(header)], once.map(|once| once.key(&Kept { record })))
    }

    /// The one transaction of people who come to stand in a record that is there, each as `stands` says.
    pub(super) fn joining(
        mut self,
        entry: Entry,
        stands: impl Fn(SubjectId, Slug) -> Write,
    ) -> (Draft, Vec<ItemAnswer>) {
        let roles = std::mem::take(&mut self.filed.roles).into_iter();
        let stands = roles.map(|(subject, role)| stands(subject, role)).collect();
        self.whole(entry, stands, None)
    }

    fn whole(self, entry: Entry, stands: Vec<Write>, key: Option<Key>) -> (Draft, Vec<ItemAnswer>) {
        let record = self.record;
        let known = self.standings.iter().filter(|one| one.new.is_none());
        let expect = known.map(|one| Expect::Subject(one.id, one.snapshot.version())).collect();
        let subjects = self.standings.iter().map(|standing| standing.id).collect();
        let mut writes: Vec<Write> = self.standings.into_iter().filter_map(|one| one.new).map(Write::Subject).collect();
        writes.extend(self.consents.into_iter().map(Write::Consent));
        writes.extend(stands);
        writes.extend(self.filed.writes);
        (Draft { expect, writes, entry, subjects, record: Some(record), key }, self.withheld)
    }
}

/// Whether nothing stands in the way of these items but a condition on who or what it is about. A declared fact that is
/// false is none: it is about this very person.
fn is_asked_of_others(platform: &Platform, answer: &Answer) -> bool {
    let facts = &platform.tables.program().policy.facts;
    let of_person = |named: &str| facts.iter().any(|fact| fact.id.as_str() == named);
    let untrue = |item: &ItemAnswer| item.reasons.iter().any(|reason| reason.code == Code::ConditionFalse);
    let about = |item: &ItemAnswer| item.reasons.iter().any(|reason| reason.fact.as_deref().is_some_and(of_person));
    answer.items.iter().all(|item| untrue(item) && !about(item))
}

/// Whether a function collects an item from a role.
pub(super) fn takes(function: &Function, role: &Slug, item: &Slug) -> bool {
    let groups = function.collects.said().into_iter().flatten().filter(|group| group.of.text == role.as_str());
    groups.flat_map(|group| &group.items).any(|taken| taken.text == item.as_str())
}
