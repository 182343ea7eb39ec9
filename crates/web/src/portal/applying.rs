//! Applying (办理): a function that makes a record, filled in for everybody who stands in it, in one act.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use desk::collect::{Application, Applied, Participant, Whom, apply, typed_groups};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::track::{Closing, Step};
use desk::{Refusal, consent};
use model::act::GivenBy;
use model::service::Wish;
use model::{RecordId, Slug};
use policy::question::{Answer, Facts};
use policy::syntax::{Function, Kind, Trigger};
use policy::terms::Scope;

use super::cast::{Cast, Casting, Member, Stand};
use super::consenting::{Asker, Settled, answers_of, only_asked, unplaced};
use super::form::Sheet;
use super::function::{blank, kept, not_asked, questions, scopes, settled, with_items};
use super::identity::mends;
use super::sale::Sale;
use super::standing::Standing;
use super::{reading, servicing};
use crate::pages::parts::{Form as Fields, Reason};
use crate::pages::portal::{About, FormPerson, FunctionForm, WhoStands};
use crate::session::{Customer, Form, fragment};
use crate::told::reasons::{of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::say;

type Reply = Result<Response, Trouble>;

/// Whether a function is filled in here to make a record.
pub(super) fn makes(function: &Function) -> bool {
    function.makes.is_some() && typed_groups(function).next().is_some()
}

/// The record that a request is about, and what is wanted of it.
#[derive(Clone)]
struct Wanted {
    about: (RecordId, Wish),
    told: About,
}

impl Wanted {
    /// What the address says.
    async fn of(customer: &Customer, chosen: &[(String, String)]) -> Result<Option<Self>, Trouble> {
        let Some(about) = servicing::chosen(chosen)? else { return Ok(None) };
        Ok(Some(Self { about, told: servicing::wanted(customer, about).await? }))
    }

    /// What the address goes on to say.
    fn query(wanted: Option<&Self>) -> Option<String> {
        wanted.map(|wanted| servicing::query(wanted.about))
    }
}

/// What was wrong with what came.
#[derive(Default)]
struct Wrong {
    /// Fields, each with the place of its block.
    faults: Vec<FieldFault>,
    /// Scopes without an answer, by place of the block, and why.
    unanswered: BTreeMap<usize, Vec<(String, String)>>,
    /// Why it was decided against.
    denied: Option<Box<Answer>>,
    /// What was wrong as a whole.
    whole: Option<String>,
}

/// A function being filled in.
struct Desk<'c> {
    customer: &'c Customer,
    standing: &'c Standing,
    wanted: Option<Wanted>,
    casting: &'c Casting<'c>,
    cast: Cast,
    sheet: Sheet<'c>,
}

/// The way in: the choice of who stands in it, where there is one, then the form.
pub(super) async fn open(
    customer: &Customer,
    standing: &Standing,
    function: &Function,
    chosen: &[(String, String)],
) -> Reply {
    let wanted = Wanted::of(customer, chosen).await?;
    if let Some(Wanted { about: (record, _), .. }) = &wanted
        && !servicing::is_offered(customer, function, *record).await?
    {
        // Its page says why not.
        return Ok(customer.go(&format!("/records/{record}")));
    }
    let casting = Casting::of(customer, standing, function, chosen).await?;
    let going = chosen.iter().any(|(key, _)| key == "go");
    let Some(cast) = casting.read(chosen, &Form::default()).filter(|_| going || !casting.asks()) else {
        let page = who(customer, function, &casting, (chosen, going), wanted.as_ref());
        let step = if going { Step::Returned } else { Step::Shown };
        tracked(customer, function, step, || bare_who(customer, function, &casting)).await?;
        return if going { customer.show_again(&page) } else { customer.show(&page) };
    };
    let desk = Desk { customer, standing, wanted, sheet: casting.sheet(&cast), casting: &casting, cast };
    tracked(customer, function, Step::Shown, || desk.bare()).await?;
    customer.show(&desk.page(&Form::default(), &Wrong::default()))
}

