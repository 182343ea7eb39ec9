//! Witnesses: asked when there is something to say, believed in what they prove, and not in nonsense.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use ledger::witness::{Refused, Request, judge};
use ledger::{Checkpoint, Cosigner, VerifierKey};
use shouyue_desk::attach::{settle, upload};
use shouyue_desk::collect::register;
use shouyue_desk::evidence::{Standing, Word, ask_witnesses, checkpoint, receipt, verifier_key, witnessed};
use shouyue_desk::house::Parts;
use shouyue_desk::leaf::Who;
use shouyue_desk::ports::{Answered, Outside, Parties, Witness, Witnesses};
use shouyue_desk::{House, Refusal};

use super::attach::{Pieces, to};
use super::opened;
use crate::house::{Bench, LI, Seeded, WANG, slug};

const NAME: &str = "witness.example/w1";

/// A witness in this process. What it is told to say, it says once, in the place of its own word.
struct Watching {
    all: Vec<Witness>,
    cosigner: Cosigner,
    latest: Mutex<Option<Checkpoint>>,
    log: Mutex<Vec<VerifierKey>>,
    says: Mutex<Vec<Result<Answered, Outside>>>,
    /// In which somebody registers before the next answer, as another server would let them.
    meanwhile: Mutex<Option<Arc<House>>>,
    asked: Mutex<u32>,
}

impl Watching {
    fn new() -> Arc<Self> {
        let cosigner = Cosigner::from_seed(NAME, &[9; 32]).unwrap();
        let all = vec![Witness { key: cosigner.key().clone(), is_required: false }];
        let (latest, log, says) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self { all, cosigner, latest, log, says, meanwhile: Mutex::default(), asked: Mutex::default() })
    }

    fn judged(&self, request: &Request) -> Answered {
        let mut latest = self.latest.lock().unwrap();
        match judge(latest.as_ref(), request, &self.log.lock().unwrap()) {
            Ok(head) => {
                let line = self.cosigner.cosign(&head, 1_790_000_000).unwrap();
                *latest = Some(head);
                Answered::Cosigned(format!("{line}\n"))
            }
            Err(Refused::Conflict { size }) => Answered::Holds(size),
            Err(Refused::Unproved(_)) => Answered::Unproved,
            Err(Refused::Unsigned(_)) => Answered::OtherKey,
            Err(other) => panic!("{other}"),
        }
    }
}

#[async_trait]
impl Witnesses for Watching {
    fn all(&self) -> &[Witness] {
        &self.all
    }

    async fn add_checkpoint(&self, witness: &str, request: String) -> Result<Answered, Outside> {
        assert_eq!(witness, NAME);
        *self.asked.lock().unwrap() += 1;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(house) = meanwhile {
            let platform = house.platform("haigang").unwrap();
            register(&house, &platform, LI.registration(&platform), Who::Subject, None).await.unwrap();
        }
        let told = self.says.lock().unwrap().pop();
        told.unwrap_or_else(|| Ok(self.judged(&request.parse().unwrap())))
    }
}

async fn bench() -> (Bench, Arc<Watching>) {
    let watching = Watching::new();
    let own = Arc::clone(&watching);
    let bench = Bench::with(|parties| Parties { witnesses: own, ..parties }).await;
    bench.publish(crate::house::haigang()).await.unwrap();
    watching.log.lock().unwrap().push(verifier_key(&bench.platform()).unwrap());
    (bench, watching)
}

async fn round(bench: &Bench) -> Result<Standing, Refusal> {
    ask_witnesses(&bench.house, &bench.platform()).await?;
    Ok(bench.house.witnesses().remove(0).1)
}

