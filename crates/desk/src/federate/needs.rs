//! What a way to come in needs, and what may come besides: pure.

use model::Slug;
use model::act::SubjectState;
use policy::question::{Facts, FunctionOpen, Openness, Subject};
use policy::syntax::Login;

use crate::{House, Platform};

/// The items of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Role of whoever comes.
    pub person: Slug,
    /// Items without which the function is closed, by the side that demands less (rules R13, R33).
    pub needed: Vec<Slug>,
    /// Items that the provider would tell and nobody needs: they come only if the person lets them.
    pub optional: Vec<Slug>,
}

/// What a way needs today.
pub fn needs(house: &House, platform: &Platform, login: &Login) -> Needs {
    let policy = &platform.tables.program().policy;
    let role = login.person(policy).map(|role| role.text.as_str()).unwrap_or_default();
    let function = policy.functions.iter().find(|function| function.id.as_str() == login.function.text);
    let groups = function.into_iter().flat_map(|function| function.collects.said().into_iter().flatten());
    let mut items: Vec<&str> = groups
        .filter(|group| group.of.text == role)
        .flat_map(|group| &group.items)
        .map(|item| item.text.as_str())
        .collect();
    items.sort_unstable();
    items.dedup();
    let now = house.now();
    let demanded = |item: &&str| {
        let asked = FunctionOpen {
            platform: platform.id.clone(),
            at: None,
            function: login.function.text.clone(),
            product: None,
            channel: login.channel.as_ref().map(|channel| channel.text.clone()),
            person: role.to_owned(),
            refused: vec![(*item).to_owned()],
            subject: Subject::default(),
            facts: facts(platform, login),
        };
        platform.tables.function_open(&asked, &SubjectState::default(), None, now).effect == Openness::Closed
    };
    let (needed, rest): (Vec<&str>, Vec<&str>) = items.into_iter().partition(demanded);
    let told = |item: &&str| login.claims.iter().any(|claim| claim.item.text == *item);
    let ids = |items: Vec<&str>| items.into_iter().filter_map(|item| item.parse().ok()).collect();
    Needs {
        person: role.parse().unwrap_or_else(|_| login.id.value.clone()),
        needed: ids(needed),
        optional: ids(rest.into_iter().filter(told).collect()),
    }
}

/// What holds of whoever comes so: the person has just allowed the provider to tell exactly this, and the function's
/// permission with it.
pub(super) fn facts(platform: &Platform, login: &Login) -> Facts {
    let policy = &platform.tables.program().policy;
    let source = login.source.as_ref();
    let source = source.and_then(|named| policy.sources.iter().find(|source| source.id.as_str() == named.text));
    let within = source.and_then(|source| source.within.as_ref()).map(|fact| fact.text.clone());
    let permissions = login.groups(policy).filter_map(|group| group.permission.as_ref());
    let permitted = permissions.map(|permission| format!("permission.{}", permission.text));
    Facts { declared: within.into_iter().chain(permitted).map(|fact| (fact, true)).collect(), ..Facts::default() }
}
