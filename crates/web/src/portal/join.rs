//! Filling in a role that somebody else's matter left open, by the link of an invitation.
//!
//! Who opens it proves a telephone by a code or is logged in, sees what the function does with the role's items, and
//! answers each consent. Nothing is kept between the steps: that the telephone was proven comes back with the form, sealed.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use desk::collect::{self, Guest, Joined, Joining, Once, Opening, Proof, Proven};
use desk::leaf::Who;
use desk::refusal::FieldFault;
use desk::seat::Secret;
use desk::track::Step;
use desk::{Platform, Refusal, consent};
use model::{Clear, Slug};
use policy::syntax::{Function, Kind};
use policy::terms::Scope;

use super::back;
use super::consenting::{Asker, Settled, answers, unplaced};
use super::enter::{code_field, covered, newest};
use super::form::{Block, Sheet, pictures, role_of};
use super::function::{questions, settled, with_items};
use super::identity::mends;
use super::sale::Sale;
use super::standing::{Standing, asked_scopes};
use crate::app::Site;
use crate::pages::parts::{Fact, Field, FieldKind, Form as Fields};
use crate::pages::portal::{FormPerson, Join, JoinForm, JoinStep};
use crate::session::{Form, Signed, Visit, fragment};
use crate::told::elements;
use crate::told::reasons::{clause, of_answer, uncoded};
use crate::trouble::Trouble;
use crate::words::{fault, say};

type Reply = Result<Response, Trouble>;

/// The link to pass on.
pub(crate) fn link(site: &Site, platform: &Platform, secret: &Secret) -> String {
    format!("{}/p/{}/join/{}", site.origin, platform.id, secret.expose())
}

/// What is behind a link, for one visitor.
struct Invited<'v> {
    visit: &'v Visit,
    link: &'v str,
    opening: Opening,
    function: &'v Function,
    /// The scopes that are asked, each with whether it must be answered.
    scopes: Vec<(&'v Scope, bool)>,
    /// Those that were decided before, where an account joins.
    settled: Vec<Settled<'v>>,
    /// What an account refused and is not asked again yet.
    refused: BTreeSet<Slug>,
}

/// What was wrong with what came.
#[derive(Default)]
struct Wrong {
    faults: Vec<FieldFault>,
    unanswered: Vec<(String, String)>,
    denied: Option<Box<policy::question::Answer>>,
    whole: Option<String>,
}

/// `GET /join/{link}`: looking uses nothing up.
pub(crate) async fn open(visit: Visit, Path((_, link)): Path<(String, String)>) -> Reply {
    if collect::leads_back(&visit.app.house, &visit.platform, &link).await? {
        return back::open(&visit, &link);
    }
    let invited = Invited::of(&visit, &link).await?;
    if visit.subject().is_none() {
        return visit.show(&invited.page(invited.phone("", None, None)));
    }
    invited.asked(&Form::default(), None).await
}

/// `POST /join/{link}`: the telephone, then the code, then the form.
pub(crate) async fn sent(Path((_, link)): Path<(String, String)>, Signed(visit, form): Signed<Visit>) -> Reply {
    let (house, platform) = (&visit.app.house, &visit.platform);
    // Who joined by this very form is told the same again: the link is used since.
    if let Ok(Some(before)) = collect::joined(house, platform, once(&visit, &form)).await {
        return after(&visit, &link, &before).await;
    }
    if collect::leads_back(house, platform, &link).await? {
        return back::sent(&visit, &link, &form).await;
    }
    let invited = Invited::of(&visit, &link).await?;
    if let Some(subject) = visit.subject() {
        // A log-in meanwhile leaves a step of the way behind it: the form comes next.
        if form.one("fill").is_none() {
            return invited.asked(&form, None).await;
        }
        return invited.joined(Guest::Account(subject), &form, None).await;
    }
    if let Some(text) = form.one("proof") {
        return match Proof::read(house, platform, (&link, &visit.secret), text) {
            Some(proof) => invited.joined(Guest::Stranger(proof), &form, Some(text)).await,
            None => visit.show_again(&invited.page(invited.phone("", None, Some(say("proof-over"))))),
        };
    }
    let phone = form.one("phone").unwrap_or_default().trim();
    match form.one("code") {
        Some(code) => invited.proven(phone, code).await,
        None => invited.send(phone).await,
    }
}

/// The key of a form that was filled in: of this session, this page and these answers.
fn once(visit: &Visit, form: &Form) -> Option<Once> {
    let word = form.one("fill")?;
    let answers: Vec<u8> =
        form.fields.iter().flat_map(|(name, value)| format!("{name}={value}\n").into_bytes()).collect();
    Some(Once::new(&visit.platform, &visit.secret, word, &answers))
}

/// What is shown to whoever joined.
async fn after(visit: &Visit, link: &str, done: &Joined) -> Reply {
    if visit.subject() == Some(done.subject) {
        return Ok(visit.go(&format!("/records/{}?done={}", done.record, done.leaf)));
    }
    let back = collect::leads_back(&visit.app.house, &visit.platform, link).await?;
    let back = back.then(|| format!("{}/join/{link}", visit.base()));
    let step = JoinStep::Done { leaf: done.leaf.to_string(), back };
    visit.show(&Join { shell: visit.shell(), title: say("join-done"), step, ..Join::default() })
}

