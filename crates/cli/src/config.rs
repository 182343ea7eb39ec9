//! The one configuration file. What it does not know, it refuses.

mod carriers;
mod mail;
mod outside;

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use model::Slug;
use serde::Deserialize;
use store::Bucket;
use store::postgres::Address;

pub(crate) use carriers::{Gate, SmsAccount, WechatAccount};
pub(crate) use mail::MailServer;
pub(crate) use outside::{address, receiver};

/// What a newcomer is told beside a mistake.
const NEEDS: &str = "it needs `data`, `root_key` and `origin`, and may have `listen`, `simulated`, `largest_attachment`, \
    `stop_within`, `tesseract`, tables `colours`, `hsm`, `letter`, `log`, `mail`, `objects`, `payment`, `postgres`, `push` and `sms`, and \
    [[login]], [[ticket]], [[courier]], [[webhook]], [[wechat]] and [[witness]]";

/// Seconds that a server may take to stop, unless it is configured: systemd waits for longer (`deploy/shouyue.service`).
pub(crate) const STOP_WITHIN: u64 = 30;

/// A configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Folder of the databases.
    pub(crate) data: PathBuf,
    /// File with the root keys, outside `data`; made at the first start when it is not there.
    pub(crate) root_key: PathBuf,
    /// Address to listen on.
    #[serde(default = "loopback")]
    pub(crate) listen: SocketAddr,
    /// Origin that browsers see, such as `https://privacy.example.cn`.
    pub(crate) origin: String,
    /// Simulated outside parties; only for trying things out.
    #[serde(default)]
    pub(crate) simulated: bool,
    /// Largest attachment that is taken, in bytes.
    #[serde(default = "largest_attachment")]
    pub(crate) largest_attachment: u64,
    /// The program that reads text off pictures: name or path. Absent: nobody is asked for a picture.
    #[serde(default)]
    pub(crate) tesseract: Option<String>,
    /// Accent colours of platforms, `#rrggbb` by platform id.
    #[serde(default)]
    pub(crate) colours: std::collections::BTreeMap<String, String>,
    /// The server that keeps the databases. Absent: files in `data`.
    #[serde(default)]
    pub(crate) postgres: Option<Server>,
    /// The security module that keeps root keys. Absent: they stand in the file `root_key`.
    #[serde(default)]
    pub(crate) hsm: Option<Hsm>,
    /// The bucket that keeps the files of attachments. Absent: a folder in `data`.
    #[serde(default)]
    pub(crate) objects: Option<ObjectBucket>,
    /// The server that takes e-mails in. Absent: nobody is told by e-mail.
    #[serde(default)]
    pub(crate) mail: Option<MailServer>,
    /// The account by which short messages about new versions go. Absent: nobody is told so.
    #[serde(default)]
    pub(crate) sms: Option<SmsAccount>,
    /// The WeChat accounts that tell their followers of new versions.
    #[serde(default)]
    pub(crate) wechat: Vec<WechatAccount>,
    /// The company's own push gateway. Absent: nobody is told by a push message of its application.
    #[serde(default)]
    pub(crate) push: Option<Gate>,
    /// The house that prints letters. Absent: nobody is told by letter.
    #[serde(default)]
    pub(crate) letter: Option<Gate>,
    /// The payment network, with our accounts there. Absent: a simulated one.
    #[serde(default)]
    pub(crate) payment: Option<PaymentNetwork>,
    /// What this installation is to those who keep accounts for others.
    #[serde(default, rename = "login")]
    pub(crate) logins: Vec<LoginClient>,
    /// Whose tickets let a customer in.
    #[serde(default, rename = "ticket")]
    pub(crate) tickets: Vec<TicketIssuer>,
    /// Where parties take in the copies that customers have sent to them.
    #[serde(default, rename = "courier")]
    pub(crate) doors: Vec<Door>,
    /// Systems of the company that are told of changes.
    #[serde(default, rename = "webhook")]
    pub(crate) webhooks: Vec<Webhook>,
    /// Who remembers the newest heads of our ledgers.
    #[serde(default, rename = "witness")]
    pub(crate) witnesses: Vec<WitnessDoor>,
    /// How the log is written.
    #[serde(default)]
    pub(crate) log: Log,
    /// Seconds that requests under way may take to end once the server is told to stop.
    #[serde(default = "stop_within")]
    pub(crate) stop_within: u64,
}

