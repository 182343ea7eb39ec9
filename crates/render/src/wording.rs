//! Wording: values of the language in plain Chinese, by the names that the policy publishes.

use jiff::civil::Date;
use policy::label::{Word, label};
use policy::resolve::Program;
use policy::syntax::{At, Collect, Condition, Form, Item, Kind, Length, Name, Read, Ref, Refused, Stated};

use crate::labels::{condition, phrase};
use crate::told::Told;

/// Puts the values of one program into words.
#[derive(Clone, Copy)]
pub(crate) struct Wording<'p> {
    pub(crate) program: &'p Program,
}

impl<'p> Wording<'p> {
    pub(crate) const fn of(program: &'p Program) -> Self {
        Self { program }
    }

    /// The published name of an element.
    pub(crate) fn named(self, kind: Kind, id: &str) -> String {
        tidy(self.program.names.name_of(kind, id))
    }

    pub(crate) fn name<N: Name>(self, of: &Ref<N>) -> String {
        self.named(N::KIND, &of.text)
    }

    pub(crate) fn names<N: Name>(self, of: &[Ref<N>]) -> String {
        list(of.iter().map(|one| self.name(one)))
    }

    /// Names, or the phrase for the general case where the list is empty.
    pub(crate) fn names_or<N: Name>(self, of: &[Ref<N>], general: &'static str) -> String {
        if of.is_empty() { phrase(general, &[]) } else { self.names(of) }
    }

    /// The sensitive class of an item, in words: by any standard that the operation file's switch lets count, whatever the
    /// day, since a notice is read for years and the strictest reading does not expire; else by the text's own definition,
    /// which is said, because the law asks no separate consent for it.
    pub(crate) fn class(self, item: &str) -> Option<String> {
        let facts = self.program.items.get(item)?;
        let class = facts.class?;
        let switch = &self.program.operation.switches.sensitivity.value;
        if facts.sensitive_by.iter().any(|by| facts.sensitive_on(by.from, switch)) {
            return Some(label(class));
        }
        let mut statements = self.program.policy.statements.iter();
        let defined = statements.any(|one| one.sensitive.iter().any(|at| at.value == class));
        defined.then(|| phrase("defined-class", &[("class", &label(class))]))
    }

    pub(crate) fn item(self, id: &str) -> String {
        let item = tidy(self.program.items.get(id).map_or(id, |facts| facts.name.as_str()));
        match self.class(id) {
            Some(class) => phrase("sensitive-item", &[("item", &item), ("class", &class)]),
            None => item,
        }
    }

    /// What a function reads and shows.
    pub(crate) fn read(self, read: &Read) -> String {
        let record = self.program.policy.records.iter().find(|record| record.id.as_str() == read.class.text);
        let held = record.into_iter().flat_map(|record| &record.holds);
        let held = held.filter(|held| read.of.iter().any(|of| of.text == held.of.text)).flat_map(|held| &held.items);
        let mut all: Vec<&Ref<Item>> = Vec::new();
        for item in if read.items.is_empty() { held.collect::<Vec<_>>() } else { read.items.iter().collect() } {
            if !all.contains(&item) {
                all.push(item);
            }
        }
        let items = match all.as_slice() {
            [] => phrase("all-held", &[]),
            items => list(items.iter().map(|item| self.item(&item.text))),
        };
        let (record, persons, to) = (self.name(&read.class), self.names(&read.of), self.name(&read.to));
        phrase("read", &[("record", &record), ("persons", &persons), ("items", &items), ("to", &to)])
    }

    pub(crate) fn items(self, of: &[Ref<Item>]) -> String {
        list(of.iter().map(|one| self.item(&one.text)))
    }

