//! After log-in: what can be done, and what was done last.

use axum::extract::Query;
use axum::response::Response;
use desk::evidence::{self};

use super::shell::Done;
use super::standing::Standing;
use crate::pages::portal::{FunctionCard, Home};
use crate::session::Customer;
use crate::told::acts::line;
use crate::trouble::Trouble;

/// Acts that the page lists.
const LATEST: u32 = 5;

/// `GET /home`.
pub(crate) async fn home(customer: Customer, Query(done): Query<Done>) -> Result<Response, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let standing = Standing::of(&customer).await?;
    let (leaves, _) = evidence::leaves_of(house, platform, customer.subject, 0, LATEST).await?;
    let card = |function: &policy::syntax::Function| FunctionCard {
        name: function.name.value.clone(),
        text: crate::told::elements::purpose(platform, function),
        state: standing.state(platform, function),
    };
    customer.show(&Home {
        shell: customer.shell_after(&done),
        functions: standing.functions(platform).into_iter().map(card).collect(),
        opened: super::invite::waiting(&customer).await?,
        checks: super::check::lines(&customer).await?,
        acts: leaves.iter().filter_map(|leaf| line(platform, leaf)).collect(),
    })
}
