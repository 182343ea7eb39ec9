//! What was found in a text, put together for a page: the policy in force, compiled anew, or a draft as it was checked.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use desk::Refusal;
use desk::draft::{File, Found, Spot, Whole};
use desk::publish::{Stage, Version, texts, versions};
use jiff::civil::Date;
use policy::finding::{self as found, Language, Message, Place, Source, Span};
use policy::report::{self, Mark};
use serde::Deserialize;

use super::clerk::{BASE, Clerk};
use super::rule::title;
use crate::pages::console::{
    Article, Excerpt, Finding, Findings, Grave, Line, Marked, OfCode, PolicyFindings, Severity, Tally,
};
use crate::pages::parts::{Clause, Link, Said};
use crate::told::elements::version;
use crate::told::reasons::clause;
use crate::trouble::Trouble;
use crate::words::fill;

/// So many findings of a code are shown at most, unless it is shown alone.
const FEW: usize = 3;

/// So many findings are shown on a page of all codes: a text may have hundreds.
const PAGE: usize = 32;

/// So many findings are shown on a page of one code, of each severity.
const OF_ONE: usize = 20;

/// What an operation file is called, whatever it was called where it was checked.
const OPERATION: &str = "operation.toml";

/// Where the findings of the policy in force are shown.
const HERE: &str = "/policy/findings";

/// The policy in force, with what is found in it.
pub(super) struct InForce {
    /// Its version.
    pub(super) version: Version,
    sources: [Source; 2],
    findings: Vec<found::Finding>,
}

/// A finding before its lines are looked up: of hundreds a page shows few.
struct Told {
    finding: Finding,
    places: Vec<Place>,
}

/// The code whose findings alone are asked for, and from the how many-th on.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Only {
    code: Option<String>,
    #[serde(default)]
    from: usize,
}

/// `GET /console/policy/findings`.
pub(crate) async fn page(clerk: Clerk, Query(only): Query<Only>) -> Result<Response, Trouble> {
    let in_force = in_force(&clerk).await?;
    let here = format!("{BASE}{HERE}");
    clerk.show(&PolicyFindings {
        shell: clerk.shell(),
        name: version(&in_force.version.stem),
        findings: gathered(here, &in_force.told(&clerk), &in_force.sources, only),
    })
}

/// Compiles the text in force and says what is found in it.
pub(super) async fn in_force(clerk: &Clerk) -> Result<InForce, Trouble> {
    let (house, platform) = (&clerk.app.house, &clerk.platform);
    let all = versions(house, platform).await?;
    let version = all.into_iter().find(|version| version.stage == Stage::InForce);
    let version = version.ok_or(Refusal::Broken("a platform is served without a version".to_owned()))?;
    let texts = texts(house, &platform.id, &version).await?;
    let sources = sources(&version.stem, &texts.source, &texts.operation);
    let [text, operation] = sources.clone();
    // Compiling takes a while: not on a thread that answers others.
    let loaded = tokio::task::spawn_blocking(move || {
        policy::load(&policy::Sources { policy: &text, operation: Some(&operation) })
    });
    let loaded = loaded.await.map_err(|_| Refusal::Broken("the policy could not be compiled".to_owned()))?;
    Ok(InForce { version, sources, findings: loaded.findings })
}

fn sources(stem: &str, policy: &str, operation: &str) -> [Source; 2] {
    [Source::new(format!("{stem}.toml"), policy), Source::new(OPERATION, operation)]
}

impl InForce {
    fn told(&self, clerk: &Clerk) -> Vec<Told> {
        let told = |one: &found::Finding| Told {
            finding: Finding {
                severity: severity(one.severity),
                code: one.code.to_owned(),
                message: said(&one.message),
                clause: one.clause.as_deref().map(|number| clause(&clerk.platform, number)),
                articles: articles(one.cites.iter().map(|cite| cite.in_language(Language::Chinese))),
                mend: one.mend.as_ref().map(said),
                answered: one.acknowledged.as_ref().map(|by| because(by.on, &by.reason)),
                ..Finding::default()
            },
            places: one.places.clone(),
        };
        self.findings.iter().map(told).collect()
    }

    /// How many of each severity nobody answers for, and how many somebody does.
    pub(super) fn counts(&self) -> (Vec<(Severity, usize)>, usize) {
        let count = report::count(&self.findings);
        let open =
            [(Severity::Error, count.errors), (Severity::Warning, count.warnings), (Severity::Info, count.notes)];
        (open.to_vec(), count.acknowledged)
    }

    /// How many there are of each code.
    pub(super) fn tallies(&self) -> BTreeMap<String, Tally> {
        let codes = self.findings.iter().map(|finding| (finding.code, finding.acknowledged.is_some()));
        tallies(&format!("{BASE}{HERE}"), codes)
    }
}

/// Where a draft is shown.
pub(super) fn of_draft(whole: &Whole) -> String {
    format!("{BASE}/drafts/{}", whole.draft.tables.short())
}

