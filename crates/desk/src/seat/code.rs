//! Log-in of customers by a code in a short message. Nobody learns from it who has an account.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jiff::SignedDuration;
use model::act::Account;
use model::field::Validator;
use model::key::SearchToken;
use model::{Clear, Entropy, Fingerprint, SubjectId};
use store::{LoginCode, TokenKind};
use vault::field::{Normal, accept};

use crate::refusal::FieldFault;
use crate::{House, Platform, Refusal};

/// How long a code works.
pub const CODE_MINUTES: i64 = 5;

/// How often a code may be tried.
const TRIES: u32 = 5;

/// What is said of any code that does not log in, whatever the cause.
const WRONG: Refusal = Refusal::NotAllowed("telephone number or code");

/// Sends a code to a telephone, if an account goes by it. The answer is the same when none does, and does not wait for
/// the message, whose time would tell.
///
/// # Errors
/// [`Refusal::Fields`] for what is no telephone number, [`Refusal::TooMany`] after five codes in an hour.
pub async fn login_code_send(house: &House, platform: &Platform, phone: Clear<String>) -> Result<(), Refusal> {
    send(house, platform, phone, Rings::WhereAnAccountIs).await
}

/// Sends a code to a telephone that somebody has to prove, whether or not an account goes by it.
///
/// # Errors
/// Those of [`login_code_send`].
pub(crate) async fn proof_send(house: &House, platform: &Platform, phone: Clear<String>) -> Result<(), Refusal> {
    send(house, platform, phone, Rings::Always).await
}

/// Sends a code that signs one text, and nothing else, to the telephone by which somebody logs in.
///
/// # Errors
/// [`Refusal::Fields`] for what is not that telephone; [`Refusal::TooMany`] after five codes in an hour.
pub(crate) async fn signing_send(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    phone: Clear<String>,
    text: &Fingerprint,
) -> Result<(), Refusal> {
    let number = Telephone::read(platform, &phone)?;
    if holder(house, platform, &number).await? != Some(subject) {
        return Err(Refusal::Fields(vec![FieldFault::new("phone", "contradicts")]));
    }
    send_for(house, platform, (phone, number), (Rings::Always, &signs(text))).await
}

/// Checks a code that signs one text. It works once.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a code that is wrong, used, too old, tried too often, or for another text.
pub(crate) async fn signing_check(
    house: &House,
    platform: &Platform,
    subject: SubjectId,
    (phone, code): (&Clear<String>, &str),
    text: &Fingerprint,
) -> Result<(), Refusal> {
    let number = Telephone::read(platform, phone)?;
    let fits = try_code(house, platform, &number, (code, &signs(text))).await?;
    if !fits || holder(house, platform, &number).await? != Some(subject) {
        return Err(WRONG);
    }
    Ok(house.store.login_code_end(&platform.id, &number.mark).await?)
}

/// What a code is for; a code for one thing is none for another.
const LOGS_IN: &[u8] = b"";

fn signs(text: &Fingerprint) -> Vec<u8> {
    [b"signs ".as_slice(), text.as_bytes()].concat()
}

/// Which telephones ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rings {
    Always,
    WhereAnAccountIs,
}

async fn send(house: &House, platform: &Platform, phone: Clear<String>, rings: Rings) -> Result<(), Refusal> {
    let number = Telephone::read(platform, &phone)?;
    send_for(house, platform, (phone, number), (rings, LOGS_IN)).await
}

async fn send_for(
    house: &House,
    platform: &Platform,
    (phone, number): (Clear<String>, Telephone),
    (rings, what): (Rings, &[u8]),
) -> Result<(), Refusal> {
    let now = house.now();
    if !house.watch.codes.take(number.mark, now) {
        return Err(Refusal::TooMany);
    }
    let code = draw(&*house.entropy);
    let until = now.checked_add(SignedDuration::from_mins(CODE_MINUTES));
    let until = until.map_err(|_| Refusal::Broken("the clock is at its end".to_owned()))?;
    let digest = digest(platform, &number.mark, &code, what);
    let row = LoginCode { phone: number.mark, digest, until, tries: TRIES };
    house.store.login_code_put(&platform.id, row).await?;
    if rings == Rings::Always || holder(house, platform, &number).await?.is_some() {
        let sms = Arc::clone(&house.parties.sms);
        tokio::spawn(async move {
            if let Err(outside) = sms.send_code(phone, Clear::new(code)).await {
                tracing::warn!(%outside, "a log-in code was not sent");
            }
        });
    }
    Ok(())
}

