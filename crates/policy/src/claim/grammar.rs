//! The grammar of claims: controlled English around names in the policy's own words.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::ClaimError;
use super::region::{Choice, Region};
use super::words::{Word, Words};
use crate::ask;
use crate::compile::Tables;
use crate::syntax::{Action, Form, Kind, Sensitive, nearest};
use crate::terms::literal::{Who, place};

/// What is done, in the words of claims.
const DONE: [(&str, &[Action]); 15] = [
    ("collected", &[Action::Collect]),
    ("shown", &[Action::Show]),
    ("used", &[Action::Use]),
    ("shared", &[Action::Share]),
    ("entrusted", &[Action::Entrust]),
    ("transferred", &[Action::Transfer]),
    ("disclosed", &[Action::Disclose]),
    ("exported", &[Action::Export]),
    ("profiled", &[Action::Profile]),
    ("marketed", &[Action::Market]),
    ("automated", &[Action::Automate]),
    ("kept", &[Action::Retain]),
    ("given", OUTWARD),
    ("processed", &[]),
    ("done", &[]),
];

/// All ways out.
const OUTWARD: &[Action] = &[Action::Share, Action::Entrust, Action::Transfer, Action::Disclose, Action::Export];

/// The words that begin a filter.
const FILTERS: [&str; 13] =
    ["with", "to", "by", "in", "for", "of", "on", "under", "from", "when", "without", "unless", "not"];

/// Reads a claim into the region in which nothing is permitted.
pub(super) fn read(tables: &Tables, text: &str, day: Date) -> Result<Region, ClaimError> {
    let words = Words::of(text, day)?;
    let mut parser = Parser { tables, words, region: Region::default() };
    parser.claim()?;
    Ok(parser.region)
}

struct Parser<'a> {
    tables: &'a Tables,
    words: Words<'a>,
    region: Region,
}

type Read<T = ()> = Result<T, ClaimError>;

