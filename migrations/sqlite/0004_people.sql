-- Accounts that an administrator vouches for or keeps out, and places in groups that wait for their person. As in 0001:
-- times are ms since 1970, 0 for never; texts compare by bytes.

-- +goose Up

ALTER TABLE users ADD COLUMN known_at integer NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN suspended_at integer NOT NULL DEFAULT 0;

-- Whom an administrator made an account for, and administrators themselves, are known from the beginning: unless they
-- gave themselves another e-mail since.
UPDATE users SET known_at = max(created_at, 1) WHERE email_folded IS NOT NULL AND deleted_at = 0 AND NOT guest
    AND (admin OR user_id IN (SELECT subject FROM audit WHERE action = 'user.create' AND instr(detail, '"way":"administrator"') > 0))
    AND user_id NOT IN (SELECT subject FROM audit WHERE action = 'user.email');

CREATE TABLE group_offers (
    group_id   text    NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    user_id    text    NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    manager    integer NOT NULL,
    created_by text    NOT NULL,
    created_at integer NOT NULL,
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX group_offers_user ON group_offers (user_id);
