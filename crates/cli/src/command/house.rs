//! Commands on a house: publish, tokens, check, backup.

use std::io::Write;

use crate::Outcome;
use crate::admin::{self, Hook, Reply, Request};
use crate::config::Config;
use crate::options::{self, RotateKey, TokenCommand};

pub(crate) fn token(asked: &options::Token, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (config, request) = match &asked.command {
        TokenCommand::New(new) => (
            &new.at.config,
            Request::TokenNew {
                name: new.name.clone(),
                platform: new.platform.clone(),
                actions: new.actions.clone(),
                purposes: new.purposes.clone(),
                party: new.party.clone(),
                rate: new.rate,
            },
        ),
        TokenCommand::Revoke { digest, at } => (&at.config, Request::TokenRevoke { digest: digest.clone() }),
    };
    told(admin::ask(&Config::read(config)?, request)?, out)
}

pub(crate) fn rotate(asked: &options::Rotate, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let (at, request) = match &asked.key {
        RotateKey::Root { to, at } => (at, Request::RotateRoot { to: *to }),
        RotateKey::Platform { platform, suite, at } => {
            let suite = suite.map(|suite| suite.word().to_owned());
            (at, Request::RotatePlatform { platform: platform.clone(), suite })
        }
        RotateKey::Tokens { platform, at } => (at, Request::RotateTokens { platform: platform.clone() }),
    };
    told(admin::ask(&Config::read(&at.config)?, request)?, out)
}

pub(crate) fn fsck(asked: &options::Fsck, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = match (&asked.config, &asked.demo) {
        (Some(path), _) => Config::read(path)?,
        (None, Some(data)) => crate::serve::demo_config(data, 0),
        (None, None) => anyhow::bail!("name a configuration file"),
    };
    let reply = admin::ask(&config, Request::Fsck)?;
    if let (true, Reply::Checked(checked)) = (asked.format.json, &reply) {
        writeln!(out, "{:#}", serde_json::to_value(checked)?)?;
        let clean = checked.iter().all(|one| one.damages.is_empty());
        return Ok(if clean { Outcome::Fine } else { Outcome::Found });
    }
    told(reply, out)
}

pub(crate) fn backup(asked: &options::Backup, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let to = std::path::absolute(&asked.to)?;
    let request = Request::Backup { platform: asked.platform.clone(), to: to.clone() };
    let reply = admin::ask(&Config::read(&asked.at.config)?, request)?;
    if matches!(reply, Reply::Done) {
        let paths = admin::backup_paths(&to, &asked.platform);
        writeln!(out, "data      {}", paths.data.display())?;
        writeln!(out, "keys      {}  (delete it when the days that the notice names are over)", paths.keys.display())?;
        writeln!(out, "erasures  {}", paths.erasures.display())?;
        writeln!(out, "objects   {}  (belongs to the data)", paths.objects.display())?;
        return Ok(Outcome::Fine);
    }
    told(reply, out)
}

pub(crate) fn webhooks(asked: &options::Webhooks, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let config = Config::read(&asked.at.config)?;
    let request = match asked.resend.as_deref() {
        None => Request::Webhooks,
        Some(letter) => {
            let read = |text: &str| {
                let mut parts = text.splitn(3, '/').map(str::to_owned);
                let (platform, webhook, number) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
                Some(Request::Resend { platform, webhook, number })
            };
            let usage = "--resend takes <platform>/<webhook>/<number>, as the list has them";
            read(letter).ok_or_else(|| options::Misused(usage.to_owned()))?
        }
    };
    let reply = admin::ask(&config, request)?;
    if let (true, Reply::Webhooks(hooks)) = (asked.format.json, &reply) {
        writeln!(out, "{:#}", serde_json::to_value(hooks)?)?;
        return Ok(Outcome::Fine);
    }
    told(reply, out)
}

fn hooks_listed(hooks: &[Hook], out: &mut dyn Write) -> anyhow::Result<()> {
    for Hook { platform, webhook, waiting, dead } in hooks {
        writeln!(out, "{platform}/{webhook}  {waiting} waiting, {} given up", dead.len())?;
        for (number, because) in dead {
            writeln!(out, "  {platform}/{webhook}/{number}  {because}")?;
        }
    }
    if hooks.is_empty() {
        writeln!(out, "no webhook was ever configured")?;
    }
    Ok(())
}

pub(super) fn told(reply: Reply, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match reply {
        Reply::Done => writeln!(out, "done")?,
        Reply::RootRotated { root, platforms, file } => {
            writeln!(out, "root key {root} wraps {}", platforms.join(", "))?;
            writeln!(
                out,
                "next: copy {} to every other server of this installation, and to where you keep it",
                file.display()
            )?;
            writeln!(out, "      the keys after the first open older backups: remove their lines when none is left")?;
        }
        Reply::Rotated { platform, version, since } => {
            writeln!(out, "{platform}: version {version} of the key is used from {since} on")?;
            writeln!(out, "what lies under the old one is moved while the server goes on")?;
        }
        Reply::Published(published) => published.write(out)?,
        Reply::Issued { secret, digest } => {
            writeln!(out, "secret  {secret}   (shown this once)")?;
            writeln!(out, "digest  {digest}   (revokes it)")?;
        }
        Reply::Checked(checked) => {
            let mut clean = true;
            for one in &checked {
                let word = if one.damages.is_empty() { "clean" } else { "DAMAGED" };
                writeln!(out, "{:<16} {} leaves, {word}", one.platform, one.leaves)?;
                if let Some(why) = &one.pending {
                    writeln!(out, "  erasures whose certificates say `pending` are not confirmed yet: {why}")?;
                }
                for damage in &one.damages {
                    clean = false;
                    writeln!(out, "  {damage}")?;
                }
            }
            return Ok(if clean { Outcome::Fine } else { Outcome::Found });
        }
        Reply::Webhooks(hooks) => hooks_listed(&hooks, out)?,
        Reply::Notices(outboxes) => super::notices::listed(&outboxes, out)?,
        Reply::Again(count) => writeln!(out, "{count} sent again, from the first try on")?,
        Reply::Drafts(drafts) => super::draft::listed(&drafts, out)?,
        Reply::Versions(versions) => super::versions::listed(&versions, out)?,
        Reply::Draft(_) | Reply::Reported(_) => {}
        Reply::Imported { leaf, .. } => writeln!(out, "leaf {leaf}")?,
        Reply::Refused(why) => {
            writeln!(out, "refused: {why}")?;
            return Ok(Outcome::Found);
        }
    }
    Ok(Outcome::Fine)
}
