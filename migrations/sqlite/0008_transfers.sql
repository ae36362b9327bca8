-- A document that its owner offers to somebody: it becomes theirs once they accept. As in 0001: times are ms since 1970.

-- +goose Up

ALTER TABLE documents ADD COLUMN offered_to text NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN offered_by text NOT NULL DEFAULT ''; -- '': the application that owns it
ALTER TABLE documents ADD COLUMN offered_then text NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN offered_at integer NOT NULL DEFAULT 0;
CREATE INDEX documents_offered_to ON documents (offered_to) WHERE offered_to <> '';
