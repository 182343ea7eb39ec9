//! Outside parties that call by a virtual number, and the switch that cuts any party off.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{AssignmentId, Clear, SubjectId};
use policy::finding::Source;
use policy::question::{Code, Facts};
use policy::syntax::Limit;
use shouyue_desk::collect::{PersonFields, Registration, register};
use shouyue_desk::consent::{give, list, withdraw};
use shouyue_desk::cut_off::{cut_off, history, restore};
use shouyue_desk::leaf::{Act, Entry, Who};
use shouyue_desk::partner::{Case, Minder, Partner, assign, barred, bind, finish, handed, open, recall, release_ended};
use shouyue_desk::ports::{Bound, Numbers, Outside, Parties};
use shouyue_desk::seat::{
    Caller, Duty, NewSeat, NewToken, PartySeat, Seat, caller, duty, party_seat, seat_new, staff_login,
};
use shouyue_desk::share::{Sought, agency_query};
use shouyue_desk::{House, Platform, Refusal};

use super::{PASSPHRASE, QUICK, denied, said};
use crate::house::{Bench, LI, field, slug, yes};

const PHONE: &str = "13800138001";
const SEAT_PHONE: &str = "13900139009";

/// A network of telephone numbers that remembers what it was told.
#[derive(Default)]
struct Network {
    bound: Mutex<Vec<(String, Clear<String>)>>,
    given: Mutex<u32>,
    down: Mutex<bool>,
}

impl Network {
    /// The bindings that stand.
    fn standing(&self) -> Vec<String> {
        self.bound.lock().unwrap().iter().map(|(binding, _)| binding.clone()).collect()
    }

    /// Takes out the telephone that the newest number reaches.
    fn reaches(&self) -> String {
        let word = model::act::Committed::from_store(0);
        let (binding, customer) = self.bound.lock().unwrap().pop().unwrap();
        self.bound.lock().unwrap().push((binding, customer.twin()));
        customer.release(&word)
    }

    fn up(&self) -> Result<(), Outside> {
        if *self.down.lock().unwrap() { Err(Outside::TimedOut) } else { Ok(()) }
    }
}

#[async_trait]
impl Numbers for Network {
    async fn bind(&self, customer: Clear<String>, _: Clear<String>, _: Timestamp) -> Result<Bound, Outside> {
        self.up()?;
        let mut given = self.given.lock().unwrap();
        *given += 1;
        let binding = format!("binding-{given}");
        self.bound.lock().unwrap().push((binding.clone(), customer));
        Ok(Bound { number: format!("1700000{given:04}"), binding })
    }

    async fn unbind(&self, bound: &Bound) -> Result<(), Outside> {
        self.up()?;
        self.bound.lock().unwrap().retain(|(binding, _)| *binding != bound.binding);
        Ok(())
    }
}

/// 安润's house: a customer who agreed to be called, a seat of the party, staff, and the network.
struct Town {
    bench: Bench,
    network: Arc<Network>,
    operator: Seat,
    staff: Duty,
    seat: PartySeat,
    customer: SubjectId,
}

impl Town {
    async fn new() -> Self {
        let network = Arc::new(Network::default());
        let numbers = Arc::clone(&network);
        let bench = Bench::with(|parties| Parties { numbers, ..parties }).await;
        let policy = include_str!("../../../../../platforms/anrun/2020-10-26.toml");
        let operation = include_str!("../../../../../platforms/anrun/operation.toml");
        // Users who give no document are of age here, as the company attests.
        let operation = operation.replace("[switches]\n", "[switches]\nadults = [\"user\"]\n");
        let texts = (Source::new("2020-10-26.toml", policy), Source::new("operation.toml", operation));
        let platform = bench.publish(texts).await.unwrap();
        let fields = vec![field("phone", PHONE), field("account-name", "yingxue88")];
        let form = Registration {
            function: slug("register"),
            channel: Some(slug("website")),
            product: None,
            persons: vec![PersonFields { person: slug("user"), fields }],
            consents: vec![yes(&platform, "collect.register")],
            facts: Facts::default(),
        };
        let customer = register(&bench.house, &platform, form, Who::Subject, None).await.unwrap().subject;
        let operator = bench.operator().await;
        let staff = duty(&platform, &sits(&bench, &operator, "compliance").await).unwrap();
        let seat = party_seat(&platform, &sits(&bench, &operator, "qinghe-seat").await).unwrap();
        let town = Self { bench, network, operator, staff, seat, customer };
        town.agrees().await;
        town
    }

