CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
    -- In PHC format: algorithm, parameters, salt and hash.
    password_hash TEXT NOT NULL,
    -- Unix time in milliseconds, as everywhere here.
    created_at    INTEGER NOT NULL
) STRICT;
