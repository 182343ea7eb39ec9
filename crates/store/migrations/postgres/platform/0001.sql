-- One platform. Instants are microseconds since 1970 UTC, days ISO 8601, ids 16 random bytes drawn by the program.
-- What must be forgotten without trace lies in `key_slot` and `leaf_link`: rows of fixed size that are only ever
-- appended and overwritten in place, because a row that a B-tree moves may leave a copy of itself behind.

CREATE TABLE house (
    one      bigint PRIMARY KEY CHECK (one = 1),
    platform text COLLATE "C" NOT NULL
);

-- The platform's keys, wrapped under a root key: for the ledger, for parts, for search tokens. `since` is the instant from
-- which one seals, by when every server has read it.
CREATE TABLE platform_key (
    purpose text COLLATE "C" NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    wrapped bytea NOT NULL,
    since   bigint NOT NULL,
    PRIMARY KEY (purpose, version)
);

-- While search tokens are made anew under another key: how far that has come, and since when it waits to drop the old ones.
CREATE TABLE retoken (
    one          bigint PRIMARY KEY CHECK (one = 1),
    old          bigint NOT NULL CHECK (old > 0),
    stage        text COLLATE "C" NOT NULL,
    subject      bytea NOT NULL,
    organisation bytea NOT NULL,
    at           bigint NOT NULL
);

-- Ledger.

CREATE TABLE head (
    one  bigint PRIMARY KEY CHECK (one = 1),
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (length(root) = 32)
);

CREATE TABLE leaf (
    leaf  bigint PRIMARY KEY CHECK (leaf >= 0),
    kind  text COLLATE "C" NOT NULL,
    at    bigint NOT NULL,
    entry bytea NOT NULL
);

-- `tile` is level * 2^56 + index. 256 hashes of 32 bytes, zeroes where the tree does not reach yet.
CREATE TABLE tile (
    tile   bigint PRIMARY KEY CHECK (tile >= 0),
    hashes bytea NOT NULL CHECK (length(hashes) = 8192)
);

-- A subject's leaves, newest first, as a chain from `subject.last_link`: leaf, previous link (8 bytes each, big-endian;
-- 0 ends the chain) and the salt that blinds the subject's tag (32 bytes). Zeroes once the subject is forgotten.
CREATE TABLE leaf_link (
    link bigint PRIMARY KEY CHECK (link > 0),
    body bytea NOT NULL CHECK (length(body) = 48)
);

CREATE TABLE checkpoint (
    size bigint PRIMARY KEY,
    note text COLLATE "C" NOT NULL,
    at   bigint NOT NULL
);

CREATE TABLE idempotency (
    digest  bytea PRIMARY KEY CHECK (length(digest) = 32),
    request bytea NOT NULL,
    answer  bytea NOT NULL,
    leaf    bigint NOT NULL
);

-- Policies.

CREATE TABLE publication (
    number    bigint PRIMARY KEY,
    policy    bytea NOT NULL,
    tables    bytea NOT NULL,
    text      bytea NOT NULL,
    stem      text COLLATE "C" NOT NULL,
    source    text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    notice    text COLLATE "C" NOT NULL,
    since     bigint NOT NULL,
    leaf      bigint NOT NULL
);

-- Subjects.

CREATE TABLE subject (
    subject     bytea PRIMARY KEY CHECK (length(subject) = 16),
    account     text COLLATE "C" NOT NULL,
    gate_record bytea,
    gate_role   text COLLATE "C",
    version     bigint NOT NULL,
    last_link   bigint NOT NULL,
    forgotten   bigint NOT NULL CHECK (forgotten IN (0, 1))
);

CREATE TABLE token (
    kind    text COLLATE "C" NOT NULL,
    token   bytea NOT NULL CHECK (length(token) = 32),
    subject bytea NOT NULL REFERENCES subject,
    PRIMARY KEY (kind, token)
);

-- Which record parts carry the value behind a token; a token without a carrier is gone. `version` is that of the key that
-- made it, 0 for the key that is never changed.
CREATE TABLE token_carrier (
    subject bytea NOT NULL REFERENCES subject,
    record  bytea NOT NULL,
    role    text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL,
    token   bytea NOT NULL,
    version bigint NOT NULL CHECK (version >= 0),
    PRIMARY KEY (subject, record, role, kind, token)
);

