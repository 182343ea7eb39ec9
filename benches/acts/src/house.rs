//! A house as the program runs it: a real store, the system's clock and randomness, its faces behind a socket. Of the
//! outside parties none is needed by the acts of the race.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use desk::house::Parts;
use desk::leaf::Who;
use desk::ports::{Clock, Parties};
use desk::publish::{Publish, publish};
use desk::seat::{Caller, NewToken, Seat, Stretch, caller, service_token_new};
use desk::{House, Platform};
use jiff::Timestamp;
use model::{ActorId, Entropy, Fingerprint};
use store::{Store, postgres, sqlite};
use testkit::Server;
use vault::RootKey;
use web::app::{App, Site};

use crate::workload::Workload;

/// So many requests a minute that nobody is ever refused for their number.
const RATE: u32 = 600_000_000;

/// A house that serves the race's platform.
pub(crate) struct Bench {
    pub(crate) house: Arc<House>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) platform: Arc<Platform>,
    /// The company's system that calls.
    pub(crate) caller: Caller,
    /// Its secret, for calls over HTTP.
    pub(crate) secret: String,
}

/// The machine's clock.
struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "a program of its own, whose clock is the machine's")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn not_before(&self, _: Timestamp) {}
}

/// The machine's randomness.
pub(crate) struct Drawn;

impl Entropy for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

/// In which engine a house keeps what it knows.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    Sqlite,
    /// The address of an empty database.
    Postgres(String),
}

impl Bench {
    /// A new house in a folder.
    pub(crate) async fn new(workload: &Workload, engine: &Engine, folder: &Path) -> Result<Self> {
        let (house, store) = open(engine, folder).await?;
        let platform = put_in_force(workload, &house).await?;
        let new = NewToken {
            name: "the race".to_owned(),
            platform: workload.platform.clone(),
            actions: workload.actions.clone(),
            purposes: workload.purposes.clone(),
            party: None,
            rate: RATE,
        };
        let issued = service_token_new(&house, &operator(), new).await?;
        let secret = issued.secret.expose().to_owned();
        let caller = caller(&house, &secret).await?;
        Ok(Self { house, store, platform, caller, secret })
    }

    /// Serves its faces on a free port of this machine.
    pub(crate) async fn serve(&self) -> Server {
        serve(&self.house).await
    }
}

/// Opens whatever lies in a folder.
pub(crate) async fn open(engine: &Engine, folder: &Path) -> Result<(Arc<House>, Arc<dyn Store>)> {
    let store: Arc<dyn Store> = match engine {
        Engine::Sqlite => sqlite::open(folder)?,
        Engine::Postgres(address) => {
            let (address, folder) = (postgres::Address::new(address, None)?, folder.to_owned());
            tokio::task::spawn_blocking(move || postgres::open(&address, &folder, None)).await??
        }
    };
    let parts = Parts {
        store: Arc::clone(&store),
        root: RootKey::from_bytes(&mut [0x42; 32])?.into(),
        clock: Arc::new(Now),
        entropy: Arc::new(Drawn),
        parties: Parties::default(),
        largest_attachment: desk::attach::LARGEST,
    };
    Ok((House::open(parts).await?, store))
}

/// The faces of a house, on a free port.
pub(crate) async fn serve(house: &Arc<House>) -> Server {
    let stretch = Stretch::of(NonZeroU32::MIN);
    let site = Site { origin: "http://localhost".to_owned(), stretch, themes: Vec::new(), inbox: None };
    Server::start(web::router(Arc::new(App { house: Arc::clone(house), site }))).await
}

async fn put_in_force(workload: &Workload, house: &House) -> Result<Arc<Platform>> {
    let (policy, operation) = workload.sources()?;
    let read = policy::read(&policy::Sources { policy: &policy, operation: Some(&operation) });
    let program = read.program.context("the policy does not read")?;
    let notice = render::notice::of(&program, Fingerprint::from_digest([0; 32])).fragment().to_owned();
    let text = policy::shown::fingerprint(&notice);
    let new = Publish { policy, operation, notice, text, who: Who::House, suite: None, from: None };
    Ok(publish(house, new).await?)
}

/// Who runs the machine.
fn operator() -> Seat {
    let id = ActorId::from_random([0; 16]);
    Seat { id, name: "host".to_owned(), roles: Vec::new(), operator: true, closed: false }
}
