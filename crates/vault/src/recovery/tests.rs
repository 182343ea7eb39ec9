//! Any so many shares give the key, and fewer, wrong, mixed and mistyped ones are refused by name.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

/// Bytes that differ from draw to draw.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let drawn = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = drawn.to_be_bytes()[0];
        }
    }
}

fn made(key: [u8; 32], of: u8, need: u8, seed: u64) -> Vec<Share> {
    split(&key, (of, need), &Counting(AtomicU64::new(seed))).unwrap()
}

fn typed(share: &Share) -> Share {
    share.text().parse().unwrap()
}

/// A key, how many shares and how many are needed, and some that suffice.
fn splits() -> impl Strategy<Value = ([u8; 32], u8, u8, Vec<usize>, u64)> {
    (2_u8..12).prop_flat_map(|of| (Just(of), 2..=of)).prop_flat_map(|(of, need)| {
        let some = subsequence((0..usize::from(of)).collect::<Vec<_>>(), usize::from(need)..=usize::from(of));
        (any::<[u8; 32]>(), Just(of), Just(need), some.prop_shuffle(), any::<u64>())
    })
}

proptest! {
    #[test]
    fn any_so_many_give_the_key_and_fewer_give_none((key, of, need, some, seed) in splits()) {
        let shares = made(key, of, need, seed);
        let mut chosen: Vec<Share> = some.iter().map(|at| typed(&shares[*at])).collect();
        prop_assert_eq!(*join(&chosen).unwrap(), key);
        chosen.truncate(usize::from(need) - 1);
        let few = ShareError::Few { have: chosen.len(), need };
        prop_assert_eq!(join(&chosen).unwrap_err(), few);
        // Nor when they say that so few are enough.
        for share in &mut chosen {
            share.need -= 1;
        }
        if chosen.len() >= 2 {
            prop_assert_eq!(join(&chosen).unwrap_err(), ShareError::Another);
        }
    }

    #[test]
    fn one_mistyped_sign_is_told_by_its_line(at in 0_usize..96, sign in 0_usize..32, seed in any::<u64>()) {
        let share = made([7; 32], 3, 2, seed).remove(0);
        let text = share.text();
        let place = |(at, line): (usize, &str)| (at, line.starts_with(['1', '2', '3', '4']));
        let begins = text.lines().enumerate().map(place).find(|(_, is)| *is).unwrap().0;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let (line, column) = (at / 24, at % 24);
        // The number of the line and two blanks, then a further two before each group of four.
        let column = 3 + column + column / 4 * 2;
        let new = char::from(SIGNS[sign]);
        let own = lines[begins + line].clone();
        lines[begins + line].replace_range(column..=column, &new.to_string());
        let read = lines.join("\n").parse::<Share>();
        if own == lines[begins + line] {
            prop_assert!(read.is_ok());
        } else {
            prop_assert_eq!(read.map(drop), Err(ShareError::Line(line + 1)));
        }
    }
}

#[test]
fn what_somebody_types_may_look_otherwise() {
    let share = made([9; 32], 5, 3, 1).remove(4);
    let typed = share.text().to_lowercase().replace("  ", "-").replace("\n1-", "\n1 ").replace("\n2-", "\n2 ");
    let typed = typed.replace("\n3-", "\n3 ").replace("\n4-", "\n4 ").replace('0', "o").replace("\nany 3 of", "\n");
    let read: Share = typed.parse().unwrap();
    assert_eq!((read.number(), read.text()), (5, share.text()));
}

#[test]
fn wrong_mixed_and_repeated_shares_are_told_apart() {
    let (one, other) = (made([1; 32], 5, 3, 1), made([1; 32], 5, 3, 2));
    let of = |all: &[Share], at: &[usize]| at.iter().map(|at| typed(&all[*at])).collect::<Vec<_>>();
    let mixed = [of(&one, &[0]), of(&other, &[1]), of(&one, &[2])].concat_shares();
    assert_eq!(join(&mixed).unwrap_err(), ShareError::Mixed(1));
    let first = [of(&other, &[1]), of(&one, &[0, 2])].concat_shares();
    assert_eq!(join(&first).unwrap_err(), ShareError::Mixed(0));
    assert_eq!(join(&of(&one, &[0, 3, 0])).unwrap_err(), ShareError::Twice(2));
    assert_eq!(join(&[]).unwrap_err(), ShareError::Few { have: 0, need: 2 });
    let mut forged = of(&one, &[0, 1, 2]);
    forged[1].value[3] ^= 1;
    assert_eq!(join(&forged).unwrap_err(), ShareError::Another);
    for numbers in [(1, 1), (3, 4), (3, 1), (0, 0)] {
        assert_eq!(split(&[1; 32], numbers, &Counting(AtomicU64::new(1))).unwrap_err(), ShareError::Numbers);
    }
    let text = one[0].text();
    let short: Vec<&str> = text.lines().filter(|line| !line.starts_with('3')).collect();
    assert_eq!(short.join("\n").parse::<Share>().unwrap_err(), ShareError::Missing(3));
    let swapped = text.lines().map(|line| {
        if line.starts_with('2') {
            other[0].text().lines().find(|line| line.starts_with('2')).unwrap().to_owned()
        } else {
            line.to_owned()
        }
    });
    assert_eq!(swapped.collect::<Vec<_>>().join("\n").parse::<Share>().unwrap_err(), ShareError::Line(2));
    let shown = format!("{:?}", one[0]);
    assert!(shown.contains("not shown") && !shown.contains(&format!("{:?}", &one[0].value[..2])), "{shown}");
}

trait Concat {
    fn concat_shares(self) -> Vec<Share>;
}

impl<const N: usize> Concat for [Vec<Share>; N] {
    fn concat_shares(self) -> Vec<Share> {
        self.into_iter().flatten().collect()
    }
}
