//! With the program as Debian has it; `cargo xtask test` installs it.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use desk::ports::{Ocr as _, Outside};
use model::Clear;
use model::act::Committed;

use super::size::pixels;
use super::{PATIENCE, Tesseract};

/// An invented identity card of a region that does not exist.
const CARD: &[u8] = include_bytes!("card.png");

fn reader() -> Tesseract {
    Tesseract::find("tesseract", PATIENCE).expect("apt-get install tesseract-ocr tesseract-ocr-chi-sim")
}

async fn read(reader: &Tesseract, picture: &[u8]) -> Result<String, Outside> {
    let text = reader.read(Clear::new(picture.to_vec())).await?;
    Ok(text.release(&Committed::from_store(0)).split_whitespace().collect())
}

/// A program that lists the language and then does something of its own.
fn program(folder: &tempfile::TempDir, does: &str) -> String {
    let path = folder.path().join("reader");
    std::fs::write(&path, format!("#!/bin/sh\nif [ \"$1\" = --list-langs ]; then echo chi_sim; exit; fi\n{does}\n"))
        .unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_card_is_read() {
    let text = read(&reader(), CARD).await.unwrap();
    for word in ["姓名李示例", "1990年5月1日", "示例省示例市示例区示例路26号", "99010519900501002X"]
    {
        assert!(text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn what_is_no_picture_or_one_too_large_is_never_handed_on() {
    let reader = reader();
    assert_eq!(read(&reader, b"GIF89a").await.unwrap_err(), Outside::Untrusted);
    let mut huge = CARD.to_vec();
    huge[16..24].copy_from_slice(&[0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff]);
    assert_eq!(read(&reader, &huge).await.unwrap_err(), Outside::Untrusted);
    // One that is cut short is a picture with nothing on it.
    assert_eq!(read(&reader, &CARD[..CARD.len() / 2]).await.as_deref(), Ok(""));
}

#[tokio::test]
async fn a_reader_that_is_not_there_or_lacks_the_language_is_not_found() {
    assert!(Tesseract::find("no-such-program-here", PATIENCE).is_none());
    assert!(Tesseract::find("true", PATIENCE).is_none());
    let folder = tempfile::tempdir().unwrap();
    let gone = Tesseract::find(&program(&folder, "echo"), PATIENCE).unwrap();
    drop(folder);
    assert_eq!(read(&gone, CARD).await.unwrap_err(), Outside::Nobody);
}

#[tokio::test]
async fn one_that_hangs_is_stopped_and_one_that_never_ends_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let hangs = Tesseract::find(&program(&folder, "exec tail -f /dev/null"), Duration::from_millis(300)).unwrap();
    assert_eq!(read(&hangs, CARD).await.unwrap_err(), Outside::TimedOut);
    let endless = Tesseract::find(&program(&folder, "exec yes"), PATIENCE).unwrap();
    assert_eq!(read(&endless, CARD).await.unwrap().len(), 32 * 1024);
}

#[tokio::test]
async fn it_reads_no_more_at_once_than_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let slow = Tesseract::find(&program(&folder, "exec tail -f /dev/null"), Duration::from_millis(300)).unwrap();
    let (first, second, third) = tokio::join!(read(&slow, CARD), read(&slow, CARD), read(&slow, CARD));
    let told = [first, second, third].map(Result::unwrap_err);
    assert_eq!(told, [Outside::TimedOut, Outside::TimedOut, Outside::Busy]);
}

#[test]
fn the_size_stands_in_the_head() {
    assert_eq!(pixels(CARD), Some(900 * 560));
    let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 17, 8, 0x01, 0x00, 0x02, 0x00, 3];
    assert_eq!(pixels(&jpeg), Some(0x100 * 0x200));
    for end in 0..jpeg.len() - 1 {
        assert_eq!(pixels(&jpeg[..end]), None, "{end}");
    }
    assert_eq!(pixels(b"%PDF-1.7"), None);
}
