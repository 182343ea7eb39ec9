//! The files of attachments in a bucket: a service that speaks S3 (`moto_server`) beside the server, as processes.

use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::person;

use crate::calls::Caller;
use crate::installation::{Installation, Server, files_with, shouyue};
use crate::people::registration;
use crate::upload::{FILLING, LENGTH, begun, picture};

/// Whose calls these are: the service looks at the name and checks no signature.
const SIGNED: (&str, &str) = (
    "authorization",
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00",
);

/// A service that speaks S3, with a bucket; it keeps everything in memory.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program());
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap_or_else(|why| {
            panic!(
                "moto_server: {why}. `cargo xtask test` installs it; by hand: python3 -m venv target/moto && \
                 target/moto/bin/pip install 'moto[server]==5.2.1'"
            )
        });
        let address = format!("127.0.0.1:{port}");
        let began = Instant::now();
        while TcpStream::connect(&address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "moto_server does not start");
            std::thread::park_timeout(Duration::from_millis(50));
        }
        let service = Self { child, address: format!("http://{address}") };
        for bucket in ["shouyue", "another"] {
            assert_eq!(service.call("PUT", &format!("/{bucket}"), &[]).0, 200);
        }
        service
    }

    fn call(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        let request = request.header(SIGNED.0, SIGNED.1);
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.run(request.body(body).unwrap()).unwrap();
        let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        (answer.status().as_u16(), bytes)
    }

    /// Copies an object within the service.
    fn copy(&self, from: &str, to: &str) {
        let agent = ureq::Agent::new_with_defaults();
        let put = agent
            .put(format!("{}/{to}", self.address))
            .header("x-amz-copy-source", format!("/{from}"))
            .header(SIGNED.0, SIGNED.1);
        assert_eq!(put.send_empty().unwrap().status().as_u16(), 200);
    }

    /// The names of everything in a bucket.
    fn names(&self, bucket: &str) -> Vec<String> {
        let agent = ureq::Agent::new_with_defaults();
        let mut answer =
            agent.get(format!("{}/{bucket}?list-type=2", self.address)).header(SIGNED.0, SIGNED.1).call().unwrap();
        let listed = answer.body_mut().read_to_string().unwrap();
        let keys = listed.split("<Key>").skip(1);
        keys.map(|rest| rest.split_once("</Key>").unwrap().0.to_owned()).collect()
    }

    /// Has an installation keep its files in a bucket here.
    fn configure(&self, at: &Installation, bucket: &str) {
        at.secret("s3.keys", "AKIDEXAMPLE\nwJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n");
        let address = &self.address;
        at.also(&format!(
            "[objects]\nendpoint = '{address}'\nregion = 'us-east-1'\nbucket = '{bucket}'\nkeys = 's3.keys'\n"
        ));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The one that `cargo xtask test` has installed beside what was built, else the one on the path.
fn program() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_shouyue")).ancestors().nth(2).unwrap();
    let own = built.join("moto/bin/moto_server");
    if own.is_file() { own } else { "moto_server".into() }
}

/// Somebody with a picture.
struct Kept {
    secret: String,
    subject: String,
    files: String,
}

impl Kept {
    /// Registers, and sends nothing yet.
    fn registered(server: &Server, secret: String, n: u32) -> Self {
        let registered = server.caller(&secret).post("registrations", &registration(&person(n))).good();
        let text = |name: &str| registered[name].as_str().unwrap().to_owned();
        let (subject, record) = (text("subject"), text("record"));
        let files = format!("subjects/{subject}/records/{record}/attachments/id-image");
        Self { secret, subject, files }
    }

    /// Sends the picture; the status.
    fn sent(&self, server: &Server) -> u16 {
        let path = format!("{}?function=register&person=registrant", self.files);
        let mut stream = begun(server, &self.secret, &path, LENGTH);
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
    }

    fn caller(&self, server: &Server) -> Caller {
        server.caller(&self.secret)
    }

    /// The picture, as it comes back.
    fn opened(&self, server: &Server) -> Vec<u8> {
        let read =
            self.caller(server).post(&format!("subjects/{}/reads", self.subject), &json!({ "function": "register" }));
        let read = read.good();
        let items = read["records"][0]["parts"][0]["items"].as_array().unwrap().clone();
        let files: Value = items.iter().find(|item| item["item"] == "id-image").unwrap()["files"].clone();
        let id = files[0]["id"].as_str().unwrap_or_else(|| files[0]["attachment"].as_str().unwrap()).to_owned();
        let address =
            format!("{}/v1/platforms/haigang/{}/{id}?function=register&person=registrant", server.origin, self.files);
        let agent = ureq::Agent::new_with_defaults();
        let mut answer = agent.get(address).header("authorization", format!("Bearer {}", self.secret)).call().unwrap();
        answer.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap()
    }
}

