//! Known answers, each with its source, and an independent implementation beside ours.

use gmcrypto_core::sm2::{Sm2PrivateKey, Sm2PublicKey};
use proptest::prelude::*;
use sm3::Digest as _;
use sm4::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};

use super::*;
use crate::suite::{self, Suite};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace([' ', '\n'], "")).unwrap()
}

/// RFC 8998, appendix A.1.
#[test]
fn sm4_gcm_of_rfc_8998() {
    let cipher = Sm4Gcm::of(&bytes("0123456789ABCDEFFEDCBA9876543210")).unwrap();
    let nonce: [u8; NONCE] = bytes("00001234567800000000ABCD").try_into().unwrap();
    let bound = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
    let clear = bytes(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD
         EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
    );
    let mut body = clear.clone();
    cipher.seal(nonce, &bound, &mut body).unwrap();
    let sealed = bytes(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735
         D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D
         83DE3541E4C2B58177E065A9BF7B62EC",
    );
    assert_eq!(body, sealed);
    assert_eq!(cipher.open(nonce, &bound, &mut body).unwrap(), clear);
    for place in 0..sealed.len() {
        let mut wrong = sealed.clone();
        wrong[place] ^= 1;
        assert_eq!(cipher.open(nonce, &bound, &mut wrong).err(), Some(VaultError::Sealed), "{place}");
    }
    assert_eq!(cipher.open(nonce, &bound, &mut [0; 15]).err(), Some(VaultError::Sealed));
}

/// GmSSL 3.1.1, `sm4 -gcm`, as the tests of gmcrypto-core quote it.
#[test]
fn sm4_gcm_of_gmssl() {
    let cipher = Sm4Gcm::of(&bytes("0123456789abcdeffedcba9876543210")).unwrap();
    let nonce = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let mut body = b"Hello, SM4-GCM".to_vec();
    cipher.seal(nonce, b"associated data", &mut body).unwrap();
    assert_eq!(body, bytes("1d4474fdde9d894c29b4aeec9811 a3055d9b60b9464caf6014df52627020"));
    let mut empty = Vec::new();
    cipher.seal(nonce, b"aad-only", &mut empty).unwrap();
    assert_eq!(empty, bytes("3851d05078362a9b8e555817e87a4aca"));
}

/// GB/T 32907-2016, appendix A.1.
#[test]
fn sm4_of_the_standard() {
    let key = bytes("0123456789ABCDEFFEDCBA9876543210");
    let mut block = Array::try_from(key.as_slice()).unwrap();
    Sm4::new_from_slice(&key).unwrap().encrypt_block(&mut block);
    assert_eq!(block.to_vec(), bytes("681EDF34D206965E86B3E94F536E4246"));
}

/// GB/T 32905-2016, appendices A.1 and A.2.
#[test]
fn sm3_of_the_standard() {
    let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(Sm3::digest(b"abc").to_vec(), bytes(abc));
    let long = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    assert_eq!(Sm3::digest("abcd".repeat(16)).to_vec(), bytes(long));
}

/// GB/T 32918.5-2017, appendix A.2: the signature of "message digest" under the customary identity.
#[test]
fn sm2_of_the_standard() {
    let public = bytes(
        "04 09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
            CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
    );
    let signature = bytes(
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
         B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
    );
    assert!(is_sm2_key(&public) && verifies_sm2(&public, b"message digest", &signature));
    assert!(!verifies_sm2(&public, b"message digesT", &signature));
    for place in 0..signature.len() {
        let mut wrong = signature.clone();
        wrong[place] ^= 1;
        assert!(!verifies_sm2(&public, b"message digest", &wrong), "{place}");
    }
    for wrong in [&public[1..], &[public.as_slice(), &[0]].concat(), &[4; 65], &[]] {
        assert!(!is_sm2_key(wrong) && !verifies_sm2(wrong, b"message digest", &signature));
    }
    let private = bytes("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
    let ours = SigningKey::from_slice(IDENTITY, &private).unwrap();
    assert_eq!(ours.verifying_key().as_affine().to_sec1_point(false).as_bytes(), public);
}

/// The GCM specification of McGrew and Viega (2004), test case 16, of which NIST SP 800-38D is made: the other suite.
#[test]
fn aes_256_gcm_of_nist() {
    let key = bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().unwrap();
    let clear = bytes(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    );
    let nonce = bytes("cafebabefacedbaddecaf888").try_into().unwrap();
    let bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let sealed = suite::seal(Suite::International, &key, (nonce, &bound), &clear).unwrap();
    let expected = bytes(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
         8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b",
    );
    assert_eq!(sealed[1 + NONCE..], expected);
    assert_eq!(suite::open(&key, &bound, &sealed).unwrap().as_slice(), clear);
}

#[test]
fn the_suites_do_not_open_each_other_and_an_unknown_one_is_named() {
    let key = [7; KEY_LEN];
    for suite in Suite::ALL {
        let mut sealed = suite::seal(*suite, &key, ([1; NONCE], b"bound"), b"text").unwrap();
        assert_eq!(sealed.len(), 1 + NONCE + 4 + TAG, "of one length in every suite");
        assert_eq!(suite.word().parse(), Ok(*suite));
        for other in Suite::ALL.iter().filter(|other| *other != suite) {
            sealed[0] = other.byte();
            assert_eq!(suite::open(&key, b"bound", &sealed).err(), Some(VaultError::Sealed));
        }
        sealed[0] = 99;
        assert_eq!(suite::open(&key, b"bound", &sealed).err(), Some(VaultError::Suite(99)));
    }
    assert_eq!("sm4".parse::<Suite>(), Err(VaultError::NoSuite));
}

proptest! {
    #[test]
    fn sm4_gcm_agrees_with_another_implementation(
        key: [u8; 16], nonce: [u8; NONCE],
        bound in prop::collection::vec(any::<u8>(), 0..80), clear in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut body = clear.clone();
        Sm4Gcm::of(&key).unwrap().seal(nonce, &bound, &mut body).unwrap();
        let (theirs, tag) = gmcrypto_core::sm4::mode_gcm::encrypt(&key, &nonce, &bound, &clear).unwrap();
        prop_assert_eq!(&body, &[theirs.as_slice(), &tag].concat());
    }

    #[test]
    fn hmac_with_sm3_agrees_with_another_implementation(key: [u8; 32], parts: Vec<Vec<u8>>) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let mut message = Vec::new();
        for part in &parts {
            message.extend_from_slice(&(part.len() as u64).to_be_bytes());
            message.extend_from_slice(part);
        }
        prop_assert_eq!(mac(&key, &parts), gmcrypto_core::hmac::hmac_sm3(&key, &message));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn sm2_agrees_with_another_implementation(seed: [u8; 32], message: Vec<u8>) {
        let ours = Signing::of(Key::of(&seed).unwrap()).unwrap();
        let signature = ours.sign(&message).unwrap();
        prop_assert!(verifies_sm2(ours.public(), &message, &signature));
        let theirs = Sm2PublicKey::from_sec1_bytes(ours.public()).unwrap();
        let (r, s) = signature.split_first_chunk().unwrap();
        let der = gmcrypto_core::asn1::encode_sig(r, s.try_into().unwrap());
        prop_assert!(gmcrypto_core::sm2::verify_with_id(&theirs, IDENTITY.as_bytes(), &message, &der));
        let private = key(&Key::of(&seed).unwrap()).unwrap().to_bytes();
        let private = Sm2PrivateKey::from_bytes_be(&private.into()).unwrap();
        let theirs = private.public_key().to_sec1_uncompressed();
        prop_assert_eq!(theirs.as_slice(), ours.public());
    }
}
