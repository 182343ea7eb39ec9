//! Questionnaires (问卷): the questions by which an item is given that the text of the policy names and does not spell out,
//! and the one value that their answers make.

use desk::Platform;
use desk::refusal::FieldFault;
use model::Slug;
use policy::syntax::{Function, Question, Questionnaire};

use super::form::Asked;
use crate::pages::parts::{Choice, Field, FieldGroup, FieldKind};
use crate::session::Form;
use crate::words::{fault, fill, listed, say};

/// The questions by which somebody in these roles gives an item; `None` where it has a field.
pub(super) fn of<'p>(
    platform: &'p Platform,
    function: &Function,
    roles: &[Slug],
    item: &Slug,
) -> Option<&'p Questionnaire> {
    let all = &platform.tables.program().operation.questionnaires;
    all.iter().find(|one| roles.iter().any(|role| one.asks(function.id.as_str(), role.as_str(), item.as_str())))
}

/// The questions of an item, with what was answered before and what was wrong with it.
pub(super) fn group(
    questionnaire: &Questionnaire,
    asked: &Asked<'_>,
    (typed, wrong): (&Form, Option<&FieldFault>),
) -> FieldGroup {
    let field = |question: &Question| {
        let name = control(asked, question);
        let error = wrong.filter(|wrong| is_about(wrong, question, answer(question, &name, typed).is_some()));
        Field {
            label: question.text.value.clone(),
            kind: kind(question, asked.required),
            value: typed.all(&name).collect::<Vec<_>>().join(" "),
            hint: question.takes_many().then(|| say("survey-many")),
            error: error.map(|wrong| fault(wrong.code)),
            required: asked.required,
            sensitive: asked.sensitive,
            name,
            ..Field::default()
        }
    };
    FieldGroup {
        legend: questionnaire.title.value.clone(),
        intro: Some(fill("survey-kept-as", &[("item", &asked.item.name)])),
        fields: questionnaire.questions.iter().map(field).collect(),
        ..FieldGroup::default()
    }
}

/// The one value that the answers make, a line for each question that was answered; `None` where none was, or where the item is
/// demanded and one was not.
pub(super) fn value(questionnaire: &Questionnaire, asked: &Asked<'_>, form: &Form) -> Option<String> {
    let mut lines = Vec::new();
    for question in &questionnaire.questions {
        match answer(question, &control(asked, question), form) {
            Some(answer) => {
                lines.push(fill("survey-line", &[("question", &question.text), ("answer", &answer)]));
            }
            None if asked.required => return None,
            None => {}
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The name of a question's control.
fn control(asked: &Asked<'_>, question: &Question) -> String {
    format!("{}.{}", asked.name, question.id.value)
}

/// What is posted for an answer: its number, for checks are told apart by blanks and answers may have some.
fn numbered(question: &Question) -> impl Iterator<Item = (String, &String)> {
    (1..).map(|nth: usize| nth.to_string()).zip(question.answers.iter().map(|answer| &answer.value))
}

fn kind(question: &Question, required: bool) -> FieldKind {
    let choice = |(value, label): (String, &String)| Choice { value, label: label.clone(), hint: None };
    let choices = numbered(question).map(choice);
    match question.answers.is_empty() {
        true => FieldKind::LongText,
        false if question.takes_many() => FieldKind::Checks(choices.collect()),
        // A radio that was chosen cannot be taken back, but for another.
        false => {
            let none = (!required).then(|| Choice { label: say("survey-none"), ..Choice::default() });
            FieldKind::Radio(choices.chain(none).collect())
        }
    }
}

/// What was answered, in words on one line. What was not offered is no answer.
fn answer(question: &Question, name: &str, form: &Form) -> Option<String> {
    let words = if question.answers.is_empty() {
        form.one(name)?.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        let posted: Vec<&str> =
            if question.takes_many() { form.all(name).collect() } else { form.one(name).into_iter().collect() };
        listed(numbered(question).filter(|(value, _)| posted.contains(&value.as_str())).map(|(_, answer)| answer))
    };
    (!words.is_empty()).then_some(words)
}

/// Whether what is wrong with the item is to be mended at this question: one that lacks its answer, or words of one's own.
fn is_about(wrong: &FieldFault, question: &Question, answered: bool) -> bool {
    if wrong.code == "missing" { !answered } else { answered && question.answers.is_empty() }
}
