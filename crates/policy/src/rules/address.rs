//! Addresses and numbers by which somebody is reached, as texts print them.

/// An address of RFC 5321 with a host name, as far as a text can tell: a domain whose end stands there twice is a slip.
pub(super) fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.trim().split_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    let sound = |label: &&str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    let top = labels.last().is_some_and(|top| is_top(top));
    let mailbox = |c: char| c.is_ascii_graphic() && !"()<>[]:;,\\\"@".contains(c);
    !local.is_empty()
        && local.chars().all(mailbox)
        && labels.len() >= 2
        && labels.iter().all(sound)
        && top
        && doubled_end(domain).is_none()
}

/// What a domain ends with where it stands there twice, one behind the other: `com.cn` of `minghu.com.cn.com.cn`. Numbers,
/// such as those of a version, are no domain.
pub(super) fn doubled_end(domain: &str) -> Option<String> {
    let domain = domain.to_ascii_lowercase();
    let labels: Vec<&str> = domain.split('.').collect();
    let twice = |n: &usize| {
        let (rest, end) = labels.split_at(labels.len() - n);
        rest.ends_with(end)
    };
    labels.last().filter(|top| is_top(top))?;
    let n = (1..=labels.len() / 2).find(twice)?;
    Some(labels.split_at(labels.len() - n).1.join("."))
}

fn is_top(label: &str) -> bool {
    label.len() >= 2 && label.chars().all(|c| c.is_ascii_alphabetic())
}

/// The mail addresses in a text, whatever else it says. A name behind an `@` alone is none, nor is a page of one.
pub(super) fn mails_in(text: &str) -> impl Iterator<Item = &str> {
    let mails = words(text).map(|word| word.rsplit(':').next().unwrap_or(word));
    mails.filter(|word| !word.starts_with('@') && word.contains('@') && !word.contains('/'))
}

/// The host names in a text, with or without what leads to them and follows them.
pub(super) fn hosts_in(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter_map(|word| {
        let rest = word.split_once("//").map_or(word, |(_, rest)| rest);
        let host = rest.split(['/', ':', '?', '#']).next()?.trim_matches('.');
        (host.contains('.') && !host.contains('@')).then_some(host)
    })
}

/// Runs of the signs of which addresses are made, without the stop behind a sentence.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let sign = |c: char| c.is_ascii_graphic() && !"()<>[]{};,\\\"'|".contains(c);
    text.split(move |c| !sign(c)).map(|word| word.trim_matches('.')).filter(|word| !word.is_empty())
}

/// A telephone number under which equal ones are equal, however they are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Telephone {
    /// As it is dialled within the country; one abroad begins with `+`.
    digits: String,
    /// What is dialled behind it.
    extension: Option<String>,
}

/// The telephone numbers of a text that can be dialled.
pub(super) fn telephones(text: &str) -> Vec<Telephone> {
    runs(text).into_iter().flatten().collect()
}

/// Whether a text holds telephone numbers, and none that is none.
pub(super) fn is_telephone(text: &str) -> bool {
    let runs = runs(text);
    !runs.is_empty() && runs.iter().all(Option::is_some)
}

/// Every run of digits, with the number that it is. What is too short to be one, such as hours or an extension, is passed
/// over.
fn runs(text: &str) -> Vec<Option<Telephone>> {
    const SHORTEST: usize = 5;
    let narrow: String = text.chars().map(narrow).collect();
    let part = |c: char| c.is_ascii_digit() || " +-()".contains(c);
    narrow.split(|c| !part(c)).filter(|run| digits(run).len() >= SHORTEST).map(telephone).collect()
}

/// A sign as a keyboard has it: half as wide, and dashes of every length one.
fn narrow(sign: char) -> char {
    match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0).unwrap_or(sign),
        '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A run of digits as a number; where it is none as a whole, what stands behind its last dash may be an extension.
fn telephone(run: &str) -> Option<Telephone> {
    const LONGEST_EXTENSION: usize = 5;
    let whole = number(run).map(|digits| Telephone { digits, extension: None });
    whole.or_else(|| {
        let (run, extension) = run.rsplit_once('-')?;
        let extension = Some(digits(extension)).filter(|digits| (1..=LONGEST_EXTENSION).contains(&digits.len()));
        Some(Telephone { digits: number(run)?, extension: Some(extension?) })
    })
}

/// A number of the Chinese numbering plan, or one abroad (ITU-T E.164), as it is dialled within the country.
fn number(run: &str) -> Option<String> {
    const HERE: &str = "86";
    const ABROAD: std::ops::RangeInclusive<usize> = 8..=15;
    let all = digits(run);
    let prefixed = if run.contains('+') { Some(all.as_str()) } else { all.strip_prefix("00") };
    let Some(international) = prefixed else {
        // Printed without the sign before it, the country's code is told by the length.
        let rest = || all.strip_prefix(HERE).filter(|rest| rest.len() >= 10).and_then(within);
        return is_national(&all).then(|| all.clone()).or_else(rest);
    };
    match international.strip_prefix(HERE) {
        Some(rest) => within(rest),
        None => (!international.starts_with('0') && ABROAD.contains(&international.len()))
            .then(|| format!("+{international}")),
    }
}

