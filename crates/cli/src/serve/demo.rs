//! The demo: what `platforms/<id>/demo.json` tells is done once, through the same public API that any system would call.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use connect::api::Api;
use desk::seat::{NewSeat, NewToken, Stretch, seat_new, service_token_new};
use desk::{House, Refusal};
use model::Slug;
use policy::compile::Tables;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::admin::{host, plain};
use crate::command::publish;
use crate::folder;
use crate::system::SystemEntropy;

/// Name of the demo's log, in its folder.
const LOG: &str = "demo.log";

/// One platform's demo, beside its policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// Accent colour of the platform's pages.
    colour: String,
    /// Service tokens by name.
    tokens: BTreeMap<String, Token>,
    /// Staff: log-in name and role.
    staff: BTreeMap<String, Slug>,
    /// Calls, in order.
    steps: Vec<Step>,
    /// People who can log in on the portal.
    people: Vec<Person>,
}

/// A service token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    actions: Vec<String>,
    #[serde(default)]
    purposes: Vec<Slug>,
    #[serde(default)]
    party: Option<Slug>,
}

/// One call. `{name}` in the path stands for what an earlier step kept, `{text:scope}` in the body for the fingerprint of
/// that scope's consent text (`{text:scope@party}` where a party is chosen), `{policy}` for that of the policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Name of a token.
    by: String,
    /// Path below `/v1/platforms/<id>/`.
    post: String,
    /// Body.
    body: Value,
    /// What to keep of the answer: name and JSON pointer.
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

/// Somebody invented.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    phone: String,
    about: String,
}

/// What a demo's folder remembers of its filling, so that a second start tells the same. No person stands in it: invented
/// or not, people stand in the vault alone.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    staff: BTreeMap<String, BTreeMap<String, String>>,
    passphrase: String,
    tokens: BTreeMap<String, String>,
}

/// Accent colours by platform.
pub(super) fn colours(platforms: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    Ok(scripts(platforms)?.into_iter().map(|(id, (_, script))| (id, script.colour)).collect())
}

/// The folders of the platforms that have a demo.
pub(super) fn folders(platforms: &Path) -> anyhow::Result<Vec<PathBuf>> {
    Ok(scripts(platforms)?.into_values().map(|(folder, _)| folder).collect())
}

/// Puts every platform that has a demo in force, unless the same version already was: whoever published a later one on top finds that
/// one in force when the demo is started again.
pub(super) async fn publish(house: &House, platforms: &Path) -> anyhow::Result<()> {
    for (folder, _) in scripts(platforms)?.into_values() {
        let written = folder::newest(&folder)?;
        let loaded = written.load();
        let Some(operation) = written.operation else {
            bail!("{} needs an operation.toml", folder.display());
        };
        let tables = loaded.tables.with_context(|| format!("{} does not compile", written.policy.name))?;
        let id = &tables.program().policy.policy.platform.value;
        let known = match desk::publish::published(house, id).await {
            Ok(known) => known,
            Err(Refusal::NotFound(_)) => Vec::new(),
            Err(why) => return Err(why.into()),
        };
        if known.iter().any(|version| version.tables == tables.fingerprint()) {
            continue;
        }
        publish::rendered(house, &tables, (written.policy, operation), None, None).await?;
    }
    Ok(())
}

/// Fills an empty demo, and tells where to click and how to log in.
pub(super) async fn fill(house: &Arc<House>, origin: &str, data: &Path, platforms: &Path) -> anyhow::Result<String> {
    let notes = super::notes(data);
    let told = if notes.exists() {
        serde_json::from_slice(&fs::read(&notes)?)
            .with_context(|| format!("{} cannot be read: remove {} to start afresh", notes.display(), data.display()))?
    } else {
        let told = first_fill(house, origin, platforms).await?;
        // The notes hold the demo's own tokens and passphrase.
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&notes)?;
        file.write_all(&serde_json::to_vec_pretty(&told)?)?;
        told
    };
    let people = scripts(platforms)?.into_iter().map(|(id, (_, script))| (id, script.people)).collect();
    Ok(tell(house, origin, data, &told, &people))
}

async fn first_fill(house: &Arc<House>, origin: &str, platforms: &Path) -> anyhow::Result<Notes> {
    let random: [u8; 8] = (&SystemEntropy as &dyn model::Entropy).draw();
    let mut notes = Notes { passphrase: format!("demo-{}", hex::encode(random)), ..Notes::default() };
    let mut seats: BTreeMap<String, Vec<(Slug, Slug)>> = BTreeMap::new();
    for (id, (_, script)) in scripts(platforms)? {
        let platform: Slug = id.parse()?;
        let mut callers = BTreeMap::new();
        for (name, token) in script.tokens {
            let full = format!("{id}/{name}");
            let (actions, purposes, party) = (token.actions, token.purposes, token.party);
            let new = NewToken { name: full.clone(), platform: platform.clone(), actions, purposes, party, rate: 6000 };
            let issued = service_token_new(house, &host(), new).await.map_err(plain)?;
            let secret = issued.secret.expose().to_owned();
            callers.insert(name, secret.clone());
            notes.tokens.insert(full, secret);
        }
        for (name, role) in script.staff {
            notes.staff.entry(name.clone()).or_default().insert(id.clone(), role.to_string());
            seats.entry(name).or_default().push((platform.clone(), role));
        }
        run(house, origin, &id, callers, script.steps).await?;
    }
    for (name, roles) in seats {
        let operator = name == "operator";
        let seat = NewSeat { name, passphrase: notes.passphrase.clone(), roles, operator };
        seat_new(house, Stretch::default(), &host(), seat).await.map_err(plain)?;
    }
    Ok(notes)
}

