//! What every face shares: the house, and how this installation is reached.

use std::sync::Arc;

use desk::House;
use desk::seat::Stretch;

use crate::assets::Theme;

/// Colour of a platform that has none of its own.
const PLAIN: &str = "#1f5f8b";

/// The running faces of a house.
pub struct App {
    /// The house behind them.
    pub house: Arc<House>,
    /// How the installation is reached.
    pub site: Site,
}

/// How an installation is reached and looks.
pub struct Site {
    /// Origin that browsers see, such as `https://privacy.example.cn`; without a slash at the end.
    pub origin: String,
    /// Work spent on a passphrase.
    pub stretch: Stretch,
    /// Colours of the platforms.
    pub themes: Vec<Theme>,
    /// Where the demo reads the short messages it would have sent; `None` outside the demo.
    pub inbox: Option<Arc<dyn Inbox>>,
}

/// The demo's telephone: shows on the page what a real telephone would have received.
pub trait Inbox: Send + Sync {
    /// The newest code for a number that the visitor typed a moment ago.
    fn newest_code(&self, phone: &str) -> Option<String>;

    /// Where it pays a code of the payment network's; afterwards one is led back to `back`.
    fn scan_page(&self, code: &str, back: &str) -> Option<String>;
}

impl Site {
    /// Whether browsers reach it by TLS: cookies are then `Secure` and bear the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The link to a platform's colours.
    pub(crate) fn theme_of(&self, platform: &str) -> String {
        let own = self.themes.iter().find(|theme| theme.is_of(platform)).map(Theme::href);
        own.or_else(|| Theme::new(platform, PLAIN).ok().map(|theme| theme.href())).unwrap_or_default()
    }
}
