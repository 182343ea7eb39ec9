//! Questionnaires: of an item in words, once, that its function is given, with questions that can be answered.

use std::collections::BTreeSet;

use model::field::Validator;

use super::{Check, Program};
use crate::syntax::{Operation, Person, Policy, Question, Questionnaire, Ref, Trigger};

impl Check<'_> {
    /// Each asks for something that is given there, in words, and that no other asks for.
    pub(super) fn questionnaires(&mut self, operation: &Operation, program: &Program) {
        for (place, one) in operation.questionnaires.iter().enumerate() {
            // A name that leads nowhere was reported before.
            let item = program.items.get(one.item.text.as_str());
            if item.is_some() && !is_given(one, &program.policy) {
                let message = format!("nobody gives `{}` to `{}`", one.item.text, one.function.text);
                self.report("L0439", one.item.span, message, "not given in the function");
            }
            if item.is_some_and(|item| item.validator.is_some_and(|validator| validator != Validator::Text)) {
                let message = format!("`{}` is not given in words", one.item.text);
                self.report("L0439", one.item.span, message, "has a form of its own");
            }
            if operation.questionnaires.iter().take(place).any(|other| meet(one, other)) {
                let message = format!("two questionnaires ask for `{}` in `{}`", one.item.text, one.function.text);
                self.report("L0439", one.item.span, message, "here again");
            }
            self.questions(one);
        }
    }

    fn questions(&mut self, one: &Questionnaire) {
        if one.questions.is_empty() {
            self.report("L0439", one.span.0, "nothing is asked".to_owned(), "no questions");
        }
        let mut seen = BTreeSet::new();
        for question in &one.questions {
            if !seen.insert(question.id.as_str()) {
                let message = format!("two questions bear the id `{}`", question.id.value);
                self.report("L0301", question.id.span, message, "here again");
            }
            self.choices(question);
        }
    }

    /// There is a choice, or none is offered.
    fn choices(&mut self, question: &Question) {
        let id = &question.id.value;
        if let [only] = question.answers.as_slice() {
            self.report("L0439", only.span, format!("`{id}` can be answered in one way"), "the only answer");
        }
        let mut seen = BTreeSet::new();
        for answer in question.answers.iter().filter(|answer| !seen.insert(answer.as_str())) {
            self.report("L0439", answer.span, format!("`{id}` has an answer twice"), "here again");
        }
        if let Some(many) = question.many.as_ref().filter(|many| many.value && question.answers.is_empty()) {
            self.report("L0439", many.span, format!("of `{id}` nothing can be chosen"), "no answers");
        }
    }
}

/// Whether the function collects the item, of that role, from somebody who gives it; of what does not exist nobody asks.
fn is_given(one: &Questionnaire, policy: &Policy) -> bool {
    let nobody = |of: &Ref<Person>| !policy.persons.iter().any(|person| person.id.as_str() == of.text);
    let function = policy.functions.iter().find(|function| function.id.as_str() == one.function.text);
    let Some(function) = function.filter(|_| !one.of.as_ref().is_some_and(nobody)) else { return true };
    let groups = function.collects.said().into_iter().flatten();
    let mut given = groups.filter(|group| matches!(group.trigger.said(), Some(Trigger::Given) | None));
    given.any(|group| {
        let of = one.of.as_ref().is_none_or(|of| of.text == group.of.text);
        of && group.items.iter().any(|item| item.text == one.item.text)
    })
}

/// Whether both ask somebody for the same item.
fn meet(one: &Questionnaire, other: &Questionnaire) -> bool {
    let of = one.of.as_ref().zip(other.of.as_ref());
    one.function == other.function && one.item == other.item && of.is_none_or(|(one, other)| one == other)
}
