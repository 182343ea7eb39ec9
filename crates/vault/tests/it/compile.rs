//! Design invariant 2 as a matter of types: each file in `compile_fail/` is a way around a permit that must not compile.

#[test]
fn there_is_no_way_around_a_permit() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
