//! E-mail about a new version, to a mail server that is a real one (`aiosmtpd`), as a process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use connect::mail::{Begins, PATIENCE, Relay, SmtpMail};
use desk::ports::{Dispatch, Messages as _, Outside, To};
use model::{Clear, Fingerprint};
use policy::compile::Tables;
use policy::syntax::Form;
use policy::{Sources, finding::Source};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::{Authority, SetClock, person};

use crate::installation::{Installation, Server, repository};

/// How long a message may take to arrive, or not to.
const SOON: Duration = Duration::from_secs(30);

/// What logs in.
const PASSWORD: &str = "an invented one";

/// A mail server; it keeps what it took in.
struct MailServer {
    child: Child,
    said: Receiver<String>,
    port: u16,
    /// With its key and certificate.
    _folder: TempDir,
}

impl MailServer {
    fn start(mode: &str, authority: &Authority, names: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        authority.certify(names, folder.path());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail.py");
        let mut command = Command::new(python());
        command.arg(script).arg(mode).args(["server.crt", "server.key"]).current_dir(folder.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, said) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| send.send(line)));
        let port = said.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| {
            panic!(
                "no mail server: `cargo xtask test` installs it; by hand: python3 -m venv target/moto && \
                 target/moto/bin/pip install aiosmtpd==1.4.6"
            )
        });
        Self { child, said, port: port.parse().unwrap(), _folder: folder }
    }

    /// The next message that it took in.
    fn took(&self) -> Value {
        serde_json::from_str(&self.said.recv_timeout(SOON).unwrap()).unwrap()
    }

    /// Whether it took in nothing more.
    fn took_nothing(&self) -> bool {
        self.said.try_recv().is_err()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python that `cargo xtask test` has given the server beside what was built, else the one on the path.
fn python() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_shouyue")).ancestors().nth(2).unwrap();
    let own = built.join("moto/bin/python");
    if own.is_file() { own } else { "python3".into() }
}

/// How somebody is reached by a server, and what is different about it.
fn relay(server: &MailServer, begins: Begins) -> Relay {
    Relay {
        server: "localhost".to_owned(),
        port: server.port,
        begins,
        from: "海港人寿 <privacy@example.cn>".to_owned(),
        user: "shouyue".to_owned(),
    }
}

/// Sends one message to an address, trusting an authority.
async fn sent(relay: Relay, password: &str, authority: &Authority, to: &str) -> Result<(), Outside> {
    let pem = fs::read(authority.certificate()).unwrap();
    let clock = Arc::new(SetClock::at("2026-12-01T01:02:03Z"));
    let rest = ("https://privacy.example.cn", clock as _, PATIENCE);
    let mail = SmtpMail::new(relay, password.to_owned(), Some(&pem), rest).unwrap();
    let dispatch = Dispatch {
        platform: "haigang".parse().unwrap(),
        number: 7,
        to: To::Mailbox(Clear::new(to.to_owned())),
        service: "E化服务平台".to_owned(),
        handler: "海港人寿保险有限公司".to_owned(),
        title: "个人信息保护政策".to_owned(),
        from: "2027-02-28T16:00:00Z".parse().unwrap(),
        text: Fingerprint::from_digest([0x5c; 32]),
    };
    mail.send(dispatch).await
}

#[tokio::test]
async fn a_message_arrives_over_tls_from_its_first_byte_or_by_starttls() {
    let authority = Authority::new();
    for (mode, begins) in [("starttls", Begins::Starttls), ("implicit", Begins::Implicit)] {
        let server = MailServer::start(mode, &authority, "DNS:localhost");
        assert_eq!(sent(relay(&server, begins), PASSWORD, &authority, "li@example.com").await, Ok(()), "{mode}");
        let took = server.took();
        assert_eq!((&took["tls"], &took["type"]), (&json!(true), &json!("text/plain")), "{took}");
        assert_eq!(took["sender"], "privacy@example.cn");
        assert_eq!((&took["receivers"], &took["to"]), (&json!(["li@example.com"]), &json!("li@example.com")));
        assert_eq!(took["from"], "海港人寿 <privacy@example.cn>");
        assert_eq!(took["subject"], "E化服务平台：《个人信息保护政策》更新告知");
        assert_eq!(took["id"], "<haigang.7.5c5c5c5c@example.cn>");
        let body = took["body"].as_str().unwrap();
        assert!(body.contains("海港人寿保险有限公司更新了E化服务平台的《个人信息保护政策》"), "{body}");
        assert!(body.contains("自2027年3月1日起施行"), "{body}");
        assert!(body.contains("https://privacy.example.cn/p/haigang/policy/5c5c5c5c"), "{body}");
    }
}