/// A system that is told of changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    /// Platform.
    pub(crate) platform: Slug,
    /// Its name, by which commands and metrics speak of it.
    pub(crate) id: Slug,
    /// Its address, such as `https://core.example/hooks/shouyue`.
    pub(crate) address: String,
    /// File with the secret that both sides know (`whsec_…`), readable by its owner only.
    pub(crate) secret: PathBuf,
}

/// A witness of every platform's ledger.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WitnessDoor {
    /// Prefix of its calls, such as `https://witness.example`.
    pub(crate) address: String,
    /// Its verifier key, which bears its name.
    pub(crate) key: String,
    /// Whether nothing is served before it has answered at the start.
    #[serde(default)]
    pub(crate) required: bool,
}

/// How the log is written, to standard error. No line holds personal information in any form.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// In which form.
    pub(crate) format: LogFormat,
    /// What is left out.
    pub(crate) level: LogLevel,
}

/// The form of a line.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// The least grave events that are written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogLevel {
    /// What fails.
    Error,
    /// And what will be tried again.
    Warn,
    /// And every request, by its route.
    #[default]
    Info,
}

impl LogLevel {
    /// The word of the configuration, which is that of the filter.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }
}

/// WeChat Pay, and who we are to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentNetwork {
    /// File with the merchant accounts and their keys, readable by its owner only.
    pub(crate) accounts: PathBuf,
    /// Where it is.
    #[serde(default = "payment_origin")]
    pub(crate) origin: String,
}

/// A PostgreSQL server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Where it is, as `libpq` writes it, without the password: `host=/run/postgresql user=shouyue dbname=shouyue`.
    pub(crate) address: String,
    /// File with the password, readable by its owner only.
    #[serde(default)]
    pub(crate) password: Option<PathBuf>,
    /// PEM file of the authority that certifies the server. With it TLS is spoken and never left, without it the server is
    /// on this machine.
    #[serde(default)]
    pub(crate) ca: Option<PathBuf>,
    /// Folder of the objects and of the lists of erasures, which all servers of the installation share. Absent: `data`.
    #[serde(default)]
    pub(crate) folder: Option<PathBuf>,
}

/// A security module that speaks PKCS#11.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hsm {
    /// The vendor's module, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub(crate) module: PathBuf,
    /// Label of the token.
    pub(crate) token: String,
    /// File with the PIN of the token's user, readable by its owner only.
    pub(crate) pin: PathBuf,
}

/// A bucket of a service that speaks S3. What lies there is ciphertext.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectBucket {
    /// Where the service is, such as `https://s3.example`.
    pub(crate) endpoint: String,
    /// The region by which calls are signed.
    pub(crate) region: String,
    /// The bucket; of this installation alone.
    pub(crate) bucket: String,
    /// File with the key's id and the key, a line each, readable by its owner only.
    pub(crate) keys: PathBuf,
}

/// Where one party takes copies in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Door {
    /// Platform.
    pub(crate) platform: Slug,
    /// Id of the party in its operation file.
    pub(crate) party: Slug,
    /// Its address, such as `https://partner.example/portability`.
    pub(crate) address: String,
}

/// A client of one provider, for one `[[login]]` of a platform's operation file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginClient {
    /// Platform.
    pub(crate) platform: Slug,
    /// Id of the log-in there.
    pub(crate) id: Slug,
    /// `client_id`, or AppID.
    pub(crate) client: String,
    /// File with the secret, readable by its owner only.
    pub(crate) secret: PathBuf,
    /// Where the provider is: the issuer, or the origin of its pages.
    pub(crate) origin: String,
    /// The origin of its interface, where it is another.
    #[serde(default)]
    pub(crate) api: Option<String>,
}

/// An application of the insurer's own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketIssuer {
    /// Platform.
    pub(crate) platform: Slug,
    /// What it calls itself in its tickets.
    pub(crate) issuer: String,
    /// Its public key.
    pub(crate) key: TicketKey,
}

/// A public key (Ed25519, RFC 8032), written as 64 hexadecimal digits.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TicketKey(pub(crate) [u8; 32]);

impl TryFrom<String> for TicketKey {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let mut key = [0; 32];
        hex::decode_to_slice(digits, &mut key).map_err(|_| "the key of a ticket is an Ed25519 key in 64 digits")?;
        Ok(Self(key))
    }
}

impl fmt::Display for TicketKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8440))
}

fn largest_attachment() -> u64 {
    desk::attach::LARGEST
}

const fn stop_within() -> u64 {
    STOP_WITHIN
}

fn payment_origin() -> String {
    connect::wechat_pay::ORIGIN.to_owned()
}

