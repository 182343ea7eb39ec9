//! The supplement (补充说明): what the company chose where the text leaves a choice, and what each choice answers.

use jiff::civil::Date;
use policy::label::written_label;
use policy::resolve::Program;
use policy::syntax::{Kind, Unneeded};

use crate::document::Table;
use crate::labels::{choice, named};
use crate::lists::floors_of;
use crate::parties;
use crate::told::{Anchors, Marks};
use crate::wording::{Wording, list, sentence, tidy};

/// Every choice of the operation file that concerns people.
pub(super) fn table(say: Wording<'_>, at: &Anchors) -> Table {
    let operation = &say.program.operation;
    let mut clauses: Vec<&String> = at.clauses().iter().collect();
    clauses.sort_by_key(|clause| std::cmp::Reverse(clause.len()));
    let mut choices = Choices { say, clauses, lines: Vec::new() };
    let backup = choice("backup", &[("days", &operation.backup_days.value.to_string())]);
    choices.add("backup", backup, "");
    let cool_down = choice("cool-down", &[("days", &operation.cool_down_days.value.to_string())]);
    choices.add("cool-down", cool_down, "R14");
    choices.add("sensitivity", sensitivity(say.program), operation.switches.answers.as_ref().map_or("", |at| at));
    for way in &operation.alternatives {
        let blanks = [
            ("function", say.name(&way.function)),
            ("name", tidy(&way.name)),
            ("text", tidy(&way.text)),
            ("items", say.names(&way.items)),
        ];
        choices.add("alternative", fill("alternative", &blanks), &way.answers);
    }
    for unneeded in &operation.unneeded {
        choices.add("unneeded", not_demanded(say, unneeded), &unneeded.answers);
    }
    for notice in &operation.notices {
        let blanks = [
            ("function", say.name(&notice.function)),
            ("items", say.names(&notice.items)),
            ("necessity", sentence(&tidy(&notice.necessity))),
            ("impact", sentence(&tidy(&notice.impact))),
        ];
        choices.add("notice", fill("notice", &blanks), &notice.answers);
    }
    choices.recipients_and_staff(say);
    choices.keeping(say);
    Table::new(&["choice", "text", "answers"], choices.lines).without_clauses()
}

fn fill(key: &'static str, blanks: &[(&str, String)]) -> String {
    let blanks: Vec<(&str, &str)> = blanks.iter().map(|(name, value)| (*name, value.as_str())).collect();
    choice(key, &blanks)
}

fn sensitivity(program: &Program) -> String {
    let switch = program.operation.switches.sensitivity.value.as_str();
    match program.standards.iter().find(|standard| standard.id.as_str() == switch) {
        Some(standard) => choice("sensitivity-one", &[("standard", &tidy(&standard.name))]),
        None => choice("sensitivity-strictest", &[]),
    }
}

/// Items that the text demands and the service does without.
pub(super) fn not_demanded(say: Wording<'_>, unneeded: &Unneeded) -> String {
    fill(
        "unneeded",
        &[
            ("function", say.name(&unneeded.function)),
            ("items", say.names(&unneeded.items)),
            ("reason", sentence(&tidy(&unneeded.reason))),
        ],
    )
}

struct Choices<'a> {
    say: Wording<'a>,
    /// Clauses of the text, the longest first.
    clauses: Vec<&'a String>,
    lines: Vec<(Vec<String>, Marks)>,
}

impl Choices<'_> {
    fn add(&mut self, kind: &'static str, text: String, answers: &str) {
        let answers = self.answers(answers);
        self.lines.push((vec![named("choice", kind).to_owned(), text, answers], Marks::default()));
    }

    /// What a choice answers: operation files say it for engineers, a notice names the clauses and articles alone.
    fn answers(&self, text: &str) -> String {
        let mut rest = text.to_owned();
        let mut found: Vec<(usize, String)> = Vec::new();
        for clause in &self.clauses {
            if let Some(at) = rest.find(clause.as_str()) {
                found.push((at, (*clause).clone()));
                // Blanked out, so that a shorter clause does not match inside a longer one.
                rest = rest.replace(clause.as_str(), &" ".repeat(clause.len()));
            }
        }
        for word in text.split(|sign: char| !sign.is_ascii_alphanumeric()) {
            // Of several articles the newest law's.
            let mut sources = self.say.program.law.rule(word).into_iter().flat_map(|rule| &rule.sources);
            if let Some(article) = sources.find(|source| source.holds(Date::MAX)) {
                found.push((usize::MAX, article.cite.clone()));
            }
        }
        found.sort();
        found.dedup();
        list(found.into_iter().map(|(_, name)| name))
    }

    fn recipients_and_staff(&mut self, say: Wording<'_>) {
        for recipient in &say.program.policy.recipients {
            let id = recipient.id.as_str();
            let parties = say.program.operation.parties.iter().filter(|party| party.recipient.text == id);
            let answers: Vec<&str> = parties.map(|party| party.answers.value.as_str()).collect();
            if let Some(parties) = parties::introduced(say, id) {
                self.add("party", parties, &answers.join(" "));
            }
        }
        for one in &say.program.operation.suspended {
            self.add("suspended", parties::stopped(say, one), &one.answers);
        }
        for role in &say.program.operation.roles {
            if role.functions.is_empty() {
                self.add("role", choice("role-none", &[("name", &tidy(&role.name))]), &role.answers);
                continue;
            }
            let functions = choice("role-functions", &[("functions", &say.names(&role.functions))]);
            let may = |yes: bool, key| choice(if yes { key } else { "role-may-not" }, &[]);
            let blanks = [
                ("name", tidy(&role.name)),
                ("functions", functions),
                ("clear", may(role.clear_view.value, "role-may")),
                ("minors", may(role.minors.value, "role-minors")),
            ];
            self.add("role", fill("role", &blanks), &role.answers);
        }
    }

    fn keeping(&mut self, say: Wording<'_>) {
        let operation = &say.program.operation;
        for mask in &operation.masks {
            let way = written_label::<model::field::Mask>(&mask.mask).map_or_else(|| tidy(&mask.mask), str::to_owned);
            self.add("mask", fill("mask", &[("item", say.name(&mask.item)), ("mask", way)]), &mask.answers);
        }
        for floor in &operation.floors {
            let floors = floors_of(say.program, &floor.class.text).unwrap_or_default();
            self.add("floor", fill("floor", &[("class", say.name(&floor.class)), ("floors", floors)]), &floor.answers);
        }
        for one in &operation.enforcements {
            let element = [Kind::Function, Kind::Share, Kind::Use, Kind::Disclosure, Kind::Right, Kind::Permission]
                .into_iter()
                .find(|kind| say.program.names.entry(*kind, &one.element).is_some())
                .map_or_else(|| tidy(&one.element), |kind| say.named(kind, &one.element));
            self.add("enforcement", fill("enforcement", &[("element", element), ("reason", tidy(&one.reason))]), "");
        }
    }
}
