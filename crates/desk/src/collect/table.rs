//! The text of a table, as spreadsheets write it: in whatever encoding, read piece by piece, so that a long one is never held.

use std::io::{self, Read, Seek};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

/// Bytes that are decoded at once.
const PIECE: usize = 64 * 1024;

/// Longest mark by which a file says its encoding.
const MARK: u64 = 3;

/// Why something is no table. It names a line, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTable {
    /// Neither Unicode nor GB 18030.
    #[error("the table is neither Unicode nor GB 18030: save it as UTF-8")]
    Encoding,
    /// On this line a quotation mark opens that nothing closes.
    #[error("line {0} opens a quotation mark and does not close it")]
    Quote(u64),
}

impl NoTable {
    /// What stopped whoever read a table, where it was the table and not the file.
    pub(super) fn of(why: &io::Error) -> Option<Self> {
        why.get_ref()?.downcast_ref().copied()
    }
}

/// Readers of text take no other errors: it stands inside, of the kind [`io::ErrorKind::InvalidData`].
impl From<NoTable> for io::Error {
    fn from(why: NoTable) -> Self {
        Self::new(io::ErrorKind::InvalidData, why)
    }
}

/// The signs that a table is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs(&'static Encoding);

impl Signs {
    /// Reads a table to its end, from its beginning: Unicode with its mark or without, else what spreadsheets write on Chinese
    /// systems. Only the last byte tells.
    ///
    /// # Errors
    /// [`NoTable::Encoding`], inside; and those of the file.
    pub fn of(table: &mut (impl Read + Seek)) -> io::Result<Self> {
        table.rewind()?;
        let mut start = Vec::new();
        table.by_ref().take(MARK).read_to_end(&mut start)?;
        let marked = Encoding::for_bom(&start).map(|(encoding, _)| vec![encoding]);
        for encoding in marked.unwrap_or_else(|| vec![UTF_8, GB18030]) {
            table.rewind()?;
            if Decoded::new(&mut *table, encoding).reads_well()? {
                return Ok(Self(encoding));
            }
        }
        Err(NoTable::Encoding.into())
    }
}

/// Bytes as the text that they are, in UTF-8 and without their mark.
struct Decoded<R> {
    from: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    text: Vec<u8>,
    is_over: bool,
}

impl<R: Read> Decoded<R> {
    fn new(from: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        // The decoder's own bound is a little above three bytes for each.
        let longest = decoder.max_utf8_buffer_length_without_replacement(PIECE).unwrap_or(4 * PIECE);
        Self { from, decoder, bytes: vec![0; PIECE], text: vec![0; longest], is_over: false }
    }

    /// The next piece, which may be empty; `None` at the end.
    fn piece(&mut self) -> io::Result<Option<&[u8]>> {
        if self.is_over {
            return Ok(None);
        }
        let read = loop {
            match self.from.read(&mut self.bytes) {
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.is_over = read == 0;
        let bytes = self.bytes.get(..read).unwrap_or_default();
        let (found, _, written) = self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.text, self.is_over);
        match found {
            DecoderResult::InputEmpty => Ok(self.text.get(..written)),
            // The text has room for all of it.
            DecoderResult::OutputFull | DecoderResult::Malformed(..) => Err(NoTable::Encoding.into()),
        }
    }

    /// Whether all of it is in this encoding.
    fn reads_well(mut self) -> io::Result<bool> {
        loop {
            match self.piece() {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(true),
                Err(why) if NoTable::of(&why).is_some() => return Ok(false),
                Err(why) => return Err(why),
            }
        }
    }
}

/// The text of a table, in UTF-8, its lines ending with one sign.
///
/// Reading fails with a [`NoTable`] inside where a quotation mark is left open: a lenient parser takes the lines after it, which
/// are other people, into that cell. It may do so after lines that are sound, so whoever takes them in reads to the end before.
pub struct TableText<R> {
    decoded: Decoded<R>,
    /// A carriage return, of which the sign after it tells whether it stays.
    carriage: bool,
    quotes: Quotes,
    ready: Vec<u8>,
    given: usize,
    is_over: bool,
}

impl<R: Read> TableText<R> {
    /// The text of a table that is written in these signs.
    pub fn new(from: R, Signs(encoding): Signs) -> Self {
        let decoded = Decoded::new(from, encoding);
        Self { decoded, carriage: false, quotes: Quotes::default(), ready: Vec::new(), given: 0, is_over: false }
    }