impl Config {
    /// Reads a file; relative paths in it are relative to its folder.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read {} (README.md shows how to write one)", path.display()))?;
        let mut config: Self = toml::from_str(&text).map_err(|why| {
            let (why, path) = (why.to_string(), path.display());
            anyhow!("{path} cannot be used: {}\n{NEEDS}", why.trim_end())
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.data = folder.join(&config.data);
        config.root_key = folder.join(&config.root_key);
        for login in &mut config.logins {
            login.secret = folder.join(&login.secret);
        }
        for webhook in &mut config.webhooks {
            webhook.secret = folder.join(&webhook.secret);
        }
        if let Some(server) = &mut config.postgres {
            server.password = server.password.as_ref().map(|file| folder.join(file));
            server.ca = server.ca.as_ref().map(|file| folder.join(file));
            server.folder = server.folder.as_ref().map(|path| folder.join(path));
        }
        if let Some(hsm) = &mut config.hsm {
            hsm.module = folder.join(&hsm.module);
            hsm.pin = folder.join(&hsm.pin);
        }
        if let Some(objects) = &mut config.objects {
            objects.keys = folder.join(&objects.keys);
        }
        config.mail.iter_mut().for_each(|mail| mail.lies_in(folder));
        carriers::lie_in(&mut config, folder);
        if let Some(payment) = &mut config.payment {
            payment.accounts = folder.join(&payment.accounts);
        }
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        safe("origin", &self.origin)?;
        if self.origin.ends_with('/') {
            bail!("`origin` ends without a slash");
        }
        self.payment.as_ref().map_or(Ok(()), |payment| safe("origin of [payment]", &payment.origin))?;
        for login in &self.logins {
            safe("origin of a [[login]]", &login.origin)?;
            login.api.as_deref().map_or(Ok(()), |api| safe("api of a [[login]]", api))?;
        }
        self.objects.as_ref().map_or(Ok(()), |objects| safe("endpoint of [objects]", &objects.endpoint))?;
        self.mail.as_ref().map_or(Ok(()), |mail| mail.relay().check()).context("[mail]")?;
        carriers::check(self)?;
        for door in &self.doors {
            safe("address of a [[courier]]", &door.address)?;
        }
        for webhook in &self.webhooks {
            safe("address of a [[webhook]]", &webhook.address)?;
        }
        if self.hsm.as_ref().is_some_and(|hsm| hsm.pin.starts_with(&self.data)) {
            bail!(
                "`pin` of [hsm] must lie outside `data`: whoever copies the data folder must not get the PIN with it"
            );
        }
        for witness in &self.witnesses {
            safe("address of a [[witness]]", &witness.address)?;
        }
        if self.root_key.starts_with(&self.data) {
            bail!("`root_key` must lie outside `data`: whoever copies the data folder must not get the key with it");
        }
        Ok(())
    }

    /// Where the databases are, if on a server: its address, and the folder with what is too big for it.
    pub(crate) fn server(&self) -> anyhow::Result<Option<(Address, PathBuf)>> {
        let Some(server) = &self.postgres else { return Ok(None) };
        let password = server.password.as_deref().map(secret).transpose()?;
        let (text, password) = (&server.address, password.as_deref());
        let address = match &server.ca {
            None => Address::new(text, password),
            Some(ca) => {
                let pem =
                    fs::read(ca).with_context(|| format!("cannot read `ca` of [postgres] at {}", ca.display()))?;
                Address::over_tls(text, password, &pem)
            }
        };
        let address = address.context("`address` of [postgres]")?;
        Ok(Some((address, server.folder.clone().unwrap_or_else(|| self.data.clone()))))
    }

    /// The bucket that keeps the files of attachments, if one does.
    pub(crate) fn bucket(&self) -> anyhow::Result<Option<Bucket>> {
        let Some(objects) = &self.objects else { return Ok(None) };
        let keys = secret(&objects.keys)?;
        let (id, key) = keys
            .split_once('\n')
            .with_context(|| format!("{} holds two lines: the key's id, and the key", objects.keys.display()))?;
        Ok(Some(Bucket {
            endpoint: objects.endpoint.clone(),
            region: objects.region.clone(),
            name: objects.bucket.clone(),
            key_id: id.trim().to_owned(),
            secret: key.trim().to_owned(),
            client: connect::bucket::client(),
        }))
    }

    /// Where the running server listens for administrative commands.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("admin.sock")
    }
}

