-- Versions that are not published: each as it was checked, with what was found, and what it would change against which version.
-- No act is decided by one; who publishes it takes it away. What is known of every version is read apart from its texts.

CREATE TABLE draft (
    tables    bytea PRIMARY KEY,
    policy    bytea NOT NULL,
    text      bytea NOT NULL,
    stem      text COLLATE "C" NOT NULL,
    source    text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    notice    text COLLATE "C" NOT NULL,
    errors    bigint NOT NULL,
    warnings  bigint NOT NULL,
    findings  text COLLATE "C" NOT NULL,
    against   bytea,
    changes   text COLLATE "C" NOT NULL,
    at        bigint NOT NULL
);
CREATE INDEX draft_head ON draft (at, tables, policy, text, stem, errors, warnings, against);
CREATE INDEX publication_head ON publication (number, policy, tables, text, stem, since, leaf);