    fn fill(&mut self) -> Result<(), io::Error> {
        let Self { decoded, carriage, quotes, ready, given, is_over } = self;
        ready.clear();
        *given = 0;
        let mut take = |sign: u8| {
            ready.push(sign);
            quotes.take(sign)
        };
        let Some(text) = decoded.piece()? else {
            *is_over = true;
            if std::mem::take(carriage) {
                take(b'\r')?;
            }
            return Ok(quotes.end()?);
        };
        let taken: Result<(), NoTable> = text.iter().try_for_each(|&sign| {
            // A parser of lines that end with two signs counts the second one to the line after.
            if std::mem::replace(carriage, sign == b'\r') && sign != b'\n' {
                take(b'\r')?;
            }
            if sign == b'\r' { Ok(()) } else { take(sign) }
        });
        Ok(taken?)
    }
}

impl<R: Read> Read for TableText<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.is_over {
            self.fill()?;
        }
        let read = self.ready.get(self.given..).unwrap_or_default().read(into)?;
        self.given += read;
        Ok(read)
    }
}

/// Where in a cell a text is.
#[derive(Clone, Copy)]
enum At {
    /// Before its first sign.
    Start,
    /// In one without quotation marks, or after the one that closed it.
    Plain,
    /// In one with them.
    Quoted,
    /// After a quotation mark: it closes the cell, or is the first of two that stand for one.
    Mark,
}

/// Looks for quotation marks that open a cell and end none.
struct Quotes {
    at: At,
    line: u64,
    /// Line of the one that opened last.
    from: u64,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { at: At::Start, line: 1, from: 1 }
    }
}

impl Quotes {
    fn take(&mut self, sign: u8) -> Result<(), NoTable> {
        self.at = match (self.at, sign) {
            (At::Start, b'"') => {
                self.from = self.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Mark,
            (At::Quoted, _) | (At::Mark, b'"') => At::Quoted,
            (_, b',' | b'\n' | b'\r') => At::Start,
            (At::Mark, b' ' | b'\t') | (At::Start | At::Plain, _) => At::Plain,
            (At::Mark, _) => return Err(NoTable::Quote(self.from)),
        };
        self.line += u64::from(sign == b'\n');
        Ok(())
    }

    fn end(&self) -> Result<(), NoTable> {
        if matches!(self.at, At::Quoted) { Err(NoTable::Quote(self.from)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time.
    struct Dripping<'b>(&'b [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let few = into.len().min(self.1);
            self.0.read(&mut into[..few])
        }
    }

    fn read(bytes: &[u8], few: usize) -> Result<String, NoTable> {
        let read = || {
            let signs = Signs::of(&mut Cursor::new(bytes))?;
            let mut text = String::new();
            TableText::new(Dripping(bytes, few), signs).read_to_string(&mut text)?;
            Ok(text)
        };
        read().map_err(|why: io::Error| NoTable::of(&why).unwrap())
    }

    /// The same, of a text that is held as a whole.
    fn whole(text: &str) -> Result<String, NoTable> {
        let text = text.replace("\r\n", "\n");
        let (mut line, mut opened, mut begins) = (1, None, true);
        let mut signs = text.chars().peekable();
        while let Some(sign) = signs.next() {
            match (sign, opened) {
                ('"', Some(from)) => match signs.peek() {
                    Some('"') => drop(signs.next()),
                    None | Some(',' | '\n' | '\r' | ' ' | '\t') => opened = None,
                    Some(_) => return Err(NoTable::Quote(from)),
                },
                ('"', None) if begins => opened = Some(line),
                _ => {}
            }
            begins = matches!(sign, ',' | '\n' | '\r');
            line += u64::from(sign == '\n');
        }
        opened.map_or(Ok(text), |line| Err(NoTable::Quote(line)))
    }

    proptest! {
        #[test]
        fn a_table_reads_alike_however_its_bytes_come(text in "[a, \t\"\r\n王𠮷]{0,24}", few in 1_usize..6) {
            let expected = whole(&text);
            prop_assert_eq!(read(text.as_bytes(), few), expected.clone());
            prop_assert_eq!(read(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), few), expected.clone());
            let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(read(&wide, few), expected.clone());
            let (national, _, _) = GB18030.encode(&text);
            // Bytes that are both are Unicode.
            if std::str::from_utf8(&national).is_err() {
                prop_assert_eq!(read(&national, few), expected);
            }
        }
    }

    #[test]
    fn a_sign_that_is_none_is_found_at_the_very_end() {
        let long = "王示例,1\n".repeat(20_000);
        for (end, expected) in [(b"".as_slice(), true), (b"\xff", false), (b"\xe7\x8e", false)] {
            assert_eq!(read(&[long.as_bytes(), end].concat(), PIECE).is_ok(), expected, "{end:?}");
        }
        let (national, _, _) = GB18030.encode(&long);
        assert_eq!(read(&national, PIECE), Ok(long));
    }
}