/// Puts down that a page of a sale was shown, or came back; of other functions nothing is.
async fn tracked(
    customer: &Customer,
    function: &Function,
    step: Step,
    bare: impl FnOnce() -> Result<String, Trouble>,
) -> Result<(), Trouble> {
    match Sale::of(customer, function) {
        Some(sale) => sale.shown(step, bare()?).await,
        None => Ok(()),
    }
}

/// The choice of who stands in it, as it is for everybody.
fn bare_who(customer: &Customer, function: &Function, casting: &Casting<'_>) -> Result<String, Trouble> {
    let mut page = who(customer, function, &casting.bare(), (&[], false), None);
    page.shell = customer.bare_shell();
    fragment(page.as_main())
}

fn who(
    customer: &Customer,
    function: &Function,
    casting: &Casting<'_>,
    (chosen, again): (&[(String, String)], bool),
    wanted: Option<&Wanted>,
) -> WhoStands {
    let FunctionForm { shell, title, purpose, clause, .. } = blank(customer, function);
    let kept = wanted.map(|wanted| servicing::fields(wanted.about)).unwrap_or_default();
    let about = wanted.map(|wanted| wanted.told.clone());
    WhoStands { shell, title, purpose, clause, about, kept, form: Fields::of(casting.fields(chosen, again)) }
}

/// What was typed comes in: as one act, or not at all and the form once more.
pub(super) async fn sent(
    customer: &Customer,
    standing: &Standing,
    function: &Function,
    (chosen, form): (&[(String, String)], &Form),
) -> Reply {
    let (house, platform) = (&customer.app.house, &customer.platform);
    let wanted = Wanted::of(customer, chosen).await?;
    let casting = Casting::of(customer, standing, function, chosen).await?;
    let Some(cast) = casting.read(chosen, form) else {
        return customer.show_again(&who(customer, function, &casting, (chosen, true), wanted.as_ref()));
    };
    let desk = Desk { customer, standing, wanted, sheet: casting.sheet(&cast), casting: &casting, cast };
    if form.one("add").is_some() {
        tracked(customer, function, Step::Shown, || desk.bare()).await?;
        return customer.show(&desk.page(form, &Wrong::default()));
    }
    let read = match desk.read(form)? {
        Ok(read) => read,
        Err(wrong) => {
            tracked(customer, function, Step::Returned, || desk.bare()).await?;
            return customer.show_again(&desk.page(form, &wrong));
        }
    };
    let track = Sale::of(customer, function).map(|sale| desk.closing(&sale, &read)).transpose()?;
    let application = Application {
        function: function.id.value.clone(),
        channel: platform.portal_channel(),
        product: desk.cast.product.clone(),
        people: read.people,
        open: read.open,
        about: desk.wanted.as_ref().map(|wanted| wanted.about),
        facts: Facts::default(),
        trigger: Trigger::Given,
        track,
    };
    let done = apply(house, platform, customer.subject, application, Who::Subject, None).await;
    if done.is_err() {
        tracked(customer, function, Step::Returned, || desk.bare()).await?;
    }
    match done {
        Ok(done) => {
            for scope in &read.refused {
                consent::refuse(house, platform, customer.subject, scope).await?;
            }
            onward(customer, done).await
        }
        Err(refusal) => refused(desk, form, &read.places, refusal).await,
    }
}

/// The form once more: as the holder stands now, for consents given with it may have been kept before it was refused.
async fn refused(desk: Desk<'_>, form: &Form, places: &[usize], refusal: Refusal) -> Reply {
    let customer = desk.customer;
    let wrong = match refusal {
        Refusal::Fields(faults) => {
            let of_block =
                |fault: FieldFault| FieldFault { place: fault.place.and_then(|at| places.get(at).copied()), ..fault };
            Wrong { faults: faults.into_iter().map(of_block).collect(), ..Wrong::default() }
        }
        Refusal::Denied(answer) => Wrong { denied: Some(answer), ..Wrong::default() },
        Refusal::Empty(_) => Wrong { whole: Some(say("nothing-typed")), ..Wrong::default() },
        Refusal::Taken(_) => Wrong { whole: Some(say("number-taken")), ..Wrong::default() },
        refusal => return Err(refusal.into()),
    };
    let standing = &Standing::of(customer).await?;
    let kept = kept(customer, desk.standing, standing, desk.sheet.function);
    let mut page = Desk { standing, ..desk }.page(form, &wrong);
    page.not_asked.extend(kept);
    if wrong.denied.is_some() { customer.show_refused(&page) } else { customer.show_again(&page) }
}

