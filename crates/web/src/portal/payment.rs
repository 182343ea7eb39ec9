//! Paying for a record: what is due, what the text asks of the payer, the code to scan, and how it went.

use axum::extract::Path;
use axum::response::Response;
use desk::Refusal;
use desk::pay::{self, Paying, Stand, View};
use desk::ports::Prepaid;
use desk::refusal::FieldFault;
use desk::track::Step;
use model::{PaymentId, RecordId};
use policy::syntax::Function;

use super::consenting::{Asker, answers, unplaced};
use super::form::Sheet;
use super::function;
use super::sale::Sale;
use super::standing::Standing;
use crate::pages::parts::{Link, Reason, Status, Tone};
use crate::pages::portal::{PaymentForm, PaymentLine, PaymentPage, PaymentStep, Payments};
use crate::pages::qr::Qr;
use crate::session::{Customer, Form, Signed, fragment};
use crate::told::elements;
use crate::told::payments::{is_open, line};
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::say;

type Reply = Result<Response, Trouble>;

/// `GET /payments`.
pub(crate) async fn list(customer: Customer) -> Reply {
    let platform = &customer.platform;
    let mut views = pay::list(&customer.app.house, platform, customer.subject).await?;
    // What can be paid first, else the newest first.
    views.sort_by_key(|view| (!is_open(view), std::cmp::Reverse(view.at)));
    let functions = platform.tables.program().policy.functions.iter();
    let function = functions.into_iter().find(|function| pay::pays(platform, function));
    customer.show(&Payments {
        shell: customer.shell(),
        title: function.map_or_else(|| say("payments"), |function| function.name.value.clone()),
        clause: function.and_then(|function| function.clause.first()).map(|number| clause(platform, number)),
        payments: views.iter().map(line).collect(),
    })
}

/// The payments of one record, as its page lists them.
pub(super) async fn of_record(customer: &Customer, record: RecordId) -> Result<Vec<PaymentLine>, Trouble> {
    let views = pay::list(&customer.app.house, &customer.platform, customer.subject).await?;
    Ok(views.iter().filter(|view| view.record == record).map(line).collect())
}

/// What came of a try to begin.
#[derive(Default)]
struct Tried {
    problem: Option<String>,
    denied: Vec<Reason>,
    faults: Vec<FieldFault>,
    unanswered: Vec<(String, String)>,
}

fn named(id: &str) -> Result<PaymentId, Trouble> {
    id.parse().map_err(|_| Trouble::Unknown)
}

/// `GET /payments/{id}`.
pub(crate) async fn ask(customer: Customer, Path((_, id)): Path<(String, String)>) -> Reply {
    let id = named(&id)?;
    let page = page(&customer, id, &Form::default(), Tried::default()).await?;
    match page.step {
        PaymentStep::Begin(_) => tracked(&customer, id, Step::Shown).await?,
        PaymentStep::Scan { ref code, .. } => awaited(&customer, id, code.is_some()).await?,
        PaymentStep::Returning | PaymentStep::Over => {}
    }
    customer.show(&page)
}

/// Puts down that the page on which a sale is paid was shown, or came back; of what was no sale nothing is.
async fn tracked(customer: &Customer, id: PaymentId, step: Step) -> Result<(), Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let view = pay::own(house, platform, customer.subject, id).await?;
    let function = pay::function_for(house, platform, &view).await?;
    match Sale::paid(customer, &view, function).await? {
        Some(sale) => sale.shown(step, bare(customer, &view, function).await?).await,
        None => Ok(()),
    }
}

/// Puts down that the page was shown on which the code is scanned, or waited for.
async fn awaited(customer: &Customer, id: PaymentId, has_code: bool) -> Result<(), Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let view = pay::own(house, platform, customer.subject, id).await?;
    let function = pay::function_for(house, platform, &view).await?;
    let Some(sale) = Sale::paid(customer, &view, function).await? else { return Ok(()) };
    let step = PaymentStep::Scan { code: has_code.then(Qr::default), demo: None };
    sale.awaited(id, as_for_everybody(customer, &view, Stand::Ordered, step)?).await
}

