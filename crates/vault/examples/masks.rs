//! Nanoseconds a mask takes, beside copying the value: `cargo run --release -p shouyue-vault --example masks`
//!
//! Each line is the median of interleaved rounds, because the machine's pace drifts. The aim is 25 ns for a name or number
//! in its one form. E-mail addresses, whose every byte is looked at, and plates take up to 40, postal addresses, which are
//! read name by name against the word lists, 600.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "an example prints, and dies of what it did not expect")]

use std::fmt::{self, Write};
use std::hint::black_box;
use std::time::Instant;

use model::field::Mask;
use shouyue_vault::field::mask;

/// Rounds of each lane; the median counts.
const ROUNDS: usize = 101;

/// Masks in a round.
const TIMES: u32 = 20_000;

const LANES: [(Mask, &str); 10] = [
    (Mask::None, "11010519491231002X"),
    (Mask::NameSurname, "张三丰"),
    (Mask::Id1x1, "11010519491231002X"),
    (Mask::Mobile3x4, "13800138000"),
    (Mask::Landline, "010-82345678"),
    (Mask::CardLast4, "6222021234567894"),
    (Mask::Email, "zhangsan@example.com"),
    (Mask::Plate, "粤B12312"),
    (Mask::Document1x2, "E12345678"),
    (Mask::AddressDistrict, "江苏省无锡市滨湖区太湖大道1号"),
];

/// A sink of fixed size, wiped by starting over.
struct Page {
    bytes: [u8; 256],
    used: usize,
}

impl Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.used..self.used + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used += text.len();
        Ok(())
    }
}

fn main() {
    let mut taken: [Vec<f64>; LANES.len()] = Default::default();
    let mut page = Page { bytes: [0; 256], used: 0 };
    for _ in 0..ROUNDS {
        for ((kind, value), taken) in LANES.iter().zip(&mut taken) {
            let start = Instant::now();
            for _ in 0..TIMES {
                page.used = 0;
                mask(black_box(*kind), black_box(value), &mut page).unwrap();
                black_box(&page.bytes);
            }
            taken.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES));
        }
    }
    println!("| mask | ns |\n|---|---|");
    for ((kind, _), mut taken) in LANES.iter().zip(taken) {
        taken.sort_by(f64::total_cmp);
        println!("| {kind} | {:.1} |", taken.get(ROUNDS / 2).unwrap());
    }
}
