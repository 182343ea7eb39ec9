-- Versions that are not published: each as it was checked, with what was found, and what it would change against which version.
-- No act is decided by one; who publishes it takes it away. What is known of every version is read apart from its texts.

CREATE TABLE draft (
    tables    BLOB PRIMARY KEY,
    policy    BLOB NOT NULL,
    text      BLOB NOT NULL,
    stem      TEXT NOT NULL,
    source    TEXT NOT NULL,
    operation TEXT NOT NULL,
    notice    TEXT NOT NULL,
    errors    INTEGER NOT NULL,
    warnings  INTEGER NOT NULL,
    findings  TEXT NOT NULL,
    against   BLOB,
    changes   TEXT NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX draft_head ON draft (at, tables, policy, text, stem, errors, warnings, against);
CREATE INDEX publication_head ON publication (number, policy, tables, text, stem, since, leaf);
