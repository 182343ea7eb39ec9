//! From a program to rows.

use jiff::civil::Date;
use policy::compile::Tables;
use policy::label::label;
use policy::resolve::Program;
use policy::syntax::{
    At, Collect, Floor, Function, Item, Kind, Party, Person, Purpose, Recipient, Record, Ref, Right, RightCase, Share,
    Stated,
};
use policy::terms::Scope;

use super::sheet::{CollectRow, PromiseRow, RetentionRow, RightRow, ScopeRow, ShareRow, Sheet};
use crate::labels::{choice, named, phrase};
use crate::parties;
use crate::told::Told;
use crate::wording::{
    Wording, date, length, list, or_nothing, texts, tidy, told, told_consent, told_text, told_texts, told_word,
    told_words, told_yes, yes_no,
};

/// What is collected: by functions, permissions, trackers, from outside sources and by the alternative ways of the
/// operation file; a row an item. Rule R2: what is collected, for what.
pub fn collected(program: &Program) -> Sheet<CollectRow> {
    let say = Wording::of(program);
    let policy = &program.policy;
    let mut rows = Vec::new();
    for function in &policy.functions {
        for group in function.collects.said().into_iter().flatten() {
            rows.extend(group.items.iter().map(|item| by_function(say, function, group, item)));
        }
    }
    for choice in &program.operation.alternatives {
        let row = |item| Gathered::new("alternative", choice.id.as_str(), tidy(&choice.name), item).row(say);
        rows.extend(choice.items.iter().map(row));
    }
    for permission in &policy.permissions {
        let purpose = list(permission.modes.iter().map(|mode| tidy(&mode.text)));
        for item in &permission.items {
            let place = Gathered::new("permission", permission.id.as_str(), tidy(&permission.name), item);
            rows.push(Gathered { purpose: purpose.clone(), clauses: &permission.clause, ..place }.row(say));
        }
    }
    for tracker in &policy.trackers {
        for item in &tracker.items {
            let place = Gathered::new("tracker", tracker.id.as_str(), tidy(&tracker.name), item);
            let (purpose, refusal) = (say.name(&tracker.purpose), told_text(&tracker.refusal));
            rows.push(Gathered { purpose, refused: refusal.text(), clauses: &tracker.clause, ..place }.row(say));
        }
    }
    for inbound in policy.uses.iter().filter(|used| !used.sources.is_empty()) {
        for item in &inbound.items {
            let place = Gathered::new("inbound", inbound.id.as_str(), tidy(&inbound.name), item);
            let place = Gathered {
                of: &inbound.of,
                purpose: say.name(&inbound.purpose),
                trigger: say.names(&inbound.sources),
                basis: told_word(&inbound.basis).text(),
                consent: told_consent(&inbound.consent).text(),
                clauses: &inbound.clause,
                ..place
            };
            rows.push(place.row(say));
        }
    }
    Sheet { rows }
}

fn by_function(say: Wording<'_>, function: &Function, group: &Collect, item: &Ref<Item>) -> CollectRow {
    let place = Gathered::new("function", function.id.as_str(), tidy(&function.name), item);
    let consent =
        group.consent.as_ref().map_or_else(|| told_consent(&function.consent).text(), |form| label(form.value));
    let place = Gathered {
        of: std::slice::from_ref(&group.of),
        need: told_word(&group.need).text(),
        trigger: say.trigger(group).text(),
        condition: group.when.as_ref().map(|when| say.condition(when)).unwrap_or_default(),
        purpose: say.names(&function.purposes),
        basis: told_word(&function.basis).text(),
        consent,
        refused: say.refused(&function.refused).text(),
        clauses: if group.clause.is_empty() { &function.clause } else { &group.clause },
        ..place
    };
    place.row(say)
}

/// An item where it is taken; what a place does not know stays empty.
struct Gathered<'p> {
    scene: &'static str,
    element_id: &'p str,
    element: String,
    item: &'p Ref<Item>,
    of: &'p [Ref<Person>],
    need: String,
    trigger: String,
    condition: String,
    purpose: String,
    basis: String,
    consent: String,
    refused: String,
    clauses: &'p [At<String>],
}

