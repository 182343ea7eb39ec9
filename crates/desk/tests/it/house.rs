//! A house on SQLite in a temporary folder: a clock that tests set, seeded randomness, ports that record.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::act::GivenBy;
use model::{Clear, Entropy, Fingerprint, Slug, SubjectId};
use policy::finding::Source;
use policy::question::Facts;
use policy::syntax::Form;
use policy::terms::Scope;
use shouyue_desk::collect::{PersonFields, Registered, Registration, register};
use shouyue_desk::consent::{Choice, Manner};
use shouyue_desk::house::Parts;
use shouyue_desk::leaf::{Entry, Who};
use shouyue_desk::ports::{Clock, FaceCheck, Outside, Parties, RealName, Said, Sms};
use shouyue_desk::publish::{Publish, publish};
use shouyue_desk::verify::alternative;
use shouyue_desk::{House, Platform, Refusal};
use store::Store;
use tempfile::TempDir;

/// The largest attachment of the tests.
pub(crate) const LARGEST: u64 = if cfg!(feature = "soak") { 256 << 20 } else { 33 << 20 };

/// A clock that stands still until it is set.
pub(crate) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub(crate) fn set(&self, instant: &str) {
        *self.0.lock().unwrap() = instant.parse().unwrap();
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn not_before(&self, instant: Timestamp) {
        let mut now = self.0.lock().unwrap();
        *now = instant.max(*now);
    }
}

type Hook = Box<dyn FnOnce() + Send>;

/// The same bytes in every run. A test may hang a deed on a later draw, to let it happen in the midst of an act.
#[derive(Default)]
pub(crate) struct Seeded {
    state: Mutex<u64>,
    hook: Mutex<Option<(u32, Hook)>>,
}

