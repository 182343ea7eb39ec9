-- The installation: seats, service tokens, sessions, log-in codes, one-time links, log-ins with others' accounts. Instants are microseconds since 1970
-- UTC. Secrets are here as hashes only.

CREATE TABLE staff (
    actor    bytea PRIMARY KEY CHECK (length(actor) = 16),
    name     text COLLATE "C" NOT NULL UNIQUE,
    password text COLLATE "C" NOT NULL,
    operator bigint NOT NULL CHECK (operator IN (0, 1)),
    closed   bigint NOT NULL CHECK (closed IN (0, 1))
);

CREATE TABLE staff_role (
    actor    bytea NOT NULL REFERENCES staff,
    platform text COLLATE "C" NOT NULL,
    role     text COLLATE "C" NOT NULL,
    PRIMARY KEY (actor, platform, role)
);

CREATE TABLE service_token (
    actor    bytea PRIMARY KEY CHECK (length(actor) = 16),
    name     text COLLATE "C" NOT NULL,
    digest   bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    platform text COLLATE "C" NOT NULL,
    party    text COLLATE "C",
    rate     bigint NOT NULL,
    revoked  bigint NOT NULL CHECK (revoked IN (0, 1))
);

-- `grant_kind` is `action` or `purpose`.
CREATE TABLE service_token_grant (
    actor      bytea NOT NULL REFERENCES service_token,
    grant_kind text COLLATE "C" NOT NULL,
    place      bigint NOT NULL,
    word       text COLLATE "C" NOT NULL,
    PRIMARY KEY (actor, grant_kind, place)
);

-- `platform` alone: a visitor; with `subject`: a customer; `actor`: staff.
CREATE TABLE session (
    digest   bytea PRIMARY KEY CHECK (length(digest) = 32),
    platform text COLLATE "C",
    subject  bytea,
    actor    bytea,
    csrf     bytea NOT NULL CHECK (length(csrf) = 32),
    until    bigint NOT NULL
);
CREATE INDEX session_of ON session (platform, subject) WHERE subject IS NOT NULL;

CREATE TABLE login_code (
    platform text COLLATE "C" NOT NULL,
    phone    bytea NOT NULL CHECK (length(phone) = 32),
    digest   bytea NOT NULL CHECK (length(digest) = 32),
    until    bigint NOT NULL,
    tries    bigint NOT NULL CHECK (tries >= 0),
    PRIMARY KEY (platform, phone)
);

CREATE TABLE link (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    until  bigint NOT NULL
);

-- On the way to somebody who keeps accounts for others, and back: one of each session. `kept` holds nothing of a person.
CREATE TABLE login_try (
    session  bytea PRIMARY KEY CHECK (length(session) = 32),
    platform text COLLATE "C" NOT NULL,
    kept     bytea NOT NULL,
    until    bigint NOT NULL
);

-- Tickets that were used, until they would have ended anyhow.
CREATE TABLE ticket (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    until  bigint NOT NULL
);
