//! The sections of the notice, each from its tables of the policy file.

use policy::label::{label, written_label};
use policy::syntax::{
    At, Clock, Collect, Exception, Function, Kind, Ref, RightKind, Route, Source, SourceClass, Stated, Use,
};

use super::choices::not_demanded;
use crate::document::{Part, Table};
use crate::labels::{choice, phrase};
use crate::lists;
use crate::parties;
use crate::told::{Anchors, Marks, Told};
use crate::wording::{
    Wording, length, list, or_nothing, texts, tidy, told, told_consent, told_text, told_texts, told_word, told_words,
    told_yes, yes_no,
};

pub(super) fn about(say: Wording<'_>, at: &mut Anchors) -> Part {
    let (header, handler) = (&say.program.policy.policy, &say.program.policy.handler);
    let clauses: Vec<At<String>> = header.clause.iter().chain(&handler.clause).cloned().collect();
    Part::unnamed(&distinct(clauses), at)
        .maybe("services", Some(texts(&header.aliases)))
        .fact("handler_kind", &Told::Said(label(handler.kind.value)))
        .maybe("aliases", Some(texts(&handler.aliases)))
        .fact("affiliates", &told_text(&handler.affiliates))
        .fact("email", &told_text(&handler.email))
        .fact("address", &told_text(&handler.address))
        .fact("website", &told_text(&handler.website))
        .fact("officer", &told_text(&handler.officer))
        .fact("complaint_bodies", &told_texts(&handler.complaint_bodies))
}

fn distinct(clauses: Vec<At<String>>) -> Vec<At<String>> {
    let mut once: Vec<At<String>> = Vec::new();
    for clause in clauses {
        if !once.contains(&clause) {
            once.push(clause);
        }
    }
    once
}

pub(super) fn contacts(say: Wording<'_>, at: &mut Anchors) -> Table {
    let handler = &say.program.policy.handler;
    let contact = handler.contacts.iter().map(|contact| {
        let serves = contact.serves.iter().map(|matter| {
            let known = written_label::<RightKind>(matter).or_else(|| crate::labels::entry("matter", matter));
            known.map_or_else(|| tidy(matter), str::to_owned)
        });
        let cells = vec![label(contact.route.value), tidy(&contact.value), list(serves)];
        (cells, marks(at, &contact.clause))
    });
    let mut lines: Vec<(Vec<String>, Marks)> = contact.collect();
    let unit = phrase("unit", &[]);
    lines.extend(
        handler.units.iter().map(|one| (vec![unit.clone(), tidy(&one.name), String::new()], marks(at, &one.clause))),
    );
    Table::new(&["route", "value", "serves"], lines)
}

fn marks(at: &mut Anchors, clauses: &[At<String>]) -> Marks {
    at.marks(clauses.iter().map(|clause| tidy(clause)))
}

pub(super) fn roles(say: Wording<'_>, at: &mut Anchors) -> Table {
    let line = |person: &policy::syntax::Person| {
        let stands = person.of.as_ref().map(|of| phrase("stands-for", &[("of", &say.name(of))]));
        let kind = list(std::iter::once(label(person.kind.value)).chain(stands));
        (vec![tidy(&person.name), kind], marks(at, &person.clause))
    };
    Table::new(&["name", "kind"], say.program.policy.persons.iter().map(line).collect())
}

pub(super) fn channels(say: Wording<'_>, at: &mut Anchors) -> Table {
    let channels = say.program.policy.channels.iter();
    Table::new(&["name"], channels.map(|one| (vec![tidy(&one.name)], marks(at, &one.clause))).collect())
}

pub(super) fn products(say: Wording<'_>, at: &mut Anchors) -> Option<Table> {
    let line = |product: &policy::syntax::Product| {
        let cells = vec![
            tidy(&product.name),
            told_yes(&product.longer_than_a_year).text(),
            told_yes(&product.anti_money_laundering).text(),
        ];
        (cells, marks(at, &product.clause))
    };
    let lines: Vec<_> = say.program.policy.products.iter().map(line).collect();
    (!lines.is_empty()).then(|| Table::new(&["name", "long", "laundering"], lines))
}