impl fmt::Display for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "data       {}", self.data.display())?;
        writeln!(out, "root_key   {} (not shown)", self.root_key.display())?;
        writeln!(out, "listen     {}", self.listen)?;
        writeln!(out, "origin     {}", self.origin)?;
        writeln!(out, "simulated  {}", self.simulated)?;
        writeln!(out, "attachment {} bytes at most", self.largest_attachment)?;
        writeln!(out, "tesseract  {}", self.tesseract.as_deref().unwrap_or("none"))?;
        self.colours.iter().try_for_each(|(platform, colour)| writeln!(out, "colour     {platform} {colour}"))?;
        if let Some(server) = &self.postgres {
            let password =
                server.password.as_ref().map_or("none".to_owned(), |file| format!("{} (not shown)", file.display()));
            let line = server.ca.as_ref().map_or("on this machine".to_owned(), |ca| format!("TLS by {}", ca.display()));
            writeln!(out, "postgres   {}, {line}, password {password}", server.address)?;
        }
        if let Some(Hsm { module, token, pin }) = &self.hsm {
            writeln!(out, "hsm        {token} by {}, PIN {} (not shown)", module.display(), pin.display())?;
        }
        if let Some(ObjectBucket { endpoint, region, bucket, keys }) = &self.objects {
            writeln!(out, "objects    {bucket} at {endpoint} ({region}), {} (not shown)", keys.display())?;
        }
        self.mail.as_ref().map_or(Ok(()), |mail| writeln!(out, "mail       {mail}"))?;
        carriers::show(self, out)?;
        if let Some(payment) = &self.payment {
            writeln!(out, "payment    {}, {} (not shown)", payment.origin, payment.accounts.display())?;
        }
        for login in &self.logins {
            let (client, origin, secret) = (&login.client, &login.origin, login.secret.display());
            writeln!(out, "login      {} {}: {client} at {origin}, {secret} (not shown)", login.platform, login.id)?;
        }
        for door in &self.doors {
            writeln!(out, "courier    {} {}: {}", door.platform, door.party, door.address)?;
        }
        for Webhook { platform, id, address, secret } in &self.webhooks {
            writeln!(out, "webhook    {platform} {id}: {address}, {} (not shown)", secret.display())?;
        }
        for WitnessDoor { address, key, required } in &self.witnesses {
            writeln!(out, "witness    {key} at {address}{}", if *required { ", required" } else { "" })?;
        }
        writeln!(out, "log        {:?}, {}", self.log.format, self.log.level.word())?;
        writeln!(out, "stop       within {} seconds", self.stop_within)?;
        self.tickets
            .iter()
            .try_for_each(|one| writeln!(out, "ticket     {} by {}: {}", one.platform, one.issuer, one.key))
    }
}

/// Nothing goes over the network in the clear.
fn safe(what: &str, origin: &str) -> anyhow::Result<()> {
    let plain = origin.starts_with("http://127.0.0.1") || origin.starts_with("http://localhost");
    if !origin.starts_with("https://") && !plain {
        bail!("`{what}` must begin with https:// (http:// is for 127.0.0.1 alone)");
    }
    Ok(())
}

