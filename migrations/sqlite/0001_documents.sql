-- Times are ms since 1970, 0 for never. Texts compare by bytes (SQLite's BINARY), as they do in Go.

-- +goose Up

-- What is known of a document beside its content. A row is never removed: with deleted_at it is the tombstone (L7).
CREATE TABLE documents (
    document_id  text    PRIMARY KEY NOT NULL,
    title        text    NOT NULL,
    title_folded text    NOT NULL, -- for searches, whatever the case
    preview      text    NOT NULL DEFAULT '',
    owner_id     text    NOT NULL,
    created_at   integer NOT NULL,
    trashed_at   integer NOT NULL DEFAULT 0,
    trashed_by   text    NOT NULL DEFAULT '',
    deleted_at   integer NOT NULL DEFAULT 0
);
CREATE INDEX documents_owner ON documents (owner_id) WHERE deleted_at = 0;
CREATE INDEX documents_trash ON documents (trashed_at, document_id) WHERE trashed_at <> 0;

-- Where each log ends: the row that every commit compares and sets (L1).
CREATE TABLE heads (
    document_id text    PRIMARY KEY NOT NULL,
    revision    integer NOT NULL,
    bytes       integer NOT NULL,
    updated_at  integer NOT NULL,
    updated_by  text    NOT NULL
) WITHOUT ROWID;

-- The log, one row for what a document committed at once: count ops, of which the first was applied to first_revision.
-- The body is package storage's row. No foreign key: the head row is the fence.
CREATE TABLE ops (
    document_id    text    NOT NULL,
    first_revision integer NOT NULL,
    count          integer NOT NULL,
    body           blob    NOT NULL,
    PRIMARY KEY (document_id, first_revision)
) WITHOUT ROWID; -- one page a commit and document, where an index beside the table would be two

CREATE TABLE snapshots (
    document_id text    NOT NULL,
    revision    integer NOT NULL,
    checksum    integer NOT NULL, -- CRC-32C
    preview     text    NOT NULL,
    body        blob    NOT NULL,
    PRIMARY KEY (document_id, revision)
);

CREATE TABLE users (
    user_id       text    PRIMARY KEY NOT NULL,
    email         text    NOT NULL,
    email_folded  text    UNIQUE, -- null without an e-mail
    name          text    NOT NULL,
    color         integer NOT NULL,
    password_hash text    NOT NULL,
    guest         integer NOT NULL,
    admin         integer NOT NULL,
    issuer        text    NOT NULL, -- with subject: whom an application's tokens name
    subject       text    NOT NULL,
    created_at    integer NOT NULL
);
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE subject <> '';

CREATE TABLE sign_ins (
    sign_in_id   text    PRIMARY KEY NOT NULL,
    token_hash   blob    NOT NULL UNIQUE,
    user_id      text    NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at   integer NOT NULL,
    last_seen_at integer NOT NULL,
    expires_at   integer NOT NULL,
    address      text    NOT NULL,
    user_agent   text    NOT NULL
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

CREATE TABLE grants (
    document_id text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    user_id     text    NOT NULL,
    role        text    NOT NULL,
    since       integer NOT NULL, -- the head's revision when it was first given (W8)
    created_at  integer NOT NULL,
    via         text    NOT NULL,
    PRIMARY KEY (document_id, user_id)
);
CREATE INDEX grants_user ON grants (user_id);

CREATE TABLE links (
    link_id     text    PRIMARY KEY NOT NULL,
    token_hash  blob    NOT NULL UNIQUE,
    document_id text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    role        text    NOT NULL,
    created_by  text    NOT NULL,
    created_at  integer NOT NULL,
    UNIQUE (document_id, role)
);

CREATE TABLE settings (
    key   text PRIMARY KEY NOT NULL,
    value blob NOT NULL
);