    /// What is said of the refusal of a function's items: the function itself, and the others that close with it.
    pub(crate) fn refused(self, slot: &Stated<Refused>) -> Told {
        told(slot, |refused| {
            let reach = label(refused.reach.value);
            let reach = match refused.closes.as_slice() {
                [] => reach,
                closes => phrase("reach-and-closes", &[("reach", &reach), ("functions", &self.names(closes))]),
            };
            match refused.text.as_ref().map(|text| sentence(&tidy(text))) {
                Some(text) => phrase("reach-with-text", &[("reach", &reach), ("text", &text)]),
                None => phrase("reach", &[("reach", &reach)]),
            }
        })
    }

    pub(crate) fn items_told(self, slot: &Stated<Vec<Ref<Item>>>) -> Told {
        told(slot, |items| self.items(items))
    }

    pub(crate) fn condition(self, of: &Condition) -> String {
        let group = |part: &Condition| match part {
            Condition::All(_) | Condition::Any(_) => condition("group", &[("inner", &self.condition(part))]),
            _ => self.condition(part),
        };
        match of {
            Condition::All(parts) => parts.iter().map(group).collect::<Vec<_>>().join(&condition("all", &[])),
            Condition::Any(parts) => parts.iter().map(group).collect::<Vec<_>>().join(&condition("any", &[])),
            Condition::Not(inner) => match &**inner {
                Condition::SamePerson(roles) => self.same("not-same-person", roles),
                other => condition("not", &[("inner", &self.condition(other))]),
            },
            Condition::SamePerson(roles) => self.same("same-person", roles),
            Condition::Product(product) => condition("product", &[("product", &self.name(product))]),
            Condition::Channel(channel) => condition("channel", &[("channel", &self.name(channel))]),
            Condition::AgeUnder(years) => condition("age-under", &[("years", &years.to_string())]),
            Condition::Fact(fact) => self.name(fact),
            Condition::InForce(record) => condition("in-force", &[("record", &self.name(record))]),
            Condition::OpenClaim(record) => condition("open-claim", &[("record", &self.name(record))]),
        }
    }

    fn same(self, key: &'static str, roles: &[Ref<policy::syntax::Person>]) -> String {
        let mut names = roles.iter().map(|role| self.name(role));
        let (a, b) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        condition(key, &[("a", &a), ("b", &b)])
    }

    /// How items of a group come in.
    pub(crate) fn trigger(self, group: &Collect) -> Told {
        told(&group.trigger, |trigger| match group.sources.as_slice() {
            [] => label(*trigger),
            sources => phrase("from-source", &[("trigger", &label(*trigger)), ("source", &self.names(sources))]),
        })
    }

    /// A clock of the policy by its id.
    pub(crate) fn clock(self, id: &str) -> String {
        let Some(clock) = self.program.policy.clocks.iter().find(|clock| clock.id.as_str() == id) else {
            return id.to_owned();
        };
        let (length, done) = (length(&clock.length), label(clock.done.value));
        match clock.starts.said() {
            Some(start) => phrase("clock-from", &[("start", &label(*start)), ("length", &length), ("done", &done)]),
            None => phrase("clock", &[("length", &length), ("done", &done)]),
        }
    }
}

/// What a slot says, in words.
pub(crate) fn told<T>(slot: &Stated<T>, say: impl FnOnce(&T) -> String) -> Told {
    match slot {
        Stated::Said(at) => Told::Said(say(&at.value)),
        Stated::Nothing(_) => Told::Nothing,
        Stated::NotStated { .. } => Told::Silent,
    }
}

pub(crate) fn told_word<W: Word>(slot: &Stated<W>) -> Told {
    told(slot, |word| label(*word))
}

/// The form of a consent; a text that asks for none says more than that there is nothing.
pub(crate) fn told_consent(slot: &Stated<Form>) -> Told {
    or_nothing(told_word(slot), "no-consent")
}

pub(crate) fn told_text(slot: &Stated<String>) -> Told {
    told(slot, |text| tidy(text))
}