/// Reads a secret from a file that nobody but its owner may read.
pub(crate) fn secret(path: &Path) -> anyhow::Result<String> {
    let open = fs::metadata(path).with_context(|| format!("no secret at {}", path.display()))?.permissions().mode();
    if open & 0o077 != 0 {
        bail!("{} can be read by others (mode {:o}): chmod 600 it", path.display(), open & 0o777);
    }
    Ok(fs::read_to_string(path)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shouyue.toml");
        fs::write(&path, text).unwrap();
        Config::read(&path).map_err(|why| format!("{why:#}"))
    }

    const GOOD: &str = "data = 'data'\nroot_key = 'root.key'\norigin = 'https://privacy.example.cn'\n";

    #[test]
    fn a_good_file_is_taken_and_unknown_keys_are_refused_by_name() {
        assert_eq!(read(GOOD).unwrap().listen, loopback());
        let unknown = read(&format!("{GOOD}listne = '0.0.0.0:1'\n")).unwrap_err();
        assert!(unknown.contains("unknown field `listne`"), "{unknown}");
    }

    #[test]
    fn the_key_lies_outside_the_data_and_the_origin_is_safe() {
        let inside = read(&GOOD.replace("'root.key'", "'data/root.key'")).unwrap_err();
        assert!(inside.contains("outside `data`"), "{inside}");
        let plain = read(&GOOD.replace("https://", "http://")).unwrap_err();
        assert!(plain.contains("https://"), "{plain}");
    }

    #[test]
    fn a_client_of_a_provider_speaks_over_tls_and_a_ticket_names_its_key() {
        let login = "[[login]]\nplatform = 'minghu'\nid = 'wechat'\nclient = 'wx1'\nsecret = 'wx.secret'\n";
        let config = read(&format!("{GOOD}{login}origin = 'https://open.weixin.qq.com'\n")).unwrap();
        assert!(config.to_string().contains("wx.secret (not shown)"), "{config}");
        let plain = read(&format!("{GOOD}{login}origin = 'http://open.weixin.qq.com'\n")).unwrap_err();
        assert!(plain.contains("https://"), "{plain}");
        let payment = format!("{GOOD}[payment]\naccounts = 'merchants.toml'\n");
        let shown = read(&payment).unwrap().to_string();
        assert!(shown.contains("api.mch.weixin.qq.com") && shown.contains("merchants.toml (not shown)"), "{shown}");
        let plain = read(&format!("{payment}origin = 'http://pay.example'\n")).unwrap_err();
        assert!(plain.contains("https://"), "{plain}");
        let ticket =
            |key: &str| read(&format!("{GOOD}[[ticket]]\nplatform = 'minghu'\nissuer = 'app'\nkey = '{key}'\n"));
        let key = "5c".repeat(32);
        assert!(ticket(&key).unwrap().to_string().contains(&format!("minghu by app: {key}")));
        let short = ticket("00").unwrap_err();
        assert!(short.contains("64 digits"), "{short}");
        let door = |address: &str| {
            read(&format!("{GOOD}[[courier]]\nplatform = 'minghu'\nparty = 'lakeside'\naddress = '{address}'\n"))
        };
        assert!(door("https://lakeside.example/in").unwrap().to_string().contains("lakeside.example/in"));
        assert!(door("http://lakeside.example/in").unwrap_err().contains("https://"));
    }

    #[test]
    fn e_mail_goes_to_a_server_by_name_over_tls_from_an_address() {
        let mail = "[mail]\nserver = 'mail.example'\ntls = 'starttls'\nfrom = 'Privacy <privacy@example.cn>'\n\
            user = 'shouyue'\npassword = 'mail.password'\n";
        let shown = read(&format!("{GOOD}{mail}")).unwrap().to_string();
        assert!(shown.contains("by mail.example:587, STARTTLS by public authorities, shouyue, "), "{shown}");
        assert!(shown.contains("mail.password (not shown)"), "{shown}");
        let own = mail.replace("'starttls'", "'implicit'\nca = 'mail-ca.pem'");
        let shown = read(&format!("{GOOD}{own}")).unwrap().to_string();
        assert!(shown.contains("mail.example:465, TLS by ") && shown.contains("mail-ca.pem"), "{shown}");
        for (right, wrong, why) in [
            ("'starttls'", "'none'", "`starttls` or `implicit`"),
            ("'mail.example'", "'smtp://mail.example'", "[mail]: `server` is no name"),
            ("'Privacy <privacy@example.cn>'", "'nobody'", "[mail]: `from` is no address"),
            ("'shouyue'", "''", "[mail]: `user` is empty"),
            ("user =", "port = 0\nuser =", "[mail]: `port` is none"),
            ("password = 'mail.password'", "", "missing field `password`"),
        ] {
            let refused = read(&format!("{GOOD}{}", mail.replace(right, wrong))).unwrap_err();
            assert!(refused.contains(why), "{wrong}: {refused}");
        }
    }

    #[test]
    fn a_webhook_is_told_over_tls_and_the_log_is_one_of_two_forms() {
        let hook = |address: &str| {
            let of = "[[webhook]]\nplatform = 'minghu'\nid = 'core'\nsecret = 'core.webhook'\n";
            read(&format!("{GOOD}{of}address = '{address}'\n"))
        };
        let shown = hook("https://core.example/in").unwrap().to_string();
        assert!(
            shown.contains("core: https://core.example/in") && shown.contains("core.webhook (not shown)"),
            "{shown}"
        );
        assert!(hook("http://core.example/in").unwrap_err().contains("https://"));
        assert_eq!(read(GOOD).unwrap().log.format, LogFormat::Json);
        let text = read(&format!("{GOOD}[log]\nformat = 'text'\nlevel = 'warn'\n")).unwrap();
        assert_eq!((text.log.format, text.log.level), (LogFormat::Text, LogLevel::Warn));
        assert!(read(&format!("{GOOD}[log]\nformat = 'xml'\n")).unwrap_err().contains("`json` or `text`"));
    }
}
