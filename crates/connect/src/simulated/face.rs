//! Face comparison without a face engine: looks at the picture's form only.

use async_trait::async_trait;
use desk::ports::{FaceCheck, Outside};
use model::Clear;

/// Smallest picture in which a face could be told, in bytes.
const SMALLEST: usize = 512;

/// Answers as a face service would: refuses what is no picture, says no to a picture too small to show a face, and yes to
/// any other. It compares nothing; who runs it for real customers must replace it.
#[derive(Default)]
pub struct SimulatedFace;

#[async_trait]
impl FaceCheck for SimulatedFace {
    async fn compare(
        &self,
        name: Clear<String>,
        document: Clear<String>,
        picture: Clear<Vec<u8>>,
    ) -> Result<bool, Outside> {
        let named = name.within(|text| !text.is_empty()) && document.within(|text| !text.is_empty());
        let pictured = picture.within(|bytes| is_picture(bytes));
        if !named || !pictured {
            return Err(Outside::Refused);
        }
        Ok(picture.within(|bytes| bytes.len() >= SMALLEST))
    }
}

/// PNG (ISO/IEC 15948) or JPEG (ITU-T T.81), by their first bytes.
fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(picture: Vec<u8>) -> Result<bool, Outside> {
        SimulatedFace.compare("n".to_owned().into(), "d".to_owned().into(), picture.into()).await
    }

    #[tokio::test]
    async fn only_pictures_are_compared_and_small_ones_show_no_face() {
        let jpeg = |len: usize| [b"\xff\xd8\xff".as_slice(), &vec![0; len]].concat();
        assert_eq!(asked(b"GIF89a".to_vec()).await, Err(Outside::Refused));
        assert_eq!(asked(jpeg(10)).await, Ok(false));
        assert_eq!(asked(jpeg(SMALLEST)).await, Ok(true));
    }
}
