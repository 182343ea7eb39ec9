//! A house that serves 海港 over a real store.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use connect::PATIENCE;
use connect::courier::HttpCourier;
use connect::simulated::{SimulatedReceiver, SimulatedTencent, SimulatedWechatPay};
use connect::tencent::{TencentFace, TencentRealName, TencentSms};
use connect::tesseract::Tesseract;
use connect::wechat_pay::{Merchants, WechatPay};
use desk::house::Parts;
use desk::leaf::Who;
use desk::ports::{Ocr, Parties};
use desk::publish::{Publish, publish};
use desk::seat::{Issued, NewToken, Seat, Stretch, service_token_new, service_token_revoke};
use desk::{House, Platform};
use model::{ActorId, Entropy, Fingerprint, Slug, SubjectId};
use policy::finding::Source;
use store::sqlite;
use store::{Batch, Leaf, Store, Write};
use tempfile::TempDir;
use web::app::{App, Site};

use crate::serve::Server;
use crate::steady::{Seeded, SetClock};

/// So few rounds that tests need not wait.
const QUICK: Stretch = match NonZeroU32::new(2) {
    Some(rounds) => Stretch::of(rounds),
    None => Stretch::of(NonZeroU32::MIN),
};

/// A party that does not answer is not waited for long.
const SHORT: Duration = Duration::from_millis(500);

/// A running house and everything that a test may turn.
pub struct TestHouse {
    /// The house.
    pub house: Arc<House>,
    /// Its faces.
    pub app: Arc<App>,
    /// Its store, to look behind the house.
    pub store: Arc<dyn Store>,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// The telephones of its customers, and who compares their names and faces.
    pub tencent: SimulatedTencent,
    /// The parties to whom copies are sent, by platform and id: those of whom it has an address.
    receivers: BTreeMap<(Slug, Slug), SimulatedReceiver>,
    /// Its data folder.
    pub folder: TempDir,
}

/// What a service token of a test may do.
#[derive(Debug, Clone, Copy)]
pub struct Power<'a> {
    /// Platform.
    pub platform: &'a str,
    /// Actions.
    pub actions: &'a [&'a str],
    /// Functions and purposes.
    pub purposes: &'a [&'a str],
    /// Party.
    pub party: Option<&'a str>,
    /// Requests a minute.
    pub rate: u32,
}

impl Default for Power<'_> {
    fn default() -> Self {
        Self { platform: "haigang", actions: &[], purposes: &[], party: None, rate: 60_000 }
    }
}

/// The published policy of 海港 and what the company chose besides.
pub fn haigang() -> (Source, Source) {
    let policy = include_str!("../../../platforms/haigang/undated.toml");
    let operation = include_str!("../../../platforms/haigang/operation.toml");
    (Source::new("undated.toml", policy), Source::new("operation.toml", operation))
}

/// A name that is known to be one.
pub fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

impl TestHouse {
    /// A house that serves 海港, on the first of June 2026.
    pub async fn haigang() -> Self {
        let bench = Self::empty().await;
        bench.publish(haigang()).await;
        bench
    }

    /// A house that serves nothing yet.
    pub async fn empty() -> Self {
        Self::opened(|_, parties| parties).await
    }

    /// A house that serves 海港, with the reader of pictures that Debian has as `tesseract-ocr` and `tesseract-ocr-chi-sim`.
    pub async fn reading() -> Self {
        let reader = Tesseract::find("tesseract", connect::tesseract::PATIENCE);
        Self::reading_by(Arc::new(reader.unwrap())).await
    }

    /// The same with another who reads pictures.
    pub async fn reading_by(ocr: Arc<dyn Ocr>) -> Self {
        let bench = Self::opened(|_, parties| Parties { ocr, ..parties }).await;
        bench.publish(haigang()).await;
        bench
    }

