//! Whatever is sealed comes back as it was, and not at all when one bit of it changed.

use std::sync::LazyLock;

use proptest::prelude::*;
use shouyue_vault::VaultError;

use crate::bench::{ACCOUNT, ALICE, Bench};

static BENCH: LazyLock<Bench> = LazyLock::new(|| Bench::new("haigang"));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_comes_back(text in "[a-zA-Z0-9\u{4e00}-\u{9fa5}]{1,200}") {
        let part = BENCH.sealed("sex", &text, ALICE, ACCOUNT);
        let opened = BENCH.opened("sex", &part.name, part.wrapped.as_deref(), &part.values);
        prop_assert_eq!(opened, Ok(vec![text]));
    }

    #[test]
    fn no_text_stands_in_what_is_sealed(text in "[a-zA-Z0-9]{8,40}") {
        let part = BENCH.sealed("sex", &text, ALICE, ACCOUNT);
        let inside = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        prop_assert!(!inside(&part.values[0].bytes));
        prop_assert!(!inside(part.wrapped.as_deref().unwrap()));
    }

    #[test]
    fn one_changed_bit_keeps_it_shut(place in any::<prop::sample::Index>(), bit in 0..8_u8, key in any::<bool>()) {
        let mut part = BENCH.sealed("sex", "F", ALICE, ACCOUNT);
        let bytes = if key { part.wrapped.as_mut().unwrap() } else { &mut part.values[0].bytes };
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let opened = BENCH.opened("sex", &part.name, part.wrapped.as_deref(), &part.values);
        prop_assert!(matches!(opened, Err(VaultError::Sealed | VaultError::Suite(_) | VaultError::Version(_))));
    }
}