pub(crate) fn told_texts(slot: &Stated<Vec<String>>) -> Told {
    told(slot, |texts| list(texts.iter().map(|text| tidy(text))))
}

pub(crate) fn told_yes(slot: &Stated<bool>) -> Told {
    told(slot, |yes| yes_no(*yes))
}

pub(crate) fn told_words<W: Word>(slot: &Stated<Vec<W>>) -> Told {
    told(slot, |words| list(words.iter().map(|word| label(*word))))
}

/// A slot whose `"nothing"` says more than that there is nothing: a fee, an overrun, the items of an SDK.
pub(crate) fn or_nothing(told: Told, nothing: &'static str) -> Told {
    if told == Told::Nothing { Told::Said(phrase(nothing, &[])) } else { told }
}

pub(crate) fn told_date(slot: &Stated<Date>) -> Told {
    told(slot, |day| date(*day))
}

pub(crate) fn date(day: Date) -> String {
    let [year, month, day] = [i32::from(day.year()), i32::from(day.month()), i32::from(day.day())];
    let (year, month, day) = (year.to_string(), month.to_string(), day.to_string());
    phrase("date", &[("year", &year), ("month", &month), ("day", &day)])
}

pub(crate) fn yes_no(yes: bool) -> String {
    phrase(if yes { "yes" } else { "no" }, &[])
}

pub(crate) fn length(of: &Length) -> String {
    if of.count.value == 0 {
        return phrase("at-once", &[]);
    }
    phrase("length", &[("count", &of.count.value.to_string()), ("unit", &label(of.unit.value))])
}

/// Parts in a row; where one of them has a row or a clause in it, by the wider sign, so that nobody takes a half for a part.
pub(crate) fn list(parts: impl IntoIterator<Item = String>) -> String {
    const COMMA: char = '\u{ff0c}';
    let (parts, narrow): (Vec<String>, String) = (parts.into_iter().collect(), phrase("list", &[]));
    let nested = parts.len() > 1 && parts.iter().any(|part| part.contains(&narrow) || part.contains(COMMA));
    parts.join(&if nested { phrase("list-of-lists", &[]) } else { narrow })
}

pub(crate) fn texts(of: &[At<String>]) -> String {
    list(of.iter().map(|text| tidy(text)))
}

/// The text as a sentence: with its full stop, and never with two.
pub(crate) fn sentence(text: &str) -> String {
    let end = phrase("sentence-end", &[]);
    if text.is_empty() || text.ends_with(&end) { text.to_owned() } else { [text, &end].concat() }
}

/// One line of text: line breaks of the file are layout, and control characters belong in no document.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines() {
        let words: Vec<&str> = line
            .split(|sign: char| sign.is_whitespace() || sign.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let line = words.join(" ");
        // Chinese runs on across a line break; letters and digits of other scripts need a blank.
        let latin = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_alphanumeric());
        if latin(tidied.chars().next_back()) && latin(line.chars().next()) {
            tidied.push(' ');
        }
        tidied.push_str(&line);
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::{list, tidy};

    #[test]
    fn a_row_of_rows_has_a_wider_sign() {
        let row = |parts: &[&str]| list(parts.iter().map(|part| (*part).to_owned()));
        assert_eq!(row(&["投保", "理赔"]), "投保、理赔");
        assert_eq!(row(&["投保、理赔核验", "拍摄"]), "投保、理赔核验；拍摄");
        assert_eq!(row(&["投保、理赔核验"]), "投保、理赔核验");
        assert_eq!(row(&["使用中，包括购买", "已购买"]), "使用中，包括购买；已购买");
    }

    #[test]
    fn layout_is_not_text() {
        assert_eq!(tidy("  为您\n  开立账户 "), "为您开立账户");
        assert_eq!(tidy("PC端：账户管理  → 信息\u{7}查询"), "PC端：账户管理 → 信息 查询");
        assert_eq!(tidy("use the\n phone"), "use the phone");
    }
}
