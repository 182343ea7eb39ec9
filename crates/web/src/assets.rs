//! Style sheets, scripts and the icon: embedded in the binary, served under names that carry their content's hash.
//!
//! A hashed name never changes its meaning, so browsers may keep it for a year (`immutable`). A name whose hash is stale (a page loaded before
//! an upgrade) still gets the present file, but must ask again next time. Each platform has a small generated sheet of its own, [`Theme`]:
//! pages carry no inline style, so a platform's colour can reach them in no other way.

use std::borrow::Cow;
use std::fmt::Write as _;

use rust_embed::RustEmbed;

mod colour;
#[cfg(test)]
mod tests;

pub use colour::{NotAColour, Rgb};

/// Where assets are mounted.
pub const PREFIX: &str = "/assets/";

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

#[derive(RustEmbed)]
#[folder = "static/"]
struct Static;

/// What a handler needs to answer one asset request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The body.
    pub bytes: Cow<'static, [u8]>,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Value of `Cache-Control`.
    pub cache_control: &'static str,
    /// Value of `ETag`, quotes included.
    pub etag: String,
}

/// The link to an embedded file: `href("site.css")` gives `/assets/site.<hash>.css`.
///
/// A name that is not embedded comes back without a hash and answers 404; a test asks every page's links.
pub fn href(name: &str) -> String {
    match (Static::get(name), name.rsplit_once('.')) {
        (Some(file), Some((stem, extension))) => {
            format!("{PREFIX}{stem}.{}.{extension}", short_hash(&file))
        }
        _ => format!("{PREFIX}{name}"),
    }
}

/// Finds what `file` (the path after [`PREFIX`]) names, among the embedded files and the themes of the installed platforms.
pub fn find(file: &str, themes: &[Theme]) -> Option<Asset> {
    let (rest, extension) = file.rsplit_once('.')?;
    let (stem, hash) = rest.rsplit_once('.')?;
    if let Some(theme) = themes.iter().find(|theme| theme.stem() == stem && extension == "css") {
        let css = theme.css();
        let present = theme_hash(&css);
        return Some(asset(Cow::Owned(css.into_bytes()), "css", &present, hash));
    }
    let found = Static::get(&format!("{stem}.{extension}"))?;
    let present = short_hash(&found);
    Some(asset(found.data, extension, &present, hash))
}

fn asset(bytes: Cow<'static, [u8]>, extension: &str, present: &str, asked: &str) -> Asset {
    Asset {
        bytes,
        content_type: match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        },
        cache_control: if asked == present { IMMUTABLE } else { REVALIDATE },
        etag: format!("\"{present}\""),
    }
}

fn short_hash(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(6).fold(String::new(), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

/// FNV-1a: a cache key of a text we generate ourselves, nothing that anyone relies on for safety.
fn theme_hash(css: &str) -> String {
    let hash = css
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// The colours of one platform, derived from its one brand colour so that text always has contrast enough.
///
/// WCAG 2.2 asks 4.5 : 1 for text; a brand colour seldom gives it both on white and under white text, so it is darkened (in dark mode lightened)
/// in small steps until it does, with some room for the soft grounds that chips and marked places have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    platform: String,
    brand: Rgb,
}

impl Theme {
    /// `platform` is the platform's id (the slug of its URL), `brand` its colour as `#rrggbb`.
    pub fn new(platform: &str, brand: &str) -> Result<Self, NotAColour> {
        Ok(Self { platform: platform.to_owned(), brand: brand.parse()? })
    }

    /// Whether these are the colours of that platform.
    pub fn is_of(&self, platform: &str) -> bool {
        self.platform == platform
    }

    /// The link to the sheet: `/assets/theme-<platform>.<hash>.css`.
    pub fn href(&self) -> String {
        format!("{PREFIX}{}.{}.css", self.stem(), theme_hash(&self.css()))
    }

    fn stem(&self) -> String {
        format!("theme-{}", self.platform)
    }

    /// The sheet: the accent tokens, for light and dark.
    pub fn css(&self) -> String {
        let block = |shades: Shades| {
            let Shades { accent, deep, soft, on } = shades;
            format!("--accent:{accent};--accent-deep:{deep};--accent-soft:{soft};--on-accent:{on}")
        };
        let (day, night) = (block(self.day()), block(self.night()));
        format!(":root{{{day}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{night}}}}}\n")
    }

    fn day(&self) -> Shades {
        let accent = self.brand.until_readable_on(Rgb::PAPER, Rgb::BLACK, 5.2);
        Shades { accent, deep: accent.mix(Rgb::BLACK, 24), soft: accent.mix(Rgb::WHITE, 91), on: Rgb::WHITE }
    }

    fn night(&self) -> Shades {
        let accent = self.brand.until_readable_on(Rgb::NIGHT, Rgb::WHITE, 7.5);
        Shades { accent, deep: accent.mix(Rgb::WHITE, 24), soft: accent.mix(Rgb::NIGHT, 86), on: Rgb::NIGHT }
    }
}

/// The accent and what goes with it: pressed, as a ground, and for text on it.
struct Shades {
    accent: Rgb,
    deep: Rgb,
    soft: Rgb,
    on: Rgb,
}
