//! Elements of the policy by the names that people read: functions, scopes, versions.

use desk::Platform;
use desk::archive::Given;
use desk::consent::ConsentView;
use desk::cut_off::Stand;
use policy::syntax::{Form, Function, Party};
use policy::terms::Scope;

use super::reasons::{clause, clause_of_version};
use crate::pages::parts::{Clause, ConsentForm};
use crate::words::{fill, listed, say};

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

/// The scope of a consent, in the version that it was given to, which alone says what it covers.
pub(crate) fn covered<'p>(version: Option<&'p Platform>, consent: &ConsentView) -> Option<(&'p Platform, &'p Scope)> {
    version.and_then(|version| Some((version, scope(version, &consent.scope)?)))
}

/// What was consented to, and in which form, as the version has it that it was given to. Of one that is not known here the name
/// is that of the version in force, for an id tells people nothing.
pub(crate) fn consented(given: &Given, consent: &ConsentView) -> (String, ConsentForm) {
    let version = given.version(consent);
    let platform = version.as_deref().unwrap_or_else(|| given.current());
    let form = scope(platform, &consent.scope).map_or(ConsentForm::General, |scope| form_of(scope.form));
    (title(platform, &consent.scope), form)
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

/// The same of a scope of the version that a consent was given to: another text than the one in force may have the clause
/// elsewhere, or none of that number.
pub(crate) fn clause_given(given: &Given, version: &Platform, scope: &Scope) -> Option<Clause> {
    if version.text == given.current().text {
        return clause_of(version, scope);
    }
    scope.clause.first().map(|number| clause_of_version(version, number))
}

/// A version's name for people.
pub(crate) fn version(stem: &str) -> String {
    match stem {
        "undated" => say("undated"),
        "unknown" => say("version-unknown"),
        stem => stem.to_owned(),
    }
}

/// A recipient's name, with the parties of it that staff cut off (rule R63), and whether nobody of it is left.
pub(crate) fn with_cut(platform: &Platform, name: &str, id: &str, cut: &[(&Party, Stand)]) -> (String, bool) {
    let parties = platform.tables.program().operation.parties.iter().filter(|party| party.recipient.text == id).count();
    let own: Vec<&str> = cut
        .iter()
        .filter(|(party, _)| party.recipient.text == id)
        .map(|(party, _)| party.name.value.as_str())
        .collect();
    if own.is_empty() {
        return (name.to_owned(), false);
    }
    let told = fill("recipient-cut", &[("recipient", name), ("parties", &listed(&own))]);
    (told, own.len() == parties)
}