#[tokio::test]
async fn a_witness_is_asked_when_something_was_added_and_once_an_hour() {
    let (bench, watching) = bench().await;
    assert!(matches!(witnessed(&bench.house, &bench.platform()), Err(Refusal::NotFound(_))));
    for _ in 0..2 {
        let standing = round(&bench).await.unwrap();
        assert_eq!((standing.last, standing.cosigned.unwrap().0), (Word::Cosigned, 1));
        assert_eq!(*watching.asked.lock().unwrap(), 1, "a word that is an instant old is good");
    }
    bench.clock.advance(SignedDuration::from_mins(61));
    round(&bench).await.unwrap();
    assert_eq!(*watching.asked.lock().unwrap(), 2);

    bench.registered(&WANG).await;
    // What is newer than the last word stands under a head without one; what is older, under the cosigned head.
    let platform = bench.platform();
    let named = |leaf| receipt(&bench.house, &platform, leaf, None);
    assert!(named(0).await.unwrap().contains(NAME) && !named(1).await.unwrap().contains(NAME));
    let standing = round(&bench).await.unwrap();
    assert_eq!(standing.cosigned.unwrap().0, 2);
    assert!(named(1).await.unwrap().contains(NAME));
    let head = witnessed(&bench.house, &bench.platform()).unwrap();
    assert_eq!(checkpoint(&bench.house, &bench.platform()).await.unwrap(), head);
    assert_eq!(head.matches(NAME).count(), 1, "{head}");
}

#[tokio::test]
async fn what_another_server_added_meanwhile_is_no_contradiction() {
    let (bench, watching) = bench().await;
    round(&bench).await.unwrap();
    bench.registered(&WANG).await;
    // The witness has seen three leaves; this server has read two when it asks, and the third comes before the answer.
    *watching.meanwhile.lock().unwrap() = Some(Arc::clone(&bench.house));
    watching.says.lock().unwrap().push(Ok(Answered::Holds(3)));
    let standing = round(&bench).await;
    // It then offers three leaves from three on; this witness had cosigned but one, says so, and is asked from there.
    let standing = standing.unwrap();
    assert_eq!((standing.last, standing.cosigned.unwrap().0), (Word::Cosigned, 3));
    assert!(bench.house.platform("haigang").is_ok());
}

#[tokio::test]
async fn nonsense_closes_nothing() {
    let (bench, watching) = bench().await;
    let stranger = Cosigner::from_seed("stranger.example", &[1; 32]).unwrap();
    let line = stranger.cosign(&"a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".parse().unwrap(), 1).unwrap();
    let answers = [
        (Ok(Answered::Cosigned(String::new())), Word::Silent(Outside::Untrusted)),
        (Ok(Answered::Cosigned(format!("{line}\n"))), Word::Silent(Outside::Untrusted)),
        (Ok(Answered::Holds(0)), Word::Silent(Outside::Untrusted)),
        (Ok(Answered::UnknownLog), Word::Unwatched),
        (Ok(Answered::OtherKey), Word::Unwatched),
        (Err(Outside::TimedOut), Word::Silent(Outside::TimedOut)),
    ];
    for (answer, word) in answers {
        watching.says.lock().unwrap().push(answer.clone());
        assert_eq!(round(&bench).await.unwrap().last, word, "{answer:?}");
        bench.house.ready().await.unwrap();
    }
    // One that never says the same twice is left for the next round.
    let sizes = [0, 1, 0, 1].map(|size| Ok(Answered::Holds(size)));
    watching.says.lock().unwrap().extend(sizes);
    assert_eq!(round(&bench).await.unwrap().last, Word::Moved);
    assert_eq!(round(&bench).await.unwrap().last, Word::Cosigned);
}

#[tokio::test]
async fn more_leaves_or_another_root_close_the_platform_and_say_what_to_do() {
    for (says, words) in [
        (vec![Answered::Holds(9)], "cosigned 9 leaves of this ledger, and this database holds 1"),
        (vec![Answered::Holds(1), Answered::Holds(1)], "does not hold so"),
        (vec![Answered::Unproved], "does not hold so"),
    ] {
        let (bench, watching) = bench().await;
        watching.says.lock().unwrap().extend(says.into_iter().map(Ok));
        let platform = bench.platform();
        let Err(Refusal::Overtaken(why)) = ask_witnesses(&bench.house, &platform).await else { panic!("{words}") };
        assert!(why.contains(words) && why.contains(NAME) && why.contains("Stop the server"), "{why}");
        assert!(matches!(bench.house.platform("haigang"), Err(Refusal::Overtaken(_))));
        assert!(bench.house.platforms().is_empty());
        assert!(matches!(bench.house.ready().await, Err(Refusal::Overtaken(_))));
        // What the witness says later does not open it again: somebody has to look.
        ask_witnesses(&bench.house, &platform).await.unwrap();
        assert!(matches!(bench.house.platform("haigang"), Err(Refusal::Overtaken(_))));
    }
}

