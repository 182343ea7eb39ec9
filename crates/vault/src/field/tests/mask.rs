//! Every convention of masking, row by row.

use model::field::Mask::{self, *};

fn shown(mask: Mask, value: &str) -> String {
    let mut out = String::new();
    crate::field::mask(mask, value, &mut out).unwrap();
    out
}

#[track_caller]
fn rows(mask: Mask, rows: &[(&str, &str)]) {
    for (value, expected) in rows {
        assert_eq!(shown(mask, value), *expected, "{mask} of {value}");
    }
}

/// What fails closed.
const ALL: &str = "******";

#[test]
fn names() {
    rows(
        NameSurname,
        &[
            ("张三", "张*"),
            ("张三丰", "张**"),
            ("张三丰丰", "张**"),
            ("欧阳修", "欧阳*"),
            ("欧阳娜娜", "欧阳**"),
            ("欧阳", "欧*"),
            ("諸葛亮", "諸葛*"),
            ("张　三", "张*"),
            ("𠮷田一", "𠮷**"),
            ("买买提·艾力", "买**"),
            ("张", ALL),
            ("", ALL),
            ("John Smith", ALL),
            ("张三A", ALL),
            ("张\u{e0100}三", ALL),
            ("·三", ALL),
            // The first and the last of the commonest block, those of others, and what lies just beside it.
            ("\u{4e00}\u{9fff}", "\u{4e00}*"),
            ("\u{9fff}\u{4e00}三", "\u{9fff}**"),
            ("㐀三", "㐀*"),
            ("三〇", "三*"),
            ("张\u{a000}", ALL),
            ("\u{4dc0}三", ALL),
            ("张三\u{4dff}", ALL),
            ("张\u{3000}\u{3000}", ALL),
        ],
    );
    rows(NameFirst, &[("张三", "张*"), ("欧阳娜娜", "欧**"), ("张", ALL), ("·三", ALL), ("John", ALL)]);
    rows(
        NameFirstHidden,
        &[("张三", "*三"), ("张三丰", "**丰"), ("买买提·艾力", "**力"), ("三", ALL), ("John", ALL), ("三·", ALL)],
    );
}

#[test]
fn identity_numbers() {
    rows(
        Id1x1,
        &[
            ("11010519491231002X", "1****************X"),
            ("11010519491231002x", "1****************X"),
            ("110105491231002", "1*************2"),
            ("１１０１０５ 19491231 002X", "1****************X"),
            ("E12345678", ALL),
            ("1101051949123100", ALL),
            ("", ALL),
        ],
    );
    rows(Id1x2, &[("11010519491231002X", "1***************2X"), ("E12345678", ALL)]);
    rows(Id3x4, &[("11010519491231002X", "110***********002X"), ("12", ALL)]);
    rows(Id6x4, &[("11010519491231002X", "110105********002X"), ("110105491231002", "110105*****1002"), ("1", ALL)]);
}

#[test]
fn phones() {
    for mask in [Mobile3x4, Phone] {
        rows(
            mask,
            &[
                ("13800138000", "138****8000"),
                ("138 0013 8000", "138****8000"),
                ("１３８００１３８０００", "138****8000"),
                ("1380013800", ALL),
                ("138001380001", ALL),
                ("手机号", ALL),
            ],
        );
    }
    for mask in [Landline, Phone] {
        rows(
            mask,
            &[
                ("010-82345678", "010-****5678"),
                ("0510-8234567", "0510-****4567"),
                ("021-62345678-802", "021-****5678"),
                ("82345678", ALL),
                ("4008208820", ALL),
                ("010-5678", ALL),
                ("0100-82345678", ALL),
                ("-", ALL),
            ],
        );
    }
    rows(LandlineLast2, &[("010-82345678", "010-****78"), ("021-62345678-802", "021-****78"), ("82345678", ALL)]);
    rows(LandlineLast4, &[("010-82345678", "****5678"), ("82345678", ALL), ("13800138000", ALL)]);
    rows(Mobile3x4, &[("010-82345678", ALL)]);
    rows(Landline, &[("13800138000", ALL)]);
}

#[test]
fn bank_cards() {
    let card = "6222021234567894";
    rows(CardLast4, &[(card, "****7894"), ("6222 0212 3456 7894", "****7894"), ("62220212345", ALL), ("7894", ALL)]);
    rows(Card6x4, &[(card, "622202****7894"), ("622202123456", ALL), ("6222021234567", "622202****4567")]);
    rows(Card4x4, &[(card, "6222****7894"), ("E22202123456", ALL)]);
}

