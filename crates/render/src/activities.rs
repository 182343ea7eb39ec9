//! The record of processing activities (个人信息处理活动记录; PIPL art. 55 and 56, GB/T 35273-2020 no. 11.3): what a regulator
//! asks for of each activity.

use policy::compile::Tables;
use policy::label::label;
use policy::resolve::Program;
use policy::syntax::{At, Cryptography, Item, Kind, Person, Record, Ref, Share};

use crate::document::prose::{prose, words};
use crate::document::{Block, Document, Part, Section, Table, Text};
use crate::labels::{named, phrase};
use crate::listed::origin;
use crate::lists;
use crate::told::{Anchors, Marks, Told};
use crate::wording::{Wording, date, list, tidy, told, told_consent, told_text, told_texts, told_word, told_yes};

/// The record.
pub(crate) fn document(tables: &Tables) -> Document {
    let program = tables.program();
    let (say, mut at) = (Wording::of(program), Anchors::default());
    let activities = activities(say);
    let parts = activities.iter().map(|activity| Block::Part(activity.part(say, &mut at))).collect();
    let overview = vec![Block::Table(overview(say, &activities))];
    let sections = [
        ("handler", vec![Block::Part(handler(say))]),
        ("list", overview),
        ("activities", parts),
        ("measures", measures(say)),
        ("assessments", assessments(say)),
    ];
    let sections = sections
        .into_iter()
        .map(|(key, blocks)| Section::titled(&["s-", key].concat(), words("activities", key), blocks));
    let lead = vec![prose("activities", "lead", &[])];
    Document::new(words("activities", "title").to_owned(), lead, sections.collect(), origin(tables))
}

/// One thing that is done with personal information.
struct Activity<'p> {
    kind: Kind,
    id: &'p str,
    name: &'p str,
    clause: &'p [At<String>],
    /// What sort of thing it is.
    sort: String,
    purposes: String,
    basis: Told,
    consent: Told,
    persons: Vec<&'p Ref<Person>>,
    items: Vec<&'p Ref<Item>>,
    /// What is handed over in its course.
    shares: Vec<&'p Share>,
    record: Option<&'p Ref<Record>>,
}

/// Functions, uses, what is handed over, what is made public.
fn activities(say: Wording<'_>) -> Vec<Activity<'_>> {
    let policy = &say.program.policy;
    let functions = policy.functions.iter().map(|one| {
        let groups = one.collects.said().into_iter().flatten();
        let shares = policy.shares.iter().filter(|share| share.functions.iter().any(|of| of.text == one.id.as_str()));
        Activity {
            sort: list([named("table", "function").to_owned(), label(one.kind.value)]),
            purposes: say.names(&one.purposes),
            basis: told_word(&one.basis),
            consent: told_consent(&one.consent),
            persons: distinct(groups.clone().map(|group| &group.of)),
            items: distinct(groups.flat_map(|group| &group.items)),
            shares: shares.collect(),
            record: one.makes.as_ref(),
            ..Activity::new(Kind::Function, one.id.as_str(), &one.name, &one.clause)
        }
    });
    let uses = policy.uses.iter().map(|one| Activity {
        sort: list([named("table", "use").to_owned(), label(one.kind.value)]),
        purposes: say.name(&one.purpose),
        basis: told_word(&one.basis),
        consent: told_consent(&one.consent),
        persons: distinct(&one.of),
        items: distinct(&one.items),
        ..Activity::new(Kind::Use, one.id.as_str(), &one.name, &one.clause)
    });
    let shares = policy.shares.iter().map(|one| Activity {
        sort: label(one.act.value),
        purposes: told(&one.purpose, |purpose| say.name(purpose)).text(),
        basis: told_word(&one.basis),
        consent: told_consent(&one.consent),
        persons: distinct(&one.of),
        items: distinct(one.items.said().into_iter().flatten()),
        shares: vec![one],
        ..Activity::new(Kind::Share, one.id.as_str(), &one.name, &one.clause)
    });
    let disclosures = policy.disclosures.iter().map(|one| Activity {
        sort: named("table", "disclosure").to_owned(),
        basis: told_word(&one.basis),
        consent: told_consent(&one.consent),
        persons: distinct(&one.of),
        items: distinct(one.items.said().into_iter().flatten()),
        ..Activity::new(Kind::Disclosure, one.id.as_str(), &one.name, &one.clause)
    });
    functions.chain(uses).chain(shares).chain(disclosures).collect()
}

/// Each name once, in the order of the file.
fn distinct<'p, N: policy::syntax::Name>(of: impl IntoIterator<Item = &'p Ref<N>>) -> Vec<&'p Ref<N>> {
    let mut all: Vec<&Ref<N>> = Vec::new();
    for one in of {
        if all.iter().all(|known| known.text != one.text) {
            all.push(one);
        }
    }
    all
}

