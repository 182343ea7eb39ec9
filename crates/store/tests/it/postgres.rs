//! What PostgreSQL promises beyond the contract.

use std::path::Path;

use model::ConsentId;
use shouyue_store::postgres::Address;
use shouyue_store::sqlite::Restored;
use shouyue_store::{BackupPaths, Batch, CommitError, StoreError, Write, erasures, postgres, sqlite};
use testkit::Postgres;

use crate::contract::contract;
use crate::fixture::{
    Person, Shared, act, act_of, all_at_once, attached, audited, consent, draw, every_leaf, first_keys, object,
    parts_key, platform, published, registered, role, value, version,
};

/// A fresh store in a database of its own.
pub(crate) struct Fresh {
    pub(crate) store: Shared,
    pub(crate) address: String,
    folder: tempfile::TempDir,
}

/// A server that several stores share.
pub(crate) struct Server(pub(crate) Postgres);

pub(crate) fn server() -> Server {
    Server(Postgres::start())
}

impl Server {
    pub(crate) async fn fresh(&self) -> Fresh {
        let (address, folder) = (self.0.database(), tempfile::tempdir().unwrap());
        let store = opened(&address, folder.path()).await.unwrap();
        store.platform_create(&platform(), &first_keys(b"wrapped platform key")).await.unwrap();
        Fresh { store, address, folder }
    }
}

impl Fresh {
    /// The same database, opened by one more server.
    pub(crate) async fn also(&self) -> Shared {
        opened(&self.address, self.folder.path()).await.unwrap()
    }
}

pub(crate) async fn opened(address: &str, folder: &Path) -> Result<Shared, StoreError> {
    let (address, folder) = (Address::new(address, None)?, folder.to_owned());
    let store = tokio::task::spawn_blocking(move || postgres::open(&address, &folder, None)).await.unwrap()?;
    Ok(store)
}

