//! After log-in: what can be done, and what was done last.

use axum::extract::Query;
use axum::response::Response;
use desk::collect::typed_groups;
use desk::evidence;
use policy::syntax::{Function, FunctionKind};

use super::shell::Done;
use super::standing::Standing;
use crate::pages::parts::Link;
use crate::pages::portal::{FunctionCard, FunctionGroup, Home};
use crate::session::Customer;
use crate::told::acts::line;
use crate::trouble::Trouble;
use crate::words::{fill, say};

/// Acts that the page lists.
const LATEST: u32 = 5;

/// What somebody comes for, by a function's kind and by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Something is done.
    Business,
    /// Something is looked up, and nothing taken for it.
    Lookup,
    /// What comes beside the service itself.
    More,
    /// Proof of who one is, and safety.
    Safety,
}

impl Sort {
    /// In the order of the page.
    const ALL: [(Self, &'static str); 4] = [
        (Self::Business, "sort-business"),
        (Self::Lookup, "sort-lookup"),
        (Self::More, "sort-more"),
        (Self::Safety, "sort-safety"),
    ];

    fn of(function: &Function) -> Self {
        if typed_groups(function).next().is_none() && !function.reads.is_empty() {
            return Self::Lookup;
        }
        match function.kind.value {
            FunctionKind::Basic => Self::Business,
            FunctionKind::Additional | FunctionKind::Marketing => Self::More,
            FunctionKind::Statutory | FunctionKind::Security => Self::Safety,
        }
    }
}

/// `GET /home`.
pub(crate) async fn home(customer: Customer, Query(done): Query<Done>) -> Result<Response, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let standing = Standing::of(&customer).await?;
    let (leaves, _) = evidence::leaves_of(house, platform, customer.subject, 0, LATEST).await?;
    let card = |function: &Function| FunctionCard {
        name: function.name.value.clone(),
        text: crate::told::elements::purpose(platform, function),
        state: standing.state(platform, function),
    };
    // One is logged in.
    let logins = &platform.tables.program().operation.logins;
    let by_login = |one: &&Function| logins.iter().any(|login| login.function.text == one.id.as_str());
    let open: Vec<&Function> = standing.functions(platform).into_iter().filter(|one| !by_login(one)).collect();
    let group = |(sort, label): (Sort, &'static str)| {
        let own = open.iter().filter(|function| Sort::of(function) == sort);
        FunctionGroup { title: say(label), functions: own.copied().map(card).collect() }
    };
    let groups = Sort::ALL.into_iter().map(group).filter(|group| !group.functions.is_empty());
    let unchosen = |function: &Function| {
        let text = fill("unchosen", &[("function", &function.name)]);
        (text, Link { label: say("choose-party"), href: format!("{}/agencies#{}", customer.base(), function.id.value) })
    };
    customer.show(&Home {
        shell: customer.shell_after(&done),
        groups: groups.collect(),
        awaited: super::identity::awaited(&customer, &standing).await?,
        guest: !standing.account,
        records: super::records::of_business(&customer).await?.len(),
        updates: super::updates::waiting(&customer).await?,
        again: super::consents::again(&customer).await?,
        unchosen: standing.unchosen(platform).into_iter().map(unchosen).collect(),
        opened: super::invite::waiting(&customer).await?,
        checks: super::check::lines(&customer).await?,
        acts: leaves.iter().filter_map(|leaf| line(platform, leaf)).collect(),
    })
}
