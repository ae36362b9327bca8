-- Accounts that wait for their letter are kept nowhere any more: the letter holds what was asked for. No release has used the table.

-- +goose Up

DROP TABLE pending;
