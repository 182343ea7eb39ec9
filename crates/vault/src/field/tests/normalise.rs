//! Every kind of value: what is accepted, in which form, and why the rest is refused.

use jiff::civil::date;
use model::field::Validator::{self, *};

use crate::field::{FieldError, Normal, Reason, Sex, normalise};

fn form(kind: Validator, value: &str) -> String {
    match normalise(kind, value) {
        Ok(normal) => normal.expose().to_owned(),
        Err(error) => panic!("{value}: {error}"),
    }
}

fn reason(kind: Validator, value: &str) -> Reason {
    match normalise(kind, value) {
        Ok(normal) => panic!("{value} accepted as {}", normal.expose()),
        Err(error) => {
            assert_eq!(error.kind, kind);
            error.reason
        }
    }
}

fn checked(kind: Validator, value: &str) -> Normal {
    normalise(kind, value).unwrap_or_else(|error| panic!("{value}: {error}"))
}

#[test]
fn resident_numbers() {
    // The example of GB 11643-1999, appendix.
    assert_eq!(form(ResidentId, "11010519491231002X"), "11010519491231002X");
    assert_eq!(form(ResidentId, "11010519491231002x"), "11010519491231002X");
    assert_eq!(form(ResidentId, " １１０１０５ 19491231-002ｘ "), "11010519491231002X");
    assert_eq!(form(ResidentId, "\u{200b}110105\u{a0}19491231\u{2013}002X"), "11010519491231002X");
    assert_eq!(form(ResidentId, "440524188001010014"), "440524188001010014");
    for (wrong, expected) in [
        ("", Reason::Empty),
        (" - ", Reason::Empty),
        ("110105194912310021", Reason::Checksum),
        ("11010519491231002", Reason::Length),
        ("11010519491231002XX", Reason::Length),
        ("11010519490229002X", Reason::Date),
        ("11010517991231002X", Reason::Date),
        ("010105194912310021", Reason::Region),
        ("1101051949123100AX", Reason::Alphabet),
        ("11010519491231002A", Reason::Alphabet),
        ("身份证号一一〇一〇五", Reason::Alphabet),
    ] {
        assert_eq!(reason(ResidentId, wrong), expected, "{wrong}");
    }
}

#[test]
fn fifteen_digits_become_eighteen() {
    assert_eq!(form(ResidentId, "110105491231002"), "11010519491231002X");
    let centenarian = checked(ResidentId, "110105930101997");
    assert_eq!(centenarian.checked_birth(), Some(date(1893, 1, 1)));
    assert_eq!(reason(ResidentId, "110105491331002"), Reason::Date);
    assert_eq!(reason(ResidentId, "11010549123100X"), Reason::Alphabet);
}

#[test]
fn any_plausible_region_will_do() {
    for region in ["110105", "999999", "123456"] {
        let number = format!("{region}19900501001");
        let found =
            ('0'..='9').chain(['X']).filter(|check| normalise(ResidentId, &format!("{number}{check}")).is_ok()).count();
        assert_eq!(found, 1, "{region}");
    }
}

#[test]
fn an_identity_number_tells_birth_and_sex() {
    let woman = checked(ResidentId, "11010519491231002X");
    assert_eq!(woman.checked_birth(), Some(date(1949, 12, 31)));
    assert_eq!(woman.checked_sex(), Some(Sex::Female));
    assert_eq!(checked(ResidentId, "440524188001010014").checked_sex(), Some(Sex::Male));
    assert_eq!(woman.agrees_on_birth(&checked(Date, "1949年12月31日")), Some(true));
    assert_eq!(woman.agrees_on_birth(&checked(Date, "1949-12-30")), Some(false));
    assert_eq!(woman.agrees_on_birth(&checked(Mobile, "13800138000")), None);
    assert_eq!(checked(Passport, "E12345678").checked_birth(), None);
}