#[tokio::test]
async fn nobody_else_gets_a_message_and_what_is_refused_is_told_apart() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = MailServer::start("starttls", &authority, "DNS:localhost");
    let by = || relay(&server, Begins::Starttls);
    let li = "li@example.com";
    assert_eq!(sent(by(), PASSWORD, &stranger, li).await, Err(Outside::Untrusted), "another authority");
    let other = MailServer::start("starttls", &authority, "DNS:another.example");
    let named = relay(&other, Begins::Starttls);
    assert_eq!(sent(named, PASSWORD, &authority, li).await, Err(Outside::Untrusted), "another name");
    assert_eq!(sent(by(), "a wrong one", &authority, li).await, Err(Outside::Unaccepted), "another password");
    let from = Relay { from: "stranger@example.cn".to_owned(), ..by() };
    assert_eq!(sent(from, PASSWORD, &authority, li).await, Err(Outside::Unaccepted), "another writer");
    assert_eq!(sent(by(), PASSWORD, &authority, "refused@example.com").await, Err(Outside::Refused));
    assert_eq!(sent(by(), PASSWORD, &authority, "later@example.com").await, Err(Outside::Busy));
    assert_eq!(sent(by(), PASSWORD, &authority, "no address").await, Err(Outside::Refused));
    assert_eq!(sent(by(), PASSWORD, &authority, "wang@example.com").await, Ok(()));
    assert_eq!(server.took()["to"], "wang@example.com", "the first that was taken in");
    assert!(server.took_nothing() && other.took_nothing());
}

#[tokio::test]
async fn answers_that_somebody_gave_beforehand_in_the_clear_are_none() {
    let authority = Authority::new();
    let server = MailServer::start("eager", &authority, "DNS:localhost");
    let by = relay(&server, Begins::Starttls);
    assert_eq!(sent(by, PASSWORD, &authority, "li@example.com").await, Err(Outside::Untrusted));
}

/// The invented later texts of a platform, as they are published, with what is different about them.
pub(crate) fn published(at: &Installation, day: &str, change: impl Fn(String) -> String) -> Arc<Tables> {
    let later = repository().join("platforms/haigang/later");
    let folder = at.folder().join(day).join("haigang");
    fs::create_dir_all(&folder).unwrap();
    let texts = [format!("{day}.toml"), "operation.toml".to_owned()];
    let [policy, operation] = texts.map(|name| {
        let text = change(fs::read_to_string(later.join(&name)).unwrap());
        fs::write(folder.join(&name), &text).unwrap();
        Source::new(name.as_str(), text)
    });
    at.admin(&["publish", folder.to_str().unwrap()]).fine();
    let loaded = policy::load(&Sources { policy: &policy, operation: Some(&operation) });
    loaded.tables.unwrap()
}

/// Somebody registers under a text, with addresses by item.
pub(crate) fn registered(server: &Server, secret: &str, tables: &Tables, (n, addresses): (u32, &[(&str, &str)])) {
    let scopes =
        ["collect.register", "collect.register.identity-document", "collect.query-account", "collect.query-policy"];
    let consents = scopes.map(|scope| {
        let declared = tables.scopes().iter().find(|known| known.id == scope).unwrap();
        let artefact = if declared.form == Form::General { "tick" } else { "separate" };
        let text = render::consent::text_of(tables, scope).unwrap().text.to_string();
        json!({ "scope": scope, "artefact": artefact, "policy": "2026-09-01", "text": text })
    });
    let mut fields = person(n).fields();
    for (item, address) in addresses {
        fields[*item] = json!(address);
    }
    let form = json!({
        "function": "register", "persons": [{ "person": "registrant", "fields": fields }], "consents": consents,
    });
    server.caller(secret).post("registrations", &form).good();
}

/// What the ledger tells of notices.
pub(crate) fn told(server: &Server, auditor: &str) -> Vec<String> {
    let (caller, mut acts) = (server.caller(auditor), Vec::new());
    let mut page = "ledger/leaves?limit=200".to_owned();
    loop {
        let leaves = caller.get(&page).good();
        for leaf in leaves["items"].as_array().unwrap() {
            let (act, because) = (leaf["entry"]["act"].as_str(), leaf["entry"]["because"].as_str());
            acts.extend(act.filter(|act| ["notify", "told"].contains(act)).map(|act| format!("{act} {because:?}")));
        }
        match leaves["next"].as_str() {
            Some(next) => page = format!("ledger/leaves?limit=200&after={next}"),
            None => return acts,
        }
    }
}