/// A picture of the holder's own document, and the form once more with what stands on it.
pub(super) async fn pictured(
    customer: &Customer,
    standing: &Standing,
    function: &Function,
    (chosen, mut form): (&[(String, String)], Form),
) -> Reply {
    let platform = &customer.platform;
    let wanted = Wanted::of(customer, chosen).await?;
    let casting = Casting::of(customer, standing, function, chosen).await?;
    let Some(cast) = casting.read(chosen, &form) else {
        return customer.show_again(&who(customer, function, &casting, (chosen, true), wanted.as_ref()));
    };
    let desk = Desk { customer, standing, wanted, sheet: casting.sheet(&cast), casting: &casting, cast };
    let picture = match reading::picture(&mut form, |form| desk.page(form, &Wrong::default())) {
        Ok(picture) => picture,
        Err(page) => return customer.show_again(&*page),
    };
    let asked = desk.asked(&form)?;
    let (place, member) = desk.members().find(|(_, one)| one.stand == Stand::Holder).ok_or(Trouble::Unknown)?;
    let Asks { prefix, scopes, settled } = asked.get(place).ok_or(Trouble::Unknown)?;
    let given = answers_of(platform, (scopes, settled), &form, &Desk::asker(prefix, member));
    if !given.missing.is_empty() {
        let whole = unplaced(&given.missing, scopes);
        let unanswered = BTreeMap::from([(place, given.missing)]);
        return customer.show_again(&desk.page(&form, &Wrong { unanswered, whole, ..Wrong::default() }));
    }
    reading::agree(customer, given.yes).await?;
    let told = reading::filled(customer, (&desk.sheet, place), (&mut form, picture)).await?;
    let standing = &Standing::of(customer).await?;
    let desk = Desk { standing, ..desk };
    tracked(customer, function, Step::Shown, || desk.bare()).await?;
    let page = desk.page(&form, &Wrong { denied: told.denied(), ..Wrong::default() });
    told.show(customer, page)
}

/// Where a submitted form leads on to: the links for others, the table of members, or what was made of it.
async fn onward(customer: &Customer, done: Applied) -> Reply {
    if !done.invited.is_empty() {
        return super::invite::shown(customer, done.record, done.invited).await;
    }
    // Members of an organisation come as a table.
    let rosters = super::roster::links(customer, done.record).await?;
    if let Some(roster) = rosters.first() {
        let path = format!("{}?done={}", roster.href, done.leaf);
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&path)));
    }
    Ok(customer.go(&format!("/records/{}?done={}", done.record, done.leaf)))
}

/// Consents asked of one block.
struct Asks<'c> {
    /// What stands before their names.
    prefix: String,
    /// Each with whether it must be answered.
    scopes: Vec<(&'c Scope, bool)>,
    settled: Vec<Settled<'c>>,
}

/// What came, ready for the desk.
struct Read {
    people: Vec<Participant>,
    /// The block of each of the people.
    places: Vec<usize>,
    /// Roles that are left to others.
    open: Vec<Slug>,
    /// The holder's noes.
    refused: Vec<String>,
    /// Every answer: place of the block, scope, whether it was yes.
    answers: Vec<(usize, String, bool)>,
}

impl<'c> Desk<'c> {
    /// Whether a guardian consents for a member.
    fn is_guarded(member: &Member) -> bool {
        matches!(member.stand, Stand::Ward | Stand::AtHand(_, true))
    }