/// What was found in a draft.
pub(super) fn in_draft(whole: &Whole, only: Only) -> Findings {
    let sources = sources(&whole.draft.stem, &whole.texts.source, &whole.texts.operation);
    let told: Vec<Told> = whole.findings.iter().map(|one| drafted(one, &sources)).collect();
    gathered(of_draft(whole), &told, &sources, only)
}

/// How many findings of each code a draft has.
pub(super) fn draft_tallies(whole: &Whole) -> BTreeMap<String, Tally> {
    tallies(&of_draft(whole), whole.findings.iter().map(|one| (one.code.as_str(), one.answered)))
}

fn drafted(one: &Found, [policy, operation]: &[Source; 2]) -> Told {
    let place = |spot: &Spot| Place {
        file: match spot.file {
            File::Policy => policy.name.clone(),
            File::Operation => operation.name.clone(),
        },
        span: Span { start: spot.start, end: spot.end },
        label: Message { english: spot.label.clone(), chinese: spot.label_zh.clone() },
    };
    let places: Vec<Place> = one.places.iter().map(place).collect();
    let answer = one.because.as_ref().map(|by| because(by.on, &by.reason));
    let finding = Finding {
        severity: match one.severity.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        },
        code: one.code.clone(),
        message: Said::first(one.message_zh.as_deref(), &one.message),
        // Of a text that nobody can read yet: the number leads nowhere.
        clause: one.clause.clone().map(|label| Clause { label, href: None }),
        articles: articles(if one.cites_zh.is_empty() { &one.cites } else { &one.cites_zh }),
        mend: one.mend.as_ref().map(|mend| Said::first(one.mend_zh.as_deref(), mend)),
        line: one.line.filter(|_| places.is_empty()),
        answered: answer.or_else(|| one.answered.then(String::new)),
        ..Finding::default()
    };
    Told { finding, places }
}

fn because(on: Date, reason: &str) -> String {
    fill("c-acknowledged", &[("on", &on.to_string()), ("reason", reason)])
}

pub(super) fn severity(of: found::Severity) -> Severity {
    match of {
        found::Severity::Error => Severity::Error,
        found::Severity::Warning => Severity::Warning,
        found::Severity::Note => Severity::Info,
    }
}

fn said(message: &Message) -> Said {
    Said::first(message.chinese.as_deref(), &message.english)
}

/// Citations, what is printed before what is known of its force: the last thing in brackets, of either language.
fn articles<S: AsRef<str>>(cites: impl IntoIterator<Item = S>) -> Vec<Article> {
    let article = |cite: S| {
        let cite = cite.as_ref();
        match cite.rfind(" (").or_else(|| cite.rfind('\u{ff08}')).map(|at| cite.split_at(at)) {
            Some((cite, force)) => Article { cite: cite.to_owned(), force: force.trim_start().to_owned() },
            None => Article { cite: cite.to_owned(), force: String::new() },
        }
    };
    cites.into_iter().map(article).collect()
}

fn excerpts(places: &[Place], sources: &[Source]) -> Vec<Excerpt> {
    let excerpt = |one: report::Excerpt| {
        let mut before = None;
        let mut lines = Vec::with_capacity(one.lines.len());
        for line in one.lines {
            let after_gap = before.is_some_and(|before| before + 1 < line.number);
            before = Some(line.number);
            lines.push(Line { after_gap, ..shown(line) });
        }
        Excerpt { file: one.file, line: one.line, lines }
    };
    report::excerpts(places, sources).into_iter().map(excerpt).collect()
}

fn shown(line: report::Line) -> Line {
    let part = |part: report::Part| {
        let marked = match part.mark {
            Mark::Beside => Marked::No,
            Mark::Further => Marked::Further,
            Mark::Main => Marked::Main,
        };
        (marked, part.text)
    };
    Line {
        number: line.number,
        after_gap: false,
        parts: line.parts.into_iter().map(part).collect(),
        labels: line.labels.iter().map(|label| said(&label.text)).collect(),
    }
}

fn tallies<'c>(here: &str, codes: impl Iterator<Item = (&'c str, bool)>) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (code, answered) in codes {
        let tally = tallies.entry(code.to_owned()).or_default();
        *(if answered { &mut tally.answered } else { &mut tally.open }) += 1;
        tally.href = format!("{here}?code={code}#findings");
    }
    tallies
}

/// Findings by code.
type Codes<'t> = Vec<(&'t str, Vec<&'t Told>)>;

