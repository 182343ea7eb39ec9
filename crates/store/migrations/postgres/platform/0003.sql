-- When what acts destroyed was seen to be gone from every file of the engine: what those with a leaf before `size` did.
CREATE TABLE destruction (
    size bigint PRIMARY KEY CHECK (size > 0),
    at   bigint NOT NULL
);

-- How far the next such look has come, where an engine keeps a log: what `mark` is, and since when, depends on the stage.
CREATE TABLE destroying (
    one   bigint PRIMARY KEY CHECK (one = 1),
    size  bigint NOT NULL CHECK (size > 0),
    stage bigint NOT NULL CHECK (stage BETWEEN 1 AND 4),
    mark  bigint NOT NULL,
    since bigint NOT NULL
);