impl<'p> Gathered<'p> {
    const fn new(scene: &'static str, element_id: &'p str, element: String, item: &'p Ref<Item>) -> Self {
        Self {
            scene,
            element_id,
            element,
            item,
            of: &[],
            need: String::new(),
            trigger: String::new(),
            condition: String::new(),
            purpose: String::new(),
            basis: String::new(),
            consent: String::new(),
            refused: String::new(),
            clauses: &[],
        }
    }

    fn row(self, say: Wording<'_>) -> CollectRow {
        let facts = say.program.items.get(self.item.text.as_str());
        CollectRow {
            element_id: self.element_id.to_owned(),
            item_id: self.item.text.clone(),
            person_id: self.of.first().map(|person| person.text.clone()).unwrap_or_default(),
            scene: named("scene", self.scene).to_owned(),
            element: self.element,
            person: say.names(self.of),
            item: say.name(self.item),
            category: facts.map(|facts| label(facts.category)).unwrap_or_default(),
            sensitive: say.class(&self.item.text).unwrap_or_default(),
            need: self.need,
            trigger: self.trigger,
            condition: self.condition,
            purpose: self.purpose,
            basis: self.basis,
            consent: self.consent,
            refused: self.refused,
            clauses: plain(self.clauses),
        }
    }
}

/// What reaches whom: every share, then every SDK. Rule R24.
pub fn shared(program: &Program) -> Sheet<ShareRow> {
    let say = Wording::of(program);
    let mut rows = shares_only(program).rows;
    let sdks = program.policy.sdks.iter().map(|sdk| {
        let to = Receiver::of(say, &sdk.recipient);
        ShareRow {
            element_id: sdk.id.to_string(),
            element: tidy(&sdk.name),
            act: named("table", "sdk").to_owned(),
            items: or_nothing(say.items_told(&sdk.items), "no-items").text(),
            purpose: tidy(&sdk.text),
            method: label(policy::syntax::Method::Embedded),
            condition: say.name(&sdk.channel),
            clauses: plain(&sdk.clause),
            contact: told_text(&sdk.link).text(),
            ..to.row()
        }
    });
    rows.extend(sdks);
    Sheet { rows }
}

/// The shares without the SDKs.
pub(crate) fn shares_only(program: &Program) -> Sheet<ShareRow> {
    let say = Wording::of(program);
    Sheet { rows: program.policy.shares.iter().map(|share| by_share(say, share)).collect() }
}

fn by_share(say: Wording<'_>, share: &Share) -> ShareRow {
    let records = (!share.records.is_empty()).then(|| phrase("records-of", &[("records", &say.names(&share.records))]));
    let items = match (&share.items, records) {
        (Stated::Said(items), Some(records)) => {
            phrase("items-and-records", &[("items", &say.items(items)), ("records", &records)])
        }
        (_, Some(records)) => records,
        (items, None) => say.items_told(items).text(),
    };
    let mut consent = told_consent(&share.consent).text();
    if let Some(form) = &share.sensitive_consent {
        consent = phrase("sensitive-form", &[("form", &consent), ("sensitive", &label(form.value))]);
    }
    ShareRow {
        element_id: share.id.to_string(),
        element: tidy(&share.name),
        act: label(share.act.value),
        person: say.names(&share.of),
        items,
        level: share.level.as_ref().map(|level| label(level.value)).unwrap_or_default(),
        purpose: told(&share.purpose, |purpose: &Ref<Purpose>| say.name(purpose)).text(),
        method: told_word(&share.method).text(),
        condition: share.when.as_ref().map(|when| say.condition(when)).unwrap_or_default(),
        basis: told_word(&share.basis).text(),
        consent,
        document: told_yes(&share.document).text(),
        clauses: plain(&share.clause),
        ..Receiver::of(say, &share.recipient).row()
    }
}

/// What is said of a recipient, whatever reaches it.
struct Receiver {
    id: String,
    name: String,
    class: String,
    regime: String,
    contact: Told,
    contract: Told,
    exit: Told,
}

