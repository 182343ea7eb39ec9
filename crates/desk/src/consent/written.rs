//! Written consent (书面同意, rule R11): a document that its giver signed, and nothing less.
//!
//! On the portal the person reads the whole authorisation, types the own name under it and a code that the telephone of the
//! account received for this very text; the house signs what came of it with the key of its ledger, as a note (C2SP
//! signed-note) that anybody can check. Or the person signs on paper, and staff or a system of the company's attests the
//! scan. Either document is kept sealed beside the person's own items and is erased with them; its fingerprint stands in
//! the consent and on the leaf.

use jiff::Timestamp;
use ledger::note::Note;
use model::act::{Account, Artefact, Consent, GivenBy};
use model::attachment::FileKind;
use model::field::Validator;
use model::{Clear, ConsentId, Fingerprint, RecordId, Slug, SubjectId};
use policy::question::{Code, Reason};
use policy::syntax::Form;
use store::{ConsentGiven, Expect, NewPaper, PartRow, Write};
use vault::PartName;
use vault::field::accept;

use super::{Choice, Manner, check};
use crate::act::{Draft, TRIES};
use crate::evidence::{origin, signer};
use crate::leaf::{Act, Who};
use crate::refusal::FieldFault;
use crate::seat::{CONSENT, Caller, signing_check, signing_send};
use crate::{House, Platform, Refusal, identity};

/// Largest scan of a paper, in bytes: 4 MiB.
pub const LARGEST_SCAN: usize = 4 << 20;

/// The word of a document that was signed on a page.
const NOTE: &str = "note";

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    /// Scope id.
    pub scope: String,
    /// The policy version that the page was made from.
    pub policy: Fingerprint,
    /// Every word that the person read: lines, each ending in a line feed.
    pub words: String,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

impl Authorisation {
    /// Fingerprint of the words.
    pub fn text(&self) -> Fingerprint {
        policy::shown::fingerprint(&self.words)
    }

    fn choice(&self) -> Choice {
        Choice {
            scope: self.scope.clone(),
            party: None,
            artefact: Manner::Separate,
            policy: self.policy,
            text: self.text(),
            by: GivenBy::Oneself,
            until: self.until,
        }
    }
}

/// How the person signs.
pub struct Signature {
    /// The own name, typed.
    pub name: Clear<String>,
    /// The telephone of the account.
    pub phone: Clear<String>,
    /// The code that it received for this text.
    pub code: String,
}

/// A written consent, given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Leaf.
    pub leaf: u64,
    /// The consent.
    pub consent: ConsentId,
    /// SHA-256 of the document.
    pub document: Fingerprint,
}

/// The document of a written consent, for its giver.
pub struct Paper {
    /// What kind of file was scanned; `None`: a signed note.
    pub kind: Option<FileKind>,
    /// The document.
    pub bytes: Vec<u8>,
    /// Leaf of the look.
    pub leaf: u64,
}

/// Sends the code that signs this text, to the telephone by which the person logs in.
///
/// # Errors
/// [`Refusal::Fields`] for another telephone; [`Refusal::TooMany`].
pub async fn code_send(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    authorisation: &Authorisation,
    phone: Clear<String>,
) -> Result<(), Refusal> {
    signing_send(house, platform, subject, phone, &authorisation.text()).await
}

/// Signs on a page.
///
/// # Errors
/// [`Refusal::Fields`] for what is no name, and for a wrong code; [`Refusal::Denied`], with a leaf, when the consent
/// cannot count.
pub async fn sign(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    authorisation: &Authorisation,
    signature: Signature,
) -> Result<Signed, Refusal> {
    let Signature { name, phone, code } = signature;
    let read = accept(Validator::Name, &name);
    drop(read.map_err(|error| Refusal::Fields(vec![FieldFault::new("name", error.reason.code())]))?);
    let checked = signing_check(house, platform, subject, (&phone, &code), &authorisation.text()).await;
    checked.map_err(|refusal| match refusal {
        Refusal::NotAllowed(_) => Refusal::Fields(vec![FieldFault::new("code", "code")]),
        other => other,
    })?;
    let at = house.now();
    let salt: [u8; 16] = house.entropy.draw();
    let signer = signer(platform)?;
    let mut signs = true;
    let document = name.map(|name| {
        let text = document(platform, authorisation, name.trim(), &hex::encode(salt), at);
        let note = Note::sign(text, &[&signer]);
        signs = note.is_ok();
        note.map(|note| note.to_string().into_bytes()).unwrap_or_default()
    });
    if !signs {
        return Err(Refusal::Broken("the key of the ledger does not sign".to_owned()));
    }
    kept(house, platform, (subject, &Who::Subject), authorisation, (NOTE, &document)).await
}