contract!(suites, crate::postgres::server);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_servers_on_one_database_make_one_tree_without_gaps() {
    let server = server();
    let fresh = server.fresh().await;
    let stores = [fresh.store.clone(), fresh.also().await, fresh.also().await];
    let acts = |store: Shared| async move {
        let people: Vec<_> = (0..40).map(|_| Person::drawn()).collect();
        let done = all_at_once(&store, people.iter().map(Person::registration).collect()).await;
        done.into_iter().map(|done| done.unwrap().leaf()).collect::<Vec<_>>()
    };
    let running: Vec<_> = stores.iter().map(|store| tokio::spawn(acts(store.clone()))).collect();
    let mut leaves = Vec::new();
    for of_one in running {
        leaves.extend(of_one.await.unwrap());
    }
    leaves.sort_unstable();
    assert_eq!(leaves, (0..120).collect::<Vec<_>>(), "each act has a leaf of its own, and none is missing");
    for store in &stores {
        assert_eq!(every_leaf(store).await.len(), 120);
        assert!(audited(store).await.is_clean(), "every server sees the same tree");
        assert_eq!(store.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_proof_holds_on_every_server_while_three_write() {
    let server = server();
    let fresh = server.fresh().await;
    crate::hammer::hammer(&[fresh.store.clone(), fresh.also().await, fresh.also().await], 400).await;
}

#[cfg(feature = "soak")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn soak_every_proof_holds_on_every_server_while_three_write() {
    let server = server();
    let fresh = server.fresh().await;
    crate::hammer::hammer(&[fresh.store.clone(), fresh.also().await, fresh.also().await], 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_servers_that_claim_one_telephone_one_wins() {
    let server = server();
    let fresh = server.fresh().await;
    let other = fresh.also().await;
    for _ in 0..10 {
        let first = Person::drawn();
        let second = Person { phone: first.phone, ..Person::drawn() };
        let (here, there) = tokio::join!(fresh.store.commit(first.registration()), other.commit(second.registration()));
        let won = [here.is_ok(), there.is_ok()];
        assert!(won == [true, false] || won == [false, true], "{here:?} {there:?}");
        let lost = here.err().or(there.err()).unwrap();
        assert!(matches!(lost, CommitError::TokenTaken(_)), "{lost:?}");
    }
    assert!(audited(&other).await.is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_erase_in_turn_and_at_once_keep_one_list() {
    let server = server();
    let fresh = server.fresh().await;
    let stores = [fresh.store.clone(), fresh.also().await, fresh.also().await];
    let erases = |store: Shared| async move {
        let person = registered(&store).await;
        store.commit(act(vec![person.destruction()])).await.unwrap();
    };
    for store in stores.iter().chain(&stores) {
        erases(store.clone()).await;
    }
    let running: Vec<_> = stores.iter().cycle().take(30).map(|store| tokio::spawn(erases(store.clone()))).collect();
    for one in running {
        one.await.unwrap();
    }
    let list = std::fs::read_to_string(fresh.folder.path().join("haigang.erasures")).unwrap();
    assert_eq!(list.lines().count(), 36, "{list}");
    assert_eq!(erasures::from_text(&list).unwrap().len(), 36);
    // Whoever starts takes it.
    erases(fresh.also().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_is_an_error_and_one_that_comes_back_is_used_again() {
    let mut server = server();
    let fresh = server.fresh().await;
    let person = registered(&fresh.store).await;
    for down in [Postgres::stop, Postgres::kill] {
        down(&mut server.0);
        let refused = fresh.store.commit(Person::drawn().registration()).await;
        assert!(matches!(refused, Err(CommitError::Store(StoreError::Away(_)))), "{refused:?}");
        assert!(fresh.store.subject(&platform(), person.id).await.is_err());
        server.0.run();
        assert!(fresh.store.subject(&platform(), person.id).await.unwrap().is_some());
        registered(&fresh.store).await;
        assert!(audited(&fresh.store).await.is_clean());
    }
    assert_eq!(every_leaf(&fresh.store).await.len(), 3, "what was acknowledged is there, what was refused is not");
}

/// How often the server is waited for in the course of something.
async fn journeys<T>(store: &Shared, work: impl Future<Output = T>) -> u64 {
    let waited = || store.flushed(&platform()).unwrap().journeys;
    let before = waited();
    work.await;
    waited() - before
}

async fn consents(store: &Shared, person: &Person) -> Batch {
    let given = consent(person.id, ConsentId::from_random(draw()), "use.x");
    act_of(person.id, version(store, person.id).await, vec![Write::Consent(given)])
}

/// One act that makes so many people, facts alike together.
fn registrations(people: usize) -> Batch {
    let (mut whole, mut facts) = (act(Vec::new()), Vec::new());
    for Batch { expect, writes, leaf, .. } in (0..people).map(|_| Person::drawn().registration()) {
        whole.expect.extend(expect);
        facts.extend(writes.into_iter().enumerate());
        whole.leaf.subjects.extend(leaf.subjects);
    }
    facts.sort_by_key(|(place, _)| *place);
    whole.writes = facts.into_iter().map(|(_, fact)| fact).collect();
    whole
}

/// Everything that the acts of the house are made of, each with how often it waited.
async fn waits(store: &Shared) -> Vec<(&'static str, u64)> {
    let (id, person) = (platform(), Person::drawn());
    let registers = journeys(store, async { store.commit(person.registration()).await.unwrap() }).await;
    let many = registrations(10);
    let imports = journeys(store, async { store.commit(many).await.unwrap() }).await;
    let consents = consents(store, &person).await;
    let consents = journeys(store, async { store.commit(consents).await.unwrap() }).await;
    let of = version(store, person.id).await;
    let added = act_of(person.id, of, vec![Write::Value(value(person.record, Some(person.id), "phone", 2))]);
    let adds = journeys(store, async { store.commit(added).await.unwrap() }).await;
    let looked = act_of(person.id, of + 1, Vec::new());
    let looks = journeys(store, async { store.commit(looked).await.unwrap() }).await;
    let late = act_of(person.id, of, Vec::new());
    let late = journeys(store, async { store.commit(late).await.unwrap_err() }).await;
    let knows = journeys(store, async { store.snapshot_and_gate(&id, person.id).await.unwrap().unwrap() }).await;
    let lists = journeys(store, async { store.records_of(&id, person.id).await.unwrap() }).await;
    let reads = journeys(store, async { store.record(&id, person.record).await.unwrap().unwrap() }).await;
    let opens =
        journeys(store, async { store.part(&id, person.record, Some(person.id), &role()).await.unwrap() }).await;
    let stands = journeys(store, async { store.service_and_payments(&id, person.record).await.unwrap() }).await;
    vec![
        ("an act that claims a token", registers),
        ("an act that makes many people", imports),
        ("an act that writes", consents),
        ("an act into a part that is there", adds),
        ("an act of a leaf alone", looks),
        ("an act that comes too late", late),
        ("a state", knows),
        ("records", lists),
        ("a record", reads),
        ("a part", opens),
        ("what stands about a record", stands),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_is_waited_for_no_oftener_than_it_must() {
    let server = server();
    let fresh = server.fresh().await;
    published(&fresh.store).await;
    // Each connection prepares a statement when it comes to it first.
    waits(&fresh.store).await;
    let budget = [
        ("an act that claims a token", 3),
        ("an act that makes many people", 3),
        ("an act that writes", 2),
        ("an act into a part that is there", 2),
        ("an act of a leaf alone", 2),
        ("an act that comes too late", 2),
        ("a state", 1),
        ("records", 1),
        ("a record", 1),
        ("a part", 1),
        ("what stands about a record", 1),
    ];
    assert_eq!(waits(&fresh.store).await, budget);
    // However many come together: those that write share what one of them waits for.
    let people: Vec<_> = (0..40).map(|_| Person::drawn()).collect();
    for done in all_at_once(&fresh.store, people.iter().map(Person::registration).collect()).await {
        done.unwrap();
    }
    let mut acts = Vec::new();
    for person in &people {
        acts.push(consents(&fresh.store, person).await);
    }
    let before = fresh.store.flushed(&platform()).unwrap();
    for done in all_at_once(&fresh.store, acts).await {
        done.unwrap();
    }
    let after = fresh.store.flushed(&platform()).unwrap();
    assert_eq!(after.journeys - before.journeys, 2 * (after.transactions - before.transactions));
    assert!(audited(&fresh.store).await.is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_must_not_go_on_takes_its_rows_back_and_no_others() {
    let server = server();
    let fresh = server.fresh().await;
    let lost = || {
        let mut lost = act(Vec::new());
        lost.leaf.subjects.push((Person::drawn().id, draw()));
        lost
    };
    store_each(&fresh.store, [act(Vec::new()), lost()]).await;
    let before = fresh.store.flushed(&platform()).unwrap();
    for _ in 0..20 {
        store_each(&fresh.store, [act(Vec::new()), lost(), act(Vec::new())]).await;
    }
    let after = fresh.store.flushed(&platform()).unwrap();
    assert_eq!(after.journeys - before.journeys, 2 * (after.transactions - before.transactions), "none is run again");
    assert_eq!(every_leaf(&fresh.store).await.len(), 41);
    assert!(audited(&fresh.store).await.is_clean());
}

/// All at once: those whose leaf names somebody fail.
async fn store_each<const N: usize>(store: &Shared, acts: [Batch; N]) {
    let fail: Vec<bool> = acts.iter().map(|act| !act.leaf.subjects.is_empty()).collect();
    for (done, fails) in all_at_once(store, acts.into()).await.into_iter().zip(fail) {
        match done {
            Ok(_) => assert!(!fails),
            Err(error) => assert!(fails && matches!(error, CommitError::Missing { what: "subject" }), "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_act_looks_a_table_through_whatever_it_was_like_when_the_act_was_planned() {
    let server = server();
    let Fresh { store, address, folder } = server.fresh().await;
    published(&store).await;
    for _ in 0..12 {
        waits(&store).await;
    }
    drop((store, folder));
    // The server counts what a session did when it ends.
    let others = "SELECT 1 / (CASE WHEN count(*) = 1 THEN 1 ELSE 0 END) FROM pg_stat_activity \
        WHERE datname = current_database() AND backend_type = 'client backend'";
    while !server.0.runs(&address, others) {}
    let counted = |holds: &str| {
        let sql = format!(
            "SELECT 1 / (CASE WHEN {holds} THEN 1 ELSE 0 END) FROM pg_stat_user_tables WHERE relname IN \
            ('leaf', 'leaf_link', 'key_slot', 'subject', 'record', 'record_role', 'part', 'value', 'token', \
            'token_carrier', 'consent', 'change')"
        );
        server.0.runs(&address, &sql)
    };
    assert!(counted("count(*) = 12 AND sum(idx_scan) > 100"));
    assert!(counted("sum(seq_tup_read) = 0"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_of_a_newer_release_and_a_foreign_platform_are_refused() {
    let server = server();
    let fresh = server.fresh().await;
    let newer = "UPDATE shouyue_installation.schema_version SET version = 7";
    assert!(server.0.runs(&fresh.address, newer));
    let refused = opened(&fresh.address, fresh.folder.path()).await;
    assert!(matches!(refused.map(drop), Err(StoreError::Newer { found: 7, known: 1 })));
    assert!(server.0.runs(&fresh.address, "UPDATE shouyue_installation.schema_version SET version = 1"));
    assert!(server.0.runs(&fresh.address, "UPDATE shouyue_haigang.house SET platform = 'anrun'"));
    let refused = opened(&fresh.address, fresh.folder.path()).await;
    assert!(matches!(refused.map(drop), Err(StoreError::Damaged(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_near_and_holds_no_password_and_errors_tell_neither() {
    let told = |text: &str| Address::new(text, None).err().unwrap().to_string();
    let passworded = told("host=/run/postgresql user=somebody password=hush dbname=x");
    assert!(passworded.contains("file of its own") && !passworded.contains("hush"), "{passworded}");
    assert!(told("host=db.example user=somebody dbname=x").contains("on a network"));
    assert!(told("hostaddr=192.0.2.1 user=somebody dbname=x").contains("on a network"));
    assert!(told("host=localhost user=somebody dbname=x sslmode=verify-full").contains("name in `ca`"));
    assert!(told("no address at all").contains("does not read"));
    let near = Address::new("host=/nowhere user=somebody dbname=x", Some("hush")).unwrap();
    assert!(!format!("{near:?}").contains("hush"));
    let folder = tempfile::tempdir().unwrap();
    let refused = opened("host=/nowhere user=somebody dbname=x", folder.path()).await.map(drop).unwrap_err();
    assert!(!refused.to_string().contains("nowhere"), "{refused}");
}

fn paths(folder: &Path) -> BackupPaths {
    let path = |kind: &str| folder.join(format!("monday.{kind}"));
    BackupPaths { data: path("data"), keys: path("keys"), erasures: path("erasures"), objects: path("objects") }
}

/// Runs what blocks where nothing waits for it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn has_key(store: &Shared, person: &Person) -> bool {
    let part = store.part(&platform(), person.record, Some(person.id), &role()).await.unwrap().unwrap();
    assert_eq!(part.wrapped.is_some(), !part.values.is_empty());
    part.wrapped.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_restored_without_what_was_erased_since() {
    let server = server();
    let fresh = server.fresh().await;
    let store = &fresh.store;
    published(store).await;
    let people = [registered(store).await, registered(store).await];
    let pictures = [attached(store, &people[0], b"the first").await, attached(store, &people[1], b"the second").await];
    let head = store.head(&platform()).await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let to = paths(away.path());
    store.backup(&platform(), &to).await.unwrap();
    store.commit(act(vec![people[0].destruction()])).await.unwrap();
    registered(store).await;

    let newest = fresh.folder.path().join("haigang.erasures");
    let (address, elsewhere) = (server.0.database(), tempfile::tempdir().unwrap());
    let (at, folder) = (Address::new(&address, None).unwrap(), elsewhere.path().to_owned());
    let restored = blocking(move || postgres::restore(&at, &folder, &platform(), &to, &newest, None)).await.unwrap();
    assert_eq!(restored, Restored { size: head.size, replayed: 1, findings: Vec::new() });
    let other = opened(&address, elsewhere.path()).await.unwrap();
    assert_eq!(other.head(&platform()).await.unwrap(), head);
    assert!(audited(&other).await.is_clean());
    assert!(!has_key(&other, &people[0]).await && has_key(&other, &people[1]).await);
    assert_eq!(object(&other, pictures[0].id).await, None);
    assert_eq!(object(&other, pictures[1].id).await.unwrap(), b"the second");
    assert_eq!(other.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    // It goes on from there.
    assert_eq!(other.commit(Person::drawn().registration()).await.unwrap().leaf(), head.size);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_is_copied_whole_and_never_over_another() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let before: Shared = sqlite::open(folder.path()).unwrap();
    before.platform_create(&platform(), &first_keys(b"wrapped platform key")).await.unwrap();
    published(&before).await;
    let people = [registered(&before).await, registered(&before).await];
    let picture = attached(&before, &people[1], b"a picture").await;
    before.commit(act(vec![people[0].destruction()])).await.unwrap();
    let head = before.head(&platform()).await.unwrap();
    let state = before.snapshot(&platform(), people[1].id).await.unwrap().unwrap().state().clone();
    drop(before);

    let address = server.0.database();
    let copy = || {
        let (address, folder) = (Address::new(&address, None).unwrap(), folder.path().to_owned());
        blocking(move || postgres::copy(&folder, &address))
    };
    let copied = copy().await.unwrap();
    assert_eq!(copied.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["installation", "haigang"]);
    assert_eq!(copied[1].1.leaves, head.size);
    assert!(copied[1].1.rows.contains(&("subject", 2)), "{copied:?}");
    let after = opened(&address, folder.path()).await.unwrap();
    assert_eq!(after.head(&platform()).await.unwrap(), head);
    assert_eq!(after.snapshot(&platform(), people[1].id).await.unwrap().unwrap().state(), &state);
    assert_eq!(parts_key(&*after, &platform()).await, b"wrapped platform key");
    assert!(!has_key(&after, &people[0]).await && has_key(&after, &people[1]).await);
    assert_eq!(object(&after, picture.id).await.unwrap(), b"a picture");
    assert_eq!(after.integrity(&platform()).await.unwrap(), Vec::<String>::new());
    assert!(audited(&after).await.is_clean());
    drop(after);
    assert!(matches!(copy().await, Err(StoreError::Occupied(_))));
}