impl Receiver {
    fn of(say: Wording<'_>, of: &Ref<Recipient>) -> Self {
        let found = say.program.policy.recipients.iter().find(|recipient| recipient.id.as_str() == of.text);
        let said = found.map_or(Told::Silent, |recipient| told_text(&recipient.contact));
        let parties = parties::named(say, &of.text);
        let mut suspended = say.program.operation.suspended.iter();
        let whole = suspended.find(|one| one.recipient.as_ref().is_some_and(|named| named.text == of.text));
        let name = say.name(of);
        let name = whole.map_or(name.clone(), |one| {
            phrase("party-suspended", &[("party", &name), ("date", &date(one.since.value))])
        });
        Self {
            id: of.text.clone(),
            name,
            class: found.map(|recipient| label(recipient.class.value)).unwrap_or_default(),
            regime: found.map(|recipient| label(recipient.regime.value)).unwrap_or_default(),
            contact: if parties.is_empty() { said } else { Told::Said(parties) },
            contract: found.map_or(Told::Silent, |recipient| told_text(&recipient.contract)),
            exit: found.map_or(Told::Silent, |recipient| told_texts(&recipient.exit)),
        }
    }

    fn row(self) -> ShareRow {
        ShareRow {
            element_id: String::new(),
            recipient_id: self.id,
            recipient: self.name,
            recipient_class: self.class,
            regime: self.regime,
            contact: self.contact.text(),
            act: String::new(),
            element: String::new(),
            person: String::new(),
            items: String::new(),
            level: String::new(),
            purpose: String::new(),
            method: String::new(),
            condition: String::new(),
            basis: String::new(),
            consent: String::new(),
            document: String::new(),
            contract: self.contract.text(),
            exit: self.exit.text(),
            clauses: Vec::new(),
        }
    }
}

/// How long things are kept: the text's rules, then the record classes that none of them names, with the floors that
/// apply to each. Rule R3.
pub fn retained(program: &Program) -> Sheet<RetentionRow> {
    let say = Wording::of(program);
    let rules = program.policy.retentions.iter().map(|rule| RetentionRow {
        element_id: rule.id.to_string(),
        classes: say.names_or(&rule.classes, "all-records"),
        period: told(&rule.period, length).text(),
        criteria: criteria(&rule.longest_of, rule.shortest.as_ref()),
        after: told_text(&rule.after).text(),
        laws: texts(&rule.laws),
        floors: floors_of_each(say, &rule.classes),
        clauses: plain(&rule.clause),
    });
    let ruled =
        |class: &str| program.policy.retentions.iter().any(|rule| rule.classes.iter().any(|of| of.text == class));
    let unruled = program.policy.records.iter().filter(|record| !ruled(record.id.as_str()));
    let classes = unruled.map(|record| RetentionRow {
        element_id: record.id.to_string(),
        classes: tidy(&record.name),
        period: String::new(),
        criteria: String::new(),
        after: String::new(),
        laws: String::new(),
        floors: floors_of(program, record.id.as_str()).unwrap_or_else(|| phrase("no-floor", &[])),
        clauses: plain(&record.clause),
    });
    Sheet { rows: rules.chain(classes).collect() }
}

/// Period, criteria and floors of a record class, or of what makes no record.
pub(crate) fn kept(say: Wording<'_>, class: Option<&str>) -> (String, String, String) {
    let policy = &say.program.policy;
    let rules = policy.retentions.iter().filter(|rule| {
        rule.classes.is_empty() || class.is_some_and(|class| rule.classes.iter().any(|of| of.text == class))
    });
    let (mut periods, mut criterions) = (Vec::new(), Vec::new());
    for rule in rules {
        if let Told::Said(period) = told(&rule.period, length) {
            periods.push(period);
        }
        criterions.push(criteria(&rule.longest_of, rule.shortest.as_ref()));
    }
    let floors = class.and_then(|class| floors_of(say.program, class)).unwrap_or_default();
    (list(periods), list(criterions.into_iter().filter(|one| !one.is_empty())), floors)
}

