//! Root keys in a security module, spoken to by PKCS#11 v2.40: made there, and never out of it.
//!
//! A key is found by its CKA_ID, the eight bytes that the keyring names it by. It wraps by CKM_AES_GCM, whose additional data
//! bind a wrapped key to its platform, purpose, version and suite; key wrapping (CKM_AES_KEY_WRAP_KWP) would bind nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::{AuthPin, Ulong};
use vault::{Custodian, RootId, RootKey, VaultError};
use zeroize::Zeroizing;

use crate::config::{self, Hsm};

/// Length of a tag, in bits.
const TAG_BITS: u64 = 128;

/// A module with the token in it, logged in to once.
pub(super) struct Module {
    context: Pkcs11,
    token: String,
    pin: AuthPin,
    pin_file: PathBuf,
    /// Once the token has refused the PIN it is not offered again: a token locks itself after a few tries.
    barred: AtomicBool,
}

impl Module {
    /// Loads the vendor's module and logs in. Once in a process, as the standard has it.
    pub(super) fn open(hsm: &Hsm) -> anyhow::Result<Self> {
        let shown = hsm.module.display();
        let pin = Zeroizing::new(config::secret(&hsm.pin).context("`pin` of [hsm]")?);
        let context = Pkcs11::new(&hsm.module).map_err(|why| plain(&why)).with_context(|| {
            format!("{shown} is no PKCS#11 module: install the vendor's, or correct `module` of [hsm]")
        })?;
        let locking = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context.initialize(locking).map_err(|why| plain(&why)).with_context(|| {
            format!("{shown} does not start: its own configuration may be missing (the vendor's handbook says which)")
        })?;
        let module = Self {
            context,
            token: hsm.token.clone(),
            pin: AuthPin::from(pin.as_str()),
            pin_file: hsm.pin.clone(),
            barred: AtomicBool::new(false),
        };
        drop(module.session(false)?);
        Ok(module)
    }

    /// The one token that is called so.
    fn slot(&self) -> anyhow::Result<Slot> {
        let slots = self.context.get_slots_with_initialized_token().map_err(|why| plain(&why))?;
        let called = |slot: &Slot| self.context.get_token_info(*slot).map(|token| token.label().to_owned());
        let labels: Vec<(Slot, String)> = slots.iter().filter_map(|slot| Some((*slot, called(slot).ok()?))).collect();
        let mut own = labels.iter().filter(|(_, label)| *label == self.token);
        let (found, others) = (own.next(), own.next());
        let Some((slot, _)) = found else {
            let there: Vec<&str> = labels.iter().map(|(_, label)| label.as_str()).collect();
            let there = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
            bail!(
                "no token `{}` is in the security module (there: {there}): insert it, or correct `token` of [hsm]",
                self.token
            );
        };
        if others.is_some() {
            bail!("two tokens are called `{}`: give each a label of its own", self.token);
        }
        Ok(*slot)
    }

    /// A session in which the token's user is logged in.
    fn session(&self, to_write: bool) -> anyhow::Result<Session> {
        let slot = self.slot()?;
        let (token, file) = (&self.token, self.pin_file.display());
        if self.barred.load(Ordering::Relaxed) {
            bail!("the token `{token}` refused the PIN in {file}: correct it and start again");
        }
        let info = self.context.get_token_info(slot).map_err(|why| plain(&why))?;
        if info.user_pin_locked() {
            bail!("the token `{token}` is locked after wrong PINs: unlock it with the vendor's tools");
        }
        if info.user_pin_final_try() {
            bail!(
                "the token `{token}` takes one more PIN before it locks: log in with the vendor's tools, then start again"
            );
        }
        let session = if to_write { self.context.open_rw_session(slot) } else { self.context.open_ro_session(slot) };
        let session = session.map_err(|why| plain(&why)).with_context(|| format!("the token `{token}`"))?;
        match session.login(UserType::User, Some(&self.pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                self.barred.store(true, Ordering::Relaxed);
                bail!("the token `{token}` refuses the PIN in {file}: correct it; a few wrong ones lock the token");
            }
            Err(why) => Err(plain(&why)).with_context(|| format!("cannot log in to the token `{token}`")),
        }
    }