pub(super) fn purposes(say: Wording<'_>, at: &mut Anchors) -> Table {
    let purposes = say.program.policy.purposes.iter();
    let line = |one: &policy::syntax::Purpose| (vec![tidy(&one.name), tidy(&one.text)], marks(at, &one.clause));
    Table::new(&["purpose", "text"], purposes.map(line).collect())
}

pub(super) fn functions(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    say.program.policy.functions.iter().map(|function| one_function(say, function, at)).collect()
}

fn one_function(say: Wording<'_>, function: &Function, at: &mut Anchors) -> Part {
    let reads = function.reads.iter().map(|read| say.read(read));
    let collects = match &function.collects {
        policy::syntax::Stated::Nothing(_) => Some(phrase("collects-nothing", &[])),
        _ => None,
    };
    let silent_collects = function.collects.is_silent();
    let element = Part::new(Kind::Function, function.id.as_str(), &function.name, &function.clause, at)
        .fact("function_kind", &Told::Said(label(function.kind.value)))
        .maybe("purposes", Some(say.names(&function.purposes)))
        .fact("basis", &told_word(&function.basis))
        .fact("consent", &told_consent(&function.consent))
        .fact("refused", &say.refused(&function.refused))
        .maybe("users", Some(say.names(&function.users)))
        .fact("channels", &Told::Said(say.names_or(&function.channels, "all-channels")))
        .maybe("products", Some(say.names(&function.products)))
        .maybe("refusable", function.opt_out.as_ref().map(|at| yes_no(at.value)))
        .maybe("reads", Some(reads.collect()))
        .maybe("makes", function.makes.as_ref().map(|record| say.name(record)))
        .maybe("collects", collects);
    let element = if silent_collects { element.fact("collects", &Told::Silent) } else { element };
    let groups: Vec<_> =
        function.collects.said().into_iter().flatten().map(|group| group_line(say, group, at)).collect();
    let element = element.notes(notes(say, function));
    if groups.is_empty() {
        return element;
    }
    element.table(Table::new(&["person", "items", "need", "trigger", "particulars"], groups))
}

fn group_line(say: Wording<'_>, group: &Collect, at: &mut Anchors) -> (Vec<String>, Marks) {
    let mut items = say.items(&group.items);
    if group.open.as_ref().is_some_and(|open| open.value) {
        items.push_str(&phrase("open-list", &[]));
    }
    let typed_by =
        (!group.typed_by.is_empty()).then(|| phrase("typed-by", &[("persons", &say.names(&group.typed_by))]));
    let authority = group.authority.as_ref().and_then(|authority| told_word(authority).said());
    let sensitive = match group.sensitive.said() {
        Some(true) => Some(phrase("group-sensitive", &[])),
        Some(false) => Some(phrase("group-not-sensitive", &[])),
        None => None,
    };
    let particulars = [
        group.when.as_ref().map(|when| say.condition(when)),
        group.permission.as_ref().map(|of| phrase("with-permission", &[("permission", &say.name(of))])),
        group.consent.as_ref().map(|form| phrase("group-consent", &[("form", &label(form.value))])),
        typed_by,
        authority,
        sensitive,
    ];
    let particulars: Vec<String> = particulars.into_iter().flatten().collect();
    let particulars = particulars.join(&phrase("list-of-lists", &[]));
    let need = told_word(&group.need).text();
    let cells = vec![say.name(&group.of), items, need, say.trigger(group).text(), particulars];
    (cells, marks(at, &group.clause))
}

/// What the company chose for a function beside the text.
fn notes(say: Wording<'_>, function: &Function) -> Vec<String> {
    let operation = &say.program.operation;
    let id = function.id.as_str();
    let ways = operation.alternatives.iter().filter(|way| way.function.text == id).map(|way| {
        let (name, text, items) = (tidy(&way.name), tidy(&way.text), say.names(&way.items));
        let blanks = [("function", function.name.value.as_str()), ("name", &name), ("text", &text), ("items", &items)];
        choice("alternative", &blanks)
    });
    let unneeded = operation.unneeded.iter().filter(|one| one.function.text == id).map(|one| not_demanded(say, one));
    ways.chain(unneeded).collect()
}