impl Seeded {
    /// Runs `deed` just before the `nth` next draw (1: the very next).
    pub(crate) fn before_draw(&self, nth: u32, deed: impl FnOnce() + Send + 'static) {
        *self.hook.lock().unwrap() = Some((nth, Box::new(deed)));
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let due = {
            let mut hook = self.hook.lock().unwrap();
            match hook.take() {
                Some((1, deed)) => Some(deed),
                Some((left, deed)) => {
                    *hook = Some((left - 1, deed));
                    None
                }
                None => None,
            }
        };
        if let Some(deed) = due {
            deed();
        }
        let mut state = self.state.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64.
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut drawn = *state;
            drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            drawn ^= drawn >> 31;
            chunk.copy_from_slice(&drawn.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// The values that left the house by a port stay in custody here; a test gets them out by an act's word, as everybody.
#[derive(Default)]
pub(crate) struct SentCodes(Mutex<Vec<(Clear<String>, Clear<String>)>>);

impl SentCodes {
    /// Takes the newest telephone number and code out.
    pub(crate) fn newest(&self) -> Option<(String, String)> {
        let word = model::act::Committed::from_store(0);
        let (phone, code) = self.0.lock().unwrap().pop()?;
        Some((phone.release(&word), code.release(&word)))
    }
}

#[async_trait]
impl Sms for SentCodes {
    async fn send_code(&self, phone: Clear<String>, code: Clear<String>) -> Result<(), Outside> {
        self.0.lock().unwrap().push((phone, code));
        Ok(())
    }
}

/// Answers what the test says, and counts.
pub(crate) struct Faces {
    pub(crate) answer: Mutex<Result<bool, Outside>>,
    pub(crate) asked: Mutex<u32>,
}

#[async_trait]
impl FaceCheck for Faces {
    async fn compare(
        &self,
        _name: Clear<String>,
        _document: Clear<String>,
        _picture: Clear<Vec<u8>>,
    ) -> Result<Said, Outside> {
        *self.asked.lock().unwrap() += 1;
        let holds = (*self.answer.lock().unwrap())?;
        Ok(Said { holds, request: Some("request-1".to_owned()) })
    }
}

/// Answers what the test says, and keeps what it was asked.
pub(crate) struct Names {
    pub(crate) answer: Mutex<Result<bool, Outside>>,
    asked: Mutex<Vec<(Clear<String>, Clear<String>)>>,
}

impl Names {
    /// The pairs that it was asked about.
    pub(crate) fn asked(&self) -> Vec<(String, String)> {
        let word = model::act::Committed::from_store(0);
        let asked = self.asked.lock().unwrap().drain(..).collect::<Vec<_>>();
        asked.into_iter().map(|(name, number)| (name.release(&word), number.release(&word))).collect()
    }
}

#[async_trait]
impl RealName for Names {
    async fn belong(&self, name: Clear<String>, document: Clear<String>) -> Result<Said, Outside> {
        self.asked.lock().unwrap().push((name, document));
        let holds = (*self.answer.lock().unwrap())?;
        Ok(Said { holds, request: Some("request-2".to_owned()) })
    }
}

/// A running house and everything that a test may turn.
pub(crate) struct Bench {
    pub(crate) house: Arc<House>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) entropy: Arc<Seeded>,
    pub(crate) sms: Arc<SentCodes>,
    pub(crate) face: Arc<Faces>,
    pub(crate) names: Arc<Names>,
    pub(crate) folder: TempDir,
}

/// The published policy of 海港 and what the company chose besides.
pub(crate) fn haigang() -> (Source, Source) {
    let policy = include_str!("../../../../platforms/haigang/undated.toml");
    let operation = include_str!("../../../../platforms/haigang/operation.toml");
    (Source::new("undated.toml", policy), Source::new("operation.toml", operation))
}

/// The same texts under another platform's name.
pub(crate) fn renamed(platform: &str) -> (Source, Source) {
    let (policy, operation) = haigang();
    let rename = |text: &str| text.replace("platform = \"haigang\"", &format!("platform = \"{platform}\""));
    (Source::new("undated.toml", rename(&policy.text)), Source::new("operation.toml", rename(&operation.text)))
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

/// A notice that only the tests show.
const NOTICE: &str = "<p>notice</p>";

/// Its fingerprint.
pub(crate) fn text() -> Fingerprint {
    policy::shown::fingerprint(NOTICE)
}

impl Bench {
    /// A house that serves 海港.
    pub(crate) async fn new() -> Self {
        let bench = Self::empty().await;
        bench.publish(haigang()).await.unwrap();
        bench
    }

    /// A house that serves nothing yet.
    pub(crate) async fn empty() -> Self {
        Self::with(|parties| parties).await
    }

    /// The same, with other parties outside.
    pub(crate) async fn with(others: impl FnOnce(Parties) -> Parties) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = store::sqlite::open(folder.path()).unwrap();
        let clock = Arc::new(SetClock(Mutex::new("2026-06-01T02:00:00Z".parse().unwrap())));
        let entropy = Arc::new(Seeded::default());
        let sms = Arc::new(SentCodes::default());
        let face = Arc::new(Faces { answer: Mutex::new(Ok(true)), asked: Mutex::new(0) });
        let names = Arc::new(Names { answer: Mutex::new(Ok(true)), asked: Mutex::default() });
        let root = vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into();
        let parts = Parts {
            store: Arc::clone(&store),
            root,
            clock: clock.clone(),
            entropy: entropy.clone(),
            parties: others(Parties {
                sms: sms.clone(),
                face: face.clone(),
                real_name: names.clone(),
                ..Parties::default()
            }),
            largest_attachment: LARGEST,
        };
        let house = House::open(parts).await.unwrap();
        Self { house, store, clock, entropy, sms, face, names, folder }
    }

    /// Publishes a policy with its operation file.
    pub(crate) async fn publish(&self, (policy, operation): (Source, Source)) -> Result<Arc<Platform>, Refusal> {
        let publication = Publish {
            policy,
            operation,
            notice: NOTICE.to_owned(),
            text: text(),
            who: Who::House,
            suite: None,
            from: None,
        };
        publish(&self.house, publication).await
    }

    /// The platform, as it is served now.
    pub(crate) fn platform(&self) -> Arc<Platform> {
        self.house.platform("haigang").unwrap()
    }

    /// Registers somebody with every consent that the function needs.
    pub(crate) async fn registered(&self, person: &Person) -> Registered {
        let form = person.registration(&self.platform());
        register(&self.house, &self.platform(), form, Who::Subject, None).await.unwrap()
    }

    /// Notes that somebody at the counter looked at the person's papers.
    pub(crate) async fn verified(&self, subject: SubjectId) {
        let counter = Who::Service { token: model::ActorId::from_random([8; 16]) };
        let done = alternative(&self.house, &self.platform(), subject, "verify-at-counter", counter).await.unwrap();
        assert!(done.verified);
    }

    /// Registers somebody whose identity is known.
    pub(crate) async fn known(&self, person: &Person) -> Registered {
        let registered = self.registered(person).await;
        self.verified(registered.subject).await;
        registered
    }

    /// A leaf's entry.
    pub(crate) async fn entry(&self, leaf: u64) -> Entry {
        let rows = self.store.leaves(&slug("haigang"), leaf, 1).await.unwrap();
        assert_eq!(rows[0].index, leaf);
        serde_json::from_slice(&rows[0].entry).unwrap()
    }

    /// Every leaf's entry.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        self.entries_of("haigang").await
    }

    /// Every leaf of a platform.
    pub(crate) async fn entries_of(&self, platform: &str) -> Vec<Entry> {
        let rows = self.store.leaves(&slug(platform), 0, 10_000).await.unwrap();
        rows.iter().map(|row| serde_json::from_slice(&row.entry).unwrap()).collect()
    }

    /// How many leaves there are.
    pub(crate) async fn size(&self) -> u64 {
        self.store.head(&slug("haigang")).await.unwrap().size
    }

    /// The files under the data folder in which a text stands, as it is or in hexadecimal.
    pub(crate) fn files_with(&self, text: &str) -> Vec<PathBuf> {
        let hexadecimal = hex::encode(text);
        let needles =
            [text.as_bytes().to_vec(), hexadecimal.clone().into_bytes(), hexadecimal.to_uppercase().into_bytes()];
        files(self.folder.path())
            .into_iter()
            .filter(|path| {
                let content = std::fs::read(path).unwrap();
                let inside = |needle: &[u8]| content.windows(needle.len()).any(|window| window == needle);
                path.to_string_lossy().contains(text) || needles.iter().any(|needle| inside(needle))
            })
            .collect()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// An invented person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) number: &'static str,
    pub(crate) birth: &'static str,
    pub(crate) sex: &'static str,
}

/// A woman of thirty-six.
pub(crate) const LI: Person =
    Person { name: "李示例", phone: "13800138001", number: "99010519900501002X", birth: "1990-05-01", sex: "女" };

/// A man of forty.
pub(crate) const WANG: Person =
    Person { name: "王示例", phone: "13900139002", number: "990301198512121139", birth: "1985-12-12", sex: "男" };

/// A child of twelve.
pub(crate) const CHILD: Person =
    Person { name: "张示例", phone: "13700137003", number: "990200201306060059", birth: "2013-06-06", sex: "男" };

pub(crate) fn field(item: &str, value: &str) -> (String, Clear<String>) {
    (item.to_owned(), Clear::new(value.to_owned()))
}

impl Person {
    /// What the person types to register, but no face and nothing of WeChat's.
    pub(crate) fn fields(&self) -> Vec<(String, Clear<String>)> {
        vec![
            field("name", self.name),
            field("phone", self.phone),
            field("id-type", "居民身份证"),
            field("id-number", self.number),
            field("sex", self.sex),
            field("birth-date", self.birth),
            field("id-image", "upload:8f14e45f"),
        ]
    }

    /// What the person is known by, for searches in files.
    pub(crate) const fn values(&self) -> [&'static str; 3] {
        [self.name, self.phone, self.number]
    }

    /// A whole registration with the two consents that it needs.
    pub(crate) fn registration(&self, platform: &Platform) -> Registration {
        Registration {
            function: slug("register"),
            channel: None,
            product: None,
            persons: vec![PersonFields { person: slug("registrant"), fields: self.fields() }],
            consents: vec![yes(platform, "collect.register"), yes(platform, "collect.register.identity-document")],
            facts: Facts::default(),
        }
    }
}

/// A consent in the form that its scope asks for, given by the subject on today's text.
pub(crate) fn yes(platform: &Platform, scope: &str) -> Choice {
    let form = declared(platform, scope).form;
    let artefact = if form == Form::General { Manner::Tick } else { Manner::Separate };
    Choice {
        scope: scope.to_owned(),
        party: None,
        artefact,
        policy: platform.tables.policy(),
        text: platform.text,
        by: GivenBy::Oneself,
        until: None,
    }
}

/// A grant to one agency.
pub(crate) fn grant(platform: &Platform, scope: &str, party: &str) -> Choice {
    Choice { party: Some(slug(party)), ..yes(platform, scope) }
}

pub(crate) fn declared<'p>(platform: &'p Platform, scope: &str) -> &'p Scope {
    platform.tables.scopes().iter().find(|known| known.id == scope).unwrap_or_else(|| panic!("no scope {scope}"))
}