    async fn agrees(&self) {
        let choices = vec![yes(&self.platform(), "share.virtual-contact.seat-partners")];
        give(self.house(), &self.platform(), self.customer, choices).await.unwrap();
    }

    fn platform(&self) -> Arc<Platform> {
        self.bench.house.platform("anrun").unwrap()
    }

    fn house(&self) -> &House {
        &self.bench.house
    }

    fn minder(&self) -> Minder<'_> {
        Minder::Staff(&self.staff)
    }

    fn partner(&self) -> Partner<'_> {
        Partner::Seat(&self.seat)
    }

    async fn assigned(&self) -> AssignmentId {
        let party = slug("qinghe");
        assign(self.house(), &self.platform(), self.minder(), self.customer, &party).await.unwrap().id
    }

    async fn opens(&self, id: AssignmentId) -> Result<Case, Refusal> {
        open(self.house(), &self.platform(), self.partner(), id).await
    }

    async fn calls(&self, id: AssignmentId) -> Result<Case, Refusal> {
        bind(self.house(), &self.platform(), self.partner(), id, SEAT_PHONE.to_owned().into()).await
    }

    /// A system of the party.
    async fn system(&self, actions: &[&str]) -> Result<Caller, Refusal> {
        let new = NewToken {
            name: "seats".to_owned(),
            platform: slug("anrun"),
            actions: actions.iter().map(|&action| action.to_owned()).collect(),
            purposes: vec![slug("recommending")],
            party: Some(slug("qinghe")),
            rate: 600,
        };
        let issued = shouyue_desk::seat::service_token_new(self.house(), &self.operator, new).await.unwrap();
        caller(self.house(), issued.secret.expose()).await
    }

    async fn leaves(&self) -> Vec<Entry> {
        let rows = self.bench.store.leaves(&slug("anrun"), 0, 10_000).await.unwrap();
        rows.iter().map(|row| serde_json::from_slice(&row.entry).unwrap()).collect()
    }

    /// The words of the leaves after the first `before`.
    async fn acts(&self, before: usize) -> Vec<Act> {
        self.leaves().await.iter().skip(before).map(|entry| entry.act).collect()
    }
}

/// A seat with a role on 安润.
async fn sits(bench: &Bench, by: &Seat, role: &str) -> Seat {
    let roles = vec![(slug("anrun"), slug(role))];
    let seat = NewSeat { name: role.to_owned(), passphrase: PASSPHRASE.to_owned(), roles, operator: false };
    seat_new(&bench.house, QUICK, by, seat).await.unwrap();
    staff_login(&bench.house, QUICK, role, PASSPHRASE).await.unwrap()
}

/// What a case shows: items with their values, where there is any.
fn shown(case: &Case) -> Vec<(String, Option<String>)> {
    let parts = case.records.iter().flat_map(|record| &record.parts);
    parts.flat_map(|part| &part.items).map(|shown| (shown.item.to_string(), shown.value.clone())).collect()
}

#[tokio::test]
async fn a_partner_calls_a_number_that_is_not_the_customers() {
    let town = Town::new().await;
    let before = town.leaves().await.len();
    let id = town.assigned().await;
    let case = town.opens(id).await.unwrap();
    assert_eq!(shown(&case), [("phone".to_owned(), None)], "what the share names, and never the number");
    assert_eq!(case.number, None);
    let case = town.calls(id).await.unwrap();
    let (number, _) = case.number.unwrap();
    assert_eq!((number.as_str(), town.network.reaches().as_str()), ("17000000001", PHONE));
    assert_eq!(town.calls(id).await.unwrap().number.unwrap().0, number, "a case that has its number keeps it");
    finish(town.house(), &town.platform(), town.partner(), id).await.unwrap();
    assert!(town.network.standing().is_empty());
    let acts = [Act::Assign, Act::Share, Act::Bind, Act::Share, Act::Share, Act::Unassign, Act::Unbind];
    assert_eq!(town.acts(before).await, acts);
    let leaves = town.leaves().await;
    let leaf = &leaves[before + 2];
    assert_eq!((leaf.party.clone(), leaf.recipient.clone()), (Some(slug("qinghe")), Some(slug("seat-partners"))));
    assert_eq!(leaf.items, [slug("phone")]);
    assert!(matches!(&leaf.actor, Who::Staff { role, .. } if *role == slug("qinghe-seat")));
    assert!(town.bench.files_with(SEAT_PHONE).is_empty(), "the seat's own telephone is kept nowhere");
}