pub(super) fn permissions(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let one = |permission: &policy::syntax::Permission| {
        let name = match &permission.number {
            Some(number) => phrase("numbered", &[("number", &number.to_string()), ("name", &permission.name)]),
            None => permission.name.value.clone(),
        };
        let modes = permission.modes.iter().map(|mode| {
            let (text, functions) = (tidy(&mode.text), say.names(&mode.functions));
            let key = if functions.is_empty() { "mode-alone" } else { "mode" };
            phrase(key, &[("text", &text), ("functions", &functions)])
        });
        Part::new(Kind::Permission, permission.id.as_str(), &name, &permission.clause, at)
            .maybe("modes", Some(list(modes)))
            .maybe("yields", Some(say.items(&permission.items)))
            .maybe("asked", permission.asked.as_ref().map(|at| label(at.value)))
            .fact("off_withdraws", &told_yes(&permission.off_withdraws))
            .fact("switch", &told_text(&permission.switch))
            .maybe("announced", permission.announced.as_ref().map(|at| yes_no(at.value)))
    };
    say.program.policy.permissions.iter().map(one).collect()
}

pub(super) fn uses(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    say.program.policy.uses.iter().map(|used| one_use(say, used, at)).collect()
}

fn one_use(say: Wording<'_>, used: &Use, at: &mut Anchors) -> Part {
    Part::new(Kind::Use, used.id.as_str(), &used.name, &used.clause, at)
        .fact("use_kind", &Told::Said(label(used.kind.value)))
        .fact("purpose", &Told::Said(say.name(&used.purpose)))
        .maybe("functions", Some(say.names(&used.functions)))
        .fact("item", &items_used(say, used))
        .maybe("person", Some(say.names(&used.of)))
        .maybe("level", used.level.as_ref().map(|level| label(level.value)))
        .maybe("condition", used.when.as_ref().map(|when| say.condition(when)))
        .maybe("source", (!used.sources.is_empty()).then(|| say.names(&used.sources)))
        .fact("basis", &told_word(&used.basis))
        .fact("consent", &told_consent(&used.consent))
        .fact("opt_out", &told_words(&used.opt_out))
}

/// What a use works with: the items that it names, or all that its functions take; nothing where it names neither.
fn items_used(say: Wording<'_>, used: &Use) -> Told {
    match (used.items.as_slice(), used.functions.as_slice()) {
        ([], []) => Told::Silent,
        ([], _) => Told::Said(phrase("all-items", &[])),
        (items, _) => Told::Said(say.items(items)),
    }
}

pub(super) fn sources(say: Wording<'_>, at: &mut Anchors) -> Option<Table> {
    let line = |source: &Source| {
        let consent = match told_consent(&source.consent) {
            told if source.class.value == SourceClass::CreditAgency => {
                phrase("credit-consent", &[("form", &told.text())])
            }
            told => told.text(),
        };
        let cells = vec![
            tidy(&source.name),
            label(source.class.value),
            told_from(say, source),
            source.within.as_ref().map(|fact| say.name(fact)).unwrap_or_default(),
            consent,
            told_consent(&source.beyond).text(),
        ];
        (cells, marks(at, &source.clause))
    };
    let lines: Vec<_> = say.program.policy.sources.iter().map(line).collect();
    let columns = ["source", "source_class", "items", "within", "consent", "beyond"];
    (!lines.is_empty()).then(|| Table::new(&columns, lines).told_apart())
}

/// What comes from a source, by functions and by uses.
fn told_from(say: Wording<'_>, source: &Source) -> String {
    let policy = &say.program.policy;
    let from = |sources: &[Ref<Source>]| sources.iter().any(|one| one.text == source.id.as_str());
    let groups = policy.functions.iter().filter_map(|function| function.collects.said()).flatten();
    let taken = groups.filter(|group| from(&group.sources)).flat_map(|group| &group.items);
    let used = policy.uses.iter().filter(|used| from(&used.sources)).flat_map(|used| &used.items);
    let mut items: Vec<String> = Vec::new();
    for item in taken.chain(used).map(|item| say.item(&item.text)) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    if items.is_empty() { phrase("silent", &[]) } else { list(items) }
}

