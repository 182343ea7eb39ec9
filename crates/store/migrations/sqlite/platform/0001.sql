-- One platform. Instants are microseconds since 1970 UTC, days ISO 8601, ids 16 random bytes drawn by the program.
-- What must be forgotten without trace lies in `key_slot` and `leaf_link`: rows of fixed size that are only ever
-- appended and overwritten in place, because a row that a B-tree moves may leave a copy of itself behind.

CREATE TABLE house (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    platform TEXT NOT NULL
) STRICT;

-- The platform's keys, wrapped under a root key: for the ledger, for parts, for search tokens. `since` is the instant from
-- which one seals, by when every server has read it.
CREATE TABLE platform_key (
    purpose TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    wrapped BLOB NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (purpose, version)
) STRICT, WITHOUT ROWID;

-- While search tokens are made anew under another key: how far that has come, and since when it waits to drop the old ones.
CREATE TABLE retoken (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    old          INTEGER NOT NULL CHECK (old > 0),
    stage        TEXT NOT NULL,
    subject      BLOB NOT NULL,
    organisation BLOB NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- Ledger.

CREATE TABLE head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL CHECK (size >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;

CREATE TABLE leaf (
    leaf  INTEGER PRIMARY KEY CHECK (leaf >= 0),
    kind  TEXT NOT NULL,
    at    INTEGER NOT NULL,
    entry BLOB NOT NULL
) STRICT;

-- `tile` is level * 2^56 + index. 256 hashes of 32 bytes, zeroes where the tree does not reach yet.
CREATE TABLE tile (
    tile   INTEGER PRIMARY KEY CHECK (tile >= 0),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192)
) STRICT;

-- A subject's leaves, newest first, as a chain from `subject.last_link`: leaf, previous link (8 bytes each, big-endian;
-- 0 ends the chain) and the salt that blinds the subject's tag (32 bytes). Zeroes once the subject is forgotten.
CREATE TABLE leaf_link (
    link INTEGER PRIMARY KEY CHECK (link > 0),
    body BLOB NOT NULL CHECK (length(body) = 48)
) STRICT;

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL,
    at   INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency (
    digest  BLOB PRIMARY KEY CHECK (length(digest) = 32),
    request BLOB NOT NULL,
    answer  BLOB NOT NULL,
    leaf    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Policies.

CREATE TABLE publication (
    number    INTEGER PRIMARY KEY,
    policy    BLOB NOT NULL,
    tables    BLOB NOT NULL,
    text      BLOB NOT NULL,
    stem      TEXT NOT NULL,
    source    TEXT NOT NULL,
    operation TEXT NOT NULL,
    notice    TEXT NOT NULL,
    since     INTEGER NOT NULL,
    leaf      INTEGER NOT NULL
) STRICT;

-- Subjects.

CREATE TABLE subject (
    subject     BLOB PRIMARY KEY CHECK (length(subject) = 16),
    account     TEXT NOT NULL,
    gate_record BLOB,
    gate_role   TEXT,
    version     INTEGER NOT NULL,
    last_link   INTEGER NOT NULL,
    forgotten   INTEGER NOT NULL CHECK (forgotten IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    kind    TEXT NOT NULL,
    token   BLOB NOT NULL CHECK (length(token) = 32),
    subject BLOB NOT NULL REFERENCES subject,
    PRIMARY KEY (kind, token)
) STRICT, WITHOUT ROWID;

-- Which record parts carry the value behind a token; a token without a carrier is gone. `version` is that of the key that
-- made it, 0 for the key that is never changed.
CREATE TABLE token_carrier (
    subject BLOB NOT NULL REFERENCES subject,
    record  BLOB NOT NULL,
    role    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    token   BLOB NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    PRIMARY KEY (subject, record, role, kind, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE organisation (
    organisation BLOB PRIMARY KEY CHECK (length(organisation) = 16),
    record       BLOB NOT NULL,
    contact      BLOB NOT NULL REFERENCES subject
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_of ON organisation (contact);
CREATE INDEX organisation_in ON organisation (record);

CREATE TABLE organisation_token (
    token        BLOB PRIMARY KEY CHECK (length(token) = 32),
    organisation BLOB NOT NULL REFERENCES organisation,
    version      INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_token_of ON organisation_token (organisation);

CREATE TABLE consent (
    subject   BLOB NOT NULL REFERENCES subject,
    consent   BLOB NOT NULL CHECK (length(consent) = 16),
    scope     TEXT NOT NULL,
    party     TEXT,
    policy    TEXT NOT NULL,
    text      BLOB,
    given_by  TEXT NOT NULL,
    artefact  TEXT NOT NULL,
    at        INTEGER NOT NULL,
    until     INTEGER,
    withdrawn INTEGER,
    leaf      INTEGER NOT NULL,
    -- SHA-256 of the signed document: nothing else is a written consent.
    document  BLOB CHECK (length(document) = 32),
    PRIMARY KEY (subject, consent),
    CHECK ((artefact = 'written') = (document IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Device permissions as a device of the account reported them last.
CREATE TABLE device_permission (
    subject    BLOB NOT NULL REFERENCES subject,
    permission TEXT NOT NULL,
    is_on      INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    at         INTEGER NOT NULL,
    leaf       INTEGER NOT NULL,
    PRIMARY KEY (subject, permission)
) STRICT, WITHOUT ROWID;

-- Consents that were refused and not given since: how often, and when last.
CREATE TABLE refusal (
    subject BLOB NOT NULL REFERENCES subject,
    scope   TEXT NOT NULL,
    times   INTEGER NOT NULL CHECK (times > 0),
    at      INTEGER NOT NULL,
    leaf    INTEGER NOT NULL,
    PRIMARY KEY (subject, scope)
) STRICT, WITHOUT ROWID;

-- What was attested about a subject, in order; the last of each fact counts. `holds` is null where it no longer does.
CREATE TABLE attestation (
    subject BLOB NOT NULL REFERENCES subject,
    number  INTEGER NOT NULL,
    fact    TEXT NOT NULL,
    holds   INTEGER CHECK (holds IN (0, 1)),
    came_by TEXT NOT NULL,
    request TEXT,
    at      INTEGER NOT NULL,
    leaf    INTEGER NOT NULL,
    PRIMARY KEY (subject, number)
) STRICT, WITHOUT ROWID;

-- Records.

-- `ended`, `ending` and `open_claims` follow from the events and the cover; the writer keeps them in step.
CREATE TABLE record (
    record         BLOB PRIMARY KEY CHECK (length(record) = 16),
    class          TEXT NOT NULL,
    function       TEXT,
    product        TEXT,
    holder         BLOB REFERENCES subject,
    in_force_from  TEXT,
    in_force_until TEXT,
    life           TEXT NOT NULL,
    ended          TEXT,
    ending         TEXT,
    open_claims    INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    leaf           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX record_ending ON record (ending) WHERE ending IS NOT NULL AND life <> 'erased';

-- Who joined by an invitation: `telephone` is a keyed digest of the link and of the number proven then, by which a guest
-- without an account comes back.
CREATE TABLE record_role (
    subject    BLOB NOT NULL REFERENCES subject,
    record     BLOB NOT NULL REFERENCES record,
    role       TEXT NOT NULL,
    invitation BLOB CHECK (length(invitation) = 16),
    telephone  BLOB CHECK (length(telephone) = 32),
    PRIMARY KEY (subject, record, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_role_in ON record_role (record);

-- Invitations into roles that were left open, in the order of their first making; `digest` is that of the link's secret.
CREATE TABLE invitation (
    record     BLOB NOT NULL REFERENCES record,
    invitation BLOB NOT NULL CHECK (length(invitation) = 16),
    place      INTEGER NOT NULL,
    role       TEXT NOT NULL,
    digest     BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    until      INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    leaf       INTEGER NOT NULL,
    PRIMARY KEY (record, invitation)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_event (
    record BLOB NOT NULL REFERENCES record,
    number INTEGER NOT NULL,
    event  TEXT NOT NULL,
    day    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;

-- The wrapped key of a record part; zeroes once destroyed.
CREATE TABLE key_slot (
    slot    INTEGER PRIMARY KEY CHECK (slot > 0),
    wrapped BLOB NOT NULL
) STRICT;

-- An empty `subject` stands for the matter itself; `slot` is null once the key is destroyed.
CREATE TABLE part (
    record  BLOB NOT NULL REFERENCES record,
    subject BLOB NOT NULL CHECK (length(subject) IN (0, 16)),
    role    TEXT NOT NULL,
    slot    INTEGER REFERENCES key_slot,
    PRIMARY KEY (record, subject, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE value (
    record   BLOB NOT NULL,
    subject  BLOB NOT NULL,
    role     TEXT NOT NULL,
    item     TEXT NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    sealed   BLOB NOT NULL,
    came_by  TEXT NOT NULL,
    source   TEXT,
    at       INTEGER NOT NULL,
    function TEXT,
    leaf     INTEGER NOT NULL,
    PRIMARY KEY (record, subject, role, item, version),
    FOREIGN KEY (record, subject, role) REFERENCES part
) STRICT, WITHOUT ROWID;

-- Attachments.

-- What stands in a part beside its values. The object of the same name holds the ciphertext, whose SHA-256 is `digest`;
-- `size` is that of the content.
CREATE TABLE attachment (
    record     BLOB NOT NULL,
    subject    BLOB NOT NULL,
    role       TEXT NOT NULL,
    attachment BLOB NOT NULL UNIQUE CHECK (length(attachment) = 16),
    item       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    size       INTEGER NOT NULL CHECK (size > 0),
    digest     BLOB NOT NULL CHECK (length(digest) = 32),
    came_by    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    function   TEXT,
    leaf       INTEGER NOT NULL,
    PRIMARY KEY (record, subject, role, attachment),
    FOREIGN KEY (record, subject, role) REFERENCES part
) STRICT, WITHOUT ROWID;

-- The documents of written consents, sealed under the key of a part of their giver's.
CREATE TABLE paper (
    record  BLOB NOT NULL,
    subject BLOB NOT NULL,
    role    TEXT NOT NULL,
    consent BLOB NOT NULL UNIQUE CHECK (length(consent) = 16),
    kind    TEXT NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (record, subject, role, consent),
    FOREIGN KEY (record, subject, role) REFERENCES part,
    FOREIGN KEY (subject, consent) REFERENCES consent
) STRICT, WITHOUT ROWID;

-- Objects that no attachment holds: on their way in since an instant, or, where that is null, to be removed.
CREATE TABLE loose_object (
    object BLOB PRIMARY KEY CHECK (length(object) = 16),
    since  INTEGER
) STRICT, WITHOUT ROWID;

-- Tracks of sales.

-- Until the matter is taken in, a track is of a browser: `visit` is a keyed digest. Then it is the record's, and `leaf` is
-- that of the act, which says `head`: the chain after the last step.
CREATE TABLE track (
    track    BLOB PRIMARY KEY CHECK (length(track) = 16),
    visit    BLOB UNIQUE CHECK (length(visit) = 32),
    function TEXT NOT NULL,
    head     BLOB NOT NULL CHECK (length(head) = 32),
    record   BLOB REFERENCES record,
    leaf     INTEGER,
    at       INTEGER NOT NULL,
    CHECK ((visit IS NULL) = (record IS NOT NULL) AND (record IS NULL) = (leaf IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX track_of ON track (record) WHERE record IS NOT NULL;
CREATE INDEX track_open ON track (at) WHERE visit IS NOT NULL;

-- A page as it is before anything is filled in; `page` is the SHA-256 of `markup`.
CREATE TABLE sale_page (
    page   BLOB PRIMARY KEY CHECK (length(page) = 32),
    markup TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE track_step (
    track   BLOB NOT NULL REFERENCES track,
    number  INTEGER NOT NULL CHECK (number > 0),
    page    BLOB NOT NULL REFERENCES sale_page,
    text    BLOB NOT NULL CHECK (length(text) = 32),
    action  TEXT NOT NULL,
    control TEXT,
    at      INTEGER NOT NULL,
    chain   BLOB NOT NULL CHECK (length(chain) = 32),
    PRIMARY KEY (track, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX track_step_page ON track_step (page);

-- Payments.

-- What is due for a record, and how it stands; no person stands here. `made` is the record that paying made,
-- `transaction_digest` a keyed digest of the payment network's number, `back` what of the amount goes back or went.
CREATE TABLE payment (
    payment            BLOB PRIMARY KEY CHECK (length(payment) = 16),
    record             BLOB NOT NULL REFERENCES record,
    fen                INTEGER NOT NULL CHECK (fen > 0),
    description        TEXT NOT NULL,
    until              INTEGER NOT NULL,
    in_force_from      TEXT,
    in_force_until     TEXT,
    asked              INTEGER NOT NULL,
    stage              TEXT NOT NULL,
    made               BLOB REFERENCES record,
    transaction_digest BLOB CHECK (length(transaction_digest) = 32),
    back               INTEGER CHECK (back > 0 AND back <= fen),
    at                 INTEGER NOT NULL,
    leaf               INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_of ON payment (record);
CREATE INDEX payment_open ON payment (payment) WHERE stage IN ('due', 'ordered', 'returning');

-- Which record asks for something of which other, and how it ended, with a code why; what each holds stands in its parts.
CREATE TABLE service (
    request BLOB PRIMARY KEY REFERENCES record,
    about   BLOB NOT NULL REFERENCES record,
    wish    TEXT NOT NULL,
    ended   TEXT,
    at      INTEGER CHECK ((at IS NULL) = (ended IS NULL)),
    reason  TEXT CHECK (reason IS NULL OR ended IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_about ON service (about);
CREATE INDEX service_open ON service (request) WHERE ended IS NULL;

-- What was erased, in order: `record` and `role` are null where a subject was forgotten. `chain` is the hash of the line
-- of the list and the chain before it.
CREATE TABLE erasure (
    sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
    record   BLOB,
    subject  BLOB NOT NULL,
    role     TEXT,
    leaf     INTEGER NOT NULL,
    chain    BLOB NOT NULL CHECK (length(chain) = 32)
) STRICT;

-- Requests and notices. `topic` is a code; `about` and `words` are records: the one that is asked about, and the one that
-- holds the words of who asks. They outlive what the records held, and say nothing by themselves.

CREATE TABLE request (
    request       BLOB PRIMARY KEY CHECK (length(request) = 16),
    subject       BLOB NOT NULL REFERENCES subject,
    subject_right TEXT NOT NULL,
    asked_by      TEXT NOT NULL,
    state         TEXT NOT NULL,
    reason        TEXT,
    since         TEXT NOT NULL,
    due           TEXT NOT NULL,
    calendar      TEXT NOT NULL,
    provisional   INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    topic         TEXT,
    about         BLOB CHECK (length(about) = 16),
    words         BLOB CHECK (length(words) = 16),
    opened        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    leaf          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_of ON request (subject);
CREATE INDEX request_due ON request (due) WHERE state NOT IN ('done', 'refused', 'taken-back');

-- Approvals for staff to look at a minor's data in the course of a function (rule R18): asked for by one seat, given by
-- another until an instant; `given_by` and `until` are null before.
CREATE TABLE approval (
    approval BLOB PRIMARY KEY CHECK (length(approval) = 16),
    subject  BLOB NOT NULL REFERENCES subject,
    function TEXT NOT NULL,
    asked_by BLOB NOT NULL CHECK (length(asked_by) = 16),
    asker    BLOB NOT NULL CHECK (length(asker) = 16),
    because  TEXT NOT NULL,
    at       INTEGER NOT NULL,
    given_by BLOB,
    until    INTEGER,
    leaf     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX approval_of ON approval (subject);
CREATE INDEX approval_waiting ON approval (at) WHERE given_by IS NULL;

-- Parties that staff cut off and let in again (rule R63), in order; the last row of each counts.
CREATE TABLE cut_off (
    party   TEXT NOT NULL,
    number  INTEGER NOT NULL,
    is_cut  INTEGER NOT NULL CHECK (is_cut IN (0, 1)),
    because TEXT NOT NULL,
    at      INTEGER NOT NULL,
    leaf    INTEGER NOT NULL,
    PRIMARY KEY (party, number)
) STRICT, WITHOUT ROWID;

-- Customers handed to a party's people, who call them by a virtual number. `bound_until` stands from the act of binding
-- to that of ending it; `number` and `binding` as soon as the network has given them.
CREATE TABLE assignment (
    assignment  BLOB PRIMARY KEY CHECK (length(assignment) = 16),
    subject     BLOB NOT NULL REFERENCES subject,
    party       TEXT NOT NULL,
    share       TEXT NOT NULL,
    at          INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    ended       INTEGER,
    bound_until INTEGER,
    number      TEXT,
    binding     TEXT,
    leaf        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_of ON assignment (subject);
CREATE INDEX assignment_to ON assignment (party);
CREATE INDEX assignment_bound ON assignment (bound_until) WHERE bound_until IS NOT NULL;

-- Thresholds of the law.

-- Distinct persons: everybody who is not forgotten, and everybody of whom a part holds a face. The writer keeps both in
-- step with `subject` and `face_part`.
CREATE TABLE tally (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    persons INTEGER NOT NULL CHECK (persons >= 0),
    faces   INTEGER NOT NULL CHECK (faces >= 0)
) STRICT;
INSERT INTO tally (one, persons, faces) VALUES (1, 0, 0);

-- Parts in which a face stands; the row goes when the part's key does.
CREATE TABLE face_part (
    subject BLOB NOT NULL REFERENCES subject,
    record  BLOB NOT NULL,
    role    TEXT NOT NULL,
    PRIMARY KEY (subject, record, role),
    FOREIGN KEY (record, subject, role) REFERENCES part
) STRICT, WITHOUT ROWID;

-- Rules (R34, R51) whose threshold was reached, and what was filed for it; the filing's columns are null before.
CREATE TABLE threshold (
    rule       TEXT PRIMARY KEY,
    reached    INTEGER NOT NULL,
    leaf       INTEGER NOT NULL,
    filed_on   TEXT,
    number     TEXT,
    filed      INTEGER,
    filed_leaf INTEGER,
    CHECK ((filed_on IS NULL) = (number IS NULL) AND (number IS NULL) = (filed IS NULL)
        AND (filed IS NULL) = (filed_leaf IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    number  INTEGER PRIMARY KEY,
    subject BLOB NOT NULL REFERENCES subject,
    kind    TEXT NOT NULL,
    detail  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    sent    INTEGER
) STRICT;
CREATE INDEX outbox_waiting ON outbox (number) WHERE sent IS NULL;
