//! What is left of a key in the memory of the process that used it: nothing.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::sync::{Mutex, PoisonError};

use model::Entropy;
use shouyue_vault::Suite;

use crate::bench::{ACCOUNT, ALICE, Bench, Counting};

/// Hands on what another source draws, and remembers every key that it drew, covered, so as not to leave one itself.
struct Remembering<'e> {
    source: &'e Counting,
    keys: Mutex<Vec<[u8; 32]>>,
}

const COVER: u8 = 0xa5;

impl Entropy for Remembering<'_> {
    fn fill(&self, bytes: &mut [u8]) {
        self.source.fill(bytes);
        if let Ok(key) = <&[u8; 32]>::try_from(&*bytes) {
            let mut covered = [0; 32];
            covered.iter_mut().zip(key).for_each(|(covered, byte)| *covered = byte ^ COVER);
            self.keys.lock().unwrap_or_else(PoisonError::into_inner).push(covered);
        }
    }
}

/// Where in this process's writable memory a covered key lies bare; what is read into is passed over.
fn bare(covered: &[u8; 32]) -> Vec<String> {
    const PAGE: usize = 4096;
    let memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = vec![0_u8; 64 * PAGE];
    let own = buffer.as_ptr() as usize..buffer.as_ptr() as usize + buffer.len();
    let mut found = Vec::new();
    for line in fs::read_to_string("/proc/self/maps").unwrap().lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (usize::from_str_radix(from, 16).unwrap(), usize::from_str_radix(to, 16).unwrap());
        // Each reading begins a key's length before the end of the last, so that a key across the border is seen.
        for at in (from..to).step_by(buffer.len() - 32) {
            let length = buffer.len().min(to - at);
            let Ok(read) = memory.read_at(&mut buffer[..length], at as u64) else { continue };
            let read = &buffer[..read];
            let is_key = |window: &[u8]| window.iter().zip(covered).all(|(byte, covered)| byte ^ COVER == *covered);
            let mut rest = 0;
            while let Some(next) = read[rest..].iter().position(|byte| byte ^ COVER == covered[0]) {
                let offset = rest + next;
                let window = &read[offset..(offset + 32).min(read.len())];
                if window.len() == 32 && !own.contains(&(at + offset)) && is_key(window) {
                    found.push(format!("{:#x} of {line}", at + offset));
                }
                rest = offset + 1;
            }
        }
    }
    found
}

#[test]
fn a_key_that_was_used_is_nowhere_in_memory() {
    for suite in Suite::ALL {
        let bench = Bench::under("haigang", *suite);
        let entropy = Remembering { source: &bench.entropy, keys: Mutex::default() };
        let part = bench.sealed_from("sex", "female", (ALICE, ACCOUNT), &entropy);
        for _ in 0..3 {
            assert_eq!(bench.opened("sex", &part.name, part.wrapped.as_deref(), &part.values).unwrap(), ["female"]);
        }
        let keys = entropy.keys.into_inner().unwrap();
        assert_eq!(keys.len(), 1, "one key, of one part");
        assert_eq!(bare(&keys[0]), Vec::<String>::new(), "{suite:?}");
        // And whoever keeps one is found out.
        let kept: Vec<u8> = keys[0].iter().map(|byte| byte ^ COVER).collect();
        assert!(!bare(&keys[0]).is_empty(), "one of {} bytes is kept", kept.len());
    }
}
