//! Ways in by accounts that others keep: clients from the configuration, or, for the demo, simulated providers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use connect::PATIENCE;
use connect::client::Client;
use connect::federation::Federations;
use connect::simulated::{Registered, SimulatedOpenId, SimulatedWechatLogin};
use connect::ticket::TicketKeys;
use desk::ports::{Federation, LoginProtocol, Parties, Tickets};
use model::{Entropy, Slug};

use crate::config::{self, Config};
use crate::folder;
use crate::system::{SystemClock, SystemEntropy};

/// The two ports.
pub(super) struct Ways {
    federation: Arc<dyn Federation>,
    tickets: Arc<dyn Tickets>,
}

impl Ways {
    /// In their places.
    pub(super) fn among(&self, parties: Parties) -> Parties {
        Parties { federation: Arc::clone(&self.federation), tickets: Arc::clone(&self.tickets), ..parties }
    }
}

/// As the configuration says.
pub(super) fn configured(config: &Config) -> anyhow::Result<Ways> {
    let mut clients = BTreeMap::new();
    for login in &config.logins {
        let (id, origin, api) = (login.client.clone(), login.origin.clone(), login.api.clone());
        let client = Client { id, secret: config::secret(&login.secret)?, origin, api };
        clients.insert((login.platform.clone(), login.id.clone()), client);
    }
    let mut tickets = TicketKeys::default();
    for one in &config.tickets {
        tickets = tickets.with(one.platform.clone(), one.issuer.clone(), one.key.0);
    }
    Ok(Ways { federation: Arc::new(Federations::new(&clients, PATIENCE)), tickets: Arc::new(tickets) })
}

/// What the demo's own application calls itself.
const APP: &str = "demo-app";

/// The demo's providers; they serve until they are dropped.
pub(super) struct Simulated {
    pub(super) parties: Ways,
    providers: Vec<(String, String)>,
    seed: [u8; 32],
    #[expect(dead_code, reason = "it serves until it is dropped")]
    openid: Vec<SimulatedOpenId>,
    #[expect(dead_code, reason = "it serves until it is dropped")]
    wechat: Vec<SimulatedWechatLogin>,
}

/// One platform's log-in, as a client that the simulated provider will know.
struct Offered {
    platform: Slug,
    login: Slug,
    name: String,
    protocol: LoginProtocol,
    registered: Registered,
}

/// What the platforms' operation files offer.
fn offered(origin: &str, platforms: &Path) -> anyhow::Result<(Vec<Slug>, Vec<Offered>)> {
    let (mut ids, mut all) = (Vec::new(), Vec::new());
    for folder in super::demo::folders(platforms)? {
        let written = folder::newest(&folder)?;
        let sources = policy::Sources { policy: &written.policy, operation: written.operation.as_ref() };
        let Some(program) = policy::read(&sources).program else { continue };
        let platform = program.policy.policy.platform.value.clone();
        all.extend(program.operation.logins.iter().map(|login| Offered {
            platform: platform.clone(),
            login: login.id.value.clone(),
            name: login.name.value.clone(),
            protocol: login.protocol.value.into(),
            registered: Registered {
                id: format!("sim-{platform}"),
                secret: hex::encode((&SystemEntropy as &dyn Entropy).draw::<16>()),
                back: format!("{origin}/p/{platform}/login/return"),
                name: program.policy.policy.service.value.clone(),
            },
        }));
        ids.push(platform);
    }
    Ok((ids, all))
}

impl Simulated {
    /// One simulated provider for each name that the platforms' operation files give, with every platform as its client.
    pub(super) fn start(origin: &str, platforms: &Path) -> anyhow::Result<Self> {
        let (ids, offered) = offered(origin, platforms)?;
        let mut named: BTreeMap<(String, LoginProtocol), Vec<Offered>> = BTreeMap::new();
        for one in offered {
            named.entry((one.name.clone(), one.protocol)).or_default().push(one);
        }
        let (mut openid, mut wechat, mut clients, mut providers) =
            (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
        for ((name, protocol), offered) in named {
            let all = offered.iter().map(|one| one.registered.clone()).collect();
            let steady = (Arc::new(SystemClock::default()) as _, Arc::new(SystemEntropy) as _);
            let at = match protocol {
                LoginProtocol::OpenidConnect => {
                    let provider = SimulatedOpenId::start(&name, all, steady)?;
                    let at = provider.origin();
                    openid.push(provider);
                    at
                }
                LoginProtocol::WechatOauth2 => {
                    let provider = SimulatedWechatLogin::start(&name, all, steady)?;
                    let at = provider.origin();
                    wechat.push(provider);
                    at
                }
            };
            for Offered { platform, login, registered: Registered { id, secret, .. }, .. } in offered {
                clients.insert((platform, login), Client { id, secret, origin: at.clone(), api: Some(at.clone()) });
            }
            providers.push((name, at));
        }
        let seed: [u8; 32] = (&SystemEntropy as &dyn Entropy).draw();
        let key = public(&seed)?;
        let tickets =
            ids.into_iter().fold(TicketKeys::default(), |keys, platform| keys.with(platform, APP.to_owned(), key));
        let federation = Arc::new(Federations::new(&clients, PATIENCE));
        let parties = Ways { federation, tickets: Arc::new(tickets) };
        Ok(Self { parties, providers, seed, openid, wechat })
    }

    /// What there is to try.
    pub(super) fn told(&self) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        for (name, at) in &self.providers {
            let _ = writeln!(out, "simulated  {name}: {at}, invented accounts");
        }
        let seed = hex::encode(self.seed);
        let _ = writeln!(out, "simulated  tickets of `{APP}`, signed with the Ed25519 seed {seed}");
        out
    }
}

fn public(seed: &[u8; 32]) -> anyhow::Result<[u8; 32]> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| anyhow!("no key for the demo's tickets"))?;
    Ok(pair.public_key().as_ref().try_into()?)
}
