//! Ids are stable, and the choice between two masks has no order.

use super::{Mask, UnknownId, Validator};

#[test]
fn an_id_reads_back_as_its_member() {
    for &validator in Validator::ALL {
        assert_eq!(validator.id().parse(), Ok(validator));
        assert_eq!(validator.to_string(), validator.id());
    }
    for &mask in Mask::ALL {
        assert_eq!(mask.id().parse(), Ok(mask));
        assert_eq!(mask.to_string(), mask.id());
    }
}

#[test]
fn ids_are_kebab_case_and_unique() {
    let mut ids: Vec<&str> = Mask::ALL.iter().map(|mask| mask.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Mask::ALL.len());
    for id in ids.into_iter().chain(Validator::ALL.iter().map(|validator| validator.id())) {
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
    }
}

#[test]
fn files_hold_the_id() {
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Entry {
        mask: Mask,
        validator: Validator,
    }
    let entry = Entry { mask: Mask::Id1x1, validator: Validator::ResidentId };
    let text = toml::to_string(&entry).unwrap();
    assert_eq!(text, "mask = \"id-1-1\"\nvalidator = \"resident-id\"\n");
    assert_eq!(toml::from_str::<Entry>(&text).unwrap(), entry);
}

#[test]
fn an_unknown_id_is_refused_without_being_repeated() {
    let refused = "13800138000".parse::<Mask>().unwrap_err();
    assert_eq!(refused, UnknownId { list: "mask" });
    assert!(!refused.to_string().contains("138"));
}

#[test]
fn the_heavier_mask_is_a_choice_without_order() {
    for &a in Mask::ALL {
        assert_eq!(a.heavier(a), a);
        assert_eq!(a.heavier(Mask::None), a);
        assert_eq!(a.heavier(Mask::Hidden), Mask::Hidden);
        for &b in Mask::ALL {
            assert_eq!(a.heavier(b), b.heavier(a));
            for &c in Mask::ALL {
                assert_eq!(a.heavier(b).heavier(c), a.heavier(b.heavier(c)));
            }
        }
    }
    assert_eq!(Mask::Id6x4.heavier(Mask::Id1x1), Mask::Id1x1);
    assert_eq!(Mask::Hidden.heavier(Mask::Fixed), Mask::Hidden);
}