/// An act and a refusal that were under way when a witness closed their platform.
#[tokio::test]
async fn what_was_under_way_when_a_platform_was_closed_does_not_commit() {
    for consents in [true, false] {
        let (bench, watching) = bench().await;
        let platform = bench.platform();
        watching.says.lock().unwrap().push(Ok(Answered::Holds(9)));
        let (house, closing) = (Arc::clone(&bench.house), Arc::clone(&platform));
        bench.entropy.before_draw(1, move || {
            let run = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(ask_witnesses(&house, &closing)).unwrap_err();
            };
            std::thread::spawn(run).join().unwrap();
        });
        let mut li = LI.registration(&platform);
        if !consents {
            li.consents.clear();
        }
        let outcome = register(&bench.house, &platform, li, Who::Subject, None).await;
        assert!(matches!(outcome, Err(Refusal::Overtaken(_))), "{outcome:?}");
        assert_eq!(bench.size().await, 1, "not even a leaf");
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copied(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

/// What lies in a folder and below it.
fn files(folder: &Path) -> usize {
    let below = |entry: fs::DirEntry| if entry.path().is_dir() { files(&entry.path()) } else { 1 };
    fs::read_dir(folder).unwrap().map(|entry| below(entry.unwrap())).sum()
}

/// The copy is of the midst of an upload, so the object that the newer database holds as an attachment is loose in it.
#[tokio::test]
async fn an_old_database_put_back_has_no_object_deleted() {
    let (bench, watching) = bench().await;
    let platform = bench.platform();
    let li = bench.registered(&LI).await;
    let old = tempfile::tempdir().unwrap();
    let mut content = Pieces::picture(300_000);
    let (from, to_old) = (bench.folder.path().to_owned(), old.path().to_owned());
    content.half_way = Some(Box::new(move || copied(&from, &to_old)));
    upload(&bench.house, &platform, li.subject, to(li.record), &mut content, Who::Subject, None).await.unwrap();
    round(&bench).await.unwrap();
    // The database is the old one, the objects are as they are.
    let objects = old.path().join("objects");
    fs::remove_dir_all(&objects).unwrap();
    copied(&bench.folder.path().join("objects"), &objects);
    assert_eq!(files(&objects), 1);

    let served = async |witnesses: Arc<dyn Witnesses>| {
        let parts = Parts {
            store: opened(old.path()).await,
            root: vault::RootKey::from_bytes(&mut [0x42; 32]).unwrap().into(),
            clock: bench.clock.clone(),
            entropy: Arc::new(Seeded::default()),
            parties: Parties { witnesses, ..Parties::default() },
            largest_attachment: crate::house::LARGEST,
        };
        House::open(parts).await.unwrap()
    };
    let house = served(watching.clone()).await;
    settle(&house).await.unwrap();
    assert_eq!(files(&objects), 1, "no witness was asked yet");
    let put_back = house.platform("haigang").unwrap();
    watching.says.lock().unwrap().push(Err(Outside::TimedOut));
    ask_witnesses(&house, &put_back).await.unwrap();
    settle(&house).await.unwrap();
    assert_eq!(files(&objects), 1, "nor has it answered");
    assert!(matches!(ask_witnesses(&house, &put_back).await, Err(Refusal::Overtaken(_))));
    settle(&house).await.unwrap();
    bench.clock.advance(SignedDuration::from_hours(2));
    let today = model::calendar::day_in_shanghai(house.now());
    shouyue_desk::retain::sweep(&house, &put_back, today).await.unwrap();
    assert_eq!(files(&objects), 1);
    assert_eq!(bench.store.integrity(&slug("haigang")).await.unwrap(), Vec::<String>::new());

    // Where nobody can say that it is old, it is what it is.
    drop((house, put_back));
    let house = served(Arc::new(shouyue_desk::ports::Nobody)).await;
    settle(&house).await.unwrap();
    assert_eq!(files(&objects), 0);
}