/// What a rule without a figure goes by; of several criteria the longest counts.
pub(crate) fn criteria(longest_of: &[At<String>], shortest: Option<&At<bool>>) -> String {
    let shortest = shortest.is_some_and(|at| at.value).then(|| phrase("shortest", &[]));
    let criteria = match longest_of {
        [_, _, ..] => Some(phrase("longest-of", &[("criteria", &texts(longest_of))])),
        few => few.first().map(|text| tidy(text)),
    };
    list(criteria.into_iter().chain(shortest))
}

/// The floors of several classes, each class with its own.
fn floors_of_each(say: Wording<'_>, classes: &[Ref<Record>]) -> String {
    let floors = |class: &Ref<Record>| floors_of(say.program, &class.text);
    match classes {
        [class] => floors(class).unwrap_or_default(),
        classes => {
            let each = classes.iter().filter_map(|class| Some((say.name(class), floors(class)?)));
            each.map(|(class, floors)| choice("floor", &[("class", &class), ("floors", &floors)])).collect()
        }
    }
}

/// The legal floors of a record class, in the newest law that is encoded; `None` where none applies.
pub(crate) fn floors_of(program: &Program, class: &str) -> Option<String> {
    let record = program.policy.records.iter().find(|record| record.id.as_str() == class);
    let choice = program.operation.floors.iter().find(|choice| choice.class.text == class);
    let long = choice.and_then(|choice| choice.longer_than_a_year.as_ref()).map(|at| at.value);
    let chosen = choice.into_iter().flat_map(|choice| &choice.floors);
    let mut floors: Vec<Floor> =
        record.into_iter().flat_map(|record| &record.floors).chain(chosen).map(|at| at.value).collect();
    floors.sort();
    floors.dedup();
    let said: Vec<String> = floors.into_iter().map(|floor| figure(program, floor, long)).collect();
    (!said.is_empty()).then(|| list(said))
}

fn figure(program: &Program, floor: Floor, long: Option<bool>) -> String {
    let name = label(floor);
    let Some(legal) = program.law.floor(floor, Date::MAX) else { return name };
    let span = |span: model::deadline::Span| {
        phrase("length", &[("count", &span.count.to_string()), ("unit", &label(span.unit))])
    };
    let (short, long_figure) = (span(legal.short), span(legal.long));
    let key = match long {
        _ if legal.short == legal.long => "floor-figure",
        Some(true) => "floor-long",
        Some(false) => "floor-short",
        None => "floor-figures",
    };
    let mut figure = phrase(key, &[("floor", &name), ("short", &short), ("long", &long_figure), ("cite", &legal.cite)]);
    if !legal.certain {
        figure = phrase("floor-provisional", &[("figure", &figure)]);
    }
    figure
}

/// The rights that the text grants. Rule R40.
pub fn rights(program: &Program) -> Sheet<RightRow> {
    let say = Wording::of(program);
    let rows = program.policy.rights.iter().map(|right| RightRow {
        kind: right.kind.word().to_owned(),
        right: label(right.kind.value),
        routes: told_words(&right.routes).text(),
        path: right.path.as_ref().map(|path| tidy(path)).unwrap_or_default(),
        clock: told(&right.clock, |clock| say.clock(&clock.text)).text(),
        identity: told_text(&right.identity).text(),
        fee: or_nothing(told_text(&right.fee), "no-fee").text(),
        limits: limits(say, right),
        effect: right.effect.as_ref().map(|effect| tidy(effect)).unwrap_or_default(),
        clauses: right_clauses(right),
    });
    Sheet { rows: rows.collect() }
}

