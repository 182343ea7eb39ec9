//! The example of embedding, run: what it prints is what its readers will see.

#[path = "../../examples/embed.rs"]
#[expect(dead_code, reason = "its `main` is for `cargo run --example embed`")]
mod embed;

/// Threads share the tables.
const _: () = {
    const fn shared<T: Send + Sync + 'static>() {}
    shared::<shouyue_policy::compile::Tables>();
};

#[test]
fn the_example_tells_what_is_clear_masked_and_withheld_and_why() {
    let mut out = Vec::new();
    embed::run(&mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