/// The page on which paying begins.
async fn bare(customer: &Customer, view: &View, function: Option<&Function>) -> Result<String, Trouble> {
    let form = match function {
        None => PaymentForm::default(),
        Some(function) => form(customer, function, &Form::default(), &[], &[]).await?,
    };
    as_for_everybody(customer, view, Stand::Due, PaymentStep::Begin(Box::new(form)))
}

/// A page of paying as it is for everybody: no number, no amount, no day, no code.
fn as_for_everybody(customer: &Customer, view: &View, stand: Stand, step: PaymentStep) -> Result<String, Trouble> {
    let PaymentLine { description, state, tone, .. } = line(&View { stand, ..view.clone() });
    let page = PaymentPage {
        shell: customer.bare_shell(),
        payment: PaymentLine { description, state, tone, ..PaymentLine::default() },
        record_name: view.class_name.clone(),
        step,
        ..PaymentPage::default()
    };
    fragment(page.as_main())
}

async fn page(customer: &Customer, id: PaymentId, typed: &Form, tried: Tried) -> Result<PaymentPage, Trouble> {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let view = pay::own(house, platform, customer.subject, id).await?;
    let Tried { mut problem, denied, faults, unanswered } = tried;
    let step = match view.stand {
        Stand::Due => {
            let form = match pay::function_for(house, platform, &view).await? {
                None => PaymentForm::default(),
                Some(function) => form(customer, function, typed, &faults, &unanswered).await?,
            };
            PaymentStep::Begin(Box::new(form))
        }
        Stand::Ordered => match pay::code(house, platform, customer.subject, id).await {
            Ok(Prepaid::Scan(text)) => {
                let back = format!("{}{}/payments/{id}", customer.app.site.origin, customer.base());
                let demo = customer.app.site.inbox.as_ref().and_then(|telephone| telephone.scan_page(&text, &back));
                let demo = demo.map(|href| Link { label: say("payment-demo"), href });
                PaymentStep::Scan { code: Qr::of(&text, say("code-payment")), demo }
            }
            // A page in a browser is paid by scanning; a script is for pages inside the network's own app.
            Ok(Prepaid::Script(_)) | Err(Refusal::Outside(_)) => PaymentStep::Scan { code: None, demo: None },
            // Paid or over since it was read.
            Err(Refusal::Wrong(_)) => {
                problem = problem.or_else(|| Some(say("payment-over")));
                PaymentStep::Over
            }
            Err(refusal) => return Err(refusal.into()),
        },
        Stand::Returning => PaymentStep::Returning,
        Stand::Paid | Stand::Closed | Stand::Returned => PaymentStep::Over,
    };
    Ok(PaymentPage {
        shell: customer.shell(),
        payment: line(&view),
        record_name: view.class_name.clone(),
        record: view.record.to_string(),
        step,
        problem,
        denied,
    })
}

/// What the function asks of the payer.
async fn form(
    customer: &Customer,
    function: &Function,
    typed: &Form,
    faults: &[FieldFault],
    unanswered: &[(String, String)],
) -> Result<PaymentForm, Trouble> {
    let (platform, standing) = (&customer.platform, Standing::of(customer).await?);
    let sheet = sheet(customer, function);
    let scopes = function::scopes(customer, &standing, &sheet, 0);
    let told = function.refused.said().and_then(|refused| refused.text.as_ref());
    Ok(PaymentForm {
        purpose: elements::purpose(platform, function),
        clause: function.clause.first().map(|number| clause(platform, number)),
        form: sheet.form(typed, faults),
        consents: function::questions(platform, &sheet, &scopes, unanswered, &Asker::ONESELF),
        refused: told.map_or_else(|| say("refused-this-only"), |text| text.value.clone()),
    })
}

