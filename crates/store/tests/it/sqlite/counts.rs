//! The counts of persons against a model, over random acts.

use proptest::prelude::*;

use crate::contract::thresholds::counts_hold;

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn r51_the_counts_are_those_of_the_rows_whatever_was_done(
        dice in proptest::collection::vec(any::<[u8; 3]>(), 0..120),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let fresh = super::fresh().await;
            counts_hold(fresh.store.clone(), &dice).await;
        });
    }
}
