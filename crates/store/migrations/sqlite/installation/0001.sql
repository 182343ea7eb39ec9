-- The installation: seats, service tokens, sessions, log-in codes, one-time links, log-ins with others' accounts. Instants are microseconds since 1970
-- UTC. Secrets are here as hashes only.

CREATE TABLE staff (
    actor    BLOB PRIMARY KEY CHECK (length(actor) = 16),
    name     TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    operator INTEGER NOT NULL CHECK (operator IN (0, 1)),
    closed   INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_role (
    actor    BLOB NOT NULL REFERENCES staff,
    platform TEXT NOT NULL,
    role     TEXT NOT NULL,
    PRIMARY KEY (actor, platform, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_token (
    actor    BLOB PRIMARY KEY CHECK (length(actor) = 16),
    name     TEXT NOT NULL,
    digest   BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    platform TEXT NOT NULL,
    party    TEXT,
    rate     INTEGER NOT NULL,
    revoked  INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- `grant_kind` is `action` or `purpose`.
CREATE TABLE service_token_grant (
    actor      BLOB NOT NULL REFERENCES service_token,
    grant_kind TEXT NOT NULL,
    place      INTEGER NOT NULL,
    word       TEXT NOT NULL,
    PRIMARY KEY (actor, grant_kind, place)
) STRICT, WITHOUT ROWID;

-- `platform` alone: a visitor; with `subject`: a customer; `actor`: staff.
CREATE TABLE session (
    digest   BLOB PRIMARY KEY CHECK (length(digest) = 32),
    platform TEXT,
    subject  BLOB,
    actor    BLOB,
    csrf     BLOB NOT NULL CHECK (length(csrf) = 32),
    until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_of ON session (platform, subject) WHERE subject IS NOT NULL;

CREATE TABLE login_code (
    platform TEXT NOT NULL,
    phone    BLOB NOT NULL CHECK (length(phone) = 32),
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    until    INTEGER NOT NULL,
    tries    INTEGER NOT NULL CHECK (tries >= 0),
    PRIMARY KEY (platform, phone)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- On the way to somebody who keeps accounts for others, and back: one of each session. `kept` holds nothing of a person.
CREATE TABLE login_try (
    session  BLOB PRIMARY KEY CHECK (length(session) = 32),
    platform TEXT NOT NULL,
    kept     BLOB NOT NULL,
    until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tickets that were used, until they would have ended anyhow.
CREATE TABLE ticket (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
