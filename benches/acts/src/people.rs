//! People who do not exist: the region code 99 was never given out.

/// Weights of GB 11643, from the first digit on.
const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check characters of GB 11643 by remainder.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Hands numbers out, each once.
#[derive(Default)]
pub(crate) struct Counter(u32);

impl Counter {
    /// So many numbers that nobody else has.
    pub(crate) const fn next(&mut self, count: u32) -> Numbers {
        let first = self.0;
        self.0 += count;
        Numbers(first)
    }
}

/// Numbers of people, from the first on.
pub(crate) struct Numbers(u32);

impl Numbers {
    /// Who registers as the `n`th.
    pub(crate) fn at(&self, n: u32) -> Vec<(&'static str, String)> {
        let n = u64::from(self.0) + u64::from(n);
        let (day, rest) = (1 + n % 28, n / 28);
        let (month, rest) = (1 + rest % 12, rest / 12);
        let (order, rest) = (rest % 1000, rest / 1000);
        let body = format!("99{rest:04}1990{month:02}{day:02}{order:03}");
        let digits = body.bytes().map(|digit| u64::from(digit - b'0'));
        let sum: u64 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
        let check = CHECKS.get(usize::try_from(sum % 11).unwrap_or_default()).copied().unwrap_or_default();
        vec![
            ("name", "李示例".to_owned()),
            ("phone", format!("19{n:09}")),
            ("id-type", "居民身份证".to_owned()),
            ("id-number", format!("{body}{check}")),
            ("sex", if order % 2 == 1 { "男" } else { "女" }.to_owned()),
            ("birth-date", format!("1990-{month:02}-{day:02}")),
            ("id-image", "upload:8f14e45f".to_owned()),
        ]
    }
}