impl<'p> Activity<'p> {
    const fn new(kind: Kind, id: &'p str, name: &'p str, clause: &'p [At<String>]) -> Self {
        Self {
            kind,
            id,
            name,
            clause,
            sort: String::new(),
            purposes: String::new(),
            basis: Told::Silent,
            consent: Told::Silent,
            persons: Vec::new(),
            items: Vec::new(),
            shares: Vec::new(),
            record: None,
        }
    }

    fn part(&self, say: Wording<'_>, at: &mut Anchors) -> Part {
        let (period, criteria, floors) = lists::kept(say, self.record.map(|record| record.text.as_str()));
        let kept = list([period, criteria, floors].into_iter().filter(|text| !text.is_empty()));
        let part = Part::new(self.kind, self.id, self.name, self.clause, at)
            .fact("activity_kind", &Told::Said(self.sort.clone()))
            .maybe("purpose", Some(self.purposes.clone()))
            .fact("basis", &self.basis)
            .fact("consent", &self.consent)
            .maybe("person", Some(list(self.persons.iter().map(|person| say.name(person)))))
            .fact("item", &self.items(say))
            .maybe("category", Some(self.categories(say)))
            .maybe("makes", self.record.map(|record| say.name(record)))
            .fact("kept", &if kept.is_empty() { Told::Silent } else { Told::Said(kept) })
            .fact("abroad", &Told::Said(self.abroad(say)))
            .maybe("staff", Some(self.staff(say)))
            .fact("assessment", &Told::Said(self.assessment(say.program)));
        if self.shares.is_empty() {
            return part;
        }
        let line = |share: &&Share| {
            let recipients = say.program.policy.recipients.iter();
            let known = recipients.clone().find(|one| one.id.as_str() == share.recipient.text);
            let cells = vec![
                say.name(&share.recipient),
                known.map(|one| label(one.class.value)).unwrap_or_default(),
                label(share.act.value),
                handed_over(say, share.id.as_str()).unwrap_or_default(),
                told_word(&share.method).text(),
                known.map(|one| told_text(&one.contract).text()).unwrap_or_default(),
            ];
            (cells, at.marks(share.clause.iter().map(|clause| tidy(clause))))
        };
        let columns = ["recipient", "recipient_class", "act", "items", "method", "contract"];
        part.table(Table::new(&columns, self.shares.iter().map(line).collect()).told_apart())
    }

    fn items(&self, say: Wording<'_>) -> Told {
        if self.kind == Kind::Share {
            return handed_over(say, self.id).map_or(Told::Silent, Told::Said);
        }
        if self.items.is_empty() {
            return Told::Silent;
        }
        Told::Said(list(self.items.iter().map(|item| say.item(&item.text))))
    }

    fn categories(&self, say: Wording<'_>) -> String {
        let facts = self.items.iter().filter_map(|item| say.program.items.get(item.text.as_str()));
        let mut all: Vec<String> = Vec::new();
        for category in facts.map(|facts| label(facts.category)) {
            if !all.contains(&category) {
                all.push(category);
            }
        }
        list(all)
    }

    /// Who of those abroad receives, and on which route.
    fn abroad(&self, say: Wording<'_>) -> String {
        let policy = &say.program.policy;
        let abroad = self.shares.iter().filter(|share| {
            let mut recipients = policy.recipients.iter();
            let recipient = recipients.find(|one| one.id.as_str() == share.recipient.text);
            recipient.is_some_and(|one| one.overseas.as_ref().is_some_and(|at| at.value))
        });
        let each = abroad.map(|share| {
            let mut routes = say.program.operation.routes.iter();
            let route = routes.find(|route| route.share.text == share.id.as_str());
            let by = route.map_or_else(|| phrase("silent", &[]), |route| label(route.by.value));
            let route = prose("activities", "route", &[("by", Text::plain(by))]);
            let recipients = Text::plain(say.name(&share.recipient));
            prose("activities", "abroad", &[("recipients", recipients), ("route", route)]).words()
        });
        let each = list(each);
        if each.is_empty() { words("activities", "abroad-no").to_owned() } else { each }
    }

    /// Which roles of the staff may look, in the course of a function.
    fn staff(&self, say: Wording<'_>) -> String {
        let roles = say.program.operation.roles.iter();
        let own = roles.filter(|role| {
            role.functions.iter().any(|function| self.kind == Kind::Function && function.text == self.id)
        });
        list(own.map(|role| tidy(&role.name)))
    }

