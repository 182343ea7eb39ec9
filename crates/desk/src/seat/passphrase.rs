//! Passphrases of staff: PBKDF2-HMAC-SHA256 (RFC 8018), kept in PHC form.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{PBKDF2_HMAC_SHA256, derive, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use model::Entropy;

use crate::Refusal;
use crate::refusal::FieldFault;

/// How hard a passphrase is stretched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch(NonZeroU32);

impl Stretch {
    /// What an installation may not go below (OWASP's figure for PBKDF2-HMAC-SHA256, 2023).
    pub const FLOOR: u32 = 600_000;

    /// So many rounds. The floor is held by who reads the configuration, so that tests need not wait for it.
    pub const fn of(rounds: NonZeroU32) -> Self {
        Self(rounds)
    }
}

impl Default for Stretch {
    fn default() -> Self {
        Self(NonZeroU32::new(Self::FLOOR).unwrap_or(NonZeroU32::MAX))
    }
}

/// Fewest characters of a passphrase.
const SHORTEST: usize = 12;

/// Longest passphrase that is looked at, in bytes.
const LONGEST: usize = 1024;

const SALT_LEN: usize = 16;

/// A passphrase that may be set.
pub(super) fn check(passphrase: &str) -> Result<(), Refusal> {
    if passphrase.chars().count() >= SHORTEST && passphrase.len() <= LONGEST {
        return Ok(());
    }
    Err(Refusal::Fields(vec![FieldFault::new("passphrase", "length")]))
}

/// Stretches a passphrase for keeping.
pub(super) async fn keep(entropy: &dyn Entropy, stretch: Stretch, passphrase: &str) -> Result<String, Refusal> {
    let salt: [u8; SALT_LEN] = entropy.draw();
    let passphrase = passphrase.to_owned();
    apart(move || {
        let mut hash = [0; 32];
        derive(PBKDF2_HMAC_SHA256, stretch.0, &salt, passphrase.as_bytes(), &mut hash);
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        format!("$pbkdf2-sha256$i={}${salt}${hash}", stretch.0)
    })
    .await
}

/// Whether it is the passphrase. Where none is kept the same work is done for nothing, so that the time tells nobody
/// which names exist.
pub(super) async fn fits(kept: Option<&str>, stretch: Stretch, passphrase: &str) -> Result<bool, Refusal> {
    let read = kept.and_then(read);
    let known = read.is_some();
    let (rounds, salt, hash) = read.unwrap_or_else(|| (stretch.0, vec![0; SALT_LEN], vec![0; 32]));
    if passphrase.len() > LONGEST {
        return Ok(false);
    }
    let passphrase = passphrase.to_owned();
    let same = apart(move || verify(PBKDF2_HMAC_SHA256, rounds, &salt, passphrase.as_bytes(), &hash).is_ok()).await?;
    Ok(same && known)
}

fn read(kept: &str) -> Option<(NonZeroU32, Vec<u8>, Vec<u8>)> {
    let mut parts = kept.strip_prefix("$pbkdf2-sha256$i=")?.split('$');
    let rounds = parts.next()?.parse().ok()?;
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    parts.next().is_none().then_some((rounds, salt, hash))
}

/// Off the threads that serve: a stretch takes a good part of a second.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Broken("a worker thread died".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const QUICK: Stretch = Stretch(NonZeroU32::new(2).unwrap());

    #[tokio::test]
    async fn only_the_same_passphrase_fits() {
        let kept = keep(&Fixed, QUICK, "correct horse battery").await.unwrap();
        assert!(kept.starts_with("$pbkdf2-sha256$i=2$BwcHBwcHBwcHBwcHBwcHBw$"), "{kept}");
        assert!(fits(Some(&kept), QUICK, "correct horse battery").await.unwrap());
        assert!(!fits(Some(&kept), QUICK, "correct horse batterz").await.unwrap());
        assert!(!fits(None, QUICK, "correct horse battery").await.unwrap());
        assert!(!fits(Some("$argon2id$v=19$x$y"), QUICK, "correct horse battery").await.unwrap());
    }

    #[test]
    fn short_passphrases_are_refused_by_field_name() {
        assert!(matches!(check("elevenchars"), Err(Refusal::Fields(faults)) if faults[0].item == "passphrase"));
        assert!(check("twelve chars").is_ok());
        assert!(check(&"x".repeat(1025)).is_err());
    }

    #[test]
    fn the_default_is_the_floor() {
        assert_eq!(Stretch::default().0.get(), Stretch::FLOOR);
    }
}
