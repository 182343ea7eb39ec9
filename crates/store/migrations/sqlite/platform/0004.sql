-- Uploads under way: files that come in by several requests, so that one that broke off goes on where it was.

-- `sender` sends it, by the seat or token `caller` where one does so for it; it is about `subject`. `slot` holds the wrapped key
-- of its parcels; `coming` is the object of the next one. Once it is taken in, `attachment` says as which, and nothing is left
-- of its key and its parcels.
CREATE TABLE upload (
    upload     BLOB PRIMARY KEY CHECK (length(upload) = 16),
    sender     BLOB NOT NULL REFERENCES subject,
    caller     BLOB CHECK (length(caller) = 16),
    record     BLOB NOT NULL REFERENCES record,
    subject    BLOB NOT NULL REFERENCES subject,
    role       TEXT NOT NULL,
    item       TEXT NOT NULL,
    function   TEXT NOT NULL,
    channel    TEXT,
    size       INTEGER NOT NULL CHECK (size > 0),
    received   INTEGER NOT NULL CHECK (received BETWEEN 0 AND size),
    slot       INTEGER UNIQUE REFERENCES key_slot,
    coming     BLOB CHECK (length(coming) = 16),
    until      INTEGER NOT NULL,
    attachment BLOB CHECK (length(attachment) = 16),
    CHECK ((slot IS NULL) = (attachment IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_until ON upload (until);
CREATE INDEX upload_sender ON upload (sender);
CREATE INDEX upload_subject ON upload (subject);
CREATE INDEX upload_part ON upload (record, subject, role);

-- What has come in of an upload, from `start` on: the object holds the ciphertext, whose SHA-256 is `digest`; `size` is that of
-- the content.
CREATE TABLE parcel (
    upload BLOB NOT NULL REFERENCES upload,
    start  INTEGER NOT NULL CHECK (start >= 0),
    object BLOB NOT NULL UNIQUE CHECK (length(object) = 16),
    size   INTEGER NOT NULL CHECK (size > 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (upload, start)
) STRICT, WITHOUT ROWID;
