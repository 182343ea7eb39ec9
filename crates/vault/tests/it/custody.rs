//! A root key in a security module: what it wraps is bound to platform, purpose, version and suite.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use model::key::WrappedKey;
use proptest::prelude::*;
use shouyue_vault::{Custodian, RootId, RootKey, RootKeys, Suite, VaultError};
use zeroize::Zeroizing;

use crate::bench::{Counting, START, root, slug};

/// What a module does, in memory.
struct Module(LessSafeKey);

impl Custodian for Module {
    fn seal(&self, nonce: [u8; 12], bound: &[u8], clear: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut body = clear.to_vec();
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut body).unwrap();
        Ok([nonce.as_slice(), &body].concat())
    }

    fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, body) = sealed.split_first_chunk().ok_or(VaultError::Sealed)?;
        let (nonce, mut body) = (Nonce::assume_unique_for_key(*nonce), body.to_vec());
        let clear = self.0.open_in_place(nonce, Aad::from(bound), &mut body).map_err(|_| VaultError::Sealed)?;
        Ok(Zeroizing::new(clear.to_vec()))
    }
}

fn module(key: u8) -> RootKey {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[key; 32]).unwrap());
    RootKey::held_by(Box::new(Module(key)), RootId::new(*b"in-there"))
}

fn made(roots: &RootKeys, suite: Suite) -> Vec<WrappedKey> {
    roots.new_platform(&slug("haigang"), suite, START, &Counting::default()).unwrap()
}

#[test]
fn keys_move_from_a_file_into_a_module_and_the_file_opens_them_no_more() {
    for suite in Suite::ALL {
        let wrapped = made(&root(7), *suite);
        let both = RootKeys::new(module(9), vec![RootKey::from_bytes(&mut [7; 32]).unwrap()]);
        let anew = |one| both.rewrapped(&slug("haigang"), one, &Counting::default()).unwrap().unwrap();
        let anew: Vec<WrappedKey> = wrapped.iter().map(anew).collect();
        for (one, other) in wrapped.iter().zip(&anew) {
            assert_eq!(one.bytes.len(), other.bytes.len(), "it is wrapped in its place");
        }
        let open = |roots: &RootKeys, wrapped: &[WrappedKey]| {
            roots.open_platform(&slug("haigang"), wrapped, START).map(|keys| keys.public_key().to_vec())
        };
        assert_eq!(open(&module(9).into(), &anew), open(&root(7), &wrapped));
        assert!(matches!(open(&root(7), &anew), Err(VaultError::Root(_))));
        assert_eq!(open(&module(8).into(), &anew), Err(VaultError::Sealed), "another key of that name");
    }
}

proptest! {
    #[test]
    fn nothing_that_a_module_wrapped_opens_when_a_byte_of_it_is_changed(at in 0_usize..69, flip in 1_u8..) {
        let roots = RootKeys::from(module(9));
        let mut wrapped = made(&roots, Suite::Guomi);
        wrapped[1].bytes[at] ^= flip;
        let opened = roots.open_platform(&slug("haigang"), &wrapped, START).map(drop);
        prop_assert!(
            matches!(opened, Err(VaultError::Sealed | VaultError::Suite(_) | VaultError::Root(_))), "{opened:?}"
        );
    }
}

#[test]
fn what_a_module_wrapped_for_one_platform_purpose_or_suite_opens_for_no_other() {
    let roots = RootKeys::from(module(9));
    let wrapped = made(&roots, Suite::International);
    assert!(roots.open_platform(&slug("anrun"), &wrapped, START).is_err());
    let mut swapped = wrapped.clone();
    let first = swapped[0].bytes.clone();
    swapped[0].bytes.clone_from(&wrapped[1].bytes);
    swapped[1].bytes = first;
    assert!(matches!(roots.open_platform(&slug("haigang"), &swapped, START), Err(VaultError::Sealed)));
    let mut later = wrapped.clone();
    later[1].version += 1;
    assert!(matches!(roots.open_platform(&slug("haigang"), &later, START), Err(VaultError::Sealed)));
    let mut other = wrapped;
    other[1].bytes[8] = Suite::Guomi.byte();
    assert!(matches!(roots.open_platform(&slug("haigang"), &other, START), Err(VaultError::Sealed)));
}