/// The exceptions, a table for each list of the text: where numbers begin anew, a list does.
pub(super) fn exceptions(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let all = say.program.policy.exceptions.as_slice();
    let lists: Vec<&[Exception]> = all.chunk_by(|one, next| one.number.value < next.number.value).collect();
    let several = lists.len() > 1;
    let element = |list: &[Exception]| {
        let acts = crate::wording::list(list.first().into_iter().flat_map(|one| &one.acts).map(|act| label(act.value)));
        let heading = if several { phrase("exceptions-of", &[("acts", &acts)]) } else { String::new() };
        Part::headed(heading).table(exception_list(say, list, at))
    };
    lists.into_iter().map(element).collect()
}

fn exception_list(say: Wording<'_>, of: &[Exception], at: &mut Anchors) -> Table {
    let line = |exception: &Exception| {
        let mut article = told_word(&exception.article).text();
        if exception.residual.as_ref().is_some_and(|at| at.value) {
            article = phrase("residual", &[("article", &article)]);
        }
        if let Some(when) = &exception.article_when {
            article = phrase("article-when", &[("article", &article), ("condition", &say.condition(when))]);
        }
        let cells = vec![
            exception.number.value.to_string(),
            tidy(&exception.name),
            list(exception.acts.iter().map(|act| label(act.value))),
            exception.when.as_ref().map(|when| say.condition(when)).unwrap_or_default(),
            article,
        ];
        (cells, marks(at, &exception.clause))
    };
    Table::new(&["number", "case", "acts", "condition", "article"], of.iter().map(line).collect())
}

pub(super) fn trackers(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let one = |tracker: &policy::syntax::Tracker| {
        Part::new(Kind::Tracker, tracker.id.as_str(), &tracker.name, &tracker.clause, at)
            .maybe("yields", Some(say.items(&tracker.items)))
            .fact("purpose", &Told::Said(say.name(&tracker.purpose)))
            .fact("refusal", &told_text(&tracker.refusal))
            .fact("limited", &told_yes(&tracker.limited))
    };
    say.program.policy.trackers.iter().map(one).collect()
}

pub(super) fn recipients(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let one = |recipient: &policy::syntax::Recipient| {
        let flag = |slot: &Option<At<bool>>| slot.as_ref().map(|at| yes_no(at.value));
        let id = recipient.id.as_str();
        let notes = parties::introduced(say, id).into_iter().chain(parties::suspended(say, id));
        Part::new(Kind::Recipient, recipient.id.as_str(), &recipient.name, &recipient.clause, at)
            .fact("class", &Told::Said(label(recipient.class.value)))
            .fact("regime", &Told::Said(label(recipient.regime.value)))
            .fact("contact", &told_text(&recipient.contact))
            .maybe("overseas", flag(&recipient.overseas))
            .maybe("chosen", flag(&recipient.chosen))
            .fact("contract", &told_text(&recipient.contract))
            .fact("exit", &told_texts(&recipient.exit))
            .maybe("limits", Some(list(recipient.limits.iter().map(|limit| label(limit.value)))))
            .notes(notes.collect())
    };
    say.program.policy.recipients.iter().map(one).collect()
}

pub(super) fn shares(say: Wording<'_>, at: &mut Anchors) -> Table {
    let columns = [
        "recipient",
        "element",
        "act",
        "person",
        "items",
        "level",
        "purpose",
        "method",
        "condition",
        "consent",
        "document",
    ];
    let shares = lists::shares_only(say.program);
    shares.part(&columns, &mut |row| at.marks(&row.clauses)).told_apart()
}

pub(super) fn sdks(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let one = |sdk: &policy::syntax::Sdk| {
        Part::new(Kind::Sdk, sdk.id.as_str(), &sdk.name, &sdk.clause, at)
            .fact("recipient", &Told::Said(say.name(&sdk.recipient)))
            .fact("text", &Told::Said(tidy(&sdk.text)))
            .fact("channel", &Told::Said(say.name(&sdk.channel)))
            .fact("items", &or_nothing(say.items_told(&sdk.items), "no-items"))
            .fact("link", &told_text(&sdk.link))
    };
    say.program.policy.sdks.iter().map(one).collect()
}