/// Makes the calls of a script, one after the other, over HTTP.
async fn run(
    house: &House,
    origin: &str,
    id: &str,
    callers: BTreeMap<String, String>,
    steps: Vec<Step>,
) -> anyhow::Result<()> {
    let platform = house.platform(id)?;
    let texts = texts(&platform.tables);
    let (origin, id) = (origin.to_owned(), id.to_owned());
    tokio::task::spawn_blocking(move || {
        let mut kept: BTreeMap<String, String> = texts;
        for (number, step) in steps.into_iter().enumerate() {
            let token = callers.get(&step.by).with_context(|| format!("step {number}: no token `{}`", step.by))?;
            let path = format!("/v1/platforms/{id}/{}", filled(&step.post, &kept));
            let body: Value = serde_json::from_str(&filled(&step.body.to_string(), &kept))?;
            let answer = Api::new(&origin, token)
                .post(&path, &format!("demo-{id}-{number}"), &body)
                .with_context(|| format!("step {number} of the demo of {id}"))?;
            for (name, pointer) in step.keep {
                let found = answer.pointer(&pointer).and_then(Value::as_str);
                let found = found.with_context(|| format!("step {number}: the answer has no {pointer}"))?;
                kept.insert(format!("{{{name}}}"), found.to_owned());
            }
        }
        Ok(())
    })
    .await?
}

/// What `{policy}` and `{text:…}` stand for.
fn texts(tables: &Tables) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::from([("{policy}".to_owned(), tables.policy().to_string())]);
    let parties = &tables.program().operation.parties;
    for scope in tables.scopes() {
        let general = render::consent::text_of(tables, &scope.id);
        texts.extend(general.map(|text| (format!("{{text:{}}}", scope.id), text.text.to_string())));
        for party in parties.iter().filter(|_| scope.per_party) {
            let party = party.id.value.as_str();
            let own = render::consent::text_for(tables, &scope.id, party);
            texts.extend(own.map(|text| (format!("{{text:{}@{party}}}", scope.id), text.text.to_string())));
        }
    }
    texts
}

/// The file of the demo's log, to be written on.
pub(super) fn log(data: &Path) -> anyhow::Result<fs::File> {
    let path = data.join(LOG);
    let file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

fn filled(text: &str, kept: &BTreeMap<String, String>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Scripts by platform id, with the platform's folder.
fn scripts(platforms: &Path) -> anyhow::Result<BTreeMap<String, (PathBuf, Script)>> {
    let entries = fs::read_dir(platforms).with_context(|| {
        format!("no platforms at {}: start in the repository's folder, or say --platforms", platforms.display())
    })?;
    let mut scripts = BTreeMap::new();
    for entry in entries {
        let folder = entry?.path();
        let file = folder.join("demo.json");
        if let (true, Some(id)) = (file.is_file(), folder.file_name()) {
            let script = serde_json::from_slice(&fs::read(&file)?)
                .with_context(|| format!("{} cannot be used", file.display()))?;
            scripts.insert(id.to_string_lossy().into_owned(), (folder, script));
        }
    }
    Ok(scripts)
}

/// Where to click and how to log in.
fn tell(house: &House, origin: &str, data: &Path, notes: &Notes, people: &BTreeMap<String, Vec<Person>>) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(out, "Shouyue demo: invented people, simulated telephone and face check, this machine only\n");
    for platform in house.platforms() {
        let header = &platform.tables.program().policy;
        let _ = writeln!(out, "{}  {}", header.policy.service.value, header.handler.name.value);
        let _ = writeln!(out, "  portal   {origin}/p/{}/", platform.id);
        for person in people.get(platform.id.as_str()).into_iter().flatten() {
            let _ = writeln!(out, "           log in with {}  {}", person.phone, person.about);
        }
    }
    let _ = writeln!(out, "           (the code that would go to the telephone is shown on the page)\n");
    let _ = writeln!(out, "console    {origin}/console/");
    for (name, roles) in &notes.staff {
        let roles: Vec<String> = roles.iter().map(|(platform, role)| format!("{role} on {platform}")).collect();
        let _ = writeln!(out, "           log in as {name} ({})  passphrase {}", roles.join(", "), notes.passphrase);
    }
    let _ = writeln!(out, "\nAPI        {origin}/v1/openapi.json");
    for (name, secret) in &notes.tokens {
        let _ = writeln!(out, "           token {name}  {secret}");
    }
    let _ = writeln!(out, "\ndata       {}  (used again next time; remove it to start afresh)", data.display());
    let _ = writeln!(out, "log        {}", data.join(LOG).display());
    let _ = writeln!(out, "stop       Ctrl-C");
    out
}