/// The payer alone is asked.
fn sheet<'p>(customer: &'p Customer, function: &'p Function) -> Sheet<'p> {
    let mut sheet = Sheet::of(&customer.platform, function, customer.app.house.now());
    sheet.blocks.truncate(1);
    sheet
}

/// `POST /payments/{id}`: begins to pay.
pub(crate) async fn begin(Path((_, id)): Path<(String, String)>, Signed(customer, typed): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let id = named(&id)?;
    let view = pay::own(house, platform, customer.subject, id).await?;
    let mut paying = Paying { channel: platform.portal_channel(), ..Paying::default() };
    let (mut refused, mut said) = (Vec::new(), Vec::new());
    let function = pay::function_for(house, platform, &view).await?;
    if let Some(function) = function {
        let standing = Standing::of(&customer).await?;
        let sheet = sheet(&customer, function);
        let scopes = function::scopes(&customer, &standing, &sheet, 0);
        let settled = function::settled(platform, &standing, &sheet, 0);
        let given = answers(platform, (&scopes, &settled), &typed, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
        if !given.missing.is_empty() {
            tracked(&customer, id, Step::Returned).await?;
            let problem = unplaced(&given.missing, &scopes);
            let faults = sheet.faults(0, &typed)?;
            let tried = Tried { problem, faults, unanswered: given.missing, ..Tried::default() };
            return customer.show_again(&page(&customer, id, &typed, tried).await?);
        }
        let person = sheet.persons(&typed).into_iter().next();
        said.extend(given.yes.iter().map(|choice| (choice.scope.clone(), true)));
        said.extend(given.no.iter().map(|scope| (scope.clone(), false)));
        (paying.consents, refused) = (given.yes, given.no);
        if let Some(person) = person {
            (paying.person, paying.fields) = (Some(person.person), person.fields);
        }
    }
    if let Some(sale) = Sale::paid(&customer, &view, function).await? {
        let page = bare(&customer, &view, function).await?;
        paying.track = Some(sale.closing(page, function.is_some(), said, Step::Confirmed));
    }
    let done = pay::order(house, platform, customer.subject, id, paying).await;
    for scope in &refused {
        desk::consent::refuse(house, platform, customer.subject, scope).await?;
    }
    if done.is_err() {
        tracked(&customer, id, Step::Returned).await?;
    }
    let tried = match done {
        Ok(_) => return Ok(customer.go(&format!("/payments/{id}"))),
        Err(Refusal::Fields(faults)) => Tried { faults, ..Tried::default() },
        Err(Refusal::Wrong(_)) => Tried { problem: Some(say("payment-over")), ..Tried::default() },
        Err(Refusal::Denied(answer)) => {
            let denied = uncoded(of_answer(platform, &answer));
            return customer.show_refused(&page(&customer, id, &typed, Tried { denied, ..Tried::default() }).await?);
        }
        Err(refusal) => return Err(refusal.into()),
    };
    customer.show_again(&page(&customer, id, &typed, tried).await?)
}

/// `POST /payments/{id}/look`: asks the network how it stands.
pub(crate) async fn look(Path((_, id)): Path<(String, String)>, Signed(customer, form): Signed<Customer>) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let id = named(&id)?;
    let problem = match pay::look(house, platform, customer.subject, id).await {
        Ok(_) => {
            let view = pay::own(house, platform, customer.subject, id).await?;
            if !is_open(&view) {
                return Ok(customer.go(&format!("/payments/{id}")));
            }
            say("payment-not-yet")
        }
        Err(Refusal::Outside(_)) => say("payment-no-answer"),
        Err(refusal) => return Err(refusal.into()),
    };
    // Nothing is wrong with what was sent: the network's word is awaited.
    let mut page = page(&customer, id, &form, Tried::default()).await?;
    page.shell.status = Some(Status { tone: Tone::Warn, text: problem, receipt: None });
    customer.show_again(&page)
}