pub(super) fn disclosures(say: Wording<'_>, at: &mut Anchors) -> Vec<Part> {
    let one = |disclosure: &policy::syntax::Disclosure| {
        Part::new(Kind::Disclosure, disclosure.id.as_str(), &disclosure.name, &disclosure.clause, at)
            .maybe("person", Some(say.names(&disclosure.of)))
            .fact("items", &say.items_told(&disclosure.items))
            .fact("basis", &told_word(&disclosure.basis))
            .fact("consent", &told_consent(&disclosure.consent))
            .fact("document", &told_yes(&disclosure.document))
            .fact("masked", &told_yes(&disclosure.masked))
    };
    say.program.policy.disclosures.iter().map(one).collect()
}

pub(super) fn promises(say: Wording<'_>, at: &mut Anchors) -> Table {
    let columns = ["promise", "control", "evidence", "interval"];
    lists::promised(say.program).part(&columns, &mut |row| at.marks(&row.clauses))
}

pub(super) fn storage(say: Wording<'_>, at: &mut Anchors) -> Part {
    let storage = &say.program.policy.storage;
    Part::unnamed(&storage.clause, at)
        .fact("place", &told_text(&storage.place))
        .fact("security_level", &told_text(&storage.security_level))
        .fact("end_of_service", &told_text(&storage.end_of_service))
        .fact("end_notice", &told(&storage.end_notice, length))
        .fact("backups", &told_text(&storage.backups))
}

pub(super) fn retentions(say: Wording<'_>, at: &mut Anchors) -> Table {
    lists::retained(say.program).table(|row| at.marks(&row.clauses))
}

pub(super) fn rights(say: Wording<'_>, at: &mut Anchors) -> Table {
    lists::rights(say.program).table(|row| at.marks(&row.clauses)).told_apart()
}

/// Rights that the law gives and the text does not mention.
pub(super) fn unmentioned_rights(say: Wording<'_>) -> String {
    let mentioned = |kind: RightKind| say.program.policy.rights.iter().any(|right| right.kind.value == kind);
    list(RightKind::ALL.iter().filter(|kind| !mentioned(**kind)).map(|kind| label(*kind)))
}

pub(super) fn clocks(say: Wording<'_>, at: &mut Anchors) -> Table {
    let rights = |clock: &Clock| {
        let bound = say.program.policy.rights.iter();
        let bound = bound.filter(|right| right.clock.said().is_some_and(|of| of.text == clock.id.as_str()));
        list(bound.map(|right| label(right.kind.value)))
    };
    let line = |clock: &Clock| {
        let cells = vec![
            rights(clock),
            length(&clock.length),
            told_word(&clock.starts).text(),
            label(clock.done.value),
            or_nothing(told_text(&clock.overrun), "no-overrun").text(),
        ];
        (cells, marks(at, &clock.clause))
    };
    Table::new(&["rights", "length", "starts", "done", "overrun"], say.program.policy.clocks.iter().map(line).collect())
}

pub(super) fn refusals(say: Wording<'_>, at: &mut Anchors) -> Option<Table> {
    let line = |refusal: &policy::syntax::Refusal| {
        let cells = vec![
            refusal.number.as_ref().map(|number| number.value.to_string()).unwrap_or_default(),
            tidy(&refusal.name),
            if refusal.rights.is_empty() {
                phrase("all-rights", &[])
            } else {
                list(refusal.rights.iter().map(|right| label(right.value)))
            },
            refusal.when.as_ref().map(|when| say.condition(when)).unwrap_or_default(),
            told_word(&refusal.law).text(),
        ];
        (cells, marks(at, &refusal.clause))
    };
    let lines: Vec<_> = say.program.policy.refusals.iter().map(line).collect();
    (!lines.is_empty()).then(|| Table::new(&["number", "ground", "rights", "condition", "legal_ground"], lines))
}