/// Where a right stands: its own clauses, then those of its cases.
fn right_clauses(right: &Right) -> Vec<String> {
    let cases = right.grounds.iter().chain(&right.blocks).flat_map(|case| &case.clause);
    let mut clauses: Vec<String> = Vec::new();
    for clause in right.clause.iter().chain(cases).map(|clause| tidy(clause)) {
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses
}

fn cases(cases: &[RightCase]) -> String {
    list(cases.iter().map(|case| tidy(&case.name)))
}

fn limits(say: Wording<'_>, right: &Right) -> String {
    let functions = right
        .excludes_functions
        .iter()
        .map(|function| phrase("excludes-function", &[("function", &say.name(function))]));
    let excluded: Vec<String> = right.excludes.iter().map(|item| say.name(item)).chain(functions).collect();
    let parts = [
        ("limit-excludes", list(excluded)),
        ("limit-only-when", cases(&right.grounds)),
        ("limit-blocked", cases(&right.blocks)),
        ("limit-delegate", told_words(&right.delegate).said().unwrap_or_default()),
        ("limit-laws", texts(&right.laws)),
    ];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(key, text)| phrase(key, &[("text", &text)])).collect()
}

/// The promises that somebody can be held to.
pub fn promised(program: &Program) -> Sheet<PromiseRow> {
    let rows = program.policy.promises.iter().map(|promise| PromiseRow {
        element_id: promise.id.to_string(),
        promise: tidy(&promise.text),
        // What keeps a promise is ours to say; the text is not silent where we have the one and not the other.
        state: phrase(
            match (promise.control.said(), promise.evidence.said()) {
                (Some(_), Some(_)) => "kept-and-shown",
                (Some(_), None) => "kept",
                (None, Some(_)) => "shown",
                (None, None) => "not-kept",
            },
            &[],
        ),
        control: promise.control.said().map(|control| control_name(control)).unwrap_or_default(),
        evidence: promise.evidence.said().map(|evidence| tidy(evidence)).unwrap_or_default(),
        interval: promise
            .every_months
            .as_ref()
            .map(|months| phrase("months", &[("count", &months.value.to_string())]))
            .unwrap_or_default(),
        clauses: plain(&promise.clause),
    });
    Sheet { rows: rows.collect() }
}

fn control_name(control: &str) -> String {
    crate::labels::entry("control", control).map_or_else(|| tidy(control), str::to_owned)
}

/// What needs which consent, apart from what. Rule R10.
pub fn scopes(tables: &Tables) -> Sheet<ScopeRow> {
    let program = tables.program();
    let say = Wording::of(program);
    let rows = tables.scopes().iter().map(|scope| ScopeRow {
        scope_id: scope.id.clone(),
        title: scope_title(say, scope, None),
        act: label(scope.act),
        person: list(scope.persons.iter().map(|person| say.named(Kind::Person, person.as_str()))),
        items: list(scope.items.iter().map(|item| say.item(item.as_str()))),
        recipient: scope
            .recipient
            .as_ref()
            .map(|recipient| say.named(Kind::Recipient, recipient.as_str()))
            .unwrap_or_default(),
        form: label(scope.form),
        per_party: if scope.per_party { yes_no(true) } else { String::new() },
        scope: scope.id.clone(),
        clauses: scope.clause.clone(),
    });
    Sheet { rows: rows.collect() }
}

/// What is consented to, in one line; a party that was chosen stands for its recipient.
pub(crate) fn scope_title(say: Wording<'_>, scope: &Scope, party: Option<&Party>) -> String {
    let element = say.named(scope.kind, scope.element.as_str());
    let recipient = scope.recipient.as_ref().map(|recipient| say.named(Kind::Recipient, recipient.as_str()));
    let recipient = party.map(|party| tidy(&party.name)).or(recipient);
    let class = scope.class.map(label);
    let beyond = scope.kind == Kind::Source && scope.id.ends_with(".beyond");
    let key = match (&recipient, &class) {
        (None, None) if beyond => "scope-beyond",
        (None, None) if scope.kind == Kind::Source => "scope-source",
        (None, None) => "scope-of",
        (Some(_), None) => "scope-recipient",
        (None, Some(_)) => "scope-class",
        (Some(_), Some(_)) => "scope-both",
    };
    let (recipient, class) = (recipient.unwrap_or_default(), class.unwrap_or_default());
    phrase(key, &[("element", &element), ("recipient", &recipient), ("class", &class)])
}

fn plain(clauses: &[At<String>]) -> Vec<String> {
    clauses.iter().map(|clause| tidy(clause)).collect()
}