impl<'v> Invited<'v> {
    async fn of(visit: &'v Visit, link: &'v str) -> Result<Self, Trouble> {
        let (house, platform) = (&visit.app.house, &*visit.platform);
        let opening = collect::opening(house, platform, link, visit.subject()).await?;
        let function = elements::function(platform, opening.function.as_str()).ok_or(Trouble::Unknown)?;
        let mut invited =
            Self { visit, link, opening, function, scopes: Vec::new(), settled: Vec::new(), refused: BTreeSet::new() };
        let (sheet, place) = invited.sheet();
        let scopes: Vec<&Scope> = match visit.subject() {
            Some(subject) => {
                let standing = Standing::of_subject(visit, subject).await?;
                invited.settled = settled(platform, &standing, &sheet, place);
                invited.settled.retain(|one| one.given);
                invited.refused = standing.refused(platform, function);
                standing.open_scopes(platform, function)
            }
            None => asked_scopes(platform, function).collect(),
        };
        invited.scopes = with_items(scopes.into_iter(), &sheet, place).collect();
        Ok(invited)
    }

    fn platform(&self) -> &'v Platform {
        &self.visit.platform
    }

    /// The form, and the guest's place on it. The others stand on it so that conditions on who is who are decided.
    fn sheet(&self) -> (Sheet<'v>, usize) {
        let others = self.opening.people.len().saturating_sub(1);
        let others = self.opening.people.iter().take(others);
        let mut blocks: Vec<Block> =
            others.map(|roles| Block { roles: roles.clone(), left_open: true, ..Block::default() }).collect();
        let role = self.opening.role.clone();
        blocks.push(Block {
            name: role.to_string(),
            roles: vec![role],
            refused: self.refused.clone(),
            ..Block::default()
        });
        let sheet = Sheet {
            platform: self.platform(),
            function: self.function,
            blocks,
            channel: self.platform().portal_channel(),
            product: self.opening.product.clone(),
            known: true,
            proves_later: false,
            key: None,
            now: self.visit.app.house.now(),
        };
        let place = sheet.blocks.len() - 1;
        (sheet, place)
    }

    fn page(&self, step: JoinStep) -> Join {
        let platform = self.platform();
        let policy = &platform.tables.program().policy;
        let fact = |label: &'static str, value: String| Fact { label: say(label), value };
        let product = self.opening.product.as_ref();
        let product = product.map(|product| platform.tables.program().names.name_of(Kind::Product, product.as_str()));
        let mut facts = vec![fact("join-handler", policy.handler.name.value.clone())];
        facts.extend(product.map(|product| fact("join-product", product.to_owned())));
        facts.push(fact("join-role", role_of(platform, &self.opening.role).0));
        facts.push(fact("join-until", model::calendar::day_in_shanghai(self.opening.until).to_string()));
        Join {
            shell: self.visit.shell(),
            title: self.function.name.value.clone(),
            purpose: elements::purpose(platform, self.function),
            clause: self.function.clause.first().map(|number| clause(platform, number)),
            facts,
            step,
        }
    }

    fn phone(&self, phone: &str, error: Option<String>, problem: Option<String>) -> JoinStep {
        let field = Field {
            name: "phone".into(),
            label: say("phone"),
            kind: FieldKind::Phone,
            value: phone.to_owned(),
            hint: Some(say("join-phone-hint")),
            error,
            required: true,
            ..Field::default()
        };
        let (sheet, place) = self.sheet();
        let asks = sheet.asked(place).into_iter().map(|one| one.item.name.clone()).collect();
        JoinStep::Phone { form: Fields { problem, ..Fields::of(vec![field]) }, asks }
    }

    fn fill(&self, typed: &Form, wrong: &Wrong, proof: Option<&str>) -> JoinStep {
        let platform = self.platform();
        let (sheet, place) = self.sheet();
        let groups = sheet.groups(place, (typed, &wrong.faults), &mut BTreeSet::new());
        let unplaced = sheet.unplaced(&wrong.faults);
        let told = self.function.refused.said().and_then(|refused| refused.text.as_ref());
        let answer = wrong.denied.as_deref();
        JoinStep::Fill(Box::new(JoinForm {
            denied: answer.map(|answer| uncoded(of_answer(platform, answer))).unwrap_or_default(),
            next: answer.filter(|_| proof.is_none()).map(|answer| mends(platform, answer)).unwrap_or_default(),
            person: FormPerson { form: Fields { groups, problem: None }, ..FormPerson::default() },
            problem: wrong.whole.clone().or_else(|| unplaced.then(|| say("field-unknown"))),
            consents: questions(platform, &sheet, &self.scopes, &wrong.unanswered, &Asker::ONESELF),
            refused: told.map_or_else(|| say("refused-this-only"), |text| text.value.clone()),
            later: pictures(platform, self.function),
            proof: proof.map(str::to_owned),
            once: self.visit.app.house.word(),
        }))
    }

    /// The form, to be filled in.
    async fn asked(&self, typed: &Form, proof: Option<&str>) -> Reply {
        self.tracked(Step::Shown).await?;
        self.visit.show(&self.page(self.fill(typed, &Wrong::default(), proof)))
    }

    fn sale(&self) -> Option<Sale<'_>> {
        Sale::joined(self.visit, self.function, &self.opening)
    }

    /// Puts down that the form was shown, or came back; of other functions nothing is.
    async fn tracked(&self, step: Step) -> Result<(), Trouble> {
        match self.sale() {
            Some(sale) => sale.shown(step, self.bare()?).await,
            None => Ok(()),
        }
    }

    /// The form as it is for everybody: without the day until which this one link works.
    fn bare(&self) -> Result<String, Trouble> {
        let mut page = self.page(self.fill(&Form::default(), &Wrong::default(), None));
        page.shell = self.visit.bare_shell();
        page.facts.pop();
        // The word of this showing is no word of the page.
        if let JoinStep::Fill(fill) = &mut page.step {
            fill.once.clear();
        }
        fragment(page.as_main())
    }

    async fn send(&self, phone: &str) -> Reply {
        let (house, platform) = (&self.visit.app.house, self.platform());
        let before = newest(self.visit, phone);
        match collect::prove_send(house, platform, self.link, Clear::new(phone.to_owned())).await {
            Ok(()) => self.visit.show(&self.page(self.code(phone, before, None).await)),
            Err(Refusal::Fields(_)) => self.visit.show_again(&self.page(self.phone(phone, Some(fault("phone")), None))),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn code(&self, phone: &str, before: Option<String>, error: Option<String>) -> JoinStep {
        let field = code_field(self.visit, Some(phone), before, error).await;
        JoinStep::Code { form: Fields::of(vec![field]), phone: covered(phone), typed: phone.to_owned() }
    }

    async fn proven(&self, phone: &str, code: &str) -> Reply {
        let (house, platform) = (&self.visit.app.house, self.platform());
        let held = Clear::new(phone.to_owned());
        match collect::prove(house, platform, (self.link, &self.visit.secret), (&held, code)).await {
            Ok(Proven::Account(subject)) => self.visit.log_in(subject, &format!("/join/{}", self.link)).await,
            Ok(Proven::Stranger(proof)) => self.asked(&Form::default(), Some(&proof)).await,
            Err(Refusal::NotAllowed(_) | Refusal::Fields(_)) => {
                self.visit.show_again(&self.page(self.code(phone, None, Some(fault("code"))).await))
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// The form came in: as one act, or not at all and the form once more.
    async fn joined(&self, guest: Guest, form: &Form, proof: Option<&str>) -> Reply {
        let (house, platform) = (&self.visit.app.house, self.platform());
        let account = matches!(guest, Guest::Account(_));
        let asked = (self.scopes.as_slice(), self.settled.as_slice());
        let given = answers(platform, asked, form, &Asker::ONESELF).ok_or(Trouble::Unreadable)?;
        let again = |wrong: &Wrong| self.page(self.fill(form, wrong, proof));
        let (sheet, place) = self.sheet();
        if !given.missing.is_empty() {
            self.tracked(Step::Returned).await?;
            let (whole, faults) = (unplaced(&given.missing, &self.scopes), sheet.faults(place, form)?);
            let wrong = Wrong { whole, faults, unanswered: given.missing, ..Wrong::default() };
            return self.visit.show_again(&again(&wrong));
        }
        let fields = sheet.typed(place, form);
        let said = given.yes.iter().map(|choice| (choice.scope.clone(), true));
        let said = said.chain(given.no.iter().map(|scope| (scope.clone(), false))).collect();
        let track = match self.sale() {
            Some(sale) => Some(sale.closing(self.bare()?, true, said, Step::Submitted)),
            None => None,
        };
        let joining = Joining { fields, consents: given.yes, channel: platform.portal_channel(), track };
        let once = once(self.visit, form);
        let done = collect::join(house, platform, self.link, (guest, joining), Who::Subject, once).await;
        if done.is_err() {
            self.tracked(Step::Returned).await?;
        }
        let wrong = match done {
            Ok(done) => {
                for scope in given.no.iter().filter(|_| account) {
                    consent::refuse(house, platform, done.subject, scope).await?;
                }
                return after(self.visit, self.link, &done).await;
            }
            Err(Refusal::Denied(answer)) => {
                let wrong = Wrong { denied: Some(answer), ..Wrong::default() };
                return self.visit.show_refused(&again(&wrong));
            }
            Err(Refusal::Fields(faults)) => {
                // There is one person on this form.
                let faults = faults.into_iter().map(|fault| FieldFault { place: Some(place), ..fault }).collect();
                Wrong { faults, ..Wrong::default() }
            }
            Err(Refusal::Taken(_)) => Wrong { whole: Some(say("join-taken")), ..Wrong::default() },
            Err(Refusal::Wrong(_)) => Wrong { whole: Some(say("join-there")), ..Wrong::default() },
            Err(refusal) => return Err(refusal.into()),
        };
        self.visit.show_again(&again(&wrong))
    }
}
