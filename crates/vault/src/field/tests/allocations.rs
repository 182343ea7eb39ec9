//! Masking one value allocates nothing, whatever the value is.

use std::fmt::{self, Write};

use model::field::Mask;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::properties::value;
use crate::field::mask;

/// A sink without a heap.
struct Page {
    bytes: [u8; 4096],
    used: usize,
}

impl Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.used..self.used + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used += text.len();
        Ok(())
    }
}

fn allocated(kind: Mask, value: &str) -> u64 {
    let mut page = Page { bytes: [0; 4096], used: 0 };
    let counted = allocation_counter::measure(|| mask(kind, value, &mut page).unwrap());
    std::hint::black_box(page.bytes);
    counted.count_total
}

#[test]
fn a_mask_allocates_nothing() {
    // The word lists are read once in a process.
    allocated(Mask::AddressDistrict, "江苏省无锡市滨湖区太湖大道");
    allocated(Mask::NameSurname, "欧阳修");
    let sound = [
        "张三丰",
        "11010519491231002X",
        "１３８ 0013 8000",
        "021-62345678-802",
        "6222 0212 3456 7894",
        "zhangsan@example.com",
        "江苏省无锡市滨湖区太湖大道1号",
        "粤B12312",
        "京AD12345",
        "军字第2001988号",
    ];
    for &kind in Mask::ALL {
        for one in sound {
            assert_eq!(allocated(kind, one), 0, "{kind} of {one}");
        }
    }
    let any = (prop::sample::select(Mask::ALL), value());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1_000));
    let ran = runner.run(&any, |(kind, value)| {
        prop_assert_eq!(allocated(kind, &value), 0, "{} of {:?}", kind, value);
        Ok(())
    });
    assert_eq!(ran, Ok(()));
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u8])));
    assert_eq!(counted.count_total, 1, "the counter counts");
}
