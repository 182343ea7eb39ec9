//! What is read off invented documents, as a machine writes them: with blanks, and with letters for digits.

use model::Slug;
use model::field::Validator;

use super::read::{knows, values};

const CARD: &str = "姓 名 李 示 例\n性 别 女 “民 族 汉\n出 生 1990 年 5 月 1 日\n住 址 示 例 省 示 例 市 示 例 区\n示 例 路 26 号\n公 民 身 份 号 码 99O105199005O1002x\n";

fn wanted() -> Vec<(Slug, Validator)> {
    let items = [
        ("name", Validator::Name),
        ("sex", Validator::Text),
        ("birth-date", Validator::Date),
        ("home-address", Validator::Address),
        ("id-number", Validator::Document),
        ("bank-card", Validator::BankCard),
        ("vin", Validator::Vin),
    ];
    items.into_iter().map(|(item, kind)| (item.parse().unwrap(), kind)).collect()
}

fn told(text: &str) -> Vec<(String, String)> {
    values(text, &wanted()).into_iter().map(|(item, value)| (item.to_string(), value)).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.map(|(item, value)| (item.to_owned(), value.to_owned())).to_vec()
}

#[test]
fn an_identity_card_tells_what_stands_on_it() {
    let expected = [
        ("birth-date", "1990-05-01"),
        ("home-address", "示例省示例市示例区示例路26号"),
        ("id-number", "99010519900501002X"),
        ("name", "李示例"),
        ("sex", "女"),
    ];
    assert_eq!(told(CARD), pairs(expected));
}

#[test]
fn a_number_whose_check_digit_is_wrong_is_not_suggested() {
    let told = told(&CARD.replace("1002x", "10021"));
    assert!(told.iter().all(|(item, _)| item != "id-number"), "{told:?}");
    assert!(told.iter().any(|(item, _)| item == "name"), "{told:?}");
}

#[test]
fn a_day_that_is_none_is_not_suggested() {
    let told = told(&CARD.replace("5 月 1 日", "13 月 1 日"));
    assert!(told.iter().all(|(item, _)| item != "birth-date"), "{told:?}");
}

#[test]
fn a_bank_card_is_known_by_its_check_digit_and_no_document_is_one() {
    let card = "示例银行\n6222 0212 3456 7890 128\nVALID THRU 12/30\n";
    assert_eq!(told(card), pairs([("bank-card", "6222021234567890128")]));
    // Its eighteen digits pass the check of bank cards too.
    let document = (0..10_000_u32).map(|serial| format!("9901051990050{serial:04}")).find_map(|digits| {
        let both = (0..10).map(|last| format!("{digits}{last}"));
        both.into_iter().find(|number| told(number).iter().any(|(item, _)| item == "id-number") && luhn(number))
    });
    assert_eq!(told(&document.clone().unwrap()), pairs([("id-number", &document.unwrap())]));
    // Nor is a part of a longer number.
    assert_eq!(told("62220212345678901280000"), []);
}

/// ISO/IEC 7812-1, annex B.
fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().enumerate().map(|(place, digit)| match (place % 2, u32::from(digit - b'0')) {
        (0, digit) => digit,
        (_, digit) => digit * 2 / 10 + digit * 2 % 10,
    });
    digits.sum::<u32>().is_multiple_of(10)
}

#[test]
fn what_is_no_document_suggests_nothing() {
    assert_eq!(told("今天天气很好\n12345\n"), []);
    assert_eq!(told(""), []);
    assert!(!knows(&"email".parse().unwrap(), Validator::Email));
}
