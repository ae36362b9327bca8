-- Times are ms since 1970, 0 for never. Ids compare by bytes, as they do in Go.

-- +goose Up

-- What is known of a document beside its content. A row is never removed: with deleted_at it is the tombstone (L7).
CREATE TABLE documents (
    document_id  text   COLLATE "C" PRIMARY KEY,
    title        text   NOT NULL,
    title_folded text   COLLATE "C" NOT NULL, -- for searches, whatever the case
    preview      text   NOT NULL DEFAULT '',
    owner_id     text   COLLATE "C" NOT NULL,
    created_at   bigint NOT NULL,
    trashed_at   bigint NOT NULL DEFAULT 0,
    trashed_by   text   COLLATE "C" NOT NULL DEFAULT '',
    deleted_at   bigint NOT NULL DEFAULT 0
);
CREATE INDEX documents_owner ON documents (owner_id) WHERE deleted_at = 0;
CREATE INDEX documents_trash ON documents (trashed_at, document_id) WHERE trashed_at <> 0;

-- Where each log ends: the row that every commit compares and sets (L1), small and with room beside it, so that an
-- update stays on its page and touches no index.
CREATE TABLE heads (
    document_id text   COLLATE "C" PRIMARY KEY,
    revision    bigint NOT NULL,
    bytes       bigint NOT NULL,
    updated_at  bigint NOT NULL,
    updated_by  text   COLLATE "C" NOT NULL
) WITH (fillfactor = 50);

-- The log, one row for what a document committed at once: count ops, of which the first was applied to first_revision.
-- The body is package storage's row. No foreign key: the head row is the fence, and the check would cost as much again.
CREATE TABLE ops (
    document_id    text    COLLATE "C" NOT NULL,
    first_revision bigint  NOT NULL,
    count          integer NOT NULL,
    body           bytea   NOT NULL,
    PRIMARY KEY (document_id, first_revision)
) WITH (toast_tuple_target = 8160); -- commits of many ops stay in one piece, uncompressed

CREATE TABLE snapshots (
    document_id text   COLLATE "C" NOT NULL,
    revision    bigint NOT NULL,
    checksum    bigint NOT NULL, -- CRC-32C
    preview     text   NOT NULL,
    body        bytea  NOT NULL,
    PRIMARY KEY (document_id, revision)
);

CREATE TABLE users (
    user_id       text    COLLATE "C" PRIMARY KEY,
    email         text    NOT NULL,
    email_folded  text    COLLATE "C" UNIQUE, -- null without an e-mail
    name          text    NOT NULL,
    color         integer NOT NULL,
    password_hash text    NOT NULL,
    guest         boolean NOT NULL,
    admin         boolean NOT NULL,
    issuer        text    COLLATE "C" NOT NULL, -- with subject: whom an application's tokens name
    subject       text    COLLATE "C" NOT NULL,
    created_at    bigint  NOT NULL
);
CREATE UNIQUE INDEX users_subject ON users (issuer, subject) WHERE subject <> '';

CREATE TABLE sign_ins (
    sign_in_id   text   COLLATE "C" PRIMARY KEY,
    token_hash   bytea  NOT NULL UNIQUE,
    user_id      text   COLLATE "C" NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at   bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at   bigint NOT NULL,
    address      text   NOT NULL,
    user_agent   text   NOT NULL
);
CREATE INDEX sign_ins_user ON sign_ins (user_id);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

CREATE TABLE grants (
    document_id text   COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    user_id     text   COLLATE "C" NOT NULL,
    role        text   COLLATE "C" NOT NULL,
    since       bigint NOT NULL, -- the head's revision when it was first given (W8)
    created_at  bigint NOT NULL,
    via         text   NOT NULL,
    PRIMARY KEY (document_id, user_id)
);
CREATE INDEX grants_user ON grants (user_id);

CREATE TABLE links (
    link_id     text   COLLATE "C" PRIMARY KEY,
    token_hash  bytea  NOT NULL UNIQUE,
    document_id text   COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    role        text   COLLATE "C" NOT NULL,
    created_by  text   COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    UNIQUE (document_id, role)
);

CREATE TABLE settings (
    key   text  COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);
