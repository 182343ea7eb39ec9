//! Writing SVG: colours, text, boxes, curves.

use std::fmt::Write as _;

use super::measure::Tenths;

/// Which colours a drawing has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Dark on light: for paper, and for pages that are light.
    Light,
    /// As the reader's system has it.
    System,
}

/// What a stroke or a sign is for; each has a colour by day and one by night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Paper,
    Sheet,
    Sunken,
    Text,
    Soft,
    Line,
    Plain,
    Sensitive,
    Additional,
    Statutory,
    Security,
    Marketing,
}

impl Ink {
    const ALL: [Self; 12] = [
        Self::Paper,
        Self::Sheet,
        Self::Sunken,
        Self::Text,
        Self::Soft,
        Self::Line,
        Self::Plain,
        Self::Sensitive,
        Self::Additional,
        Self::Statutory,
        Self::Security,
        Self::Marketing,
    ];

    /// Its name in style rules, its colour by day and by night. Text has a contrast of 4.5 at least on sheet and paper.
    const fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Paper => ("paper", "#f3f5f2", "#121816"),
            Self::Sheet => ("sheet", "#ffffff", "#1b2320"),
            Self::Sunken => ("sunken", "#e9ede8", "#252f2b"),
            Self::Text => ("text", "#1a2420", "#e6ece8"),
            Self::Soft => ("soft", "#4f5d57", "#a9b6af"),
            Self::Line => ("line", "#c3ccc6", "#3d4a45"),
            Self::Plain => ("plain", "#0e5a7a", "#6db7d6"),
            Self::Sensitive => ("sensitive", "#9b2b24", "#f0857a"),
            Self::Additional => ("additional", "#3f7a2e", "#8fc97c"),
            Self::Statutory => ("statutory", "#6a4b8a", "#b79ad6"),
            Self::Security => ("security", "#7a5000", "#d9a441"),
            Self::Marketing => ("marketing", "#a83a66", "#e58bb0"),
        }
    }

    fn fill(self) -> String {
        let (name, day, _) = self.facts();
        format!("class=\"f-{name}\" fill=\"{day}\"")
    }

    fn stroke(self) -> String {
        let (name, day, _) = self.facts();
        format!("class=\"s-{name}\" stroke=\"{day}\"")
    }
}

/// A drawing under way. Writing into a text cannot fail.
pub(super) struct Pen(String);

/// A place and a size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: Tenths,
    pub(super) top: Tenths,
    pub(super) wide: Tenths,
    pub(super) high: Tenths,
}

/// How signs look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) size: Tenths,
    pub(super) ink: Ink,
    pub(super) bold: bool,
}

const FAMILIES: &str = "system-ui, -apple-system, 'PingFang SC', 'HarmonyOS Sans SC', 'Microsoft YaHei', 'Noto Sans CJK SC', \
                        'Source Han Sans SC', sans-serif";

impl Pen {
    /// A drawing of this size, with words for whoever does not see it.
    pub(super) fn new(wide: Tenths, high: Tenths, title: &str, told: &str, colours: Colours) -> Self {
        let (wide, high) = (pixels(wide), pixels(high));
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\" \
             role=\"img\" aria-labelledby=\"map-title map-told\" font-family=\"{FAMILIES}\">\n"
        );
        let (title, told) = (escaped(title), escaped(told));
        let _ = write!(out, "<title id=\"map-title\">{title}</title>\n<desc id=\"map-told\">{told}</desc>\n");
        if colours == Colours::System {
            out.push_str("<style>@media (prefers-color-scheme: dark) {");
            for (name, _, night) in Ink::ALL.map(Ink::facts) {
                let _ = write!(out, " .f-{name} {{ fill: {night}; }} .s-{name} {{ stroke: {night}; }}");
            }
            out.push_str(" }</style>\n");
        }
        Self(out)
    }

    pub(super) fn fill(&mut self, frame: Frame, ink: Ink, round: Tenths) {
        let (left, top, wide, high) = frame.pixels();
        let (ink, round) = (ink.fill(), pixels(round));
        let _ = writeln!(
            self.0,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" rx=\"{round}\" {ink}/>"
        );
    }

    pub(super) fn outline(&mut self, frame: Frame, ink: Ink, round: Tenths) {
        let (left, top, wide, high) = frame.pixels();
        let (ink, round) = (ink.stroke(), pixels(round));
        let _ = writeln!(
            self.0,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" rx=\"{round}\" fill=\"none\" {ink}/>"
        );
    }

    pub(super) fn rule(&mut self, frame: Frame, ink: Ink) {
        self.fill(Frame { high: 10, ..frame }, ink, 0);
    }

    /// A line of text; `top` is its base line.
    pub(super) fn text(&mut self, left: Tenths, base: Tenths, look: Type, words: &str) {
        self.runs(left, base, look, &[(words, look.ink)]);
    }

    /// A line whose stretches have colours of their own.
    pub(super) fn runs(&mut self, left: Tenths, base: Tenths, look: Type, runs: &[(&str, Ink)]) {
        let weight = if look.bold { " font-weight=\"600\"" } else { "" };
        let (left, base, size) = (pixels(left), pixels(base), pixels(look.size));
        let _ = write!(self.0, "<text x=\"{left}\" y=\"{base}\" font-size=\"{size}\"{weight} {}>", look.ink.fill());
        for (words, ink) in runs {
            let words = escaped(words);
            let _ = if *ink == look.ink {
                write!(self.0, "{words}")
            } else {
                write!(self.0, "<tspan {}>{words}</tspan>", ink.fill())
            };
        }
        self.0.push_str("</text>\n");
    }

    /// A curve from one point to another, level at both ends. What it means is read aloud, and shown to whoever points at it.
    pub(super) fn curve(&mut self, from: (Tenths, Tenths), to: (Tenths, Tenths), ink: Ink, thick: Tenths, what: &str) {
        let middle = pixels(i64::midpoint(from.0, to.0));
        let (from, to) = ((pixels(from.0), pixels(from.1)), (pixels(to.0), pixels(to.1)));
        let _ = write!(
            self.0,
            "<path d=\"M{} {}C{middle} {} {middle} {} {} {}\" fill=\"none\" stroke-width=\"{}\" stroke-opacity=\"0.55\" {}>",
            from.0,
            from.1,
            from.1,
            to.1,
            to.0,
            to.1,
            pixels(thick),
            ink.stroke()
        );
        let _ = writeln!(self.0, "<title>{}</title></path>", escaped(what));
    }

    pub(super) fn finished(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

impl Frame {
    fn pixels(self) -> (String, String, String, String) {
        (pixels(self.left), pixels(self.top), pixels(self.wide), pixels(self.high))
    }
}

/// Tenths as SVG writes them.
fn pixels(tenths: Tenths) -> String {
    let (whole, rest) = (tenths.div_euclid(10), tenths.rem_euclid(10));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;")
}
