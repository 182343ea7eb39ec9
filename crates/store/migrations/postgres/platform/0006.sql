-- What people are told of a new version: who, by which ways, until when, and how it went. Nothing ever wrote to the outbox before.

DROP TABLE outbox;

-- `routes` are ways of which any one will do; before `latest` it has to be done. `due` is null where no message is to be sent any
-- more: it was told, or given up (`because`), or waits for the person to come by. `leaf` is that of the telling.
CREATE TABLE outbox (
    number      bigint PRIMARY KEY,
    subject     bytea NOT NULL REFERENCES subject,
    publication bigint NOT NULL REFERENCES publication,
    routes      text COLLATE "C" NOT NULL,
    latest      bigint,
    at          bigint NOT NULL,
    tries       bigint NOT NULL CHECK (tries >= 0),
    due         bigint,
    because     text COLLATE "C",
    told        bigint,
    route       text COLLATE "C",
    leaf        bigint,
    CHECK ((told IS NULL) = (route IS NULL) AND (route IS NULL) = (leaf IS NULL))
);
CREATE INDEX outbox_of ON outbox (subject);
CREATE INDEX outbox_version ON outbox (publication, told);
CREATE INDEX outbox_due ON outbox (due) WHERE due IS NOT NULL;