#[tokio::test]
async fn what_was_not_handed_over_does_not_exist_and_leaves_a_leaf() {
    let town = Town::new().await;
    let (house, platform) = (town.house(), town.platform());
    let id = town.assigned().await;
    let before = town.leaves().await.len();
    let nothing = AssignmentId::from_random([0xee; 16]);
    assert_eq!(said(town.opens(nothing).await), "no such assignment");
    recall(house, &platform, town.minder(), id).await.unwrap();
    assert_eq!(said(town.opens(id).await), "no such assignment");
    let late = town.assigned().await;
    town.bench.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(said(town.calls(late).await), "no such assignment");
    let acts = [Act::Refused, Act::Unassign, Act::Refused, Act::Assign, Act::Refused];
    assert_eq!(town.acts(before).await, acts);
    assert!(handed(house, &platform, &town.staff, town.customer).await.unwrap().iter().all(|one| !one.open));
    let service = duty(&platform, &sits(&town.bench, &town.operator, "service").await).unwrap();
    let refused = assign(house, &platform, Minder::Staff(&service), town.customer, &slug("qinghe")).await;
    assert!(denied(refused).contains(&Code::RoleNotAllowed));
    let refused = assign(house, &platform, town.minder(), town.customer, &slug("shanhai")).await;
    assert_eq!(said(refused), "no such party", "an insurer calls nobody");
}

#[tokio::test]
async fn a_partner_lists_copies_and_exports_nothing() {
    let town = Town::new().await;
    let (house, platform) = (town.house(), town.platform());
    let before = town.leaves().await.len();
    for limit in [Limit::NoList, Limit::NoCopy, Limit::NoExport] {
        let refusal = barred(house, &platform, town.partner(), limit).await;
        let Refusal::Denied(answer) = refusal else { panic!("{refusal}") };
        assert_eq!(answer.published.reasons[0].clause.as_deref(), Some("二(六)"));
        let leaf = town.leaves().await.pop().unwrap();
        assert_eq!((leaf.act, leaf.because.as_deref()), (Act::Refused, Some(limit.word())));
    }
    let system = town.system(&["share", "show", "collect"]).await.unwrap();
    let listed = agency_query(house, &platform, &system, Sought::Subject(town.customer)).await;
    assert!(denied(listed).contains(&Code::RoleNotAllowed));
    for action in ["show", "collect"] {
        assert!(system.may(&platform, action, None).is_err(), "whatever its token says");
    }
    let id = town.assigned().await;
    let case = open(house, &platform, Partner::System(&system), id).await.unwrap();
    assert_eq!(shown(&case), [("phone".to_owned(), None)]);
    assert_eq!(town.leaves().await.len(), before + 6);
    let seat = staff_login(house, QUICK, "qinghe-seat", PASSPHRASE).await.unwrap();
    assert!(duty(&platform, &seat).is_err(), "nothing that takes staff takes this seat");
}

#[tokio::test]
async fn a_withdrawal_releases_the_number_at_once() {
    let town = Town::new().await;
    let id = town.assigned().await;
    town.calls(id).await.unwrap();
    let consents = list(town.house(), &town.platform(), town.customer).await.unwrap();
    let call = consents.iter().find(|given| given.scope == "share.virtual-contact.seat-partners").unwrap();
    withdraw(town.house(), &town.platform(), town.customer, call.id).await.unwrap();
    assert!(town.network.standing().is_empty());
    let leaf = town.leaves().await.pop().unwrap();
    assert_eq!((leaf.act, leaf.because.as_deref()), (Act::Unbind, Some("withdrawn")));
    assert!(!denied(town.opens(id).await).is_empty() && !denied(town.calls(id).await).is_empty());
}

#[tokio::test]
async fn the_round_releases_what_is_over() {
    let town = Town::new().await;
    let id = town.assigned().await;
    town.calls(id).await.unwrap();
    let round = async || release_ended(town.house(), &town.platform()).await.unwrap();
    assert_eq!(round().await, 0, "it is in time");
    town.bench.clock.advance(SignedDuration::from_mins(61));
    assert_eq!((round().await, round().await), (1, 0));
    assert!(town.network.standing().is_empty());
    assert_eq!(town.calls(id).await.unwrap().number.unwrap().0, "17000000002", "the case is open still");
    *town.network.down.lock().unwrap() = true;
    recall(town.house(), &town.platform(), town.minder(), id).await.unwrap();
    assert_eq!((round().await, town.network.standing().len()), (0, 1), "the network does not answer");
    *town.network.down.lock().unwrap() = false;
    assert_eq!((round().await, town.network.standing().len()), (1, 0));
}