/// Checks a code and says who logs in with it. It works once.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a code that is wrong, used, too old or tried too often, and for a telephone without an
/// account: all alike.
pub async fn login_code_check(
    house: &House,
    platform: &Platform,
    phone: &Clear<String>,
    code: &str,
) -> Result<SubjectId, Refusal> {
    let number = Telephone::read(platform, phone)?;
    let fits = try_code(house, platform, &number, (code, LOGS_IN)).await?;
    let subject = holder(house, platform, &number).await?.filter(|_| fits).ok_or(WRONG)?;
    house.store.login_code_end(&platform.id, &number.mark).await?;
    Ok(subject)
}

/// Checks a code and says who has an account by the telephone that it proves. It works once.
///
/// # Errors
/// [`Refusal::NotAllowed`] for a code that is wrong, used, too old or tried too often.
pub(crate) async fn proof_check(
    house: &House,
    platform: &Platform,
    phone: &Clear<String>,
    code: &str,
) -> Result<Option<SubjectId>, Refusal> {
    let number = Telephone::read(platform, phone)?;
    if !try_code(house, platform, &number, (code, LOGS_IN)).await? {
        return Err(WRONG);
    }
    house.store.login_code_end(&platform.id, &number.mark).await?;
    holder(house, platform, &number).await
}

/// Whether somebody has an account in use, and is no guest who joined by an invitation.
///
/// # Errors
/// What the store answers when it cannot be read.
pub async fn has_account(house: &House, platform: &Platform, subject: SubjectId) -> Result<bool, Refusal> {
    let row = house.store.subject(&platform.id, subject).await?;
    Ok(row.is_some_and(|row| row.account != Account::None))
}

/// What a telephone is known by for a while, whatever becomes of the keys for search tokens.
///
/// # Errors
/// [`Refusal::Fields`] for what is no telephone number.
pub(crate) fn phone_mark(platform: &Platform, phone: &Clear<String>) -> Result<[u8; 32], Refusal> {
    Ok(Telephone::read(platform, phone)?.mark)
}

/// A telephone number, without the number.
struct Telephone {
    /// By which a code is kept.
    mark: [u8; 32],
    /// By which an account is found.
    token: SearchToken,
}

impl Telephone {
    fn read(platform: &Platform, phone: &Clear<String>) -> Result<Self, Refusal> {
        let number = read(phone)?;
        let kind = TokenKind::Phone;
        Ok(Self { mark: platform.keys.mark(kind.word(), &number), token: platform.token(kind, &number) })
    }
}

/// Takes one try of a code.
async fn try_code(
    house: &House,
    platform: &Platform,
    number: &Telephone,
    (code, what): (&str, &[u8]),
) -> Result<bool, Refusal> {
    let tried = house.store.login_code_try(&platform.id, &number.mark).await?;
    let given = digest(platform, &number.mark, code.trim(), what);
    let good = tried.filter(|row| row.tries > 0 && house.now() < row.until);
    Ok(good.is_some_and(|row| verify_slices_are_equal(&row.digest, &given).is_ok()))
}

/// Who has an account in use under this telephone.
async fn holder(house: &House, platform: &Platform, number: &Telephone) -> Result<Option<SubjectId>, Refusal> {
    let Some(subject) = house.store.subject_by_token(&platform.id, TokenKind::Phone, &number.token).await? else {
        return Ok(None);
    };
    let row = house.store.subject(&platform.id, subject).await?;
    Ok(row.filter(|row| row.account == Account::Active).map(|row| row.id))
}

/// Whether codes can be sent to what was typed.
///
/// # Errors
/// [`Refusal::Fields`] for what is no telephone number.
pub fn takes_codes(phone: &Clear<String>) -> Result<(), Refusal> {
    read(phone).map(|_| ())
}

fn read(phone: &Clear<String>) -> Result<Normal, Refusal> {
    accept(Validator::Mobile, phone).map_err(|_| Refusal::Fields(vec![FieldFault::new("phone", "shape")]))
}

/// Six digits, every one of a million as likely.
fn draw(entropy: &dyn Entropy) -> String {
    const CODES: u32 = 1_000_000;
    // Above the last whole million the remainder would favour low codes.
    const WHOLE: u32 = u32::MAX - u32::MAX % CODES;
    let mut drawn = WHOLE;
    while drawn >= WHOLE {
        drawn = u32::from_be_bytes(entropy.draw());
    }
    format!("{:06}", drawn % CODES)
}

/// What is kept of a code: keyed, for a million codes are soon tried.
fn digest(platform: &Platform, phone: &[u8; 32], code: &str, what: &[u8]) -> [u8; 32] {
    platform.keys.digest("login-code", &[phone.as_slice(), code.as_bytes(), what].concat())
}