CREATE TABLE organisation (
    organisation bytea PRIMARY KEY CHECK (length(organisation) = 16),
    record       bytea NOT NULL,
    contact      bytea NOT NULL REFERENCES subject
);
CREATE INDEX organisation_of ON organisation (contact);
CREATE INDEX organisation_in ON organisation (record);

CREATE TABLE organisation_token (
    token        bytea PRIMARY KEY CHECK (length(token) = 32),
    organisation bytea NOT NULL REFERENCES organisation,
    version      bigint NOT NULL CHECK (version > 0)
);
CREATE INDEX organisation_token_of ON organisation_token (organisation);

CREATE TABLE consent (
    subject   bytea NOT NULL REFERENCES subject,
    consent   bytea NOT NULL CHECK (length(consent) = 16),
    scope     text COLLATE "C" NOT NULL,
    party     text COLLATE "C",
    policy    text COLLATE "C" NOT NULL,
    text      bytea,
    given_by  text COLLATE "C" NOT NULL,
    artefact  text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    until     bigint,
    withdrawn bigint,
    leaf      bigint NOT NULL,
    -- SHA-256 of the signed document: nothing else is a written consent.
    document  bytea CHECK (length(document) = 32),
    PRIMARY KEY (subject, consent),
    CHECK ((artefact = 'written') = (document IS NOT NULL))
);

-- Device permissions as a device of the account reported them last.
CREATE TABLE device_permission (
    subject    bytea NOT NULL REFERENCES subject,
    permission text COLLATE "C" NOT NULL,
    is_on      bigint NOT NULL CHECK (is_on IN (0, 1)),
    at         bigint NOT NULL,
    leaf       bigint NOT NULL,
    PRIMARY KEY (subject, permission)
);

-- Consents that were refused and not given since: how often, and when last.
CREATE TABLE refusal (
    subject bytea NOT NULL REFERENCES subject,
    scope   text COLLATE "C" NOT NULL,
    times   bigint NOT NULL CHECK (times > 0),
    at      bigint NOT NULL,
    leaf    bigint NOT NULL,
    PRIMARY KEY (subject, scope)
);

-- What was attested about a subject, in order; the last of each fact counts. `holds` is null where it no longer does.
CREATE TABLE attestation (
    subject bytea NOT NULL REFERENCES subject,
    number  bigint NOT NULL,
    fact    text COLLATE "C" NOT NULL,
    holds   bigint CHECK (holds IN (0, 1)),
    came_by text COLLATE "C" NOT NULL,
    request text COLLATE "C",
    at      bigint NOT NULL,
    leaf    bigint NOT NULL,
    PRIMARY KEY (subject, number)
);

-- Records.

-- `ended`, `ending` and `open_claims` follow from the events and the cover; the writer keeps them in step.
CREATE TABLE record (
    record         bytea PRIMARY KEY CHECK (length(record) = 16),
    class          text COLLATE "C" NOT NULL,
    function       text COLLATE "C",
    product        text COLLATE "C",
    holder         bytea REFERENCES subject,
    in_force_from  text COLLATE "C",
    in_force_until text COLLATE "C",
    life           text COLLATE "C" NOT NULL,
    ended          text COLLATE "C",
    ending         text COLLATE "C",
    open_claims    bigint NOT NULL,
    at             bigint NOT NULL,
    leaf           bigint NOT NULL
);
CREATE INDEX record_ending ON record (ending) WHERE ending IS NOT NULL AND life <> 'erased';

-- Who joined by an invitation: `telephone` is a keyed digest of the link and of the number proven then, by which a guest
-- without an account comes back.
CREATE TABLE record_role (
    subject    bytea NOT NULL REFERENCES subject,
    record     bytea NOT NULL REFERENCES record,
    role       text COLLATE "C" NOT NULL,
    invitation bytea CHECK (length(invitation) = 16),
    telephone  bytea CHECK (length(telephone) = 32),
    PRIMARY KEY (subject, record, role)
);
CREATE INDEX record_role_in ON record_role (record);