#[test]
fn mobile_numbers() {
    for typed in [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "+8613800138000",
        "0086-138-0013-8000",
        "(+86)13800138000",
        "8613800138000",
        "１３８００１３８０００",
    ] {
        assert_eq!(form(Mobile, typed), "13800138000", "{typed}");
        assert_eq!(form(Phone, typed), "13800138000", "{typed}");
    }
    for (wrong, expected) in [
        ("", Reason::Empty),
        ("1380013800", Reason::Length),
        ("138001380001", Reason::Length),
        ("12800138000", Reason::Shape),
        ("23800138000", Reason::Shape),
        ("1380013800o", Reason::Alphabet),
        ("+4413800138000", Reason::Alphabet),
    ] {
        assert_eq!(reason(Mobile, wrong), expected, "{wrong}");
    }
}

#[test]
fn fixed_lines() {
    for (typed, expected) in [
        ("01022345678", "010-22345678"),
        ("(0510) 8234 5678", "0510-82345678"),
        ("0510-8234567", "0510-8234567"),
        ("021-62345678-802", "021-62345678-802"),
        ("021 62345678 转 802", "021-62345678-802"),
        ("0510-8234567-8", "0510-8234567-8"),
        ("+86 10 8234 5678", "010-82345678"),
        ("+86-(0)10-82345678", "010-82345678"),
        ("400-820-8820", "4008208820"),
        ("95519", "95519"),
        ("12378", "12378"),
    ] {
        assert_eq!(form(Landline, typed), expected, "{typed}");
        assert_eq!(form(Phone, typed), expected, "{typed}");
    }
    for (wrong, expected) in [
        ("", Reason::Empty),
        ("82345678", Reason::Region),
        ("0082345678", Reason::Region),
        ("010-823456", Reason::Length),
        ("010-823456789", Reason::Length),
        ("010-82345678-1234567", Reason::Length),
        ("010-8234567x", Reason::Alphabet),
        ("010-12345678", Reason::Shape),
    ] {
        assert_eq!(reason(Landline, wrong), expected, "{wrong}");
    }
}

#[test]
fn a_phone_is_refused_for_the_kind_it_was_meant_as() {
    assert_eq!(reason(Phone, "1380013800"), Reason::Length);
    assert_eq!(reason(Phone, "12800138000"), Reason::Shape);
    assert_eq!(reason(Phone, "010-823456"), Reason::Length);
    assert_eq!(reason(Phone, "82345678"), Reason::Region);
}

#[test]
fn bank_cards() {
    assert_eq!(form(BankCard, "6222 0212 3456 7894"), "6222021234567894");
    assert_eq!(form(BankCard, "4111-1111-1111-1111"), "4111111111111111");
    for (wrong, expected) in [
        ("", Reason::Empty),
        ("4111111111111112", Reason::Checksum),
        ("1411111111111111", Reason::Checksum),
        ("41111111111", Reason::Length),
        ("41111111111111111111", Reason::Length),
        ("0000000000000000", Reason::Shape),
        ("4111a11111111111", Reason::Alphabet),
    ] {
        assert_eq!(reason(BankCard, wrong), expected, "{wrong}");
    }
}

#[test]
fn organisation_codes() {
    // The example of GB 32100-2015, and the organisation code that it contains.
    assert_eq!(form(CreditCode, "91350100M000100Y43"), "91350100M000100Y43");
    assert_eq!(form(CreditCode, "９１３５０１００ m000100y43"), "91350100M000100Y43");
    assert_eq!(form(CreditCode, "M000100Y-4"), "M000100Y4");
    // The example of GB 11714-1997.
    assert_eq!(form(CreditCode, "D2143569-X"), "D2143569X");
    for (wrong, expected) in [
        ("91350100M000100Y44", Reason::Checksum),
        ("91350100M000100I43", Reason::Alphabet),
        ("91A50100M000100Y43", Reason::Region),
        ("9135010AM000100Y43", Reason::Region),
        ("91350100M000100Y4", Reason::Length),
        ("D2143569-1", Reason::Checksum),
        ("D2143569-Y", Reason::Alphabet),
        ("", Reason::Empty),
    ] {
        assert_eq!(reason(CreditCode, wrong), expected, "{wrong}");
    }
}

