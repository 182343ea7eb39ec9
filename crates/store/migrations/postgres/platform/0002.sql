-- The change feed: what callers' caches must hear of, written by the act itself, in its order and without gaps.

-- `subject` is empty where a change is of nobody, and zeroes, in place, once the subject is forgotten by a later act.
CREATE TABLE change (
    number  bigint PRIMARY KEY CHECK (number > 0),
    change  bytea NOT NULL CHECK (length(change) = 16),
    kind    text COLLATE "C" NOT NULL,
    subject bytea NOT NULL CHECK (length(subject) IN (0, 16)),
    record  bytea CHECK (length(record) = 16),
    scopes  text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    leaf    bigint NOT NULL
);
CREATE INDEX change_by ON change (leaf);

-- Webhooks of the configuration: up to which change each has its deliveries, and which server sends them, until when.
CREATE TABLE webhook (
    webhook text COLLATE "C" PRIMARY KEY,
    after   bigint NOT NULL CHECK (after >= 0),
    server  bytea NOT NULL CHECK (length(server) = 16),
    until   bigint NOT NULL
);

-- What was not taken in yet: tried so often, due again at an instant, or, where that is null, given up.
CREATE TABLE delivery (
    webhook text COLLATE "C" NOT NULL REFERENCES webhook,
    number  bigint NOT NULL REFERENCES change,
    tries   bigint NOT NULL CHECK (tries >= 0),
    due     bigint,
    because text COLLATE "C",
    PRIMARY KEY (webhook, number)
);
CREATE INDEX delivery_due ON delivery (webhook, due) WHERE due IS NOT NULL;

-- Whether somebody has but one such number: a resident number, which no renewal changes. Of what came before, nobody knows.
ALTER TABLE token_carrier ADD COLUMN sole bigint NOT NULL DEFAULT 0 CHECK (sole IN (0, 1));