-- Invitations into roles that were left open, in the order of their first making; `digest` is that of the link's secret.
CREATE TABLE invitation (
    record     bytea NOT NULL REFERENCES record,
    invitation bytea NOT NULL CHECK (length(invitation) = 16),
    place      bigint NOT NULL,
    role       text COLLATE "C" NOT NULL,
    digest     bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    until      bigint NOT NULL,
    at         bigint NOT NULL,
    state      text COLLATE "C" NOT NULL,
    leaf       bigint NOT NULL,
    PRIMARY KEY (record, invitation)
);

CREATE TABLE record_event (
    record bytea NOT NULL REFERENCES record,
    number bigint NOT NULL,
    event  text COLLATE "C" NOT NULL,
    day    text COLLATE "C" NOT NULL,
    at     bigint NOT NULL,
    reason text COLLATE "C",
    PRIMARY KEY (record, number)
);

-- The wrapped key of a record part; zeroes once destroyed.
CREATE TABLE key_slot (
    slot    bigint PRIMARY KEY CHECK (slot > 0),
    wrapped bytea NOT NULL
);

-- An empty `subject` stands for the matter itself; `slot` is null once the key is destroyed.
CREATE TABLE part (
    record  bytea NOT NULL REFERENCES record,
    subject bytea NOT NULL CHECK (length(subject) IN (0, 16)),
    role    text COLLATE "C" NOT NULL,
    slot    bigint REFERENCES key_slot,
    PRIMARY KEY (record, subject, role)
);

CREATE TABLE value (
    record   bytea NOT NULL,
    subject  bytea NOT NULL,
    role     text COLLATE "C" NOT NULL,
    item     text COLLATE "C" NOT NULL,
    version  bigint NOT NULL CHECK (version > 0),
    sealed   bytea NOT NULL,
    came_by  text COLLATE "C" NOT NULL,
    source   text COLLATE "C",
    at       bigint NOT NULL,
    function text COLLATE "C",
    leaf     bigint NOT NULL,
    PRIMARY KEY (record, subject, role, item, version),
    FOREIGN KEY (record, subject, role) REFERENCES part
);

-- Attachments.

-- What stands in a part beside its values. The object of the same name holds the ciphertext, whose SHA-256 is `digest`;
-- `size` is that of the content.
CREATE TABLE attachment (
    record     bytea NOT NULL,
    subject    bytea NOT NULL,
    role       text COLLATE "C" NOT NULL,
    attachment bytea NOT NULL UNIQUE CHECK (length(attachment) = 16),
    item       text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    size       bigint NOT NULL CHECK (size > 0),
    digest     bytea NOT NULL CHECK (length(digest) = 32),
    came_by    text COLLATE "C" NOT NULL,
    at         bigint NOT NULL,
    function   text COLLATE "C",
    leaf       bigint NOT NULL,
    PRIMARY KEY (record, subject, role, attachment),
    FOREIGN KEY (record, subject, role) REFERENCES part
);

-- The documents of written consents, sealed under the key of a part of their giver's.
CREATE TABLE paper (
    record  bytea NOT NULL,
    subject bytea NOT NULL,
    role    text COLLATE "C" NOT NULL,
    consent bytea NOT NULL UNIQUE CHECK (length(consent) = 16),
    kind    text COLLATE "C" NOT NULL,
    sealed  bytea NOT NULL,
    PRIMARY KEY (record, subject, role, consent),
    FOREIGN KEY (record, subject, role) REFERENCES part,
    FOREIGN KEY (subject, consent) REFERENCES consent
);

-- Objects that no attachment holds: on their way in since an instant, or, where that is null, to be removed.
CREATE TABLE loose_object (
    object bytea PRIMARY KEY CHECK (length(object) = 16),
    since  bigint
);

-- Tracks of sales.

