-- Uploads under way: files that come in by several requests, so that one that broke off goes on where it was.

-- `sender` sends it, by the seat or token `caller` where one does so for it; it is about `subject`. `slot` holds the wrapped key
-- of its parcels; `coming` is the object of the next one. Once it is taken in, `attachment` says as which, and nothing is left
-- of its key and its parcels.
CREATE TABLE upload (
    upload     bytea PRIMARY KEY CHECK (length(upload) = 16),
    sender     bytea NOT NULL REFERENCES subject,
    caller     bytea CHECK (length(caller) = 16),
    record     bytea NOT NULL REFERENCES record,
    subject    bytea NOT NULL REFERENCES subject,
    role       text COLLATE "C" NOT NULL,
    item       text COLLATE "C" NOT NULL,
    function   text COLLATE "C" NOT NULL,
    channel    text COLLATE "C",
    size       bigint NOT NULL CHECK (size > 0),
    received   bigint NOT NULL CHECK (received BETWEEN 0 AND size),
    slot       bigint UNIQUE REFERENCES key_slot,
    coming     bytea CHECK (length(coming) = 16),
    until      bigint NOT NULL,
    attachment bytea CHECK (length(attachment) = 16),
    CHECK ((slot IS NULL) = (attachment IS NOT NULL))
);
CREATE INDEX upload_until ON upload (until);
CREATE INDEX upload_sender ON upload (sender);
CREATE INDEX upload_subject ON upload (subject);
CREATE INDEX upload_part ON upload (record, subject, role);

-- What has come in of an upload, from `start` on: the object holds the ciphertext, whose SHA-256 is `digest`; `size` is that of
-- the content.
CREATE TABLE parcel (
    upload bytea NOT NULL REFERENCES upload,
    start  bigint NOT NULL CHECK (start >= 0),
    object bytea NOT NULL UNIQUE CHECK (length(object) = 16),
    size   bigint NOT NULL CHECK (size > 0),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (upload, start)
);
