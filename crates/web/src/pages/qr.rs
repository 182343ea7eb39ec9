//! A QR code (ISO/IEC 18004) as one SVG path: made on the server, shown without script and without a picture to load.

use std::fmt::Write as _;

use askama::Template;
use fast_qr::{ECL, QRBuilder};

/// Light modules around the code; the standard asks for four.
const QUIET: usize = 4;

/// A code, ready to be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "parts/qr.html")]
pub struct Qr {
    /// Modules on a side, with the quiet zone.
    pub side: usize,
    /// The dark modules, as a path.
    pub path: String,
    /// What it is, for who does not see it.
    pub label: String,
}

impl Qr {
    /// The code of a text, called `label`; `None` for one that is too long for any.
    pub fn of(text: &str, label: String) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let mut path = String::new();
        for (y, line) in code.data.chunks(code.size).take(code.size).enumerate() {
            let dark = line.iter().enumerate().filter(|(_, module)| module.value());
            for (x, _) in dark {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { side: code.size + 2 * QUIET, path, label })
    }
}

impl askama::filters::HtmlSafe for Qr {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finder patterns of the three corners: seven by seven, as every reader looks for them.
    #[test]
    fn a_code_has_its_three_corners_and_its_quiet_zone() {
        let code = Qr::of("weixin://wxpay/bizpayurl?pr=0123456789ab", String::new()).unwrap();
        assert_eq!(code.side, 29 + 8, "version 3");
        let dark = |x: usize, y: usize| code.path.contains(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        for (left, top) in [(0, 0), (22, 0), (0, 22)] {
            for at in 0..7 {
                assert!(dark(left + at, top) && dark(left + at, top + 6), "{left} {top} {at}");
                assert!(dark(left, top + at) && dark(left + 6, top + at), "{left} {top} {at}");
            }
            assert!(dark(left + 3, top + 3) && !dark(left + 1, top + 1));
        }
        assert!(!code.path.contains("M0 ") && !code.path.contains("M3 "), "the quiet zone is light");
        assert_eq!(Qr::of(&"a".repeat(4000), String::new()), None);
    }
}