-- Until the matter is taken in, a track is of a browser: `visit` is a keyed digest. Then it is the record's, and `leaf` is
-- that of the act, which says `head`: the chain after the last step.
CREATE TABLE track (
    track    bytea PRIMARY KEY CHECK (length(track) = 16),
    visit    bytea UNIQUE CHECK (length(visit) = 32),
    function text COLLATE "C" NOT NULL,
    head     bytea NOT NULL CHECK (length(head) = 32),
    record   bytea REFERENCES record,
    leaf     bigint,
    at       bigint NOT NULL,
    CHECK ((visit IS NULL) = (record IS NOT NULL) AND (record IS NULL) = (leaf IS NULL))
);
CREATE INDEX track_of ON track (record) WHERE record IS NOT NULL;
CREATE INDEX track_open ON track (at) WHERE visit IS NOT NULL;

-- A page as it is before anything is filled in; `page` is the SHA-256 of `markup`.
CREATE TABLE sale_page (
    page   bytea PRIMARY KEY CHECK (length(page) = 32),
    markup text COLLATE "C" NOT NULL
);

CREATE TABLE track_step (
    track   bytea NOT NULL REFERENCES track,
    number  bigint NOT NULL CHECK (number > 0),
    page    bytea NOT NULL REFERENCES sale_page,
    text    bytea NOT NULL CHECK (length(text) = 32),
    action  text COLLATE "C" NOT NULL,
    control text COLLATE "C",
    at      bigint NOT NULL,
    chain   bytea NOT NULL CHECK (length(chain) = 32),
    PRIMARY KEY (track, number)
);
CREATE INDEX track_step_page ON track_step (page);

-- Payments.

-- What is due for a record, and how it stands; no person stands here. `made` is the record that paying made,
-- `transaction_digest` a keyed digest of the payment network's number, `back` what of the amount goes back or went.
CREATE TABLE payment (
    payment            bytea PRIMARY KEY CHECK (length(payment) = 16),
    record             bytea NOT NULL REFERENCES record,
    fen                bigint NOT NULL CHECK (fen > 0),
    description        text COLLATE "C" NOT NULL,
    until              bigint NOT NULL,
    in_force_from      text COLLATE "C",
    in_force_until     text COLLATE "C",
    asked              bigint NOT NULL,
    stage              text COLLATE "C" NOT NULL,
    made               bytea REFERENCES record,
    transaction_digest bytea CHECK (length(transaction_digest) = 32),
    back               bigint CHECK (back > 0 AND back <= fen),
    at                 bigint NOT NULL,
    leaf               bigint NOT NULL
);
CREATE INDEX payment_of ON payment (record);
CREATE INDEX payment_open ON payment (payment) WHERE stage IN ('due', 'ordered', 'returning');

-- Which record asks for something of which other, and how it ended, with a code why; what each holds stands in its parts.
CREATE TABLE service (
    request bytea PRIMARY KEY REFERENCES record,
    about   bytea NOT NULL REFERENCES record,
    wish    text COLLATE "C" NOT NULL,
    ended   text COLLATE "C",
    at      bigint CHECK ((at IS NULL) = (ended IS NULL)),
    reason  text COLLATE "C" CHECK (reason IS NULL OR ended IS NOT NULL)
);
CREATE INDEX service_about ON service (about);
CREATE INDEX service_open ON service (request) WHERE ended IS NULL;

-- What was erased, in order: `record` and `role` are null where a subject was forgotten. `chain` is the hash of the line
-- of the list and the chain before it.
CREATE TABLE erasure (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    record   bytea,
    subject  bytea NOT NULL,
    role     text COLLATE "C",
    leaf     bigint NOT NULL,
    chain    bytea NOT NULL CHECK (length(chain) = 32)
);

-- Requests and notices. `topic` is a code; `about` and `words` are records: the one that is asked about, and the one that
-- holds the words of who asks. They outlive what the records held, and say nothing by themselves.

CREATE TABLE request (
    request       bytea PRIMARY KEY CHECK (length(request) = 16),
    subject       bytea NOT NULL REFERENCES subject,
    subject_right text COLLATE "C" NOT NULL,
    asked_by      text COLLATE "C" NOT NULL,
    state         text COLLATE "C" NOT NULL,
    reason        text COLLATE "C",
    since         text COLLATE "C" NOT NULL,
    due           text COLLATE "C" NOT NULL,
    calendar      text COLLATE "C" NOT NULL,
    provisional   bigint NOT NULL CHECK (provisional IN (0, 1)),
    topic         text COLLATE "C",
    about         bytea CHECK (length(about) = 16),
    words         bytea CHECK (length(words) = 16),
    opened        bigint NOT NULL,
    at            bigint NOT NULL,
    leaf          bigint NOT NULL
);
CREATE INDEX request_of ON request (subject);
CREATE INDEX request_due ON request (due) WHERE state NOT IN ('done', 'refused', 'taken-back');