/// Takes the scan of a paper that the person signed by hand, on the word of a system of the company's.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a token that brings in no consents; [`Refusal::Wrong`] for what is neither picture nor PDF,
/// or too large; [`Refusal::Denied`], with a leaf, when the consent cannot count.
pub async fn attest(
    house: &House,
    platform: &Platform,
    caller: &Caller,
    subject: SubjectId,
    authorisation: &Authorisation,
    scan: Vec<u8>,
) -> Result<Signed, Refusal> {
    caller.may(platform, CONSENT, None)?;
    let kind = vault::sniff(&scan).filter(|kind| Validator::Paper.file_kinds().contains(kind));
    let kind = kind.ok_or(Refusal::Wrong("a signed paper is a picture of it, or a PDF".into()))?;
    if scan.len() > LARGEST_SCAN {
        return Err(Refusal::Wrong(format!("a signed paper is no larger than {LARGEST_SCAN} bytes")));
    }
    kept(house, platform, (subject, &caller.who()), authorisation, (kind.id(), &Clear::new(scan))).await
}

/// The document, one form for everybody: what was read, then who signed it, when and how. The salt keeps its fingerprint
/// from being guessed by whoever knows the rest.
fn document(platform: &Platform, authorisation: &Authorisation, name: &str, salt: &str, at: Timestamp) -> String {
    let until = authorisation.until.map_or_else(|| "withdrawn".to_owned(), |until| until.to_string());
    let (scope, policy, text) = (&authorisation.scope, authorisation.policy, authorisation.text());
    format!(
        "{}/written-consent\n{}\nsigned-by: {name}\nsigned-at: {at}\nproved-by: code to the telephone of the account\n\
         scope: {scope}\nuntil: {until}\npolicy: {policy}\ntext: {text}\nsalt: {salt}\n",
        origin(&platform.id),
        authorisation.words,
    )
}

async fn kept(
    house: &House,
    platform: &Platform,
    (subject, who): (SubjectId, &Who),
    authorisation: &Authorisation,
    (kind, document): (&str, &Clear<Vec<u8>>),
) -> Result<Signed, Refusal> {
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let (snapshot, born) = house.known(&platform, subject).await?;
        let now = house.now();
        let mut entry = platform.entry(Act::Consent, who.clone(), now);
        let choice = authorisation.choice();
        let wrong = faults(&platform, &choice, (snapshot.state().account, born), now);
        if !wrong.is_empty() {
            entry.scopes.extend(check::scope(&platform, &choice.scope).map(|scope| scope.id.clone()));
            return Err(house.refuse_for(&platform, entry, Some(subject), wrong).await);
        }
        let (name, part) = home(house, &platform, subject).await?;
        let id = ConsentId::from_random(house.entropy.draw());
        let sealed = platform.keys.seal_paper(&name, part.wrapped.as_deref(), id, document, &*house.entropy)?;
        entry.scopes = vec![choice.scope.clone()];
        entry.text = Some(choice.text);
        entry.document = Some(sealed.digest);
        let paper = NewPaper {
            record: name.record,
            role: name.role,
            kind: kind.to_owned(),
            digest: sealed.digest,
            sealed: sealed.bytes,
        };
        let given = ConsentGiven { subject, id, consent: consent(&platform, choice, now), paper: Some(paper) };
        let draft = Draft {
            expect: vec![Expect::Subject(subject, snapshot.version())],
            writes: vec![Write::Consent(given)],
            entry,
            subjects: vec![subject],
            record: None,
            key: None,
        };
        if let Some(act) = house.commit(&platform, draft).await? {
            return Ok(Signed { leaf: act.leaf(), consent: id, document: sealed.digest });
        }
    }
    Err(Refusal::Contended)
}

