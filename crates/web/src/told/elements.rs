//! Elements of the policy by the names that people read: functions, scopes, versions.

use desk::Platform;
use policy::syntax::{Form, Function};
use policy::terms::Scope;

use super::reasons::clause;
use crate::pages::parts::{Clause, ConsentForm};
use crate::words::say;

/// What a function is for, in the sentences of the policy's purposes.
pub(crate) fn purpose(platform: &Platform, function: &Function) -> String {
    let declared = &platform.tables.program().policy.purposes;
    let named = function.purposes.iter().filter_map(|one| declared.iter().find(|known| known.id.as_str() == one.text));
    named.map(|purpose| purpose.text.value.as_str()).collect()
}

/// The function of that id.
pub(crate) fn function<'p>(platform: &'p Platform, id: &str) -> Option<&'p Function> {
    platform.tables.program().policy.functions.iter().find(|function| function.id.as_str() == id)
}

/// The scope of that id.
pub(crate) fn scope<'p>(platform: &'p Platform, id: &str) -> Option<&'p Scope> {
    platform.tables.scopes().iter().find(|scope| scope.id == id)
}

/// The name of a scope for people.
pub(crate) fn title(platform: &Platform, id: &str) -> String {
    render::consent::text_of(&platform.tables, id).map_or_else(|| id.to_owned(), |text| text.title)
}

/// How a form of consent is shown.
pub(crate) const fn form_of(form: Form) -> ConsentForm {
    match form {
        Form::General => ConsentForm::General,
        Form::Separate => ConsentForm::Separate,
        Form::Written => ConsentForm::Written,
    }
}

/// A clause of a scope.
pub(crate) fn clause_of(platform: &Platform, scope: &Scope) -> Option<Clause> {
    scope.clause.first().map(|number| clause(platform, number))
}

/// A version's name for people.
pub(crate) fn version(stem: &str) -> String {
    if stem == "undated" { say("undated") } else { stem.to_owned() }
}