-- Approvals for staff to look at a minor's data in the course of a function (rule R18): asked for by one seat, given by
-- another until an instant; `given_by` and `until` are null before.
CREATE TABLE approval (
    approval bytea PRIMARY KEY CHECK (length(approval) = 16),
    subject  bytea NOT NULL REFERENCES subject,
    function text COLLATE "C" NOT NULL,
    asked_by bytea NOT NULL CHECK (length(asked_by) = 16),
    asker    bytea NOT NULL CHECK (length(asker) = 16),
    because  text COLLATE "C" NOT NULL,
    at       bigint NOT NULL,
    given_by bytea,
    until    bigint,
    leaf     bigint NOT NULL
);
CREATE INDEX approval_of ON approval (subject);
CREATE INDEX approval_waiting ON approval (at) WHERE given_by IS NULL;

-- Parties that staff cut off and let in again (rule R63), in order; the last row of each counts.
CREATE TABLE cut_off (
    party   text COLLATE "C" NOT NULL,
    number  bigint NOT NULL,
    is_cut  bigint NOT NULL CHECK (is_cut IN (0, 1)),
    because text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    leaf    bigint NOT NULL,
    PRIMARY KEY (party, number)
);

-- Customers handed to a party's people, who call them by a virtual number. `bound_until` stands from the act of binding
-- to that of ending it; `number` and `binding` as soon as the network has given them.
CREATE TABLE assignment (
    assignment  bytea PRIMARY KEY CHECK (length(assignment) = 16),
    subject     bytea NOT NULL REFERENCES subject,
    party       text COLLATE "C" NOT NULL,
    share       text COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    until       bigint NOT NULL,
    ended       bigint,
    bound_until bigint,
    number      text COLLATE "C",
    binding     text COLLATE "C",
    leaf        bigint NOT NULL
);
CREATE INDEX assignment_of ON assignment (subject);
CREATE INDEX assignment_to ON assignment (party);
CREATE INDEX assignment_bound ON assignment (bound_until) WHERE bound_until IS NOT NULL;

-- Thresholds of the law.

-- Distinct persons: everybody who is not forgotten, and everybody of whom a part holds a face. The writer keeps both in
-- step with `subject` and `face_part`.
CREATE TABLE tally (
    one     bigint PRIMARY KEY CHECK (one = 1),
    persons bigint NOT NULL CHECK (persons >= 0),
    faces   bigint NOT NULL CHECK (faces >= 0)
);
INSERT INTO tally (one, persons, faces) VALUES (1, 0, 0);

-- Parts in which a face stands; the row goes when the part's key does.
CREATE TABLE face_part (
    subject bytea NOT NULL REFERENCES subject,
    record  bytea NOT NULL,
    role    text COLLATE "C" NOT NULL,
    PRIMARY KEY (subject, record, role),
    FOREIGN KEY (record, subject, role) REFERENCES part
);

-- Rules (R34, R51) whose threshold was reached, and what was filed for it; the filing's columns are null before.
CREATE TABLE threshold (
    rule       text COLLATE "C" PRIMARY KEY,
    reached    bigint NOT NULL,
    leaf       bigint NOT NULL,
    filed_on   text COLLATE "C",
    number     text COLLATE "C",
    filed      bigint,
    filed_leaf bigint,
    CHECK ((filed_on IS NULL) = (number IS NULL) AND (number IS NULL) = (filed IS NULL)
        AND (filed IS NULL) = (filed_leaf IS NULL))
);

CREATE TABLE outbox (
    number  bigint PRIMARY KEY,
    subject bytea NOT NULL REFERENCES subject,
    kind    text COLLATE "C" NOT NULL,
    detail  text COLLATE "C" NOT NULL,
    at      bigint NOT NULL,
    sent    bigint
);
CREATE INDEX outbox_waiting ON outbox (number) WHERE sent IS NULL;
