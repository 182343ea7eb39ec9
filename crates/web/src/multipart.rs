//! `multipart/form-data` (RFC 7578), as browsers send it with one file: read from memory, since the body is small by limit.

use crate::session::Form;

/// The boundary that a content type names; `None` for another type.
pub(crate) fn boundary(media: &str) -> Option<&str> {
    let (kind, rest) = media.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (!boundary.is_empty() && boundary.len() <= 70).then_some(boundary)
}

/// The parts of a body; `None` when it is not whole.
pub(crate) fn read(body: &[u8], boundary: &str) -> Option<Form> {
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter may stand at the very beginning, without a line before it.
    let mut rest = body.strip_prefix(delimiter.trim_start().as_bytes())?;
    let mut form = Form::default();
    loop {
        if rest.starts_with(b"--") {
            return Some(form);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, delimiter.as_bytes())?;
        let (whole, after) = (part.get(..end)?, part.get(end + delimiter.len()..)?);
        let head_end = find(whole, b"\r\n\r\n")?;
        let head = std::str::from_utf8(whole.get(..head_end)?).ok()?;
        let value = whole.get(head_end + 4..)?;
        let (name, is_file) = disposition(head)?;
        if is_file {
            form.file = (!value.is_empty()).then(|| value.to_vec());
        } else {
            form.fields.push((name, String::from_utf8(value.to_vec()).ok()?));
        }
        rest = after;
    }
}

/// The field's name, and whether it holds a file.
fn disposition(head: &str) -> Option<(String, bool)> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let parameter = |name: &str| line.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    Some((parameter("name")?.trim_matches('"').to_owned(), parameter("filename").is_some()))
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nab\r\n--xyz\r\n\
        Content-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--xyz--\r\n";

    #[test]
    fn fields_and_the_file_come_apart() {
        let form = read(BODY, boundary("multipart/form-data; boundary=xyz").unwrap()).unwrap();
        assert_eq!(form.one("csrf"), Some("ab"));
        assert_eq!(form.file.unwrap(), b"\x89PNG\r\n\x00");
    }

    #[test]
    fn what_is_cut_short_does_not_read() {
        for end in 0..BODY.len() - 4 {
            assert!(read(&BODY[..end], "xyz").is_none(), "{end}");
        }
        assert!(boundary("text/plain; boundary=x").is_none());
        assert!(boundary("multipart/form-data").is_none());
    }
}