/// What follows the country's code: the nought of an area is left out there.
fn within(rest: &str) -> Option<String> {
    if is_national(rest) { Some(rest.to_owned()) } else { is_fixed(rest).then(|| format!("0{rest}")) }
}

/// As it is dialled within the country: service numbers, 400 and 800, mobiles, fixed lines with their area code.
fn is_national(digits: &str) -> bool {
    match digits.as_bytes() {
        [b'1' | b'9', ..] if matches!(digits.len(), 5 | 6) => true,
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        [b'1', b'3'..=b'9', ..] => digits.len() == 11,
        [b'0', rest @ ..] => std::str::from_utf8(rest).is_ok_and(is_fixed),
        _ => false,
    }
}

/// A fixed line with its area code, without the nought before it.
fn is_fixed(rest: &str) -> bool {
    match (rest.get(..1), rest.len()) {
        (Some("1" | "2"), 10) => true,
        (Some("0" | "1" | "2"), _) => false,
        (_, length) => (9..=11).contains(&length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_needs_one_domain_that_ends_once() {
        for good in ["privacy@minghu.example", "a.b+c@mail.minghu.com.cn", "x@com.com.example"] {
            assert!(is_mail(good), "{good}");
        }
        for bad in [
            "privacy@wk.com.com",
            "privacy@wk.Com.com",
            "privacy@wk.com.cn.com.cn",
            "privacy@wk",
            "privacy",
            "@wk.com",
            "a b@wk.com",
            "a@wk..com",
            "a@wk.com.",
            "a@-wk.com",
            "a@b@wk.com",
            "隐私@wk.com",
            "a@wk.c",
            "a@10.0.0.1",
        ] {
            assert!(!is_mail(bad), "{bad}");
        }
    }

    #[test]
    fn an_end_that_stands_twice_is_told() {
        for (domain, end) in [("tuxing.cn.cn", "cn"), ("minghu.com.cn.com.cn", "com.cn"), ("wk.COM.com", "com")] {
            assert_eq!(doubled_end(domain).as_deref(), Some(end), "{domain}");
        }
        for domain in ["tuxing.com.cn", "10.10.10.10", "1.2.1.2", "com.com.example", "tuxing", "", "a.a"] {
            assert_eq!(doubled_end(domain), None, "{domain}");
        }
    }

    #[test]
    fn addresses_are_found_in_what_stands_around_them() {
        let mails = |text| mails_in(text).collect::<Vec<_>>();
        assert_eq!(mails("负责人，privacy@wk.com.cn。"), ["privacy@wk.com.cn"]);
        assert_eq!(mails("邮箱:a@b.com; <c@d.com>, mailto:e@f.com."), ["a@b.com", "c@d.com", "e@f.com"]);
        assert_eq!(mails("微博 @wk，https://social.example/@wk，电话 95000"), Vec::<&str>::new());
        let hosts = |text| hosts_in(text).collect::<Vec<_>>();
        assert_eq!(hosts("https://tuxing.cn/privacy?a=b.c"), ["tuxing.cn"]);
        assert_eq!(hosts("官网www.wk.com:8080（或m.wk.com）。"), ["www.wk.com", "m.wk.com"]);
        assert_eq!(hosts("https://social.example/@wk"), ["social.example"]);
        assert_eq!(hosts("官网首页，a@wk.com"), Vec::<&str>::new());
    }

    #[test]
    fn telephones_are_those_of_the_numbering_plan_and_of_other_countries() {
        for good in [
            "95000",
            "956010",
            "12378",
            "400-800-1234",
            "４００－８００－１２３４",
            "400–800–1234",
            "010-12345678",
            "0510-8888 8888",
            "+86 139 0000 0000",
            "+86 95000",
            "13900000000",
            "（0755）12345678转801",
            "021-5888 8888-801",
            "95000（工作日9:00-18:00）",
            "95000、400-800-1234",
            "+86 21 12345678",
            "86-21-12345678",
            "+852 2888 8888",
            "00852-28888888",
            "+44 20 7946 0000",
        ] {
            assert!(is_telephone(good), "{good}");
        }
        for bad in [
            "",
            "客服热线",
            "1234",
            "400-800-123",
            "12345678",
            "139000000",
            "010-1234567",
            "95000、1390000",
            "021-5888 8888-8014567",
            "+852 288",
            "+0852 2888 8888",
            "+86 12345678",
        ] {
            assert!(!is_telephone(bad), "{bad}");
        }
    }

    #[test]
    fn one_number_is_one_however_it_is_printed() {
        for (one, other) in [
            ("400-800-0000", "+86 4008000000"),
            ("021-58888888", "+86 (21) 5888 8888"),
            ("0086-13900000000", "139 0000 0000"),
            ("+852 2888 8888", "00852 28888888"),
            ("021-58888888-801", "（021）58888888-801"),
        ] {
            assert_eq!(telephones(one), telephones(other));
            assert_eq!(telephones(one).len(), 1, "{one}");
        }
        for (one, other) in [
            ("021-58888888", "010-58888888"),
            ("021-58888888-801", "021-58888888"),
            ("021-58888888-801", "021-58888888-802"),
            ("+852 2888 8888", "+853 2888 8888"),
        ] {
            assert_ne!(telephones(one), telephones(other));
        }
        assert_eq!(telephones("95000、400-800-0000，工作日").len(), 2);
    }
}