/// Everything that keeps it from counting. What asks for no writing is given on its own page.
fn faults(
    platform: &Platform,
    choice: &Choice,
    (account, born): (Account, Option<model::act::Born>),
    now: Timestamp,
) -> Vec<Reason> {
    let mut wrong = check::faults_as(platform, choice, Artefact::Written, born, now);
    if check::scope(platform, &choice.scope).is_some_and(|scope| scope.form != Form::Written) {
        wrong.push(crate::refusal::by_policy(Code::NotDeclared, check::scope(platform, &choice.scope)));
    }
    if account == Account::Closed {
        wrong.push(crate::refusal::by_law(platform, Code::AccountClosed, None, "R46", now));
    }
    wrong
}

fn consent(platform: &Platform, choice: Choice, at: Timestamp) -> Consent {
    Consent {
        id: None,
        scope: choice.scope,
        party: None,
        policy: platform.tables.policy().to_string(),
        text: Some(choice.text),
        by: choice.by,
        artefact: Artefact::Written,
        at,
        until: choice.until,
        withdrawn: None,
    }
}

/// The part of the person's own under whose key a document is sealed: of the oldest record that is there.
async fn home(house: &House, platform: &Platform, subject: SubjectId) -> Result<(PartName, PartRow), Refusal> {
    let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
    let rows = identity::in_reach(house, platform, &snapshot).await?;
    for row in &rows {
        for (_, role) in row.roles.iter().filter(|(whose, _)| *whose == subject) {
            let part = house.store.part(&platform.id, row.id, Some(subject), role).await?;
            if let Some(part) = part.filter(|part| part.wrapped.is_some()) {
                return Ok((name(row.id, subject, role), part));
            }
        }
    }
    Err(Refusal::Wrong("nothing is held of whoever signs: register first".into()))
}

fn name(record: RecordId, subject: SubjectId, role: &Slug) -> PartName {
    PartName { record, subject: Some(subject), role: role.clone() }
}

/// Fingerprint of the document of a written consent; `None` for a consent of another kind.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn document_of(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    consent: ConsentId,
) -> Result<Option<Fingerprint>, Refusal> {
    Ok(house.store.paper(&platform.id, subject, consent).await?.map(|row| row.digest))
}

/// Opens the document for whoever signed it: an act with its leaf.
///
/// # Errors
/// [`Refusal::NotFound`] for a consent that is not the subject's, or not a written one, and for an erased document.
pub async fn paper(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    consent: ConsentId,
) -> Result<Paper, Refusal> {
    let gone = || Refusal::NotFound("document");
    for _ in 0..TRIES {
        let platform = house.current(platform);
        let snapshot = house.store.snapshot(&platform.id, subject).await?.ok_or(Refusal::NotFound("subject"))?;
        let row = house.store.paper(&platform.id, subject, consent).await?.ok_or_else(gone)?;
        let paper = row.paper.ok_or_else(gone)?;
        let part = house.store.part(&platform.id, paper.record, Some(subject), &paper.role).await?.ok_or_else(gone)?;
        let name = name(paper.record, subject, &paper.role);
        let opened = platform.keys.open_paper(&name, part.wrapped.as_deref(), consent, &paper.sealed)?;
        let mut entry = platform.entry(Act::Read, Who::Subject, house.now());
        entry.document = Some(row.digest);
        let draft = Draft::of_leaf(entry, subject, &snapshot);
        if let Some(act) = house.commit(&platform, draft).await? {
            let kind = FileKind::ALL.iter().copied().find(|kind| kind.id() == paper.kind);
            return Ok(Paper { kind, leaf: act.leaf(), bytes: opened.release(&act) });
        }
    }
    Err(Refusal::Contended)
}