    /// Consents that are asked of one block: the holder's own, or for a child its guardian's.
    fn scopes(&self, place: usize, member: &Member) -> Vec<(&'c Scope, bool)> {
        // Of whom nothing is asked, no consent is.
        if self.sheet.asked(place).is_empty() {
            return Vec::new();
        }
        if member.stand == Stand::Holder {
            return scopes(self.customer, self.standing, &self.sheet, place);
        }
        if !Self::is_guarded(member) {
            return Vec::new();
        }
        let of_function = |scope: &&Scope| {
            scope.kind == Kind::Function && scope.element == self.sheet.function.id.value && !scope.items.is_empty()
        };
        let all = self.customer.platform.tables.scopes().iter().filter(of_function);
        with_items(all, &self.sheet, place).collect()
    }

    /// How the consents of one block are named, and who gives them.
    fn asker<'a>(prefix: &'a str, member: &Member) -> Asker<'a> {
        let by = if member.stand == Stand::Holder { GivenBy::Oneself } else { GivenBy::Guardian };
        Asker { prefix, by, ..Asker::ONESELF }
    }

    fn prefix(&self, place: usize, member: &Member) -> String {
        let block = self.sheet.blocks.get(place).filter(|_| member.stand != Stand::Holder);
        block.map(|block| format!("{}.", block.name)).unwrap_or_default()
    }

    fn members(&self) -> impl Iterator<Item = (usize, &Member)> {
        self.cast.members.iter().enumerate()
    }

    /// The form as a page.
    fn page(&self, typed: &Form, wrong: &Wrong) -> FunctionForm {
        let platform = &self.customer.platform;
        let (none, mut told) = (Vec::new(), BTreeSet::new());
        let mut page = blank(self.customer, self.sheet.function);
        for (place, member) in self.members() {
            let prefix = self.prefix(place, member);
            let scopes = self.scopes(place, member);
            let unanswered = wrong.unanswered.get(&place).unwrap_or(&none);
            let asker = Self::asker(&prefix, member);
            let consents = questions(&self.customer.platform, &self.sheet, &scopes, unanswered, &asker);
            let groups = self.sheet.groups(place, (typed, &wrong.faults), &mut told);
            let mut person = FormPerson {
                form: Fields { groups, problem: None },
                asks: say("guardian-asks"),
                consents: Vec::new(),
                more: self.cast.more(place),
            };
            if member.stand == Stand::Holder {
                page.consents = consents;
                page.not_asked = not_asked(self.customer, self.standing, &self.sheet, place);
            } else {
                person.consents = consents;
            }
            page.people.push(person);
        }
        let unplaced = self.sheet.unplaced(&wrong.faults);
        page.problem = wrong.whole.clone().or_else(|| unplaced.then(|| say("field-unknown")));
        if let Some(answer) = &wrong.denied {
            page.denied = uncoded(of_answer(platform, answer));
            page.next = mends(platform, answer);
            let guarded = self.cast.members.iter().any(|member| member.stand == Stand::Ward);
            page.denied.extend(guarded.then(|| Reason { text: say("guardian-only"), ..Reason::default() }));
        }
        let path = format!("/p/{}/functions/{}", platform.id, self.sheet.function.id.value);
        let about = Wanted::query(self.wanted.as_ref());
        let choice = std::iter::once(self.cast.query()).chain(about.clone()).collect::<Vec<_>>().join("&");
        page.action = Some(format!("{path}?{choice}"));
        let change = about.map_or_else(|| path.clone(), |about| format!("{path}?{about}"));
        page.change = self.casting.asks().then_some(change);
        page.about = self.wanted.as_ref().map(|wanted| wanted.told.clone());
        let asks = !page.consents.is_empty();
        let query = format!("?{choice}");
        let holder = self.cast.members.iter().any(|member| member.stand == Stand::Holder);
        page.reading = reading::offer(self.customer, self.sheet.function, &query, asks).filter(|_| holder);
        page.counts = self.cast.counts();
        page
    }

    /// The same form with nobody in it: nothing typed, nobody named, no token.
    fn bare(&self) -> Result<String, Trouble> {
        let casting = self.casting.bare();
        let cast = self.cast.clone();
        let bare = Desk {
            customer: self.customer,
            standing: self.standing,
            wanted: None,
            sheet: casting.sheet(&cast),
            casting: &casting,
            cast,
        };
        let mut page = bare.page(&Form::default(), &Wrong::default());
        page.shell = self.customer.bare_shell();
        // The addresses repeat the choice of people, and what one refused before is nobody else's.
        (page.action, page.not_asked) = (None, Vec::new());
        page.reading.iter_mut().for_each(|reading| reading.action.clear());
        fragment(page.as_main())
    }

    /// How the sale ends: on this page, with these answers.
    fn closing(&self, sale: &Sale<'_>, read: &Read) -> Result<Closing, Trouble> {
        let sheet = self.casting.bare().sheet(&self.cast);
        let control = |(place, scope, given): &(usize, String, bool)| {
            let holder = self.cast.members.get(*place).is_none_or(|member| member.stand == Stand::Holder);
            let block = sheet.blocks.get(*place).filter(|_| !holder);
            (block.map_or_else(|| scope.clone(), |block| format!("{}.{scope}", block.name)), *given)
        };
        Ok(sale.closing(self.bare()?, true, read.answers.iter().map(control).collect(), Step::Submitted))
    }

    /// The consents asked of each block, with what stands before their names. A form that answers others does not read.
    fn asked(&self, form: &Form) -> Result<Vec<Asks<'c>>, Trouble> {
        let of_block = |(place, member): (usize, &Member)| {
            let (platform, is_holder) = (&self.customer.platform, member.stand == Stand::Holder);
            let settled = if is_holder { settled(platform, self.standing, &self.sheet, place) } else { Vec::new() };
            Asks { prefix: self.prefix(place, member), scopes: self.scopes(place, member), settled }
        };
        let asked: Vec<Asks<'_>> = self.members().map(of_block).collect();
        let names = asked.iter().flat_map(|asks| {
            let scopes = asks.scopes.iter().map(|(scope, _)| *scope).chain(asks.settled.iter().map(|one| one.scope));
            scopes.map(|scope| (asks.prefix.as_str(), scope.id.as_str()))
        });
        if only_asked(form, &names.collect::<Vec<_>>()) { Ok(asked) } else { Err(Trouble::Unreadable) }
    }

    /// Reads what came. What was not asked does not read; what is missing is told.
    fn read(&self, form: &Form) -> Result<Result<Read, Wrong>, Trouble> {
        let platform = &self.customer.platform;
        let asked = self.asked(form)?;
        let mut read =
            Read { people: Vec::new(), places: Vec::new(), open: Vec::new(), refused: Vec::new(), answers: Vec::new() };
        let mut wrong = Wrong::default();
        for ((place, member), Asks { prefix, scopes, settled }) in self.members().zip(&asked) {
            if member.stand == Stand::Invited {
                read.open.extend(member.roles.iter().cloned());
                continue;
            }
            let fields = self.sheet.typed(place, form);
            // One more that stayed empty is nobody.
            if member.further && fields.is_empty() {
                continue;
            }
            let given = answers_of(platform, (scopes, settled), form, &Self::asker(prefix, member));
            wrong.faults.extend(self.sheet.faults(place, form)?);
            if !given.missing.is_empty() {
                wrong.whole = wrong.whole.or_else(|| unplaced(&given.missing, scopes));
                wrong.unanswered.insert(place, given.missing);
            }
            read.answers.extend(given.yes.iter().map(|choice| (place, choice.scope.clone(), true)));
            read.answers.extend(given.no.iter().map(|scope| (place, scope.clone(), false)));
            if member.stand == Stand::Holder {
                read.refused = given.no;
            }
            let whom = match member.stand {
                Stand::AtHand(subject, _) => Whom::Subject(subject),
                Stand::Holder | Stand::Ward | Stand::Typed | Stand::Invited | Stand::Organisation => Whom::Typed,
            };
            read.people.push(Participant { roles: member.roles.clone(), whom, fields, consents: given.yes });
            read.places.push(place);
        }
        // A consent is taken for what can come in, and not for a form that comes back. What is wanted of another record is
        // first measured by that record.
        let comes_in = self.wanted.is_some() || wrong.faults.is_empty();
        Ok(if wrong.unanswered.is_empty() && comes_in { Ok(read) } else { Err(wrong) })
    }
}
