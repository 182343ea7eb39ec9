//! Correcting or completing one value of one's own (PIPL art. 46): at once, with the field that asked for it.

use axum::extract::Path;
use axum::response::Response;
use desk::Refusal;
use desk::collect;
use desk::leaf::Who;
use desk::refusal::FieldFault;
use model::Clear;
use policy::syntax::RightKind;

use super::form::field_of;
use super::mine::{Place, place};
use crate::pages::parts::Form as Fields;
use crate::pages::portal::CorrectPage;
use crate::session::{Customer, Form, Signed};
use crate::told::reasons::clause;
use crate::trouble::Trouble;

type Reply = Result<Response, Trouble>;

/// The name of the one field.
const VALUE: &str = "value";

async fn own(customer: &Customer, id: &str) -> Result<Place, Trouble> {
    let wanted = place(id).ok_or(Trouble::Unknown)?;
    let standing = super::standing::Standing::of(customer).await?;
    let own = standing.parts.iter().any(|(record, _, role)| *record == wanted.record && *role == wanted.person);
    own.then_some(wanted).ok_or(Trouble::Unknown)
}

fn page(customer: &Customer, place: &Place, typed: &Form, faults: &[FieldFault]) -> Result<CorrectPage, Trouble> {
    let platform = &customer.platform;
    let program = platform.tables.program();
    let facts = program.items.get(&place.item).ok_or(Trouble::Unknown)?;
    let right = program.policy.rights.iter().find(|right| right.kind.value == RightKind::Correct);
    let mut field = field_of(facts, typed, VALUE, faults);
    field.required = true;
    Ok(CorrectPage {
        shell: customer.shell(),
        item: facts.name.clone(),
        form: Fields::of(vec![field]),
        by_text: right.and_then(|right| right.path.as_ref()).map(|path| path.value.clone()),
        clause: right.and_then(|right| right.clause.first()).map(|number| clause(platform, number)),
    })
}

/// `GET /mine/{id}/correct`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let wanted = own(&customer, &id).await?;
    customer.show(&page(&customer, &wanted, &Form::default(), &[])?)
}

/// `POST /mine/{id}/correct`.
pub(crate) async fn sent(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let wanted = own(&customer, &id).await?;
    let value = Clear::new(form.one(VALUE).unwrap_or_default().trim().to_owned());
    let Place { record, person, item } = &wanted;
    let done =
        collect::correct(house, platform, customer.subject, Who::Subject, *record, person, item.as_str(), value).await;
    match done {
        Ok(done) => Ok(customer.go(&format!("/home?done={}", done.leaf))),
        Err(Refusal::Fields(faults)) => customer.show_again(&page(&customer, &wanted, &form, &faults)?),
        Err(refusal) => Err(refusal.into()),
    }
}
