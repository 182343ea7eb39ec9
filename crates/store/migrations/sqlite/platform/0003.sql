-- When what acts destroyed was seen to be gone from every file of the engine: what those with a leaf before `size` did.
CREATE TABLE destruction (
    size INTEGER PRIMARY KEY CHECK (size > 0),
    at   INTEGER NOT NULL
) STRICT;

-- How far the next such look has come, where an engine keeps a log: what `mark` is, and since when, depends on the stage.
CREATE TABLE destroying (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    size  INTEGER NOT NULL CHECK (size > 0),
    stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 4),
    mark  INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT;
