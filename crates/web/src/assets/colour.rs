//! sRGB colours and their contrast, as WCAG 2.2 defines it.

use std::fmt;
use std::str::FromStr;

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

/// The text is not `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written as a hash sign and six hexadecimal digits, such as #0e5a7a")]
pub struct NotAColour;

impl Rgb {
    /// The page behind everything in light mode; `--paper` in `static/tokens.css` must say the same.
    pub const PAPER: Self = Self { red: 0xf3, green: 0xf5, blue: 0xf2 };
    /// The page behind everything in dark mode; `--paper` there.
    pub const NIGHT: Self = Self { red: 0x12, green: 0x18, blue: 0x16 };
    /// `#000000`.
    pub const BLACK: Self = Self { red: 0, green: 0, blue: 0 };
    /// `#ffffff`.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    /// This colour with `percent` (0 to 100) of `other` in it.
    #[must_use]
    pub fn mix(self, other: Self, percent: u8) -> Self {
        let percent = u16::from(percent.min(100));
        let channel = |mine: u8, theirs: u8| {
            let sum = u16::from(mine) * (100 - percent) + u16::from(theirs) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }

    /// The nearest mix of this colour with `towards` that has at least the `wanted` contrast on `ground`.
    #[must_use]
    pub fn until_readable_on(self, ground: Self, towards: Self, wanted: f64) -> Self {
        (0..=100)
            .step_by(4)
            .map(|percent| self.mix(towards, percent))
            .find(|candidate| candidate.contrast(ground) >= wanted)
            .unwrap_or(towards)
    }

    /// Contrast ratio, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl FromStr for Rgb {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NotAColour)?;
        let channel = |from: usize| {
            let pair = digits.get(from..from + 2).ok_or(NotAColour)?;
            if !pair.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(NotAColour);
            }
            u8::from_str_radix(pair, 16).map_err(|_| NotAColour)
        };
        Ok(Self { red: channel(0)?, green: channel(2)?, blue: channel(4)? })
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}
