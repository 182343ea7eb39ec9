-- What people are told of a new version: who, by which ways, until when, and how it went. Nothing ever wrote to the outbox before.

DROP TABLE outbox;

-- `routes` are ways of which any one will do; before `latest` it has to be done. `due` is null where no message is to be sent any
-- more: it was told, or given up (`because`), or waits for the person to come by. `leaf` is that of the telling.
CREATE TABLE outbox (
    number      INTEGER PRIMARY KEY,
    subject     BLOB NOT NULL REFERENCES subject,
    publication INTEGER NOT NULL REFERENCES publication,
    routes      TEXT NOT NULL,
    latest      INTEGER,
    at          INTEGER NOT NULL,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    due         INTEGER,
    because     TEXT,
    told        INTEGER,
    route       TEXT,
    leaf        INTEGER,
    CHECK ((told IS NULL) = (route IS NULL) AND (route IS NULL) = (leaf IS NULL))
) STRICT;
CREATE INDEX outbox_of ON outbox (subject);
CREATE INDEX outbox_version ON outbox (publication, told);
CREATE INDEX outbox_due ON outbox (due) WHERE due IS NOT NULL;
