-- Groups, invitations, reach, requests for access, codes, tokens, pictures and the audit log. As in 0001: times are ms
-- since 1970, 0 for never; ids compare by bytes. What is compared whatever the case is kept folded, by Go.

-- +goose Up

-- A document has several links for a role, and they may expire.
ALTER TABLE links DROP CONSTRAINT links_document_id_role_key;
ALTER TABLE links ADD COLUMN expires_at bigint NOT NULL DEFAULT 0;
CREATE INDEX links_document ON links (document_id);

ALTER TABLE users
    ADD COLUMN verified_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN picture     text   NOT NULL DEFAULT '', -- its version; the picture itself is in pictures
    ADD COLUMN quota       bigint NOT NULL DEFAULT 0,
    ADD COLUMN deleted_at  bigint NOT NULL DEFAULT 0,
    ADD COLUMN name_folded text   COLLATE "C";         -- null until the store, when opened, has folded what was there
CREATE INDEX users_name ON users (name_folded, user_id);

-- The role of every account on a document whose address they know; '' for none.
ALTER TABLE documents
    ADD COLUMN reach_role  text   COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN reach_since bigint NOT NULL DEFAULT 0; -- the head's revision when it was first given (W8)

CREATE TABLE groups (
    group_id    text   COLLATE "C" PRIMARY KEY,
    name        text   NOT NULL,
    name_folded text   COLLATE "C" NOT NULL UNIQUE,
    created_by  text   COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL
);

CREATE TABLE group_members (
    group_id   text    COLLATE "C" NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id    text    COLLATE "C" NOT NULL REFERENCES users ON DELETE CASCADE,
    manager    boolean NOT NULL,
    created_at bigint  NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id);

CREATE TABLE group_grants (
    document_id text   COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    group_id    text   COLLATE "C" NOT NULL REFERENCES groups ON DELETE CASCADE,
    role        text   COLLATE "C" NOT NULL,
    since       bigint NOT NULL, -- the head's revision when it was first given (W8)
    created_at  bigint NOT NULL,
    PRIMARY KEY (document_id, group_id)
);
CREATE INDEX group_grants_group ON group_grants (group_id, document_id);

CREATE TABLE invitations (
    invitation_id text   COLLATE "C" PRIMARY KEY,
    token_hash    bytea  NOT NULL UNIQUE,
    document_id   text   COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    email         text   NOT NULL,
    email_folded  text   COLLATE "C" NOT NULL,
    role          text   COLLATE "C" NOT NULL,
    created_by    text   COLLATE "C" NOT NULL,
    created_at    bigint NOT NULL,
    expires_at    bigint NOT NULL,
    UNIQUE (document_id, email_folded)
);
CREATE INDEX invitations_email ON invitations (email_folded);
CREATE INDEX invitations_expiry ON invitations (expires_at);

CREATE TABLE access_requests (
    document_id text   COLLATE "C" NOT NULL REFERENCES documents ON DELETE CASCADE,
    user_id     text   COLLATE "C" NOT NULL,
    role        text   COLLATE "C" NOT NULL,
    message     text   NOT NULL,
    created_at  bigint NOT NULL,
    PRIMARY KEY (document_id, user_id)
);
CREATE INDEX access_requests_user ON access_requests (user_id);

CREATE TABLE codes (
    code_hash  bytea  PRIMARY KEY,
    purpose    text   COLLATE "C" NOT NULL,
    user_id    text   COLLATE "C" NOT NULL REFERENCES users ON DELETE CASCADE,
    email      text   NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX codes_user ON codes (user_id, purpose, created_at);
CREATE INDEX codes_expiry ON codes (expires_at);

CREATE TABLE tokens (
    token_id     text   COLLATE "C" PRIMARY KEY,
    token_hash   bytea  NOT NULL UNIQUE,
    user_id      text   COLLATE "C" NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text   NOT NULL,
    scope        text   COLLATE "C" NOT NULL,
    created_at   bigint NOT NULL,
    last_used_at bigint NOT NULL,
    expires_at   bigint NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id);
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE pictures (
    user_id      text  COLLATE "C" PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    content_type text  NOT NULL,
    body         bytea NOT NULL
);

-- Who changed whose access, and what else matters to safety. It refers to nothing: what it names may be gone.
CREATE TABLE audit (
    entry_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             bigint NOT NULL,
    actor          text   COLLATE "C" NOT NULL,
    action         text   COLLATE "C" NOT NULL,
    document_id    text   COLLATE "C" NOT NULL,
    subject        text   NOT NULL,
    subject_folded text   COLLATE "C" NOT NULL, -- so that an e-mail is found, and gives way to the id of who is deleted
    detail         text   NOT NULL,
    address        text   NOT NULL
);
CREATE INDEX audit_document ON audit (document_id, entry_id) WHERE document_id <> '';
CREATE INDEX audit_actor ON audit (actor, entry_id) WHERE actor <> '';
CREATE INDEX audit_subject ON audit (subject_folded, entry_id) WHERE subject_folded <> '';
CREATE INDEX audit_action ON audit (action, entry_id);
CREATE INDEX audit_age ON audit (at, entry_id);
