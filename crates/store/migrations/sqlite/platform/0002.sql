-- The change feed: what callers' caches must hear of, written by the act itself, in its order and without gaps.

-- `subject` is empty where a change is of nobody, and zeroes, in place, once the subject is forgotten by a later act.
CREATE TABLE change (
    number  INTEGER PRIMARY KEY CHECK (number > 0),
    change  BLOB NOT NULL CHECK (length(change) = 16),
    kind    TEXT NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) IN (0, 16)),
    record  BLOB CHECK (length(record) = 16),
    scopes  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    leaf    INTEGER NOT NULL
) STRICT;
CREATE INDEX change_by ON change (leaf);

-- Webhooks of the configuration: up to which change each has its deliveries, and which server sends them, until when.
CREATE TABLE webhook (
    webhook TEXT PRIMARY KEY,
    after   INTEGER NOT NULL CHECK (after >= 0),
    server  BLOB NOT NULL CHECK (length(server) = 16),
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was not taken in yet: tried so often, due again at an instant, or, where that is null, given up.
CREATE TABLE delivery (
    webhook TEXT NOT NULL REFERENCES webhook,
    number  INTEGER NOT NULL REFERENCES change,
    tries   INTEGER NOT NULL CHECK (tries >= 0),
    due     INTEGER,
    because TEXT,
    PRIMARY KEY (webhook, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (webhook, due) WHERE due IS NOT NULL;

-- Whether somebody has but one such number: a resident number, which no renewal changes. Of what came before, nobody knows.
ALTER TABLE token_carrier ADD COLUMN sole INTEGER NOT NULL DEFAULT 0 CHECK (sole IN (0, 1));
