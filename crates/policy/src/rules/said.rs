//! What a rule of the law or about the text says of a fault, in Chinese and in English: whoever answers for a text reads the one, whoever
//! works on the program the other. A sentence is written in both where it is said, with the same blanks.
//!
//! ```ignore
//! said!("`{name}` demands {items}", "“{name}”要求提供{items}"; name = function.name.value, items = view.items(&group.items))
//! ```

use std::borrow::Cow;

use jiff::civil::Date;
use model::deadline::{Span as Length, Unit};

use crate::finding::Message;

/// A sentence, or a part of one, in both languages. Published names and other words of the text stand in “…”, ids and keys of a
/// file in backticks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bilingual {
    pub(super) english: String,
    pub(super) chinese: String,
}

impl From<Bilingual> for Message {
    fn from(said: Bilingual) -> Self {
        Self { english: said.english, chinese: Some(said.chinese) }
    }
}

impl From<(&str, &str)> for Bilingual {
    /// English first.
    fn from((english, chinese): (&str, &str)) -> Self {
        Self { english: english.to_owned(), chinese: chinese.to_owned() }
    }
}

impl std::fmt::Display for Bilingual {
    // MIGRATION: goes when every rule speaks both.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.english)
    }
}

/// What may stand in a blank.
pub(super) trait Say {
    fn english(&self) -> Cow<'_, str>;

    fn chinese(&self) -> Cow<'_, str>;
}

impl<T: Say + ?Sized> Say for &T {
    fn english(&self) -> Cow<'_, str> {
        (*self).english()
    }

    fn chinese(&self) -> Cow<'_, str> {
        (*self).chinese()
    }
}

impl Say for Bilingual {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(&self.english)
    }

    fn chinese(&self) -> Cow<'_, str> {
        Cow::from(&self.chinese)
    }
}

impl Say for (&str, &str) {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(self.0)
    }

    fn chinese(&self) -> Cow<'_, str> {
        Cow::from(self.1)
    }
}

impl Say for Length {
    fn english(&self) -> Cow<'_, str> {
        Cow::from(self.to_string())
    }

    fn chinese(&self) -> Cow<'_, str> {
        let unit = match self.unit {
            Unit::WorkingDays => "个工作日",
            Unit::Days => "日",
            Unit::Months => "个月",
            Unit::Years => "年",
            Unit::Hours => "小时",
        };
        Cow::from(format!("{}{unit}", self.count))
    }
}

/// What is the same in both: text as it was published, numbers, days.
macro_rules! alike {
    ($($of:ty)*) => { $(
        impl Say for $of {
            fn english(&self) -> Cow<'_, str> {
                Cow::from(self.to_string())
            }

            fn chinese(&self) -> Cow<'_, str> {
                Cow::from(self.to_string())
            }
        }
    )* };
}

alike! { str String u8 u16 u32 u64 usize i16 i64 Date }

/// A sentence in English, then in Chinese, and what stands in its blanks. A blank that is not listed is a local that is said alike in both.
macro_rules! said {
    ($english:literal, $chinese:literal $(; $($blank:ident = $filled:expr),+ $(,)?)?) => {
        $crate::rules::said::Bilingual {
            english: {
                $($(let filled = &$filled; let $blank = $crate::rules::said::Say::english(filled);)+)?
                format!($english)
            },
            chinese: {
                $($(let filled = &$filled; let $blank = $crate::rules::said::Say::chinese(filled);)+)?
                format!($chinese)
            },
        }
    };
}

pub(super) use said;

/// Names, as published, in a row; the first few of many.
pub(super) fn joined<T: Say>(names: impl IntoIterator<Item = T>) -> Bilingual {
    const SHOWN: usize = 6;
    let names: Vec<T> = names.into_iter().collect();
    let more = names.len().checked_sub(SHOWN).filter(|more| *more > 0);
    let shown = || names.iter().take(SHOWN);
    let english: Vec<String> =
        shown().map(|name| format!("`{}`", name.english())).chain(more.map(|more| format!("{more} more"))).collect();
    let chinese: Vec<String> = shown().map(|name| format!("“{}”", name.chinese())).collect();
    let of_all = more.map(|_| format!("等{}项", names.len())).unwrap_or_default();
    Bilingual { english: english.join(", "), chinese: format!("{}{of_all}", chinese.join("、")) }
}

#[cfg(test)]
mod tests {
    use super::{Bilingual, Length, Unit, joined};

    #[test]
    fn a_blank_is_filled_in_each_language() {
        let (name, length) = ("理赔", Length::new(15, Unit::WorkingDays));
        let said = said!("`{name}` within {length}", "“{name}”{length}内"; length = length);
        assert_eq!(
            (said.english.as_str(), said.chinese.as_str()),
            ("`理赔` within 15 working days", "“理赔”15个工作日内")
        );
    }

    #[test]
    fn of_many_names_the_first_are_said() {
        let names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"];
        let Bilingual { english, chinese } = joined(names);
        assert_eq!(english, "`甲`, `乙`, `丙`, `丁`, `戊`, `己`, 2 more");
        assert_eq!(chinese, "“甲”、“乙”、“丙”、“丁”、“戊”、“己”等8项");
        assert_eq!(joined(names.into_iter().take(2)).chinese, "“甲”、“乙”");
    }
}
