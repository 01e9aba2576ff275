CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
    role          TEXT NOT NULL,
    -- In PHC format: algorithm, parameters, salt and hash.
    password_hash TEXT NOT NULL
) STRICT;