    fn assessment(&self, program: &Program) -> String {
        let covers = |named: &At<String>| named.value == self.id;
        let mut all = program.operation.assessments.iter();
        all.find(|one| one.activities.iter().any(covers)).map_or_else(
            || words("activities", "not-assessed").to_owned(),
            |one| {
                let blanks = [
                    ("on", Text::plain(date(one.on.value))),
                    ("until", Text::plain(date(one.until.value))),
                    ("file", Text::plain(tidy(&one.file))),
                ];
                prose("activities", "assessed", &blanks).words()
            },
        )
    }

    fn recipients(&self, say: Wording<'_>) -> String {
        list(distinct(self.shares.iter().map(|share| &share.recipient)).into_iter().map(|of| say.name(of)))
    }
}

/// What a share hands over, the items of records included.
fn handed_over(say: Wording<'_>, share: &str) -> Option<String> {
    lists::shares_only(say.program).rows.into_iter().find(|row| row.element_id == share).map(|row| row.items)
}

/// One line an activity.
fn overview(say: Wording<'_>, activities: &[Activity<'_>]) -> Table {
    let line = |activity: &Activity<'_>| {
        let cells = vec![
            tidy(activity.name),
            activity.sort.clone(),
            activity.purposes.clone(),
            list(activity.persons.iter().map(|person| say.name(person))),
            activity.categories(say),
            activity.recipients(say),
            activity.assessment(say.program),
        ];
        (cells, Marks::default())
    };
    let columns = ["activity", "activity_kind", "purpose", "person", "category", "recipient", "assessment"];
    Table::new(&columns, activities.iter().map(line).collect()).without_clauses()
}

fn handler(say: Wording<'_>) -> Part {
    let (handler, storage) = (&say.program.policy.handler, &say.program.policy.storage);
    let contacts = handler.contacts.iter();
    let contacts =
        contacts.map(|one| phrase("contact", &[("route", &label(one.route.value)), ("value", &tidy(&one.value))]));
    Part::headed(tidy(&handler.name))
        .fact("handler_kind", &Told::Said(label(handler.kind.value)))
        .maybe("contact", Some(list(contacts)))
        .fact("address", &told_text(&handler.address))
        .fact("officer", &told_text(&handler.officer))
        .fact("place", &told_text(&storage.place))
        .fact("may", &told_yes(&say.program.policy.export.may))
        .fact("complaint_bodies", &told_texts(&handler.complaint_bodies))
}

/// What protects every activity: the software's own controls, the promises of the text, and who may look.
fn measures(say: Wording<'_>) -> Vec<Block> {
    let operation = &say.program.operation;
    let own = ["closed", "log", "cipher"].map(|key| prose("activities", key, &[]));
    let suite = operation.cryptography.as_ref().map(|suite| match suite.value {
        Cryptography::International => prose("activities", "suite-international", &[]),
        Cryptography::Guomi => prose("activities", "suite-guomi", &[]),
    });
    let level = operation
        .protection_level
        .as_ref()
        .map(|level| prose("activities", "level", &[("level", Text::plain(level.value.to_string()))]));
    let promises = lists::promised(say.program).rows.into_iter().map(|row| Text::plain(row.promise));
    let list = own.into_iter().chain(suite).chain(level).chain(promises);
    let mut blocks = vec![Block::Paragraph(prose("activities", "measures-lead", &[])), Block::List(list.collect())];
    let line = |role: &policy::syntax::Role| {
        (vec![tidy(&role.name), say.names_or(&role.functions, "no-functions")], Marks::default())
    };
    if !operation.roles.is_empty() {
        blocks.push(Block::Heading(words("activities", "roles").to_owned()));
        let lines = operation.roles.iter().map(line).collect();
        blocks.push(Block::Table(Table::new(&["name", "functions"], lines).without_clauses()));
    }
    blocks
}

fn assessments(say: Wording<'_>) -> Vec<Block> {
    let all = &say.program.operation.assessments;
    if all.is_empty() {
        return vec![Block::Paragraph(prose("activities", "no-assessments", &[]))];
    }
    let kinds = [Kind::Function, Kind::Use, Kind::Share, Kind::Disclosure];
    let name = |id: &At<String>| {
        let known = kinds.into_iter().find(|kind| say.program.names.entry(*kind, id).is_some());
        known.map_or_else(|| tidy(id), |kind| say.named(kind, id))
    };
    let line = |one: &policy::syntax::Assessment| {
        let cells =
            vec![list(one.activities.iter().map(name)), date(one.on.value), date(one.until.value), tidy(&one.file)];
        (cells, Marks::default())
    };
    let table = Table::new(&["covered", "on", "until", "file"], all.iter().map(line).collect()).without_clauses();
    vec![Block::Paragraph(prose("activities", "assessments-lead", &[])), Block::Table(table)]
}