#[test]
fn documents() {
    assert_eq!(form(Passport, "e1234 5678"), "E12345678");
    assert_eq!(form(Passport, "EA1234567"), "EA1234567");
    assert_eq!(reason(Passport, "PASSPORT"), Reason::Shape);
    assert_eq!(reason(Passport, "EABC123"), Reason::Shape);
    assert_eq!(reason(Passport, "E123"), Reason::Length);
    assert_eq!(reason(Passport, "E1234567护"), Reason::Alphabet);

    assert_eq!(form(Permit, "h12345678"), "H12345678");
    assert_eq!(form(Permit, "M1234567801"), "M1234567801");
    assert_eq!(form(Permit, "01234567"), "01234567");
    assert_eq!(form(Permit, "CA1234567"), "CA1234567");
    assert_eq!(form(Permit, "USA123456789012"), "USA123456789012");
    assert_eq!(reason(Permit, "H1234567"), Reason::Shape);
    assert_eq!(reason(Permit, "H123"), Reason::Length);
    assert_eq!(reason(Permit, "810000199001010010"), Reason::Checksum);

    for typed in ["军字第2001988号", "军字2001988", "军 字 第 ２００１９８８ 号"] {
        assert_eq!(form(OfficerCard, typed), "军字第2001988号", "{typed}");
    }
    assert_eq!(reason(OfficerCard, "2001988"), Reason::Shape);
    assert_eq!(reason(OfficerCard, "军字第12号"), Reason::Length);
    assert_eq!(reason(OfficerCard, "J字第2001988号"), Reason::Alphabet);

    let resident = checked(Document, "110105491231002");
    assert_eq!(resident.expose(), "11010519491231002X");
    assert_eq!(resident.kind(), Document);
    assert_eq!(resident.checked_birth(), Some(date(1949, 12, 31)));
    assert_eq!(form(Document, "E12345678"), "E12345678");
    assert_eq!(form(Document, "军字2001988"), "军字第2001988号");
    assert_eq!(reason(Document, "110105194912310021"), Reason::Checksum);
}

#[test]
fn a_residence_permit_of_hong_kong_is_checked_like_a_resident_number() {
    let number = ('0'..='9')
        .chain(['X'])
        .find_map(|check| normalise(Permit, &format!("81000019900101001{check}")).ok())
        .unwrap();
    assert_eq!(number.kind(), Permit);
    assert_eq!(number.checked_birth(), Some(date(1990, 1, 1)));
}

#[test]
fn vehicles() {
    assert_eq!(form(Plate, "粤b·12345"), "粤B12345");
    assert_eq!(form(Plate, "苏 B A1234"), "苏BA1234");
    assert_eq!(form(Plate, "京AD12345"), "京AD12345");
    assert_eq!(form(Plate, "京A12345D"), "京A12345D");
    assert_eq!(form(Plate, "粤A1234学"), "粤A1234学");
    for (wrong, expected) in [
        ("", Reason::Empty),
        ("粤B1234", Reason::Length),
        ("粤B1234567", Reason::Length),
        ("AB12345", Reason::Region),
        ("粤B1234O", Reason::Shape),
        ("粤BL12345", Reason::Shape),
        ("粤I12345", Reason::Shape),
        ("粤B1234!", Reason::Alphabet),
        ("粤B1234\u{3000}\n5张", Reason::Alphabet),
    ] {
        assert_eq!(reason(Plate, wrong), expected, "{wrong}");
    }
    assert_eq!(form(Vin, "lsvau2a3-7n2183294"), "LSVAU2A37N2183294");
    assert_eq!(reason(Vin, "LSVAU2A37N218329"), Reason::Length);
    for wrong in ["LSVAU2A37N218329O", "LSVAU2A37N218329I", "LSVAU2A37N218329Q"] {
        assert_eq!(reason(Vin, wrong), Reason::Alphabet, "{wrong}");
    }
}