#[test]
fn r09_a_version_that_is_published_is_told_by_e_mail_with_a_leaf_before_and_after() {
    let authority = Authority::new();
    let mail = MailServer::start("starttls", &authority, "DNS:localhost");
    let at = Installation::new();
    at.secret("mail.password", PASSWORD);
    fs::copy(authority.certificate(), at.path("mail-ca.pem")).unwrap();
    at.also(&format!(
        "[mail]\nserver = 'localhost'\nport = {}\ntls = 'starttls'\nfrom = 'privacy@example.cn'\nuser = 'shouyue'\n\
         password = 'mail.password'\nca = 'mail-ca.pem'\n",
        mail.port
    ));
    let server = at.serve();
    // Since the first of September 2026 this text is in force at once; the next one is announced, or in force.
    let tables = published(&at, "2026-09-01", |text| text);
    let (core, auditor) = (at.token("collect,consent", None).secret, at.token("audit", None).secret);
    registered(&server, &core, &tables, (1, &[("email", "li.ming@example.com")]));
    registered(&server, &core, &tables, (2, &[("email", "refused@example.com")]));
    registered(&server, &core, &tables, (3, &[("email", "later@example.com")]));
    assert!(mail.took_nothing(), "of the first version nobody is told");
    published(&at, "2027-03-01", |text| text);

    let took = mail.took();
    assert_eq!((&took["receivers"], &took["tls"]), (&json!(["li.ming@example.com"]), &json!(true)), "{took}");
    assert_eq!(took["subject"], "E化服务平台：《个人信息保护政策》更新告知");
    // The new text renames the handler: who tells of it is who answers for the text in force.
    let (body, first) = (took["body"].as_str().unwrap(), &tables.program().policy.handler.name.value);
    assert!(body.contains(&format!("{first}更新了")) && body.contains("起施行"), "{body}");
    let (_, link) = body.split_once("/p/haigang/policy/").unwrap();
    let short = link.split_whitespace().next().unwrap();
    let versions = server.caller("").get("policies").good();
    assert!(versions["items"][1]["text"].as_str().unwrap().starts_with(&format!("sha256:{short}")), "{versions}");
    let page = server.caller("").get(&format!("/p/haigang/policy/{short}"));
    assert!(page.status == 200 && page.text.contains("海港人寿保险有限责任公司"), "the link leads to the new text");

    // One was told, one is given up, one is tried again.
    let began = Instant::now();
    let measured = |name: &str| {
        let measures = server.caller("").get("/metrics").text;
        let line = measures.lines().find(|line| line.starts_with(name) && !line.starts_with('#')).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    let counted = || ["shouyue_notices_given_up", "shouyue_notices_waiting"].map(measured);
    while !server.log().contains("busy") || counted() != ["1", "1"] {
        assert!(began.elapsed() < SOON, "{:?} {}", counted(), server.log());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let mut acts = told(&server, &auditor);
    acts.sort();
    let opened = "notify Some(\"2:email\")".to_owned();
    assert_eq!(acts, [opened.clone(), opened.clone(), opened, "told Some(\"2:email\")".to_owned()]);
    let log = server.log();
    assert!(log.contains("refused") && !log.contains("@example.com") && !log.contains(PASSWORD), "{log}");
    assert!(mail.took_nothing());

    // What was given up is listed by number, and sent again where somebody says so.
    let listed = at.admin(&["notices"]).fine();
    assert!(listed.contains("haigang  version 2: 1 told, 1 waiting, 1 given up, "), "{listed}");
    let dead = listed.lines().find(|line| line.ends_with("refused") || line.contains(": refused")).unwrap();
    let number = dead.split_whitespace().next().unwrap();
    assert!(number.starts_with("haigang/") && !listed.contains("@example.com"), "{listed}");
    assert_eq!(at.admin(&["notices", "--resend", number]).fine(), "1 sent again, from the first try on\n");
    while counted() != ["1", "1"] {
        assert!(began.elapsed() < SOON + SOON, "{:?} {}", counted(), server.log());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    assert_eq!(at.admin(&["notices", "haigang", "--resend", number]).status, 2);
    assert_eq!(at.admin(&["notices", "--resend", "haigang"]).status, 2);
    assert_eq!(at.admin(&["notices", "--resend", "haigang/all"]).fine(), "1 sent again, from the first try on\n");
    server.stop();
}

#[test]
fn a_mail_server_needs_a_secret_that_is_one_and_an_authority_that_is_there() {
    let at = Installation::new();
    at.also(
        "[mail]\nserver = 'mail.example'\ntls = 'implicit'\nfrom = 'a@example.cn'\nuser = 'u'\npassword = 'p'\nca = 'ca'\n",
    );
    let serve = || at.admin(&["serve"]);
    assert!(serve().err.contains("no secret at"));
    fs::write(at.path("p"), "x").unwrap();
    assert!(serve().err.contains("can be read by others"));
    at.secret("p", "x");
    assert!(serve().err.contains("cannot read `ca` of [mail]"));
    fs::write(at.path("ca"), "nothing").unwrap();
    assert!(serve().err.contains("`ca` holds no certificate"));
}