    /// Makes a root key in the token, under the name that the keyring will know it by.
    pub(super) fn make(&self, id: RootId) -> anyhow::Result<()> {
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::ValueLen(Ulong::try_from(vault::KEY_LEN)?),
            Attribute::Id(id.bytes().to_vec()),
            Attribute::Label(format!("shouyue root {id}").into_bytes()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Modifiable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::Wrap(false),
            Attribute::Unwrap(false),
        ];
        let made = self.session(true)?.generate_key(&Mechanism::AesKeyGen, &template).map_err(|why| plain(&why));
        made.map(drop).with_context(|| format!("the token `{}` makes no AES key", self.token))
    }

    /// The key of a name, once it is known to be one that cannot be taken out.
    fn find(&self, session: &Session, id: RootId) -> anyhow::Result<ObjectHandle> {
        let of_name = [Attribute::Class(ObjectClass::SECRET_KEY), Attribute::Id(id.bytes().to_vec())];
        let found = session.find_objects(&of_name).map_err(|why| plain(&why))?;
        let token = &self.token;
        let [key] = found.as_slice() else {
            let many = found.len();
            bail!(
                "the token `{token}` has {many} root keys {id}: put in the token that has it, or restore it from the vendor's backup"
            );
        };
        let asked = [AttributeType::KeyType, AttributeType::ValueLen, AttributeType::Extractable];
        let is = session.get_attributes(*key, &asked).map_err(|why| plain(&why))?;
        let long = Attribute::ValueLen(Ulong::try_from(vault::KEY_LEN)?);
        if !is.contains(&Attribute::KeyType(KeyType::AES)) || !is.contains(&long) {
            bail!("root key {id} of the token `{token}` is no AES key of 256 bits");
        }
        if !is.contains(&Attribute::Extractable(false)) {
            bail!(
                "root key {id} can be taken out of the token `{token}`: make it unextractable with the vendor's tools"
            );
        }
        Ok(*key)
    }

    /// A root key for the vault, once it is seen to be there.
    pub(super) fn key(self: &Arc<Self>, id: RootId) -> anyhow::Result<RootKey> {
        let session = self.session(false)?;
        self.find(&session, id)?;
        Ok(RootKey::held_by(Box::new(There { module: Arc::clone(self), id }), id))
    }
}

/// One key in the module.
struct There {
    module: Arc<Module>,
    id: RootId,
}

impl There {
    /// The session is opened for each use and closed after it: a module that went away and came back is no matter.
    fn with(
        &self,
        work: impl FnOnce(&Session, ObjectHandle) -> Result<Vec<u8>, Error>,
    ) -> Result<Result<Vec<u8>, Error>, VaultError> {
        let session = self.module.session(false);
        let found = session.and_then(|session| Ok((self.module.find(&session, self.id)?, session)));
        let (key, session) = found.map_err(|why| failed(self.id, &format!("{why:#}")))?;
        Ok(work(&session, key))
    }
}

impl Custodian for There {
    fn seal(&self, mut nonce: [u8; 12], bound: &[u8], clear: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = self.with(|session, key| {
            let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, bound, Ulong::new(TAG_BITS))?);
            session.encrypt(&how, key, clear)
        })?;
        let sealed = sealed.map_err(|why| failed(self.id, &plain(&why).to_string()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, body) = sealed.split_first_chunk::<12>().ok_or(VaultError::Sealed)?;
        let mut nonce = *nonce;
        let opened = self.with(|session, key| {
            let how = Mechanism::AesGcm(GcmParams::new(&mut nonce, bound, Ulong::new(TAG_BITS))?);
            session.decrypt(&how, key, body)
        })?;
        opened.map(Zeroizing::new).map_err(|why| match why {
            // The standard has no one answer to a tag that does not fit.
            Error::Pkcs11(
                RvError::EncryptedDataInvalid
                | RvError::EncryptedDataLenRange
                | RvError::SignatureInvalid
                | RvError::GeneralError
                | RvError::FunctionFailed,
                _,
            ) => VaultError::Sealed,
            why => failed(self.id, &plain(&why).to_string()),
        })
    }
}

fn failed(id: RootId, why: &str) -> VaultError {
    tracing::error!(key = %id, why, "the security module does not do its work");
    VaultError::Custodian
}

/// In the standard's own short words.
fn plain(why: &Error) -> anyhow::Error {
    match why {
        Error::Pkcs11(value, function) => anyhow::anyhow!("{function} answers {value:?}"),
        why => anyhow::anyhow!("{why}"),
    }
}