pub(super) fn minors(say: Wording<'_>, at: &mut Anchors) -> Part {
    let minors = &say.program.policy.minors;
    Part::unnamed(&minors.clause, at)
        .fact("age", &told(&minors.age, |age| phrase("age", &[("years", &age.to_string())])))
        .fact("guardian", &told_yes(&minors.guardian))
        .fact("use_only", &told_texts(&minors.use_only))
        .fact("wrongly_collected", &told_text(&minors.wrongly_collected))
        .fact("dedicated", &told_yes(&minors.dedicated))
}

pub(super) fn export(say: Wording<'_>, at: &mut Anchors) -> Part {
    let export = &say.program.policy.export;
    Part::unnamed(&export.clause, at)
        .fact("may", &told_yes(&export.may))
        .fact("procedure", &told_text(&export.procedure))
        .fact("consent", &told_consent(&export.consent))
}

pub(super) fn update(say: Wording<'_>, at: &mut Anchors) -> Part {
    let update = &say.program.policy.update;
    let any_one = update.any_one_of.as_ref().is_some_and(|at| at.value);
    let routes = |slot: &Stated<Vec<Route>>| match told_words(slot) {
        Told::Said(routes) if any_one && slot.said().is_some_and(|all| all.len() > 1) => {
            Told::Said(phrase("any-one", &[("routes", &routes)]))
        }
        other => other,
    };
    let open = update.major_open.as_ref().is_some_and(|at| at.value);
    let major = match told_words(&update.major) {
        Told::Said(changes) if open => Told::Said([changes, phrase("open-list", &[])].concat()),
        other => other,
    };
    Part::unnamed(&update.clause, at)
        .fact("major", &major)
        .fact("major_notice", &routes(&update.major_notice))
        .fact("notice", &routes(&update.notice))
        .fact("before_effect", &told_yes(&update.before_effect))
        .fact("consent_again", &told_words(&update.consent_again))
        .fact("rights_cut_needs_consent", &told_yes(&update.rights_cut_needs_consent))
        .fact("election", &told_yes(&update.election))
        .fact("archive", &told_word(&update.archive))
}

pub(super) fn statements(say: Wording<'_>, at: &mut Anchors) -> Table {
    let line = |statement: &policy::syntax::Statement| {
        let categories = statement.categories.iter().map(|at| label(at.value));
        let classes = statement.sensitive.iter().map(|at| label(at.value));
        let range = list(categories.chain(classes));
        let mut text = tidy(&statement.text);
        if !range.is_empty() {
            text = phrase("definition", &[("text", &text), ("list", &range)]);
        }
        (vec![label(statement.kind.value), text], marks(at, &statement.clause))
    };
    Table::new(&["kind", "text"], say.program.policy.statements.iter().map(line).collect())
}

pub(super) fn records(say: Wording<'_>, at: &mut Anchors) -> Table {
    let line = |record: &policy::syntax::Record| {
        let holds = record
            .holds
            .iter()
            .map(|held| phrase("of-person", &[("person", &say.name(&held.of)), ("items", &say.items(&held.items))]));
        let cells =
            vec![tidy(&record.name), holds.collect(), list(record.events.iter().map(|event| label(event.value)))];
        (cells, marks(at, &record.clause))
    };
    Table::new(&["name", "holds", "events"], say.program.policy.records.iter().map(line).collect())
}

/// The items that the policy publishes under names of its own.
pub(super) fn items(say: Wording<'_>, at: &mut Anchors) -> Table {
    let line = |item: &policy::syntax::Item| {
        let stands_for = item.same_as.as_ref().and_then(|same| say.program.names.find(Kind::Item, same).ok());
        let id = stands_for.unwrap_or_else(|| item.id.value.clone());
        let facts = say.program.items.get(&id);
        let cells = vec![
            tidy(&item.name),
            facts.map(|facts| label(facts.category)).unwrap_or_default(),
            say.class(id.as_str()).unwrap_or_default(),
        ];
        (cells, marks(at, &item.clause))
    };
    Table::new(&["name", "category", "sensitive"], say.program.policy.items.iter().map(line).collect())
}