impl Parser<'_> {
    fn claim(&mut self) -> Read {
        if self.words.at_end() {
            return Err(self.words.error("an empty claim says nothing"));
        }
        while self.words.is(&["under", "from", "on", "when", "of"]) {
            self.filter(false)?;
            self.words.eat(&[","]);
        }
        if self.words.eat(&["nothing"]) {
            self.done_of_nothing()?;
        } else if self.words.eat(&["nobody"]) {
            self.gets()?;
        } else if self.words.eat(&["no"]) {
            if self.words.eat(&["recipient", "recipients", "party"]) {
                self.gets()?;
            } else {
                self.what()?;
                self.words.expect(&["is", "are"])?;
                self.done()?;
            }
        } else if self.words.eat(&["withdrawing"]) {
            self.withdrawing()?;
        } else {
            self.named()?;
        }
        while !self.words.at_end() {
            self.filter(false)?;
        }
        Ok(())
    }

    /// `nothing`, with or without what is done.
    fn done_of_nothing(&mut self) -> Read {
        if self.words.eat(&["is", "are"]) {
            self.done()?;
        }
        Ok(())
    }

    /// `no recipient gets …`.
    fn gets(&mut self) -> Read {
        self.words.expect(&["gets", "get", "receives", "receive"])?;
        self.what()?;
        self.region.actions.extend(OUTWARD);
        self.clear();
        Ok(())
    }

    /// `withdrawing <scope> stops …`.
    fn withdrawing(&mut self) -> Read {
        self.words.eat(&["consent"]);
        self.words.eat(&["to"]);
        let scope = self.scope()?;
        self.region.withdrawn.insert(scope);
        self.words.expect(&["stops", "stop"])?;
        if !self.words.eat(&["everything"]) && !self.words.at_end() && !self.words.is(&FILTERS) {
            self.what()?;
        }
        if self.words.eat(&["being"]) || self.words.is(&DONE.map(|(word, _)| word)) {
            self.done()?;
        }
        Ok(())
    }

    /// A claim that begins with a name: of items, or of recipients that get something.
    fn named(&mut self) -> Read {
        let from = self.words.place();
        let listed = self.words.skip_list();
        let recipients =
            listed && (self.words.is(&["gets", "get", "receives", "receive"]) || self.words.is(&["never"]));
        self.words.back(from);
        if recipients {
            return self.recipients_get();
        }
        self.what()?;
        self.words.expect(&["is", "are"])?;
        let never = self.words.eat(&["never", "not"]);
        self.done()?;
        if never {
            return Ok(());
        }
        while !self.words.eat(&["only"]) {
            if self.words.at_end() {
                return Err(self.words.error(
                    "this claims nothing: `is …` is followed by `never`, or by `only` and to what that is limited",
                ));
            }
            self.filter(false)?;
        }
        self.filter(true)
    }

    fn recipients_get(&mut self) -> Read {
        let recipients = self.names(&[Kind::Recipient], "recipient")?;
        self.region.recipients.narrow(recipients.1, false);
        let never = self.words.eat(&["never"]);
        self.words.expect(&["gets", "get", "receives", "receive"])?;
        let only = !never && self.words.eat(&["only"]);
        if !never && !only {
            return Err(self.words.error("this claims nothing: write `never gets …` or `gets only …`"));
        }
        self.what()?;
        if only {
            self.region.items = match std::mem::take(&mut self.region.items) {
                Choice::In(items) => Choice::NotIn(items),
                _ => return Err(self.words.error("write the items to which this is limited")),
            };
        }
        self.region.actions.extend(OUTWARD);
        self.clear();
        Ok(())
    }

    /// Which items.
    fn what(&mut self) -> Read {
        if self.words.eat(&["anything", "everything", "items", "data", "information"]) {
            return Ok(());
        }
        if self.words.eat(&["item"]) && self.words.is(&["is", "are"]) {
            return Ok(());
        }
        if self.words.eat(&["sensitive"]) {
            self.words.expect(&["items", "item", "information"])?;
            self.sensitive();
            return Ok(());
        }
        let class = Sensitive::ALL.iter().find(|class| self.words.is(&[class.word()]));
        if let Some(class) = class.filter(|_| self.words.second_is(&["items", "item", "information"])) {
            self.words.next();
            self.words.next();
            let program = self.tables.program();
            self.items_where(|id| program.items.get(id).is_some_and(|facts| facts.class == Some(*class)));
            return Ok(());
        }
        let items = self.names(&[Kind::Item], "item")?;
        self.region.items.narrow(items.1, false);
        Ok(())
    }

    fn sensitive(&mut self) {
        let program = self.tables.program();
        let standard = &program.operation.switches.sensitivity;
        let day = self.words.day();
        self.items_where(|id| program.items.get(id).is_some_and(|facts| facts.sensitive_on(day, standard)));
    }

    fn items_where(&mut self, which: impl Fn(&str) -> bool) {
        let items = self.tables.alphabet().items.iter().zip(0..);
        let places = items.filter(|(id, _)| which(id.as_str())).map(|(_, place)| place).collect();
        self.region.items.narrow(places, false);
    }

    /// What is done, one or several, and whether only in the clear.
    fn done(&mut self) -> Read {
        loop {
            let Some((_, actions)) = DONE.iter().find(|(word, _)| self.words.is(&[word])) else {
                return Err(self.words.expected("what is done", &DONE.map(|(word, _)| word)));
            };
            self.words.next();
            self.words.eat(&["out", "over"]);
            if actions.is_empty() {
                self.region.actions.clear();
            }
            self.region.actions.extend(*actions);
            if !self.words.eat(&["or", "and", ","]) {
                break;
            }
        }
        self.clear();
        Ok(())
    }

    fn clear(&mut self) {
        let unmasked = self.words.eat(&["clear", "unmasked"]);
        self.region.clear |= unmasked || self.words.eat_all(&["in", "the", "clear"]);
    }

    /// One filter; `only`: everything but what it names.
    fn filter(&mut self, only: bool) -> Read {
        match self.words.peek().map(str::to_owned).as_deref() {
            Some("in") if self.words.eat_all(&["in", "the", "clear"]) => self.region.clear = true,
            Some("with" | "to") => self.reaching(only)?,
            Some("by" | "in") => self.by(only)?,
            Some("for") => self.elements(&[Kind::Purpose, Kind::Product, Kind::Function], "purpose", only)?,
            Some("of") => self.elements(&[Kind::Person, Kind::Purpose], "person", only)?,
            Some("on") => self.elements(&[Kind::Channel], "channel", only)?,
            Some("under") if !only => self.region.under_age = Some(self.age()?),
            Some("from") if !only => self.region.from_age = Some(self.age()?),
            Some("when") if !only => self.when()?,
            Some("without" | "unless") if !only => self.without()?,
            _ => {
                let words = if only { &["with", "to", "by", "in", "for", "of", "on"][..] } else { &FILTERS };
                return Err(self.words.expected("a limit", words));
            }
        }
        Ok(())
    }

    /// `to` and `with`: recipients and roles, staff, the subject; after `only`, what must be there.
    fn reaching(&mut self, only: bool) -> Read {
        let with = self.words.is(&["with"]);
        self.words.next();
        if only && with && self.is_need() {
            return self.needs();
        }
        if self.somebody(only)? || self.words.eat(&["anybody", "anyone"]) {
            return Ok(());
        }
        self.named_elements(&[Kind::Recipient, Kind::Party, Kind::Role], "recipient", only)
    }

    fn by(&mut self, only: bool) -> Read {
        self.words.next();
        if self.somebody(only)? || self.words.eat(&["anybody", "anyone"]) {
            return Ok(());
        }
        self.named_elements(&[Kind::Function, Kind::Role], "function", only)
    }

    /// Whoever needs no name.
    fn somebody(&mut self, only: bool) -> Read<bool> {
        let the = self.words.eat(&["the", "a"]);
        let known = [(&["staff"][..], Who::Staff), (&["subject"], Who::Subject), (&["system", "systems"], Who::System)];
        let Some((_, who)) = known.iter().find(|(words, _)| self.words.eat(words)) else {
            if the {
                return Err(self.words.expected("who", &["staff", "subject", "system"]));
            }
            return Ok(false);
        };
        if only {
            return Err(self
                .words
                .error("`only` goes with functions, recipients, roles, purposes, persons and channels"));
        }
        self.region.who = Some(*who);
        Ok(true)
    }

    fn elements(&mut self, kinds: &[Kind], what: &'static str, only: bool) -> Read {
        self.words.next();
        self.named_elements(kinds, what, only)
    }

    fn named_elements(&mut self, kinds: &[Kind], what: &'static str, only: bool) -> Read {
        let (kind, places) = self.names(kinds, what)?;
        match kind {
            Kind::Recipient => self.region.recipients.narrow(places, only),
            Kind::Party => self.region.parties.narrow(places, only),
            Kind::Role => {
                self.region.who = Some(Who::Staff);
                self.region.roles.narrow(places, only);
            }
            Kind::Function => self.region.functions.narrow(places, only),
            Kind::Purpose => self.region.purposes.narrow(places, only),
            Kind::Product => self.region.products.narrow(places, only),
            Kind::Person => self.region.persons.narrow(places, only),
            Kind::Channel => self.region.channels.narrow(places, only),
            _ => {}
        }
        Ok(())
    }

    /// An age in full years.
    fn age(&mut self) -> Read<u16> {
        self.words.next();
        self.words.eat(&["the"]);
        self.words.eat(&["age"]);
        self.words.eat(&["of"]);
        let age = self.words.peek().and_then(|word| word.parse().ok());
        let age = age.filter(|age| (1..=120).contains(age));
        let age = age.ok_or_else(|| self.words.error("an age in full years belongs here, such as 14"))?;
        self.words.next();
        Ok(age)
    }

    fn when(&mut self) -> Read {
        self.words.next();
        let value = !self.words.eat(&["not"]);
        let (_, facts) = self.names(&[Kind::Fact], "fact")?;
        self.region.facts.extend(facts.into_iter().map(|fact| (fact, value)));
        Ok(())
    }

    fn without(&mut self) -> Read {
        self.words.next();
        self.needs()
    }

    fn is_need(&self) -> bool {
        let after = self.words.after(&["a", "an", "any"]);
        ["consent", "separate", "written", "guardian", "clear-view", "approval", "document", "exception", "fact"]
            .iter()
            .any(|word| after == Some(word))
    }

    /// What is lacking: one or several.
    fn needs(&mut self) -> Read {
        loop {
            self.need()?;
            if !self.words.eat(&["or", ","]) {
                return Ok(());
            }
        }
    }

    fn need(&mut self) -> Read {
        self.words.eat(&["a", "an", "any", "the"]);
        let lacks = &mut self.region.lacks;
        if self.words.eat(&["separate"]) {
            lacks.consent = Some(Form::Separate);
            return self.words.expect(&["consent"]);
        }
        if self.words.eat(&["written"]) {
            lacks.consent = Some(Form::Written);
            return self.words.expect(&["consent"]);
        }
        if self.words.eat(&["guardian", "guardian's"]) {
            lacks.guardian = true;
            self.words.eat(&["consent"]);
            return Ok(());
        }
        if self.words.eat(&["clear-view"]) || self.words.eat_all(&["clear", "view"]) {
            lacks.clear_view = true;
            return Ok(());
        }
        for (word, slot) in
            [("approval", &mut lacks.approval), ("document", &mut lacks.document), ("party", &mut lacks.party)]
        {
            if self.words.eat(&[word]) {
                *slot = true;
                return Ok(());
            }
        }
        if self.words.eat(&["exception", "exceptions"]) {
            return self.exceptions();
        }
        if self.words.eat(&["fact"]) {
            let (_, facts) = self.names(&[Kind::Fact], "fact")?;
            self.region.not_facts.extend(facts);
            return Ok(());
        }
        if self.words.eat(&["consent"]) {
            if !self.words.eat(&["to"]) {
                self.region.lacks.consent = Some(Form::General);
                return Ok(());
            }
        } else if self.words.peek().is_none_or(|word| !word.contains('.')) {
            let known = [
                "consent",
                "separate",
                "written",
                "guardian",
                "clear-view",
                "approval",
                "document",
                "exception",
                "fact",
            ];
            return Err(self.words.expected("what is lacking", &known));
        }
        let scope = self.scope()?;
        self.region.lacks.scopes.insert(scope);
        Ok(())
    }

    fn exceptions(&mut self) -> Read {
        let lacks = if self.words.at_end() || self.words.is(&FILTERS) || self.words.is(&["or", ","]) {
            Choice::NotIn(BTreeSet::new())
        } else {
            Choice::In(self.names(&[Kind::Exception], "exception")?.1)
        };
        self.region.lacks.exceptions = lacks;
        Ok(())
    }

    fn scope(&mut self) -> Read<u16> {
        let Some(word) = self.words.take() else { return Err(self.words.error("the id of a consent belongs here")) };
        let known = self.tables.alphabet().scope(&word.text);
        known.ok_or_else(|| {
            let known = || self.tables.scopes().iter().map(|scope| scope.id.as_str());
            let near = nearest(known(), &word.text).into_iter();
            let parts = known().filter(|id| id.contains(word.text.as_str()));
            let near: Vec<&str> = near.chain(parts).take(5).collect();
            let help = if near.is_empty() {
                "`shouyue schema --scopes` lists them".to_owned()
            } else {
                format!("near are: {}", near.join(", "))
            };
            self.words.error_at(&word, format!("no consent has the id `{}`", word.text), Some(help))
        })
    }

    /// Names of one kind, separated by commas or `or`. A word may go before that says which kind.
    fn names(&mut self, kinds: &[Kind], what: &'static str) -> Read<(Kind, BTreeSet<u16>)> {
        let said = kinds.iter().find(|kind| {
            let word = kind.word();
            let plural = format!("{word}s");
            self.words.is(&[word, &plural]) && self.words.second_is_name()
        });
        let kinds = match said {
            Some(kind) => {
                self.words.next();
                std::slice::from_ref(kind)
            }
            None => kinds,
        };
        let mut places = BTreeSet::new();
        let mut found = None;
        loop {
            let Some(word) = self.words.take() else {
                return Err(self
                    .words
                    .error(format!("here the name of {} {what} is missing", if what == "item" { "an" } else { "a" })));
            };
            let (kind, place) = self.one(found.as_ref().map_or(kinds, std::slice::from_ref), &word, what)?;
            found = Some(kind);
            places.insert(place);
            if !(self.words.is(&[",", "or", "and"]) && self.words.second_is_name()) {
                return Ok((kind, places));
            }
            self.words.next();
        }
    }

    fn one(&self, kinds: &[Kind], word: &Word, what: &'static str) -> Read<(Kind, u16)> {
        let program = self.tables.program();
        let mut found: Vec<(Kind, u16)> = Vec::new();
        for kind in kinds {
            if let Ok(called) = ask::find(program, *kind, &word.text)
                && let Some(place) = self.place(*kind, &called.id)
            {
                found.push((*kind, place));
            }
        }
        match *found.as_slice() {
            [one] => Ok(one),
            [] => Err(self.unknown(kinds, word, what)),
            _ => {
                let kinds: Vec<String> =
                    found.iter().map(|(kind, _)| format!("`{} {}`", kind.word(), word.text)).collect();
                let help = format!("write {}", kinds.join(" or "));
                Err(self.words.error_at(word, format!("`{}` means several things", word.text), Some(help)))
            }
        }
    }

    fn unknown(&self, kinds: &[Kind], word: &Word, what: &'static str) -> ClaimError {
        let program = self.tables.program();
        let near: Vec<String> = kinds
            .iter()
            .filter_map(|kind| match ask::find(program, *kind, &word.text) {
                Err(ask::AskError::Unknown { near, .. }) => Some(near),
                _ => None,
            })
            .flatten()
            .collect();
        let help = if near.is_empty() {
            "names with spaces or commas stand in quotes".to_owned()
        } else {
            format!("near are: {}", near.join(", "))
        };
        self.words.error_at(word, format!("no {what} is called `{}`", word.text), Some(help))
    }

    fn place(&self, kind: Kind, id: &str) -> Option<u16> {
        let program = self.tables.program();
        let (policy, operation) = (&program.policy, &program.operation);
        macro_rules! among {
            ($list:expr) => {
                place($list.iter().map(|one| &one.id.value), id)
            };
        }
        match kind {
            Kind::Item => self.tables.alphabet().item(id),
            Kind::Channel => among!(policy.channels),
            Kind::Exception => among!(policy.exceptions),
            Kind::Fact => among!(policy.facts),
            Kind::Function => among!(policy.functions),
            Kind::Person => among!(policy.persons),
            Kind::Product => among!(policy.products),
            Kind::Purpose => among!(policy.purposes),
            Kind::Recipient => among!(policy.recipients),
            Kind::Party => among!(operation.parties),
            Kind::Role => among!(operation.roles),
            _ => None,
        }
    }
}
