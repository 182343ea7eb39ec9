//! Rows of a JSON file, one object a line, read one after the other.

use std::io::{self, BufRead};

use super::row::{Read, Row, unfit};

/// The rows of a file.
pub(super) struct Lines<R> {
    from: R,
    /// Number of the newest line.
    line: u64,
    /// The newest line.
    text: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, line: 0, text: Vec::new() }
    }

    /// How many rows there are, read or not.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for what is no text; and those of the file.
    pub(super) fn count(mut self) -> io::Result<u64> {
        let mut rows = 0;
        while self.step()? {
            rows += 1;
        }
        Ok(rows)
    }

    /// Goes to the next line that is not blank; whether there is one.
    fn step(&mut self) -> io::Result<bool> {
        loop {
            self.text.clear();
            if self.from.read_until(b'\n', &mut self.text)? == 0 {
                return Ok(false);
            }
            self.line += 1;
            let end =
                [b"\r\n".as_slice(), b"\n"].into_iter().find(|end| self.text.ends_with(end)).map_or(0, <[u8]>::len);
            self.text.truncate(self.text.len() - end);
            let text = std::str::from_utf8(&self.text).map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, format!("line {}: JSON is UTF-8", self.line))
            })?;
            if !text.trim().is_empty() {
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Read>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(why) => return Some(Err(why)),
        }
        Some(Ok(match serde_json::from_slice::<Row>(&self.text) {
            Ok(row) => Ok(Row { line: self.line, ..row }),
            // The reader's own words may repeat a value.
            Err(why) => Err(unfit(self.line, &format!("column {}", why.column()), "unreadable")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_read_is_named_by_line_and_column_and_never_repeated() {
        let text = "{\"class\":\"policy\",\"people\":[]}\r\n\n \r\n{\"class\":\"policy\",\"wages\":\"secret-12\"}\n\
            {\"class\":\"policy\",\"people\":[]";
        assert_eq!(Lines::new(text.as_bytes()).count().unwrap(), 3);
        let rows: Vec<Read> = Lines::new(text.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(rows[0].as_ref().ok().unwrap().line, 1);
        let Err(unfit) = &rows[1] else { panic!("it reads") };
        let (what, code) = &unfit.why[0];
        assert!(unfit.line == 4 && what.starts_with("column ") && code == "unreadable", "{unfit:?}");
        let Err(cut) = &rows[2] else { panic!("it reads") };
        assert_eq!((cut.line, cut.why[0].0.as_str()), (5, "column 29"));
        let wrong = Lines::new(b"{}\n\xff\n".as_slice()).count().unwrap_err();
        assert_eq!((wrong.kind(), wrong.to_string().as_str()), (io::ErrorKind::InvalidData, "line 2: JSON is UTF-8"));
    }
}
