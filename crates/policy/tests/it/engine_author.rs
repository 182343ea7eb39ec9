//! Random policies: an author who throws dice over the whole language.

use std::fmt::Write;
use std::sync::Arc;

use shouyue_policy::compile::Tables;
use shouyue_policy::syntax::{Authority, Basis, Form, Level, Limit, RecipientClass, Regime, SourceClass, UseKind};

use super::engine::compiled;

/// Throws that depend on the seed alone.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub(super) fn odds(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn some(&mut self, from: &[&str], percent: usize) -> String {
        let chosen: Vec<String> = from.iter().filter(|_| self.odds(percent)).map(|one| format!("\"{one}\"")).collect();
        format!("[{}]", chosen.join(", "))
    }

    fn some_or_one(&mut self, from: &[&str]) -> String {
        let list = self.some(from, 40);
        if list == "[]" { format!("[\"{}\"]", self.pick(from)) } else { list }
    }
}

pub(super) const ITEMS: [&str; 8] =
    ["name", "phone", "id-number", "bank-card", "face-image", "password", "genetic-information", "email"];
pub(super) const PERSONS: [&str; 3] = ["applicant", "insured", "company"];
const NATURAL: [&str; 2] = ["applicant", "insured"];
const BASES: [&str; 8] =
    ["consent", "contract", "human-resources", "statutory", "emergency", "news", "published", "other-law"];
const FORMS: [&str; 3] = ["general", "separate", "written"];
pub(super) const CHANNELS: [&str; 2] = ["app", "web"];
pub(super) const PRODUCTS: [&str; 2] = ["life", "travel"];
pub(super) const PURPOSES: [&str; 3] = ["serve", "weigh", "sell"];
pub(super) const FACTS: [&str; 4] = ["urgent", "abroad", "allowed", "do-not-track"];
pub(super) const SOURCES: [&str; 2] = ["lender", "registry"];
pub(super) const FUNCTIONS: [&str; 3] = ["join", "claim", "browse"];

/// One random policy with its operation file.
struct Author {
    dice: Dice,
    text: String,
}

impl Author {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Says a slot, or is silent on it.
    fn slot(&mut self, percent: usize, key: &str, words: &[&str], silent: &mut Vec<String>) {
        if self.dice.odds(percent) {
            let word = self.dice.pick(words);
            self.line(&format!("{key} = \"{word}\""));
        } else {
            silent.push(key.to_owned());
        }
    }

    fn silence(&mut self, slots: &[String]) {
        let slots: Vec<String> = slots.iter().map(|slot| format!("\"{slot}\"")).collect();
        self.line(&format!("silent = [{}]", slots.join(", ")));
    }

