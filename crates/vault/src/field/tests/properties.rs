//! What must hold for any value, sound or broken.

use model::field::{Mask, Validator};
use proptest::prelude::*;

use crate::field::{mask, normalise};

fn shown(kind: Mask, value: &str) -> String {
    let mut out = String::new();
    mask(kind, value, &mut out).unwrap();
    out
}

fn any_validator() -> impl Strategy<Value = Validator> {
    prop::sample::select(Validator::ALL)
}

/// Masks that hide something.
fn hiding_mask() -> impl Strategy<Value = Mask> {
    any_mask().prop_filter("shows all", |&kind| kind != Mask::None)
}

fn any_mask() -> impl Strategy<Value = Mask> {
    prop::sample::select(Mask::ALL)
}

/// Values of every shape that a form may send, sound and broken.
pub(super) fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{0,20}",
        "[1-8][0-9]{16}[0-9X]",
        "1[3-9][0-9]{9}",
        "0[1-9][0-9]{1,2}[- ]?[2-8][0-9]{6,7}(-[0-9]{1,4})?",
        "[A-Z]{0,3}[0-9]{4,12}",
        "[京粤苏][A-Z][A-Z0-9]{5,6}",
        "\\PC{0,12}@[a-z]{1,5}\\.[a-z]{2,3}",
        "[一-龥]{1,5}[省市区县][一-龥]{1,6}[市区县旗盟][一-龥0-9]{0,12}",
        "[欧司张李][阳马三四]{0,3}",
        "[军兵]字?第?[0-9]{3,9}号?",
        "[０-９Ａ-Ｚ　 -]{0,24}",
        "(19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?",
    ]
}

