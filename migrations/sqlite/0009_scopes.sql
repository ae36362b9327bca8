-- What an API token reaches, and what was made with it. Tokens made before reach all that they could.

-- +goose Up

ALTER TABLE tokens ADD COLUMN documents text NOT NULL DEFAULT ''; -- ids with a space between; '': all of the person's
ALTER TABLE links ADD COLUMN made_with text NOT NULL DEFAULT ''; -- the token's id; '': none
ALTER TABLE invitations ADD COLUMN made_with text NOT NULL DEFAULT '';
CREATE INDEX links_made_with ON links (made_with) WHERE made_with <> '';
CREATE INDEX invitations_made_with ON invitations (made_with) WHERE made_with <> '';
