-- What changed, for whoever has it open. As in 0001: times are ms since 1970. What stood in the setting before is of the last
-- second: whoever looks takes the first number for a restored database, and looks at everything.

-- +goose Up

CREATE TABLE events_head (
    one integer PRIMARY KEY CHECK (one = 1),
    n   bigint  NOT NULL -- of the newest event, also if that is gone
);
INSERT INTO events_head VALUES (1, 0);
CREATE TABLE events (
    n    bigint PRIMARY KEY,
    body text   NOT NULL,
    at   bigint NOT NULL
);
DELETE FROM settings WHERE key = 'events';
