//! What the rules look at, and what several of them ask of it.

use jiff::civil::Date;

use super::said::{Bilingual, joined};
use super::text::{around, chapter};
use crate::finding::{Source, Span};
use crate::law::{Kept, LegalFloor};
use crate::resolve::{ItemFacts, Program};
use crate::syntax::{
    Action, At, Basis, Collect, ExportRoute, Floor, Form, Function, Here, Item, Kind, Level, Person, PersonKind,
    Policy, Recipient, RecipientClass, Record, Ref, Right, RightKind, Route, Share, Stated, Statement, StatementKind,
};

/// A program with the texts that findings quote, on the day whose law measures it.
pub(super) struct View<'a> {
    pub(super) program: &'a Program,
    pub(super) policy: &'a Source,
    pub(super) operation: Option<&'a Source>,
    pub(super) day: Date,
}

/// The day that the text gives itself.
pub(super) fn own_day(program: &Program) -> Option<Date> {
    let header = &program.policy.policy;
    header.effective.said().or_else(|| header.updated.said()).copied()
}

impl<'a> View<'a> {
    /// What the published text says.
    pub(super) fn said(&self) -> &'a Policy {
        &self.program.policy
    }

    /// Published name of an element.
    pub(super) fn name(&self, kind: Kind, id: &'a str) -> &'a str {
        self.program.names.name_of(kind, id)
    }

    /// Published names of items, joined; the first few of a long list.
    pub(super) fn items(&self, items: impl IntoIterator<Item = &'a Ref<Item>>) -> Bilingual {
        joined(items.into_iter().map(|item| self.name(Kind::Item, &item.text)))
    }

    /// What is known of an item.
    pub(super) fn facts(&self, item: &Ref<Item>) -> Option<&'a ItemFacts> {
        self.program.items.get(item.text.as_str())
    }

    /// Whether an item is sensitive by the standards that the operation file chose.
    pub(super) fn is_sensitive(&self, item: &Ref<Item>) -> bool {
        let sensitivity = &self.program.operation.switches.sensitivity;
        self.facts(item).is_some_and(|facts| facts.sensitive_on(self.day, sensitivity))
    }

    /// The role of that name.
    pub(super) fn person(&self, person: &Ref<Person>) -> Option<&'a Person> {
        self.said().persons.iter().find(|one| one.id.as_str() == person.text)
    }

    /// Whether a role is a human being, so that the law protects it.
    pub(super) fn is_natural(&self, person: &Ref<Person>) -> bool {
        self.person(person).is_some_and(|person| person.kind.value == PersonKind::Natural)
    }

    /// What each function takes from human beings.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&'a Function, &'a Collect)> {
        let of = |function: &'a Function| groups_of(function).map(move |group| (function, group));
        self.said().functions.iter().flat_map(of).filter(|(_, group)| self.is_natural(&group.of))
    }

    /// Shares that hand personal information over: not what is anonymised, nor sums.
    pub(super) fn shares(&self) -> impl Iterator<Item = &'a Share> {
        self.said().shares.iter().filter(|share| is_personal(share.level.as_ref()))
    }

    /// Rights of that kind that the text grants.
    pub(super) fn rights(&self, kind: RightKind) -> impl Iterator<Item = &'a Right> {
        self.said().rights.iter().filter(move |right| right.kind.value == kind)
    }

    /// Where the text speaks of rights, and a missing one would stand: the clause around all of them; where they are
    /// scattered, the chapter with the most, the first of several.
    pub(super) fn rights_clause(&self) -> Option<String> {
        let clauses = || self.said().rights.iter().filter_map(|right| first_clause(&right.clause));
        let most = || {
            let in_it = |one: &String| clauses().filter(|clause| chapter(clause) == *one).count();
            clauses().map(chapter).rev().max_by_key(in_it)
        };
        around(clauses()).or_else(most)
    }

    /// Sentences of that kind.
    pub(super) fn sentences(&self, kind: StatementKind) -> impl Iterator<Item = &'a Statement> {
        self.said().statements.iter().filter(move |one| one.kind.value == kind)
    }

    /// Who receives by a share.
    pub(super) fn recipient(&self, share: &Share) -> Option<&'a Recipient> {
        self.said().recipients.iter().find(|one| one.id.as_str() == share.recipient.text)
    }

    /// Whether a share gives data to another handler. Entrusting has its own terms, and taking a business over its own article.
    pub(super) fn is_provided(&self, share: &Share) -> bool {
        match share.act.value {
            Action::Share | Action::Export => true,
            Action::Transfer => !self.is_taken_over(share),
            _ => false,
        }
    }

    /// Whether a share hands data to whoever takes a business over.
    pub(super) fn is_taken_over(&self, share: &Share) -> bool {
        self.recipient(share).is_some_and(|recipient| recipient.class.value == RecipientClass::Acquirer)
    }

    /// Whether the text frees a share from consent in a case of its own, and puts no ground in its place.
    pub(super) fn is_excepted(&self, share: &Share) -> bool {
        let clear = share.level.as_ref().is_none_or(|level| level.value == Level::Clear);
        let freed = share.consent.is_nothing() && share.basis.said().is_none();
        clear && freed && share.when.is_some() && !self.is_taken_over(share)
    }

    /// What reaches a recipient abroad.
    pub(super) fn flows_abroad(&self, recipient: &'a Recipient) -> impl Iterator<Item = &'a Share> {
        let reaches = move |share: &&'a Share| share.recipient.text == recipient.id.as_str();
        self.shares().filter(reaches).filter(move |share| is_abroad(recipient, share))
    }

    /// The route on which a flow leaves the country, where the operation file declares one.
    pub(super) fn route_of(&self, share: &Share) -> Option<&'a ExportRoute> {
        self.program.operation.routes.iter().find(|route| route.share.text == share.id.as_str())
    }

    /// What a record of a class holds: what systems hand in, and what the functions that make it take.
    pub(super) fn held_in(&self, class: &Ref<Record>) -> Vec<&'a Ref<Item>> {
        let records = self.said().records.iter().filter(|record| record.id.as_str() == class.text);
        let handed = records.flat_map(|record| &record.holds).flat_map(|holding| &holding.items);
        let makes = |function: &&Function| function.makes.as_ref().is_some_and(|made| made.text == class.text);
        let taken = self.said().functions.iter().filter(makes).flat_map(groups_of).flat_map(|group| &group.items);
        handed.chain(taken).collect()
    }

    /// What a share hands over: the items that it names, and what the records hold that it names.
    pub(super) fn items_of(&self, share: &'a Share) -> Vec<&'a Ref<Item>> {
        let named = share.items.said().into_iter().flatten();
        named.chain(share.records.iter().flat_map(|class| self.held_in(class))).collect()
    }

    /// The floors under a class: those of the text and those that the operation file adds.
    pub(super) fn floors_of(&self, class: &str) -> Vec<Floor> {
        let declared = self.said().records.iter().filter(|record| record.id.as_str() == class);
        let chosen = self.program.operation.floors.iter().filter(|choice| choice.class.text == class);
        let all = declared.flat_map(|record| &record.floors).chain(chosen.flat_map(|choice| &choice.floors));
        let mut floors: Vec<Floor> = all.map(|floor| floor.value).collect();
        floors.sort_unstable();
        floors.dedup();
        floors
    }

    /// The floors that the law itself puts under a class, by whose record it is and of what kind, and no file names.
    pub(super) fn unnamed_floors_of(&self, record: &Record) -> Vec<&'a LegalFloor> {
        let law = &self.program.law;
        let makes = |function: &&Function| function.makes.as_ref().is_some_and(|made| made.text == record.id.as_str());
        let mut makers = self.said().functions.iter().filter(makes);
        let kept = Kept {
            handler: self.said().handler.kind.value,
            name: &record.name,
            events: &record.events,
            sold: makers.any(|function| law.wording().is_sale(&function.name)),
        };
        let named = self.floors_of(record.id.as_str());
        law.floors_under(kept, self.day).filter(|floor| !named.contains(&floor.floor)).collect()
    }

    /// The first line of a table, for what is missing from it.
    pub(super) fn head(&self, table: Here) -> Span {
        let Span { start, end } = table.0;
        let rest = usize::try_from(start).ok().and_then(|start| self.policy.text.get(start..)).unwrap_or_default();
        let line = u32::try_from(rest.find('\n').unwrap_or(rest.len())).unwrap_or(u32::MAX);
        Span { start, end: end.min(start.saturating_add(line)) }
    }
}

