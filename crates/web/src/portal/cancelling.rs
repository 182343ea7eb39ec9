//! Cancelling a record where the text says that a right is exercised so: asked first, then done, then the way to apply again.

use axum::extract::Path;
use axum::response::Response;
use desk::Refusal;
use desk::pay::{self, Stand};
use desk::service::{self, Cancelling};
use model::RecordId;

use crate::pages::parts::{Link, Reason};
use crate::pages::portal::CancelPage;
use crate::session::{Customer, Signed};
use crate::told::payments::yuan;
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fill, say};

type Reply = Result<Response, Trouble>;

/// The ways that the page of a record shows: to cancel it, and once it was, to apply again.
pub(super) async fn link(customer: &Customer, record: RecordId) -> Result<Option<Link>, Trouble> {
    let found = service::cancelling(&customer.app.house, &customer.platform, customer.subject, record).await?;
    Ok(found.and_then(|found| match &found {
        Cancelling { is_done: false, .. } => {
            Some(Link { label: title(&found), href: format!("{}/records/{record}/cancel", customer.base()) })
        }
        Cancelling { again, .. } => again.as_ref().map(|again| Link {
            label: fill("cancel-again", &[("function", &again.name)]),
            href: format!("{}/functions/{}", customer.base(), again.function),
        }),
    }))
}

fn title(found: &Cancelling) -> String {
    fill("cancel-title", &[("class", &found.class_name)])
}

async fn page(
    customer: &Customer,
    record: RecordId,
    (denied, problem): (Vec<Reason>, Option<String>),
) -> Result<CancelPage, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let found = service::cancelling(house, platform, customer.subject, record).await?.ok_or(Trouble::Unknown)?;
    let rights = platform.tables.program().policy.rights.iter();
    let right = rights.into_iter().find(|right| right.kind.value == found.right);
    let paid = pay::list(house, platform, customer.subject).await?;
    let paid = paid.iter().filter(|view| view.record == record && view.stand == Stand::Paid);
    Ok(CancelPage {
        shell: customer.shell(),
        title: title(&found),
        record: record.to_string(),
        effect: right.and_then(|right| right.effect.as_ref()).map(|effect| effect.value.clone()),
        clause: right.and_then(|right| right.clause.first()).map(|number| clause(platform, number)),
        back: paid.map(|view| yuan(view.fen.into())).collect(),
        again: found.again.map(|again| again.name),
        is_done: found.is_done,
        denied,
        problem,
    })
}

/// `GET /records/{id}/cancel`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let record = id.parse().map_err(|_| Trouble::Unknown)?;
    let page = page(&customer, record, (Vec::new(), None)).await?;
    customer.show(&page)
}

/// `POST /records/{id}/cancel`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, _): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let record: RecordId = id.parse().map_err(|_| Trouble::Unknown)?;
    match service::cancel(house, platform, customer.subject, record).await {
        Ok(done) => Ok(customer.go(&format!("/records/{record}?done={}", done.leaf))),
        Err(Refusal::Denied(answer)) => {
            let denied = uncoded(of_answer(platform, &answer));
            let page = page(&customer, record, (denied, None)).await?;
            customer.show_refused(&page)
        }
        Err(Refusal::Outside(_)) => {
            let page = page(&customer, record, (Vec::new(), Some(say("payment-no-answer")))).await?;
            customer.show_again(&page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}
