//! How much room words take. No font is asked, so that the same policy gives the same picture everywhere: a Chinese sign
//! is as wide as it is high, any other a little more than half of that.

/// A length in tenths of a pixel. Whole numbers, since sums of fractions differ where machines do.
pub(super) type Tenths = i64;

/// Signs that begin no line.
const CLOSING: &str = "\u{ff0c}\u{3001}\u{ff1b}\u{3002}\u{ff1a}\u{ff09}\u{201d}\u{300b}),;:";

/// The width of a text in type of this size.
pub(super) fn width(text: &str, size: Tenths) -> Tenths {
    text.chars().map(|sign| wide(sign, size)).sum()
}

fn wide(sign: char, size: Tenths) -> Tenths {
    if sign.is_ascii() { size * 58 / 100 } else { size }
}

/// The text in lines no wider than this; never an empty list.
pub(super) fn wrapped(text: &str, size: Tenths, room: Tenths) -> Vec<String> {
    let (mut lines, mut line, mut taken) = (Vec::new(), String::new(), 0);
    for sign in text.chars() {
        let wide = wide(sign, size);
        if taken + wide > room && !line.is_empty() && !CLOSING.contains(sign) {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        }
        line.push(sign);
        taken += wide;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::{width, wrapped};

    #[test]
    fn chinese_is_square_and_the_rest_narrower() {
        assert_eq!(width("信息", 120), 240);
        assert_eq!(width("SDK", 100), 174);
    }

    #[test]
    fn no_line_begins_with_a_closing_sign() {
        assert_eq!(wrapped("姓名、性别，年龄", 100, 200), ["姓名、", "性别，", "年龄"]);
        assert_eq!(wrapped("", 100, 200), [""]);
        assert_eq!(wrapped("长", 100, 50), ["长"]);
    }
}