fn luhn_complete(body: &str) -> String {
    (0..10).map(|check| format!("{body}{check}")).find(|card| normalise(Validator::BankCard, card).is_ok()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_form_is_final(kind in any_validator(), value in value()) {
        if let Ok(once) = normalise(kind, &value) {
            let again = normalise(kind, once.expose());
            prop_assert!(again.is_ok_and(|twice| {
                twice.expose() == once.expose() && twice.checked_birth() == once.checked_birth()
            }), "{kind}: {value:?}");
        }
    }

    #[test]
    fn whatever_is_typed_gets_an_answer(value in prop_oneof![any::<String>(), "\\PC{0,300}", value()]) {
        for &kind in Validator::ALL {
            if let Ok(sound) = normalise(kind, &value) {
                let out = shown(kind.default_mask(), sound.expose());
                prop_assert!(kind.default_mask() == Mask::None || out != sound.expose(), "{kind}: {value:?}");
            }
        }
        for &kind in Mask::ALL {
            let out = shown(kind, &value);
            prop_assert!(kind == Mask::None || out.chars().filter(|&c| c == '*').count() <= 18, "{kind}: {value:?}");
        }
    }

    /// Whatever a mask that reads numbers shows, it shows of something that has the shape of its kind.
    #[test]
    fn what_has_another_shape_is_hidden_whole(value in value()) {
        let compact: String = super::super::fold::compact(&value).collect();
        for kind in [Mask::Id1x1, Mask::Id1x2, Mask::Id3x4, Mask::Id6x4] {
            let is_one = matches!(compact.len(), 15 | 18) && compact.bytes().take(15).all(|byte| byte.is_ascii_digit());
            prop_assert!(is_one || shown(kind, &value) == "******", "{kind}: {value:?}");
        }
        for kind in [Mask::CardLast4, Mask::Card4x4, Mask::Card6x4] {
            let is_one = (12..=19).contains(&compact.len()) && compact.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert!(is_one || shown(kind, &value) == "******", "{kind}: {value:?}");
        }
        let mobile = normalise(Validator::Mobile, &compact).is_ok();
        prop_assert!(mobile || shown(Mask::Mobile3x4, &value) == "******", "{value:?}");
        let landline = value.contains('-') && normalise(Validator::Landline, &value).is_ok();
        for kind in [Mask::Landline, Mask::LandlineLast2, Mask::LandlineLast4] {
            let out = shown(kind, &value);
            prop_assert!(landline || out == "******" || value.starts_with('0'), "{kind}: {value:?}");
        }
        let plate = normalise(Validator::Plate, &compact).is_ok();
        for kind in [Mask::Plate, Mask::Plate3x1] {
            prop_assert!(plate || shown(kind, &value) == "******", "{kind}: {value:?}");
        }
    }

    #[test]
    fn errors_never_hold_the_value(kind in any_validator(), value in "[0-9A-Z]{6,24}") {
        if let Err(error) = normalise(kind, &value) {
            let printed = format!("{error} {error:?}");
            prop_assert!(!printed.contains(&value));
        }
    }

    #[test]
    fn no_mask_shows_more_than_its_convention(kind in hiding_mask(), value in value()) {
        let out = shown(kind, &value);
        let clear = out.chars().filter(|&c| c != '*').count();
        let clear = match kind {
            // The hyphen behind the area code is ours.
            Mask::Landline | Mask::LandlineLast2 | Mask::Phone => out.chars().filter(char::is_ascii_digit).count(),
            // Only the characters before the at sign are the person's.
            Mask::Email => out.split('@').next().unwrap_or_default().chars().filter(|&c| c != '*').count(),
            _ => clear,
        };
        let most = if kind == Mask::Email { 1 } else { kind.shows_at_most() as usize };
        prop_assert!(clear <= most, "{kind} of {value:?} shows {out:?}");
    }

    #[test]
    fn every_mask_hides_something_or_everything(kind in hiding_mask(), value in value()) {
        let out = shown(kind, &value);
        prop_assert!(out.contains('*') || kind == Mask::Hidden, "{kind} of {value:?} shows {out:?}");
    }

    #[test]
    fn short_values_are_hidden_whole(kind in hiding_mask(), value in "[0-9A-Za-z]{0,6}") {
        let out = shown(kind, &value);
        prop_assert!(out == "******" || (kind == Mask::Hidden && out.is_empty())
            || (kind == Mask::Document1x2 && value.len() == 6), "{kind} of {value:?} shows {out:?}");
    }

    #[test]
    fn what_is_hidden_does_not_change_what_is_shown(tail in "[0-9]{4}", a in "[0-9]{4}", b in "[0-9]{4}") {
        let of = |middle: &str| shown(Mask::Mobile3x4, &format!("138{middle}{tail}"));
        prop_assert_eq!(of(&a), of(&b));
    }

    #[test]
    fn card_masks_do_not_tell_the_length(tail in "[0-9]{4}", a in "6[0-9]{8,13}", b in "6[0-9]{8,13}") {
        let of = |head: &str| shown(Mask::CardLast4, &format!("{head}{tail}"));
        prop_assert_eq!(of(&a), of(&b));
    }

    #[test]
    fn one_wrong_digit_is_caught(body in "[1-9][0-9]{14}", place in 0_usize..16, step in 1_u8..10) {
        let card = luhn_complete(&body);
        let mut digits = card.into_bytes();
        digits[place] = b'0' + (digits[place] - b'0' + step) % 10;
        prop_assert!(normalise(Validator::BankCard, std::str::from_utf8(&digits).unwrap()).is_err());
    }

    #[test]
    fn an_upgraded_number_is_a_number(region in 1_u32..9, month in 1_u32..=12, day in 1_u32..=28, sequence in 0_u32..996) {
        let old = format!("{region}1010590{month:02}{day:02}{sequence:03}");
        let upgraded = normalise(Validator::ResidentId, &old).unwrap();
        prop_assert_eq!(upgraded.expose().len(), 18);
        prop_assert!(normalise(Validator::ResidentId, upgraded.expose()).is_ok());
    }
}