    /// The same as an empty one, with a payment network beside it.
    pub async fn paying() -> (Self, SimulatedWechatPay) {
        let mut network = None;
        let bench = Self::opened(|clock, parties| {
            let entropy: Arc<dyn Entropy> = Arc::new(Seeded::default());
            let notify = "http://localhost/hooks/payment/{platform}";
            let own = SimulatedWechatPay::start(notify, clock.clone(), Arc::clone(&entropy)).unwrap();
            let merchants = Merchants { other: Some(own.merchant()), ..Merchants::default() };
            let pay = WechatPay::new(&own.origin(), PATIENCE, &merchants, (clock.clone(), entropy)).unwrap();
            network = Some(own);
            Parties { payment: Arc::new(pay), ..parties }
        });
        (bench.await, network.unwrap())
    }

    async fn opened(others: impl FnOnce(&Arc<SetClock>, Parties) -> Parties) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = sqlite::open(folder.path()).unwrap();
        let clock = Arc::new(SetClock::at("2026-06-01T02:00:00Z"));
        let entropy = Arc::new(Seeded::default());
        let tencent = SimulatedTencent::start(clock.clone(), Arc::new(Seeded::default())).unwrap();
        let (origin, key) = (tencent.origin(), tencent.key());
        let at = (Some(origin.as_str()), PATIENCE);
        let reached = [("juqianbao", "yunzhan")].map(|(platform, party)| (slug(platform), slug(party)));
        let receivers = reached.map(|whom| (whom, SimulatedReceiver::start(clock.clone()).unwrap()));
        let receivers = BTreeMap::from(receivers);
        let doors = receivers.iter().map(|(whom, receiver)| (whom.clone(), receiver.address())).collect();
        let courier = HttpCourier::new(doors, SHORT, (clock.clone(), Arc::new(Seeded::default())));
        let parties = Parties {
            courier: Arc::new(courier),
            sms: Arc::new(TencentSms::new(at, &key, tencent.texts(), clock.clone())),
            face: Arc::new(TencentFace::new(at, &key, clock.clone())),
            real_name: Arc::new(TencentRealName::new(at, &key, clock.clone())),
            ..Parties::default()
        };
        let parts = Parts {
            store: Arc::clone(&store),
            root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
            clock: Arc::clone(&clock) as _,
            entropy,
            parties: others(&clock, parties),
            largest_attachment: desk::attach::LARGEST,
        };
        let house = House::open(parts).await.unwrap();
        let site = Site { origin: "http://localhost".to_owned(), stretch: QUICK, themes: Vec::new(), inbox: None };
        let app = Arc::new(App { house: Arc::clone(&house), site });
        Self { house, app, store, clock, tencent, receivers, folder }
    }

    /// Publishes a policy with its operation file and its notice.
    pub async fn publish(&self, (policy, operation): (Source, Source)) -> Arc<Platform> {
        let read = policy::read(&policy::Sources { policy: &policy, operation: Some(&operation) });
        // Compiling twice would double the time of every test; nobody compares the tables that a notice is printed with.
        let unprinted = Fingerprint::from_digest([0; 32]);
        let notice = render::notice::of(&read.program.unwrap(), unprinted).fragment();
        let text = policy::shown::fingerprint(&notice);
        let published =
            publish(&self.house, Publish { policy, operation, notice, text, who: Who::House, suite: None, from: None })
                .await
                .unwrap();
        for ((platform, _), receiver) in &self.receivers {
            if *platform == published.id {
                receiver.trust(&desk::evidence::verifier_key(&published).unwrap().to_string());
            }
        }
        published
    }

    /// Publishes 海港's texts under another platform's name.
    pub async fn also(&self, platform: &str) -> Arc<Platform> {
        let (policy, operation) = haigang();
        let rename = |text: &str| text.replace("platform = \"haigang\"", &format!("platform = \"{platform}\""));
        let policy = Source::new("undated.toml", rename(&policy.text));
        let operation = Source::new("operation.toml", rename(&operation.text));
        self.publish((policy, operation)).await
    }

    /// An account of which nothing is known yet, on any platform, and the cookie of a browser that is logged in to it.
    pub async fn account(&self, platform: &Platform) -> (SubjectId, String) {
        let id = SubjectId::from_random([0xac; 16]);
        let subject = store::Write::Subject(store::NewSubject { id, account: model::act::Account::Active, gate: None });
        let leaf =
            store::Leaf { entry: Vec::new(), kind: "register".into(), at: self.house.now(), subjects: Vec::new() };
        let batch =
            store::Batch { platform: platform.id.clone(), expect: Vec::new(), writes: vec![subject], leaf, key: None };
        self.store.commit(batch).await.unwrap();
        let holder = desk::seat::Holder::Subject(platform.id.clone(), id);
        let opened = desk::seat::session_new(&self.house, holder).await.unwrap();
        (id, opened.cookie.expose().to_owned())
    }

    /// 海港, as it is served now.
    pub fn platform(&self) -> Arc<Platform> {
        self.house.platform("haigang").unwrap()
    }

    /// The party to whom copies are sent, of whom the house has an address.
    pub fn receiver(&self, platform: &str, party: &str) -> &SimulatedReceiver {
        self.receivers.get(&(slug(platform), slug(party))).unwrap()
    }

    /// Gives a party every consent that a share may need.
    pub async fn agree_to(&self, platform: &Platform, subject: SubjectId, share: &str, party: &str) {
        let of_share = platform.tables.scopes().iter().filter(|scope| scope.element.as_str() == share);
        let choice = |scope: &policy::terms::Scope| desk::consent::Choice {
            scope: scope.id.clone(),
            party: Some(slug(party)),
            artefact: desk::consent::Manner::Separate,
            policy: platform.tables.policy(),
            text: platform.text,
            by: model::act::GivenBy::Oneself,
            until: None,
        };
        let choices = of_share.map(choice).collect();
        desk::consent::give(&self.house, platform, subject, choices).await.unwrap();
    }

    /// Makes a service token.
    pub async fn issued(&self, power: Power<'_>) -> Issued {
        let new = NewToken {
            name: "a test".to_owned(),
            platform: slug(power.platform),
            actions: power.actions.iter().map(|&action| action.to_owned()).collect(),
            purposes: power.purposes.iter().map(|purpose| slug(purpose)).collect(),
            party: power.party.map(slug),
            rate: power.rate,
        };
        service_token_new(&self.house, &operator(), new).await.unwrap()
    }

    /// Has a threshold of the law be reached, whoever is counted.
    pub async fn reaches(&self, platform: &str, rule: &str) {
        let at = self.house.now();
        let leaf = Leaf { entry: rule.as_bytes().to_vec(), kind: "threshold".to_owned(), at, subjects: Vec::new() };
        let writes = vec![Write::Reached(rule.to_owned(), at)];
        let batch = Batch { platform: slug(platform), expect: Vec::new(), writes, leaf, key: None };
        self.store.commit(batch).await.unwrap();
    }

    /// The secret of a new service token.
    pub async fn token(&self, power: Power<'_>) -> String {
        self.issued(power).await.secret.expose().to_owned()
    }

    /// Revokes a service token.
    pub async fn revoke(&self, token: &Issued) {
        service_token_revoke(&self.house, &operator(), &token.digest).await.unwrap();
    }

    /// The files under the data folder in which these bytes stand.
    pub fn files_with(&self, needle: &[u8]) -> Vec<PathBuf> {
        let inside = |path: &PathBuf| std::fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle);
        files(self.folder.path()).into_iter().filter(inside).collect()
    }

    /// Serves the faces on a free port of this machine.
    pub async fn serve(&self) -> Server {
        Server::start(web::router(Arc::clone(&self.app))).await
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Who runs the machine.
fn operator() -> Seat {
    Seat {
        id: ActorId::from_random([0; 16]),
        name: "host".to_owned(),
        roles: Vec::new(),
        operator: true,
        closed: false,
    }
}