#[test]
fn mail_addresses() {
    assert_eq!(form(Email, " Zhang.San+claim@Mail.Example.COM "), "zhang.san+claim@mail.example.com");
    assert_eq!(form(Email, "ｚｓ＠example．cn"), "zs@example.cn");
    for wrong in [
        "zs",
        "@example.cn",
        "zs@",
        "zs@example",
        "zs@@example.cn",
        "z..s@example.cn",
        ".zs@example.cn",
        "zs@-a.cn",
        "zs@a.c",
        "zs@1.23",
    ] {
        assert_eq!(reason(Email, wrong), Reason::Shape, "{wrong}");
    }
    assert_eq!(reason(Email, "张三@example.cn"), Reason::Alphabet);
    assert_eq!(reason(Email, "z s@example.cn"), Reason::Alphabet);
    assert_eq!(reason(Email, ""), Reason::Empty);
    assert_eq!(reason(Email, &format!("{}@example.cn", "a".repeat(65))), Reason::Length);
}

#[test]
fn days() {
    for typed in [
        "2020-01-02",
        "20200102",
        "2020年1月2日",
        "2020 年 01 月 02 日",
        "2020/1/2",
        "2020.1.2",
        "２０２０－０１－０２",
    ] {
        let day = checked(Date, typed);
        assert_eq!(day.expose(), "2020-01-02", "{typed}");
        assert_eq!(day.checked_birth(), Some(date(2020, 1, 2)));
        assert_eq!(day.checked_sex(), None);
    }
    for (wrong, expected) in [
        ("", Reason::Empty),
        ("2020-13-01", Reason::Date),
        ("2021-02-29", Reason::Date),
        ("0000-01-01", Reason::Date),
        ("20-01-02", Reason::Length),
        ("2020-001-02", Reason::Length),
        ("2020-01", Reason::Shape),
        ("yesterday", Reason::Shape),
        ("2020-aa-02", Reason::Alphabet),
        ("二〇二〇年一月二日", Reason::Alphabet),
    ] {
        assert_eq!(reason(Date, wrong), expected, "{wrong}");
    }
}

#[test]
fn running_text() {
    assert_eq!(form(Name, " 张　三 "), "张三");
    assert_eq!(form(Name, "买买提•艾力"), "买买提·艾力");
    assert_eq!(form(Name, "John   Smith"), "John Smith");
    assert_eq!(form(Name, "𠮷田"), "𠮷田");
    assert_eq!(reason(Name, "张"), Reason::Length);
    assert_eq!(reason(Name, "张3"), Reason::Alphabet);
    assert_eq!(reason(Name, "--"), Reason::Shape);
    assert_eq!(reason(Name, " "), Reason::Empty);

    assert_eq!(form(OrganisationName, "安润(集团)有限公司"), "安润（集团）有限公司");
    assert_eq!(form(OrganisationName, "安润（集团）有限公司"), "安润（集团）有限公司");
    assert_eq!(form(Address, "江苏省 无锡市，滨湖区　１２号"), "江苏省无锡市，滨湖区 12号");
    assert_eq!(form(Identifier, " ０１ Ab-９ "), "01Ab-9");
    assert_eq!(form(Secret, " Ａ b "), " Ａ b ");
    assert_eq!(form(Text, " one\r\ntwo "), "one\ntwo");
    assert_eq!(reason(Text, "a\u{0}"), Reason::Alphabet);
    assert_eq!(form(Image, "sha256:00ff"), "sha256:00ff");
    assert_eq!(reason(Image, "a b"), Reason::Alphabet);
    for &kind in Validator::ALL {
        assert_eq!(reason(kind, ""), Reason::Empty);
    }
}

#[test]
fn an_error_names_the_kind_and_the_rule_only() {
    let error = FieldError { kind: ResidentId, reason: Reason::Checksum };
    let shown = normalise(ResidentId, "110105194912310021").err();
    assert_eq!(shown, Some(error));
    assert_eq!(
        error.to_string(),
        "resident-id: the check digit does not match; compare it with the document digit by digit"
    );
    assert_eq!(error.reason.code(), "checksum");
}
