-- Accounts that wait until the letter to their e-mail was answered. As in 0001: times are ms since 1970; texts compare by
-- bytes. What is compared whatever the case is kept folded, by Go.

-- +goose Up

CREATE TABLE pending (
    code_hash     bytea  PRIMARY KEY,
    email         text   NOT NULL,
    email_folded  text   COLLATE "C" NOT NULL,
    name          text   NOT NULL,
    password_hash text   NOT NULL,
    guest_id      text   COLLATE "C" NOT NULL, -- whose row becomes the account; '' for a new one
    created_at    bigint NOT NULL,
    expires_at    bigint NOT NULL
);
CREATE INDEX pending_email ON pending (email_folded, created_at);
CREATE INDEX pending_age ON pending (created_at, code_hash);
CREATE INDEX pending_expiry ON pending (expires_at);