/// The clause in which an element stands, the first of several.
pub(super) fn first_clause(clauses: &[At<String>]) -> Option<&str> {
    clauses.first().map(|clause| clause.value.as_str())
}

/// What a function takes, from whomever.
pub(super) fn groups_of(function: &Function) -> impl Iterator<Item = &Collect> {
    function.collects.said().into_iter().flatten()
}

/// Whether a share says which items go.
pub(super) fn told_items(share: &Share) -> bool {
    !share.items.is_silent() || !share.records.is_empty()
}

/// Whether data of that level is still about a person.
pub(super) fn is_personal(level: Option<&At<Level>>) -> bool {
    !level.is_some_and(|level| matches!(level.value, Level::Anonymised | Level::Aggregate))
}

/// Whether what is shared leaves the country with it.
pub(super) fn is_abroad(recipient: &Recipient, share: &Share) -> bool {
    share.act.value == Action::Export || recipient.overseas.as_ref().is_some_and(|overseas| overseas.value)
}

/// Whether consent is what the text rests an element on: by its ground, or, where it gives none, by asking for it.
pub(super) fn rests_on_consent(basis: &Stated<Basis>, consent: &Stated<Form>) -> bool {
    basis.said().map_or(consent.said().is_some(), |basis| *basis == Basis::Consent)
}

/// Whether the law itself commands or allows it, so that nobody is asked.
pub(super) fn is_commanded(basis: &Stated<Basis>) -> bool {
    matches!(basis.said(), Some(Basis::Statutory | Basis::Emergency | Basis::News | Basis::OtherLaw))
}

/// The ways that a text gives for something; one that it promises and does not tell is none.
pub(super) fn ways(routes: &Stated<Vec<Route>>) -> impl Iterator<Item = Route> {
    routes.said().into_iter().flatten().copied().filter(|route| *route != Route::Unstated)
}

/// The level of data that are still about a person, where the text frees them from consent and puts no ground in its place.
pub(super) fn freed<'l>(
    level: Option<&'l At<Level>>,
    basis: &Stated<Basis>,
    consent: &Stated<Form>,
) -> Option<&'l At<Level>> {
    let less = |level: &&At<Level>| matches!(level.value, Level::DeIdentified | Level::Pseudonymous | Level::Masked);
    level.filter(less).filter(|_| consent.is_nothing() && basis.said().is_none())
}

/// Where a slot is stated; `otherwise` where the text is silent on it.
pub(super) fn span_of<T>(slot: &Stated<T>, otherwise: Span) -> Span {
    match slot {
        Stated::Said(at) => at.span,
        Stated::Nothing(span) => *span,
        Stated::NotStated { .. } => otherwise,
    }
}