#[test]
fn files_lie_sealed_in_a_bucket_through_check_backup_restore_and_erasure() {
    let service = Service::start();
    let at = Installation::new();
    service.configure(&at, "shouyue");
    let server = at.serve();
    at.publish();
    let secret = at.token("collect,consent,show,use,rights", None).secret;
    let kept = Kept::registered(&server, secret, 1);
    assert_eq!(kept.sent(&server), 201);
    assert_eq!(kept.opened(&server), picture());
    let [name] = &service.names("shouyue")[..] else { panic!("{:?}", service.names("shouyue")) };
    let (status, sealed) = service.call("GET", &format!("/shouyue/{name}"), &[]);
    assert!(status == 200 && sealed.len() > LENGTH, "{status}");
    assert!(!sealed.windows(FILLING.len()).any(|window| window == FILLING), "what lies there is ciphertext");
    assert_eq!(files_with(&at.data(), FILLING), Vec::<String>::new());
    assert!(!at.data().join("objects/haigang").exists(), "nothing lies in the folder");

    let backup = at.path("backup");
    at.admin(&["backup", "haigang", &backup]).fine();
    assert!(at.admin(&["fsck"]).fine().contains("clean"));
    let (there, aside) = (format!("shouyue/{name}"), "another/aside");
    service.copy(&there, aside);
    service.call("PUT", &format!("/{there}"), b"altered");
    let found = at.admin(&["fsck"]);
    assert!(found.status == 1 && found.out.contains("DAMAGED"), "{found:?}");
    service.copy(aside, &there);
    service.call("DELETE", &format!("/{aside}"), &[]);
    assert!(at.admin(&["fsck"]).fine().contains("clean"));

    // Restored, elsewhere and into another bucket.
    let elsewhere = Installation::new();
    service.configure(&elsewhere, "another");
    fs::copy(at.path("root.key"), elsewhere.path("root.key")).unwrap();
    fs::create_dir_all(elsewhere.data()).unwrap();
    for entry in fs::read_dir(at.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("installation.") {
            fs::copy(&path, elsewhere.data().join(path.file_name().unwrap())).unwrap();
        }
    }
    let list = format!("{backup}/haigang.erasures");
    elsewhere.admin(&["restore", "haigang", &backup, "--erasures", &list]).fine();
    assert_eq!(&service.names("another")[..], std::slice::from_ref(name));
    let restored = elsewhere.serve();
    assert_eq!(kept.opened(&restored), picture());
    restored.stop();
    assert!(elsewhere.admin(&["fsck"]).fine().contains("clean"));

    // Erased, the object goes; a killed upload leaves none.
    kept.caller(&server).post(&format!("subjects/{}/erasure", kept.subject), &json!({})).good();
    assert_eq!(service.names("shouyue"), Vec::<String>::new());
    let again = Kept::registered(&server, kept.secret.clone(), 2);
    let path = format!("{}?function=register&person=registrant", again.files);
    let half = begun(&server, &again.secret, &path, LENGTH / 2);
    std::thread::park_timeout(Duration::from_millis(500));
    server.kill();
    drop(half);
    let server = at.serve();
    assert_eq!(service.names("shouyue"), Vec::<String>::new());

    // The service goes away: nobody is told that a file was taken in, and everything else goes on.
    drop(service);
    // It hangs up on what it cannot keep, so the answer may be lost on who still sends.
    let answered = again.caller(&server).send("POST", &path, "", &picture());
    assert!(answered.as_ref().map_or(true, |answer| answer.status >= 500), "{answered:?}");
    let registered = again.caller(&server).post("registrations", &registration(&person(3)));
    assert_eq!(registered.status, 201, "{registered:?}");
    assert!(!server.log().contains("wJalrXUtnFEMI"), "no key in a log");
    server.stop();
}

#[test]
fn a_bucket_without_its_key_is_refused_with_what_is_missing() {
    let at = Installation::new();
    at.also("[objects]\nendpoint = 'https://s3.example'\nregion = 'r'\nbucket = 'b'\nkeys = 's3.keys'\n");
    let refused = shouyue(&["serve", "--config", &at.path("shouyue.toml")]);
    assert!(refused.status == 1 && refused.err.contains("no secret at"), "{refused:?}");
    at.secret("s3.keys", "only-one-line");
    let refused = shouyue(&["serve", "--config", &at.path("shouyue.toml")]);
    assert!(refused.status == 1 && refused.err.contains("holds two lines"), "{refused:?}");
    let text = fs::read_to_string(at.path("shouyue.toml")).unwrap().replace("https://s3", "http://s3");
    fs::write(at.path("shouyue.toml"), text).unwrap();
    let refused = shouyue(&["config", "check", &at.path("shouyue.toml")]);
    assert!(refused.err.contains("https://"), "{refused:?}");
}