#[test]
fn mail_addresses() {
    rows(
        Email,
        &[
            ("zhangsan@example.com", "z**@example.com"),
            ("zs@example.com", "z**@example.com"),
            ("z@example.com", ALL),
            ("zhangsan@example", ALL),
            ("zhangsan", ALL),
            ("张三@example.com", ALL),
            ("a@b@example.com", ALL),
        ],
    );
}

#[test]
fn addresses() {
    rows(
        AddressDistrict,
        &[
            ("江苏省无锡市滨湖区太湖大道1号2栋301室", "江苏省无锡市滨湖区****"),
            ("上海市浦东新区世纪大道100号", "上海市浦东新区****"),
            ("江苏省昆山市玉山镇阳光小区3栋", "江苏省昆山市****"),
            ("河北省香河县城市花园8号", "河北省香河县****"),
            ("新疆维吾尔自治区乌鲁木齐市天山区解放路1号", "新疆维吾尔自治区乌鲁木齐市天山区****"),
            ("恩施土家族苗族自治州恩施市舞阳坝1号", "恩施土家族苗族自治州恩施市****"),
            ("黑龙江省大兴安岭地区漠河市中华路", "黑龙江省大兴安岭地区漠河市****"),
            ("内蒙古自治区锡林郭勒盟苏尼特右旗某路", "内蒙古自治区锡林郭勒盟苏尼特右旗****"),
            ("黑龙江省哈尔滨市道里区中央大街1号", "黑龙江省哈尔滨市道里区****"),
            ("浙江省宁波市镇海区某路1号", "浙江省宁波市镇海区****"),
            ("山东省青岛市市南区香港路", "山东省青岛市市南区****"),
            ("江苏省盐城市亭湖区某路", "江苏省盐城市亭湖区****"),
            ("四川省成都市武侯区某路", "四川省成都市武侯区****"),
            ("福建省厦门市思明区某路", "福建省厦门市思明区****"),
            ("无锡市人民路8号阳光小区", "无锡市****"),
            ("无锡市解放超市旁", "无锡市****"),
            ("无锡市中山路北区3号", "无锡市****"),
            ("无锡市科技园东区8号", "无锡市****"),
            ("江苏省无锡市滨湖区", ALL),
            ("朝阳区建国路1号", ALL),
            ("阳光小区3栋", ALL),
            ("人民路8号", ALL),
            ("1 Main Street, Springfield", ALL),
            ("市区县", ALL),
            ("", ALL),
        ],
    );
    rows(AddressFirst6, &[("江苏省无锡市滨湖区太湖大道", "江苏省无锡市****"), ("江苏省无锡市", ALL), ("无锡市", ALL)]);
}

#[test]
fn plates() {
    rows(
        Plate,
        &[
            ("粤B12312", "粤B***12"),
            ("京AD12345", "京A****45"),
            ("粤A1234学", "粤A***4学"),
            ("粤b·12312", ALL),
            ("B12312", ALL),
            ("粤B12", ALL),
        ],
    );
    rows(Plate3x1, &[("粤B12312", "粤B1***2"), ("粤B", ALL)]);
}

#[test]
fn other_documents() {
    rows(Document1x2, &[("E12345678", "E****78"), ("e1234567", "E****67"), ("E1234", ALL), ("护照？号码一二三", ALL)]);
    rows(Document1x3, &[("E12345678", "E****678"), ("E12345", ALL)]);
    rows(Document2x3, &[("E12345678", "E1****678"), ("E123456", ALL)]);
    rows(Officer2x2, &[("军字第2001988号", "军字****8号"), ("H12345678", "H1****78"), ("H12345", ALL)]);
    rows(
        Last4,
        &[
            ("PD2024000123456", "****3456"),
            ("PD-2024-0001", "****0001"),
            ("123456", ALL),
            ("3456", ALL),
            ("010-82345678", "****5678"),
        ],
    );
}

#[test]
fn what_is_not_shown_at_all() {
    for value in ["", "1", "password", "一段很长的诊断说明"] {
        assert_eq!(shown(Fixed, value), ALL);
        assert_eq!(shown(Hidden, value), "");
        assert_eq!(shown(None, value), value);
    }
}

#[test]
fn a_full_sink_is_the_only_error() {
    struct Full;
    impl std::fmt::Write for Full {
        fn write_str(&mut self, _: &str) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    assert!(crate::field::mask(Mobile3x4, "13800138000", &mut Full).is_err());
}
