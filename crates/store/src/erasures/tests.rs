//! The list: it reads as it was written, and what was changed in it shows.

use model::{RecordId, SubjectId};
use proptest::prelude::*;

use super::*;

fn erasure(sequence: u64, kind: u8) -> Erasure {
    let byte = u8::try_from(sequence % 251).unwrap();
    let (record, subject) = (RecordId::from_random([byte; 16]), SubjectId::from_random([byte ^ 1; 16]));
    let role = "applicant".parse().unwrap();
    let erased = match kind {
        0 => Erased::Part { record, subject: Some(subject), role },
        1 => Erased::Part { record, subject: None, role },
        _ => Erased::Subject(subject),
    };
    Erasure { sequence, erased, leaf: sequence * 3 }
}

fn list(kinds: &[u8]) -> Vec<Erasure> {
    kinds.iter().zip(1..).map(|(kind, sequence)| erasure(sequence, *kind)).collect()
}

proptest! {
    #[test]
    fn text_round_trips(kinds in prop::collection::vec(0..3_u8, 0..20), cut in 0..20_usize) {
        let list = list(&kinds);
        let (text, end) = to_text(START, &list);
        let read = from_text(&text).unwrap();
        prop_assert_eq!(read.iter().map(|(erasure, _)| erasure.clone()).collect::<Vec<_>>(), list.clone());
        prop_assert_eq!(read.last().map_or(START, |(_, chain)| *chain), end);

        // Written in two goes it is the same list.
        let (first, second) = list.split_at(cut.min(list.len()));
        let (head, chain) = to_text(START, first);
        prop_assert_eq!(head + &to_text(chain, second).0, text);
    }

    #[test]
    fn lines_written_twice_count_once(count in 1..8_usize, from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let text = to_text(START, &list(&vec![0; count])).0;
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let (from, to) = (from.index(count), to.index(count));
        // The lines of another server, after its own.
        let twice = [&lines[..=to], &lines[from.min(to)..=to], &lines[to + 1..]].concat().concat();
        prop_assert_eq!(from_text(&twice).unwrap(), from_text(&text).unwrap());
    }

    #[test]
    fn a_changed_byte_shows(kinds in prop::collection::vec(0..3_u8, 1..8), at in any::<prop::sample::Index>(), bit in 0..7_u8) {
        let text = to_text(START, &list(&kinds)).0;
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len() - 1);
        bytes[at] ^= 1 << bit;
        let altered = String::from_utf8(bytes).unwrap();
        prop_assert!(from_text(&altered).is_err(), "byte {at} of {altered}");
    }

    #[test]
    fn a_line_cut_out_shows(count in 2..8_usize, at in any::<prop::sample::Index>()) {
        let text = to_text(START, &list(&vec![0; count])).0;
        let at = at.index(count - 1);
        let mut lines: Vec<_> = text.split_inclusive('\n').collect();
        lines.remove(at);
        let cut = lines.concat();
        prop_assert!(matches!(from_text(&cut), Err(StoreError::BrokenErasures(line)) if line == at as u64 + 1));
    }
}

#[test]
fn an_unfinished_last_line_is_not_read() {
    let text = to_text(START, &list(&[0, 1, 2])).0;
    let (torn, _) = text.split_at(text.len() - 7);
    assert_eq!(from_text(torn).unwrap().len(), 2);
    assert_eq!(from_text("").unwrap().len(), 0);
}