#[tokio::test]
async fn a_network_that_fails_binds_nothing() {
    let town = Town::new().await;
    let id = town.assigned().await;
    *town.network.down.lock().unwrap() = true;
    let before = town.leaves().await.len();
    assert!(matches!(town.calls(id).await, Err(Refusal::Outside(Outside::TimedOut))));
    assert_eq!(town.acts(before).await, [Act::Bind, Act::Unbind]);
    *town.network.down.lock().unwrap() = false;
    assert!(town.calls(id).await.unwrap().number.is_some());
    let wrong = bind(town.house(), &town.platform(), town.partner(), id, "95500".to_owned().into()).await;
    assert!(matches!(wrong, Err(Refusal::Fields(faults)) if faults[0].item == "phone"));
}

#[tokio::test]
async fn r63_a_party_that_is_cut_off_gets_nothing_from_that_instant() {
    let town = Town::new().await;
    let (house, platform, qinghe) = (town.house(), town.platform(), slug("qinghe"));
    let id = town.assigned().await;
    town.calls(id).await.unwrap();
    let system = town.system(&["share"]).await.unwrap();
    let wrong = cut_off(house, &platform, town.minder(), &qinghe, "because").await;
    assert!(matches!(wrong, Err(Refusal::Fields(_))));
    let before = town.leaves().await.len();
    cut_off(house, &platform, town.minder(), &qinghe, "misuse").await.unwrap();
    assert_eq!(town.acts(before).await, [Act::CutOff, Act::Unbind], "its numbers go with it");
    assert!(town.network.standing().is_empty());
    let again = cut_off(house, &platform, town.minder(), &qinghe, "misuse").await;
    assert!(matches!(again, Err(Refusal::Wrong(_))));
    let second = town.bench.second().await;
    for house in [house, &second] {
        let partners = [Partner::Seat(&town.seat), Partner::System(&system)];
        for partner in partners {
            assert!(denied(open(house, &platform, partner, id).await).contains(&Code::RecipientSuspended));
        }
        let assigned = assign(house, &platform, town.minder(), town.customer, &qinghe).await;
        assert!(denied(assigned).contains(&Code::RecipientSuspended));
    }
    assert!(denied(town.calls(id).await).contains(&Code::RecipientSuspended));
    assert!(denied(town.system(&["share"]).await).contains(&Code::RecipientSuspended), "its tokens, too");
    let since = town.leaves().await.split_off(before + 2);
    assert!(since.iter().all(|leaf| leaf.act == Act::Refused && leaf.party == Some(slug("qinghe"))), "{since:?}");
    restore(house, &platform, town.minder(), &qinghe, "mended").await.unwrap();
    assert!(town.calls(id).await.unwrap().number.is_some());
    let told = history(house, &platform, &qinghe).await.unwrap();
    assert_eq!(
        told.iter().map(|one| (one.is_cut, one.because.as_str())).collect::<Vec<_>>(),
        [(true, "misuse"), (false, "mended"),]
    );
    let service = duty(&platform, &sits(&town.bench, &town.operator, "service").await).unwrap();
    let refused = cut_off(house, &platform, Minder::Staff(&service), &qinghe, "misuse").await;
    assert!(denied(refused).contains(&Code::RoleNotAllowed));
}

/// The share is decided on before the party is cut off; its commit comes after.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r63_no_share_under_way_outruns_the_switch() {
    let bench = Arc::new(Bench::new().await);
    let operator = bench.operator().await;
    let subject = bench.known(&LI).await.subject;
    let record = bench.policy(&operator, &LI).await.record;
    bench.authorise(subject, "anhe").await;
    let agency = bench.agency(&operator, "anhe").await;
    let staff = bench.on_duty(&operator, "compliance").await;
    agency_query(&bench.house, &bench.platform(), &agency, Sought::Record(record)).await.unwrap();
    let before = bench.size().await;
    let other = Arc::clone(&bench);
    // The first draw of a share is the salt of its leaf: the decision lies behind it.
    bench.entropy.before_draw(1, move || {
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (platform, party) = (other.platform(), slug("anhe"));
            let switched = cut_off(&other.house, &platform, Minder::Staff(&staff), &party, "leak");
            runtime.block_on(switched).unwrap();
        };
        std::thread::spawn(run).join().unwrap();
    });
    let shared = agency_query(&bench.house, &bench.platform(), &agency, Sought::Record(record)).await;
    assert!(denied(shared).contains(&Code::RecipientSuspended));
    let acts = [bench.entry(before).await.act, bench.entry(before + 1).await.act];
    assert_eq!((acts, bench.size().await), ([Act::CutOff, Act::Refused], before + 2));
}