    fn condition(&mut self, depth: usize) -> String {
        match self.dice.roll(if depth == 0 { 5 } else { 8 }) {
            0 => "{ same-person = [\"applicant\", \"insured\"] }".to_owned(),
            1 => format!("{{ product = \"{}\" }}", self.dice.pick(&PRODUCTS)),
            2 => format!("{{ channel = \"{}\" }}", self.dice.pick(&CHANNELS)),
            3 => format!("{{ age-under = {} }}", [12, 14, 18, 60][self.dice.roll(4)]),
            4 => format!("{{ fact = \"{}\" }}", self.dice.pick(&FACTS)),
            5 => format!("{{ not = {} }}", self.condition(depth - 1)),
            6 => format!("{{ all = [{}, {}] }}", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("{{ any = [{}, {}] }}", self.condition(depth - 1), self.condition(depth - 1)),
        }
    }

    fn when(&mut self, percent: usize) {
        if self.dice.odds(percent) {
            let when = self.condition(2);
            self.line(&format!("when = {when}"));
        }
    }

    fn head(&mut self) {
        let track = if self.dice.odds(50) {
            "do-not-track = true\nsilent = [\"refusal-list\"]"
        } else {
            "silent = [\"do-not-track\", \"refusal-list\"]"
        };
        self.line(&format!("language = 1\n{track}"));
        self.line("[policy]\ntitle = \"t\"\nplatform = \"fuhe\"\nservice = \"s\"\neffective = 2021-12-01\nsilent = [\"updated\", \"version\"]");
        self.line("[handler]\nname = \"h\"\nkind = \"life-insurer\"\nsilent = [\"email\", \"address\", \"website\", \"officer\", \"affiliates\", \"complaint-bodies\"]");
        for channel in CHANNELS {
            self.line(&format!("[[channel]]\nid = \"{channel}\"\nname = \"{channel}\""));
        }
        for product in PRODUCTS {
            self.line(&format!("[[product]]\nid = \"{product}\"\nname = \"{product}\"\nsilent = [\"longer-than-a-year\", \"anti-money-laundering\"]"));
        }
        for person in PERSONS {
            let kind = if person == "company" { "organisation" } else { "natural" };
            let party = self.dice.odds(50);
            self.line(&format!(
                "[[person]]\nid = \"{person}\"\nname = \"{person}\"\nkind = \"{kind}\"\nparty = {party}"
            ));
        }
        for fact in FACTS {
            self.line(&format!("[[fact]]\nid = \"{fact}\"\nname = \"{fact}\"\nattested = \"staff\""));
        }
        for purpose in PURPOSES {
            let name = if purpose == "weigh" { "核保" } else { purpose };
            self.line(&format!("[[purpose]]\nid = \"{purpose}\"\nname = \"{name}\"\ntext = \"x\""));
        }
        self.sources();
        let held = self.dice.some_or_one(&ITEMS);
        self.line(&format!(
            "[[record]]\nid = \"file\"\nname = \"file\"\n[[record.hold]]\nof = \"insured\"\nitems = {held}"
        ));
        self.line("[[permission]]\nid = \"camera\"\nname = \"camera\"\nsilent = [\"off-withdraws\", \"switch\"]");
    }

    fn sources(&mut self) {
        let classes = words(SourceClass::ALL, SourceClass::word);
        for source in SOURCES {
            let class = self.dice.pick(&classes);
            self.line(&format!("[[source]]\nid = \"{source}\"\nname = \"{source}\"\nclass = \"{class}\""));
            let mut silent = Vec::new();
            self.slot(60, "consent", &FORMS, &mut silent);
            if self.dice.odds(60) {
                let beyond = self.dice.pick(&FORMS);
                self.line(&format!("within = \"allowed\"\nbeyond = \"{beyond}\""));
            } else {
                silent.push("beyond".to_owned());
            }
            self.silence(&silent);
        }
    }

    fn functions(&mut self) {
        for function in FUNCTIONS {
            let mut silent = vec!["refused".to_owned()];
            let purposes = self.dice.some(&PURPOSES, 50);
            self.line(&format!(
                "[[function]]\nid = \"{function}\"\nname = \"{function}\"\nkind = \"basic\"\npurposes = {purposes}"
            ));
            self.slot(80, "basis", &BASES, &mut silent);
            self.slot(40, "consent", &FORMS, &mut silent);
            if self.dice.odds(30) {
                let channels = self.dice.some_or_one(&CHANNELS);
                self.line(&format!("channels = {channels}"));
            }
            if self.dice.odds(30) {
                let products = self.dice.some_or_one(&PRODUCTS);
                self.line(&format!("products = {products}"));
            }
            if self.dice.odds(30) {
                self.line("makes = \"file\"");
            }
            if self.dice.odds(30) {
                self.line("opt-out = true");
            }
            if self.dice.odds(40) {
                self.line("reads = [{ class = \"file\", of = [\"insured\"], to = \"applicant\" }]");
            }
            self.silence(&silent);
            for _ in 0..=self.dice.roll(2) {
                let (of, items) = (self.dice.pick(&PERSONS), self.dice.some_or_one(&ITEMS));
                self.line(&format!("[[function.collect]]\nof = \"{of}\"\nitems = {items}"));
                self.when(40);
                if self.dice.odds(30) {
                    let form = self.dice.pick(&FORMS);
                    self.line(&format!("consent = \"{form}\""));
                }
                if self.dice.odds(30) {
                    self.line("permission = \"camera\"");
                }
                let mut silent = vec!["need".to_owned(), "sensitive".to_owned()];
                if self.dice.odds(30) {
                    let from = self.dice.some_or_one(&SOURCES);
                    self.line(&format!("trigger = \"source\"\nsource = {from}"));
                } else {
                    silent.push("trigger".to_owned());
                }
                if self.dice.odds(50) {
                    self.line("typed-by = [\"applicant\"]");
                    let authorities = words(Authority::ALL, Authority::word);
                    self.slot(80, "authority", &authorities, &mut silent);
                }
                self.silence(&silent);
            }
        }
    }

    fn uses(&mut self) {
        let kinds = words(UseKind::ALL, UseKind::word);
        let levels = words(Level::ALL, Level::word);
        for i in 0..self.dice.roll(3) {
            let (kind, purpose) = (self.dice.pick(&kinds), self.dice.pick(&PURPOSES));
            let items = self.dice.some(&ITEMS, 40);
            let functions = self.dice.some(&FUNCTIONS, 50);
            let of = self.dice.some(&NATURAL, 40);
            self.line(&format!("[[use]]\nid = \"use-{i}\"\nname = \"use {i}\"\nkind = \"{kind}\"\npurpose = \"{purpose}\"\nitems = {items}\nfunctions = {functions}\nof = {of}"));
            let mut silent = vec!["opt-out".to_owned()];
            if self.dice.odds(50) {
                let level = self.dice.pick(&levels);
                self.line(&format!("level = \"{level}\""));
            }
            if kind == "inbound" {
                let from = self.dice.some_or_one(&SOURCES);
                self.line(&format!("source = {from}"));
            }
            self.when(40);
            self.slot(80, "basis", &BASES, &mut silent);
            self.slot(40, "consent", &FORMS, &mut silent);
            self.silence(&silent);
        }
        let items = self.dice.some_or_one(&ITEMS);
        self.line(&format!("[[tracker]]\nid = \"cookie\"\nname = \"cookie\"\npurpose = \"serve\"\nitems = {items}\nsilent = [\"refusal\", \"limited\"]"));
        for i in 0..self.dice.roll(4) {
            let acts = self.dice.some_or_one(&["collect", "use", "share", "disclose", "market"]);
            self.line(&format!(
                "[[exception]]\nid = \"case-{i}\"\nnumber = {}\nname = \"case {i}\"\nacts = {acts}",
                i + 1
            ));
            self.when(40);
            let mut silent = Vec::new();
            self.slot(60, "article", &BASES, &mut silent);
            if self.dice.odds(20) {
                let when = self.condition(1);
                self.line(&format!("article-when = {when}"));
            }
            if self.dice.odds(20) {
                self.line("residual = true");
            }
            self.silence(&silent);
        }
    }

    fn ways_out(&mut self) {
        let (classes, regimes) = (words(RecipientClass::ALL, RecipientClass::word), words(Regime::ALL, Regime::word));
        let limits = words(Limit::ALL, Limit::word);
        for recipient in ["a", "b", "c", "d"] {
            let class = self.dice.pick(&classes);
            let regime = self.dice.pick(&regimes);
            let limits = self.dice.some(&limits, 20);
            let chosen = matches!(recipient, "b" | "d");
            self.line(&format!("[[recipient]]\nid = \"{recipient}\"\nname = \"{recipient}\"\nclass = \"{class}\"\nregime = \"{regime}\"\nlimits = {limits}\nchosen = {chosen}\nsilent = [\"contact\", \"contract\", \"exit\"]"));
        }
        for i in 0..=self.dice.roll(3) {
            let act = self.dice.pick(&["share", "share", "entrust", "transfer", "export"]);
            let recipient = self.dice.pick(&["a", "b", "c", "d"]);
            let functions = if self.dice.odds(50) { self.dice.some(&FUNCTIONS, 50) } else { "[]".to_owned() };
            let of = self.dice.some(&NATURAL, 40);
            self.line(&format!("[[share]]\nid = \"share-{i}\"\nname = \"share {i}\"\nact = \"{act}\"\nrecipient = \"{recipient}\"\nfunctions = {functions}\nof = {of}"));
            let mut silent = vec!["method".to_owned()];
            self.slot(70, "purpose", &PURPOSES, &mut silent);
            self.slot(70, "basis", &BASES, &mut silent);
            self.slot(40, "consent", &FORMS, &mut silent);
            if self.dice.odds(70) {
                let items = self.dice.some_or_one(&ITEMS);
                self.line(&format!("items = {items}"));
            } else {
                silent.push("items".to_owned());
            }
            if self.dice.odds(30) {
                self.line("records = [\"file\"]");
            }
            if self.dice.odds(40) {
                let form = self.dice.pick(&FORMS);
                self.line(&format!("sensitive-consent = \"{form}\""));
            }
            if self.dice.odds(30) {
                let levels = words(Level::ALL, Level::word);
                let level = self.dice.pick(&levels);
                self.line(&format!("level = \"{level}\""));
            }
            if self.dice.odds(30) {
                self.line("document = true");
            } else {
                silent.push("document".to_owned());
            }
            self.when(30);
            self.silence(&silent);
        }
        let mut silent = vec!["document".to_owned()];
        let items = self.dice.some_or_one(&ITEMS);
        self.line(&format!("[[disclose]]\nid = \"list\"\nname = \"list\"\nitems = {items}"));
        self.slot(70, "basis", &BASES, &mut silent);
        self.slot(40, "consent", &FORMS, &mut silent);
        let masked = self.dice.odds(50);
        self.line(&format!("masked = {masked}"));
        self.silence(&silent);
    }

    fn tail(&mut self) {
        if self.dice.odds(50) {
            self.line(
                "[[promise]]\nid = \"mask\"\ntext = \"x\"\ncontrol = \"mask-on-display\"\nsilent = [\"evidence\"]",
            );
        }
        if self.dice.odds(50) {
            self.line("[[statement]]\nid = \"means\"\nkind = \"definition\"\ntext = \"x\"\nsensitive = [\"financial-account\"]");
        }
        if self.dice.odds(50) {
            let excludes = self.dice.some(&ITEMS, 30);
            self.line(&format!("[[right]]\nkind = \"access\"\nexcludes = {excludes}\nexcludes-functions = [\"join\"]\nsilent = [\"routes\", \"clock\", \"identity\", \"fee\"]"));
        }
        self.line("[storage]\nsilent = [\"place\", \"end-of-service\", \"backups\", \"security-level\"]");
        let guardian = self.dice.odds(50);
        self.line(&format!(
            "[minors]\nguardian = {guardian}\nsilent = [\"age\", \"use-only\", \"wrongly-collected\", \"dedicated\"]"
        ));
        self.line("[export]\nsilent = [\"may\", \"procedure\", \"consent\"]");
        self.line("[update]\nsilent = [\"major\", \"major-notice\", \"notice\", \"before-effect\", \"rights-cut-needs-consent\", \"archive\"]");
    }
}

fn operation(dice: &mut Dice) -> String {
    let mut text = String::new();
    let sensitivity = dice.pick(&["strictest", "pipl-28", "gbt-35273"]);
    let (party, strict) = (dice.odds(50), dice.odds(50));
    let (first, second) = (dice.some_or_one(&ITEMS), dice.some(&FUNCTIONS, 60));
    let (view, minors, told) = (dice.odds(50), dice.odds(50), dice.pick(&FUNCTIONS));
    write!(
        text,
        "language = 1\nplatform = \"fuhe\"\ncool-down-days = 1\nbackup-days = 1\n[switches]\nsensitivity = \"{sensitivity}\"\n\
         insured-is-party = {party}\nseparate-beyond-consent = {strict}\n\
         [[role]]\nid = \"clerk\"\nname = \"clerk\"\nfunctions = {second}\nclear-view = {view}\nminors = {minors}\nanswers = \"x\"\n\
         [[sensitive-notice]]\nfunction = \"{told}\"\nitems = {first}\nnecessity = \"x\"\nimpact = \"x\"\nanswers = \"x\"\n\
         [[party]]\nid = \"p\"\nname = \"p\"\nrecipient = \"b\"\ncontact = \"x\"\nanswers = \"x\"\n\
         [[party]]\nid = \"q\"\nname = \"q\"\nrecipient = \"d\"\ncontact = \"x\"\nanswers = \"x\"\n"
    )
    .unwrap();
    if dice.odds(30) {
        let whom = dice.pick(&["recipient = \"a\"", "recipient = \"b\"", "party = \"p\"", "party = \"q\""]);
        let since = dice.pick(&["2020-01-01", "2024-01-01"]);
        writeln!(text, "[[suspended]]\n{whom}\nsince = {since}\nreason = \"x\"\nanswers = \"R63\"").unwrap();
    }
    if dice.odds(40) {
        text.push_str("[[enforcement]]\nelement = \"claim\"\nby = \"policy\"\nreason = \"x\"\n");
    }
    text
}

/// The words of a closed list.
fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| word(*one)).collect()
}

