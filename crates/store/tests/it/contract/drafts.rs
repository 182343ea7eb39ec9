//! Drafts: kept by their fingerprint, read with and without their texts, gone once they are published or dropped.

use model::Fingerprint;
use shouyue_store::draft::{DraftHead, DraftRow};
use shouyue_store::{Publication, PublicationTexts, Write};

use crate::fixture::*;

fn draft(tables: Fingerprint, n: i64) -> DraftRow {
    let print = || Fingerprint::from_digest(draw());
    let head = DraftHead {
        tables,
        policy: print(),
        text: print(),
        stem: "2027-03-01".to_owned(),
        errors: 1,
        warnings: 2,
        against: (n > 1).then(print),
        at: at(n),
    };
    let text = |text: &str| text.to_owned();
    let source = format!("language = 1 # {tables}");
    let texts = PublicationTexts { source, operation: text("language = 1"), notice: text("<p>") };
    DraftRow { head, texts, findings: text("{}"), changes: text("nothing") }
}

async fn heads(store: &Shared) -> Vec<DraftHead> {
    store.drafts(&platform()).await.unwrap()
}

pub(crate) async fn a_draft_is_kept_by_its_fingerprint_until_it_is_dropped_or_published(store: Shared) {
    let prints: [Fingerprint; 2] = [(); 2].map(|()| Fingerprint::from_digest(draw()));
    let (first, second) = (draft(prints[0], 1), draft(prints[1], 2));
    for row in [&second, &first] {
        store.draft_put(&platform(), row.clone()).await.unwrap();
    }
    assert_eq!(heads(&store).await, [first.head.clone(), second.head.clone()], "the oldest first");
    let kept = store.draft(&platform(), prints[1]).await.unwrap().unwrap();
    assert_eq!((kept.head, kept.changes), (second.head.clone(), second.changes.clone()));
    assert_eq!(kept.texts.source, second.texts.source);
    let again = DraftRow { changes: "something".to_owned(), ..draft(prints[0], 3) };
    store.draft_put(&platform(), again.clone()).await.unwrap();
    assert_eq!(heads(&store).await, [second.head.clone(), again.head], "checked anew, it stands once");
    assert!(store.publication_heads(&platform()).await.unwrap().is_empty(), "no draft is a version");
    // Published, it is no draft any more; another stays one.
    let PublicationTexts { source, operation, .. } = second.texts;
    let new = Publication { source, operation, ..publication(Fingerprint::from_digest(draw())) };
    store.commit(act(vec![Write::Publish(new)])).await.unwrap();
    assert_eq!(heads(&store).await.iter().map(|head| head.tables).collect::<Vec<_>>(), [prints[0]]);
    assert!(store.draft(&platform(), prints[1]).await.unwrap().is_none());
    assert!(store.draft_drop(&platform(), prints[0]).await.unwrap());
    assert!(!store.draft_drop(&platform(), prints[0]).await.unwrap());
    assert!(heads(&store).await.is_empty());
}