/// Puts findings in order: by severity, then by code. Of each code the first few are shown, as many as a page holds, or all
/// of one code, page by page.
fn gathered(here: String, all: &[Told], sources: &[Source], Only { code, from }: Only) -> Findings {
    let only = code.map(|code| code.to_uppercase());
    let (answered, open): (Vec<&Told>, Vec<&Told>) = all.iter().partition(|one| one.finding.answered.is_some());
    let of = |severity: Severity| open.iter().copied().filter(move |one| one.finding.severity == severity);
    let graves = Severity::ALL.map(|severity| (severity, by_code(of(severity), only.as_deref())));
    let answered = by_code(answered.into_iter(), only.as_deref());
    let counts: Vec<usize> = graves.iter().flat_map(|(_, codes)| codes).map(|(_, all)| all.len()).collect();
    let few = few(&counts);
    let place = Gathering { here: &here, sources, open: &open };
    let shown = |(code, all): &(&str, Vec<&Told>), few: usize| match only {
        Some(_) => place.in_full(code, all, from),
        None => place.some(code, all, few),
    };
    let mut room = PAGE;
    let mut in_room = |codes: &Codes<'_>| -> Vec<OfCode> {
        let of_code = |code| {
            let some = shown(code, few.min(room));
            room = room.saturating_sub(some.shown.len());
            some
        };
        codes.iter().map(of_code).collect()
    };
    let grave = graves.iter().filter(|(_, codes)| !codes.is_empty()).map(|(severity, codes)| Grave {
        severity: *severity,
        count: codes.iter().map(|(_, all)| all.len()).sum(),
        codes: in_room(codes),
    });
    let grave = grave.collect();
    let answered = answered.iter().map(|code| shown(code, 0)).collect();
    let count = |codes: &Codes<'_>| codes.iter().map(|(_, all)| all.len()).sum::<usize>();
    let open = graves.iter().map(|(severity, codes)| (*severity, count(codes))).collect();
    Findings { here, only, open, grave, answered }
}

/// How many of each code are shown, so that a page holds some of every code if it can.
fn few(counts: &[usize]) -> usize {
    let fits = |few: &usize| counts.iter().map(|count| count.min(few)).sum::<usize>() <= PAGE;
    (1..=FEW).rev().find(fits).unwrap_or(1)
}

fn by_code<'t>(told: impl Iterator<Item = &'t Told>, only: Option<&str>) -> Codes<'t> {
    let mut codes: BTreeMap<(usize, usize, &str), Vec<&Told>> = BTreeMap::new();
    for one in told.filter(|one| only.is_none_or(|only| one.finding.code == only)) {
        let code = one.finding.code.as_str();
        // `R5` before `R41`.
        codes.entry((family(code), code.len(), code)).or_default().push(one);
    }
    codes.into_iter().map(|((.., code), all)| (code, all)).collect()
}

/// The language before the law, since nobody answers for it; the law before the text.
fn family(code: &str) -> usize {
    ["L", "R", "T"].iter().position(|letter| code.starts_with(letter)).unwrap_or_default()
}

/// Where findings are shown, in which files they lie, and all for which nobody answers.
struct Gathering<'g> {
    here: &'g str,
    sources: &'g [Source],
    open: &'g [&'g Told],
}

impl Gathering<'_> {
    /// The first findings of a code, and where all of them are shown.
    fn some(&self, code: &str, all: &[&Told], few: usize) -> OfCode {
        // The page of one code has those of every severity.
        let count = self.open.iter().filter(|one| one.finding.code == code).count();
        let label = fill("c-findings-all", &[("code", code), ("count", &count.to_string())]);
        let more = Link { label, href: format!("{}?code={code}#findings", self.here) };
        OfCode { more: (all.len() > few).then_some(more), ..self.of_code(code, all, 0, few) }
    }

    /// The findings of a code from one on, and where the next ones are shown.
    fn in_full(&self, code: &str, all: &[&Told], from: usize) -> OfCode {
        let next = from.saturating_add(OF_ONE);
        let label = fill("c-findings-next", &[("count", &all.len().saturating_sub(next).to_string())]);
        let more = Link { label, href: format!("{}?code={code}&from={next}#findings", self.here) };
        OfCode { more: (all.len() > next).then_some(more), ..self.of_code(code, all, from, OF_ONE) }
    }

    /// So many findings of a code from one on; what is the same in all of them is said once.
    fn of_code(&self, code: &str, all: &[&Told], from: usize, count: usize) -> OfCode {
        let first = all.first().map(|one| one.finding.clone()).unwrap_or_default();
        let each = |same: &dyn Fn(&Finding) -> bool| all.iter().all(|one| same(&one.finding));
        let known = report::explanation(code);
        let mend = first.mend.filter(|mend| each(&|one| one.mend.as_ref() == Some(mend)));
        let same = each(&|one| one.articles == first.articles);
        let articles = if same { first.articles } else { Vec::new() };
        let shown = all.iter().skip(from).take(count).map(|Told { finding, places }| Finding {
            mend: finding.mend.clone().filter(|_| mend.is_none()),
            articles: if articles.is_empty() { finding.articles.clone() } else { Vec::new() },
            excerpts: excerpts(places, self.sources),
            ..finding.clone()
        });
        OfCode {
            code: code.to_owned(),
            title: known.as_ref().map(title).unwrap_or_default(),
            count: all.len(),
            shown: shown.collect(),
            mend,
            articles,
            more: None,
        }
    }
}