/// A random policy and its operation file.
fn random_texts(seed: u64) -> (String, String) {
    let mut author = Author { dice: Dice(seed), text: String::new() };
    author.head();
    author.functions();
    author.uses();
    author.ways_out();
    author.tail();
    let operation = operation(&mut author.dice);
    (author.text, operation)
}

/// The tables of a random policy.
pub(super) fn random_tables(seed: u64) -> Arc<Tables> {
    let (policy, operation) = random_texts(seed);
    compiled(&policy, &operation)
}

/// Every table that decides something, and every word of the lists from which it is written, comes up.
#[test]
fn the_author_knows_the_whole_language() {
    let texts: Vec<String> = (0..200)
        .map(|seed| {
            let (policy, operation) = random_texts(seed);
            policy + &operation
        })
        .collect();
    let all = texts.concat();
    for table in [
        "channel",
        "product",
        "person",
        "fact",
        "purpose",
        "source",
        "record",
        "permission",
        "function",
        "function.collect",
        "use",
        "tracker",
        "exception",
        "recipient",
        "share",
        "disclose",
        "promise",
        "statement",
        "right",
        "role",
        "party",
        "suspended",
        "enforcement",
        "sensitive-notice",
    ] {
        assert!(all.contains(&format!("[[{table}]]\n")), "{table}");
    }
    let lists = [
        ("basis", words(Basis::ALL, Basis::word)),
        ("consent", words(Form::ALL, Form::word)),
        ("kind", words(UseKind::ALL, UseKind::word)),
        ("level", words(Level::ALL, Level::word)),
        ("class", words(RecipientClass::ALL, RecipientClass::word)),
        ("class", words(SourceClass::ALL, SourceClass::word)),
        ("regime", words(Regime::ALL, Regime::word)),
        ("authority", words(Authority::ALL, Authority::word)),
    ];
    for (key, word) in lists.iter().flat_map(|(key, words)| words.iter().map(move |word| (key, word))) {
        assert!(all.contains(&format!("{key} = \"{word}\"")), "{key} = {word}");
    }
    for limit in words(Limit::ALL, Limit::word) {
        assert!(
            texts.iter().any(|text| text.lines().any(|line| line.starts_with("limits = ") && line.contains(limit))),
            "{limit}"
        );
    }
    for word in ["same-person", "product", "channel", "age-under", "fact", "not", "all", "any"] {
        assert!(all.contains(&format!("{{ {word} = ")), "{word}");
    }
}
