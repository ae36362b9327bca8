-- Groups, invitations, reach, requests for access, codes, tokens, pictures and the audit log. As in 0001: times are ms
-- since 1970, 0 for never; texts compare by bytes. What is compared whatever the case is kept folded, by Go.

-- +goose Up

-- A document has several links for a role, and they may expire. SQLite drops no constraint: the table is made anew.
CREATE TABLE links_anew (
    link_id     text    PRIMARY KEY NOT NULL,
    token_hash  blob    NOT NULL UNIQUE,
    document_id text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    role        text    NOT NULL,
    created_by  text    NOT NULL,
    created_at  integer NOT NULL,
    expires_at  integer NOT NULL DEFAULT 0
);
INSERT INTO links_anew (link_id, token_hash, document_id, role, created_by, created_at)
    SELECT link_id, token_hash, document_id, role, created_by, created_at FROM links;
DROP TABLE links;
ALTER TABLE links_anew RENAME TO links;
CREATE INDEX links_document ON links (document_id);

ALTER TABLE users ADD COLUMN verified_at integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN picture text NOT NULL DEFAULT ''; -- its version; the picture itself is in pictures
ALTER TABLE users ADD COLUMN quota integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN deleted_at integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN name_folded text; -- null until the store, when opened, has folded what was there
CREATE INDEX users_name ON users (name_folded, user_id);

-- The role of every account on a document whose address they know; '' for none.
ALTER TABLE documents ADD COLUMN reach_role text NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN reach_since integer NOT NULL DEFAULT 0; -- the head's revision when it was first given (W8)

CREATE TABLE groups (
    group_id    text    PRIMARY KEY NOT NULL,
    name        text    NOT NULL,
    name_folded text    NOT NULL UNIQUE,
    created_by  text    NOT NULL,
    created_at  integer NOT NULL
);

CREATE TABLE group_members (
    group_id   text    NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    user_id    text    NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    manager    integer NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX group_members_user ON group_members (user_id);

CREATE TABLE group_grants (
    document_id text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    group_id    text    NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    role        text    NOT NULL,
    since       integer NOT NULL, -- the head's revision when it was first given (W8)
    created_at  integer NOT NULL,
    PRIMARY KEY (document_id, group_id)
) WITHOUT ROWID;
CREATE INDEX group_grants_group ON group_grants (group_id, document_id);

CREATE TABLE invitations (
    invitation_id text    PRIMARY KEY NOT NULL,
    token_hash    blob    NOT NULL UNIQUE,
    document_id   text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    email         text    NOT NULL,
    email_folded  text    NOT NULL,
    role          text    NOT NULL,
    created_by    text    NOT NULL,
    created_at    integer NOT NULL,
    expires_at    integer NOT NULL,
    UNIQUE (document_id, email_folded)
);
CREATE INDEX invitations_email ON invitations (email_folded);
CREATE INDEX invitations_expiry ON invitations (expires_at);

CREATE TABLE access_requests (
    document_id text    NOT NULL REFERENCES documents (document_id) ON DELETE CASCADE,
    user_id     text    NOT NULL,
    role        text    NOT NULL,
    message     text    NOT NULL,
    created_at  integer NOT NULL,
    PRIMARY KEY (document_id, user_id)
) WITHOUT ROWID;
CREATE INDEX access_requests_user ON access_requests (user_id);

CREATE TABLE codes (
    code_hash  blob    PRIMARY KEY NOT NULL,
    purpose    text    NOT NULL,
    user_id    text    NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    email      text    NOT NULL,
    created_at integer NOT NULL,
    expires_at integer NOT NULL
);
CREATE INDEX codes_user ON codes (user_id, purpose, created_at);
CREATE INDEX codes_expiry ON codes (expires_at);

CREATE TABLE tokens (
    token_id     text    PRIMARY KEY NOT NULL,
    token_hash   blob    NOT NULL UNIQUE,
    user_id      text    NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    name         text    NOT NULL,
    scope        text    NOT NULL,
    created_at   integer NOT NULL,
    last_used_at integer NOT NULL,
    expires_at   integer NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id);
CREATE INDEX tokens_expiry ON tokens (expires_at);

CREATE TABLE pictures (
    user_id      text PRIMARY KEY NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    content_type text NOT NULL,
    body         blob NOT NULL
);

-- Who changed whose access, and what else matters to safety. It refers to nothing: what it names may be gone. A number
-- is never given twice, also when the newest entry was struck out.
CREATE TABLE audit (
    entry_id       integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    at             integer NOT NULL,
    actor          text    NOT NULL,
    action         text    NOT NULL,
    document_id    text    NOT NULL,
    subject        text    NOT NULL,
    subject_folded text    NOT NULL, -- so that an e-mail is found, and gives way to the id of who is deleted
    detail         text    NOT NULL,
    address        text    NOT NULL
);
CREATE INDEX audit_document ON audit (document_id, entry_id) WHERE document_id <> '';
CREATE INDEX audit_actor ON audit (actor, entry_id) WHERE actor <> '';
CREATE INDEX audit_subject ON audit (subject_folded, entry_id) WHERE subject_folded <> '';
CREATE INDEX audit_action ON audit (action, entry_id);
CREATE INDEX audit_age ON audit (at, entry_id);
