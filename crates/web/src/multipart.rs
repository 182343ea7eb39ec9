//! `multipart/form-data` (RFC 7578), as browsers send it with one file: read as it comes, in memory that does not grow
//! with the file.

use axum::body::Body;
use desk::attach::{CutShort, Incoming};
use model::Clear;

use crate::pieces::next_piece;
use crate::session::Form;

/// Most that the fields before the file may hold, heads included.
const FIELDS: usize = crate::security::FORM;

/// Content that is handed on at once, at least.
const PIECE: usize = 32 * 1024;

/// The boundary that a content type names; `None` for another type.
pub(crate) fn boundary(media: &str) -> Option<&str> {
    let (kind, rest) = media.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (!boundary.is_empty() && boundary.len() <= 70).then_some(boundary)
}

/// A body that is read part by part.
pub(crate) struct Multipart {
    body: Body,
    delimiter: Vec<u8>,
    /// What came and was not read yet.
    buffer: Vec<u8>,
    /// Whether the content of a part is being read.
    within: bool,
}

impl Multipart {
    pub(crate) fn new(body: Body, boundary: &str) -> Self {
        // The first delimiter may stand at the very beginning, without a line before it.
        Self { body, delimiter: format!("\r\n--{boundary}").into_bytes(), buffer: b"\r\n".to_vec(), within: true }
    }

    /// The fields up to the first file that is not empty, which can be read from then on; `None` when the body is not
    /// whole, or the fields are too large.
    pub(crate) async fn fields(&mut self) -> Option<Form> {
        let mut form = Form::default();
        let mut read = 0;
        // What stands before the first delimiter is nothing.
        while self.piece().await.ok()?.is_some() {}
        while let Some((name, is_file)) = self.part().await? {
            let mut value = Vec::new();
            while let Some(piece) = self.piece().await.ok()? {
                if is_file {
                    self.buffer.splice(..0, piece);
                    return Some(form);
                }
                read += piece.len() + name.len();
                value.extend(piece);
                if read > FIELDS {
                    return None;
                }
            }
            if !is_file {
                form.fields.push((name, String::from_utf8(value).ok()?));
            }
        }
        Some(form)
    }

    /// The fields, with the file in memory: for one that is small by limit.
    pub(crate) async fn whole(mut self) -> Option<Form> {
        let mut form = self.fields().await?;
        let mut file = Vec::new();
        while let Some(piece) = self.piece().await.ok()? {
            file.extend(piece);
        }
        let after = self.fields_after().await?;
        form.fields.extend(after.fields);
        form.file = (!file.is_empty()).then_some(file);
        Some(form)
    }

    /// The fields behind the file.
    async fn fields_after(&mut self) -> Option<Form> {
        let mut form = Form::default();
        while let Some((name, is_file)) = self.part().await? {
            let mut value = Vec::new();
            while let Some(piece) = self.piece().await.ok()? {
                value.extend(piece);
            }
            if !is_file {
                form.fields.push((name, String::from_utf8(value).ok()?));
            }
        }
        Some(form)
    }

    /// Reads what is left and forgets it: a browser that is still sending would not see the answer.
    pub(crate) async fn drain(&mut self) {
        while let Some(Ok(_)) = next_piece(&mut self.body).await {}
    }

    /// The head of the next part: its name, and whether it holds a file. `Some(None)` at the end of the body.
    async fn part(&mut self) -> Option<Option<(String, bool)>> {
        loop {
            if self.buffer.starts_with(b"--") {
                return Some(None);
            }
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                self.within = true;
                return disposition(std::str::from_utf8(head.strip_prefix(b"\r\n")?).ok()?).map(Some);
            }
            if self.buffer.len() > FIELDS || !self.fill().await.ok()? {
                return None;
            }
        }
    }

    /// More of the content of the part; `None` at its end.
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, CutShort> {
        while self.within {
            if let Some(end) = find(&self.buffer, &self.delimiter) {
                if end > 0 {
                    return Ok(Some(self.buffer.drain(..end).collect()));
                }
                self.buffer.drain(..self.delimiter.len());
                self.within = false;
                break;
            }
            // The beginning of a delimiter may be at the end of what came.
            let sure = self.buffer.len().saturating_sub(self.delimiter.len());
            if sure >= PIECE {
                return Ok(Some(self.buffer.drain(..sure).collect()));
            }
            if !self.fill().await? {
                return Err(CutShort);
            }
        }
        Ok(None)
    }

    async fn fill(&mut self) -> Result<bool, CutShort> {
        match next_piece(&mut self.body).await {
            Some(piece) => {
                self.buffer.extend_from_slice(&piece.map_err(|_| CutShort)?);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

#[async_trait::async_trait]
impl Incoming for Multipart {
    async fn next(&mut self) -> Result<Option<Clear<Vec<u8>>>, CutShort> {
        Ok(self.piece().await?.map(Clear::new))
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
        Content-Disposition: form-data; name=\"empty\"; filename=\"\"\r\nContent-Type: image/png\r\n\r\n\r\n--xyz\r\n\
        Content-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--xyz\r\n\
        Content-Disposition: form-data; name=\"last\"\r\n\r\ncd\r\n--xyz--\r\n";

    fn of(body: &[u8]) -> Multipart {
        Multipart::new(Body::from(body.to_vec()), boundary("multipart/form-data; boundary=xyz").unwrap())
    }

    #[tokio::test]
    async fn fields_and_the_file_come_apart() {
        let form = of(BODY).whole().await.unwrap();
        assert_eq!((form.one("csrf"), form.one("last")), (Some("ab"), Some("cd")));
        assert_eq!(form.file.unwrap(), b"\x89PNG\r\n\x00");
    }

    #[tokio::test]
    async fn the_file_comes_in_pieces_after_the_fields_before_it() {
        let mut parts = of(BODY);
        assert_eq!(parts.fields().await.unwrap().one("csrf"), Some("ab"));
        let word = model::act::Committed::from_store(0);
        let mut file = Vec::new();
        while let Some(piece) = parts.next().await.unwrap() {
            file.extend(piece.release(&word));
        }
        assert_eq!(file, b"\x89PNG\r\n\x00");
        // Without a file, there is nothing to read.
        let mut parts = of(b"--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nab\r\n--xyz--\r\n");
        parts.fields().await.unwrap();
        assert!(parts.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_large_file_keeps_every_byte() {
        let content: Vec<u8> = (0..300_000_u32).map(|number| number.to_le_bytes()[1]).collect();
        let head = b"--xyz\r\nContent-Disposition: form-data; name=\"p\"; filename=\"a\"\r\n\r\n";
        let body = [head, content.as_slice(), b"\r\n--xyz--\r\n"].concat();
        assert!(of(&body).whole().await.unwrap().file.unwrap() == content);
    }

    #[tokio::test]
    async fn what_is_cut_short_does_not_read() {
        for end in 0..BODY.len() - 4 {
            assert!(of(&BODY[..end]).whole().await.is_none(), "{end}");
        }
        assert!(boundary("text/plain; boundary=x").is_none());
        assert!(boundary("multipart/form-data").is_none());
    }
}
