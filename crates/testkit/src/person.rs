//! Invented people. Their numbers pass every check and belong to nobody: the region codes from 990000 on were never given out.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

static WORDS: LazyLock<Words> = LazyLock::new(|| serde_json::from_str(include_str!("../data/people.json")).unwrap());

/// Weights of GB 11643, from the first digit on.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check characters of GB 11643 by remainder.
const CHECKS: &[u8; 11] = b"10X98765432";

#[derive(Deserialize)]
struct Words {
    surnames: Vec<String>,
    given: String,
    digits: Vec<String>,
    id_type: String,
    woman: String,
    man: String,
    policy_info: String,
}

/// Somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Mobile number.
    pub phone: String,
    /// Resident identity number.
    pub number: String,
    /// Day of birth, as in the number.
    pub birth: String,
    /// Sex, as in the number.
    pub sex: String,
    id_type: String,
    policy_info: String,
}

/// The `n`th person: grown up, the same in every run, unlike every other below ten million.
pub fn person(n: u32) -> Person {
    born(1960 + n % 1000 % 40, n % 10_000_000)
}

/// As [`person`], a child under fourteen for years to come.
pub fn child(n: u32) -> Person {
    born(2024, n % 1000)
}

fn born(year: u32, n: u32) -> Person {
    let words = &*WORDS;
    let surname = words.surnames.get(usize::try_from(n).unwrap() % words.surnames.len()).unwrap();
    let spelt: String =
        n.to_string().bytes().filter_map(|digit| words.digits.get(usize::from(digit - b'0')).cloned()).collect();
    let (month, day) = (1 + n % 12, 1 + n % 28);
    let (region, serial) = (990_000 + n / 1000, n % 1000);
    let number = checked(&format!("{region}{year}{month:02}{day:02}{serial:03}"));
    Person {
        name: format!("{surname}{}{spelt}", words.given),
        phone: format!("199{n:08}"),
        number,
        birth: format!("{year}-{month:02}-{day:02}"),
        sex: if n % 2 == 1 { &words.man } else { &words.woman }.clone(),
        id_type: words.id_type.clone(),
        policy_info: format!("{}P2026{n:06}", words.policy_info),
    }
}

/// Seventeen digits and their check character.
fn checked(digits: &str) -> String {
    let sum: u32 = digits.chars().filter_map(|digit| digit.to_digit(10)).zip(WEIGHTS).map(|(d, w)| d * w).sum();
    let check = CHECKS.get(usize::try_from(sum % 11).unwrap()).copied().unwrap();
    format!("{digits}{}", char::from(check))
}

impl Person {
    /// What the person types to register on 海港, without a face and without anything of WeChat's.
    pub fn fields(&self) -> Value {
        json!({
            "name": self.name,
            "phone": self.phone,
            "id-type": self.id_type,
            "id-number": self.number,
            "sex": self.sex,
            "birth-date": self.birth,
            "id-image": "upload:8f14e45f",
        })
    }

    /// What a policy of the core system says of the person.
    pub fn policy_fields(&self) -> Value {
        json!({
            "name": self.name,
            "id-type": self.id_type,
            "id-number": self.number,
            "birth-date": self.birth,
            "policy-info": self.policy_info,
        })
    }

    /// What must not be found in any log, problem or file.
    pub fn values(&self) -> [&str; 4] {
        [&self.name, &self.phone, &self.number, &self.policy_info]
    }
}
