-- A document belongs to a person (owner_id) or to an application (its issuer): whoever its tokens name then acts for it as
-- they say, and no person owns it. Grants of an application's people are kept; they count nowhere any more.

-- +goose Up

ALTER TABLE documents ADD COLUMN application text NOT NULL DEFAULT '';

-- What an application's tokens made was its maker's until now. Where others had become owners in the meantime and no
-- account is left that is one, it is the application's, too.
UPDATE documents AS d SET application = coalesce(
    (SELECT u.issuer FROM users u WHERE u.user_id = d.owner_id AND u.issuer <> '' AND u.email_folded IS NULL AND NOT u.guest),
    (SELECT u.issuer FROM grants g JOIN users u USING (user_id)
        WHERE g.document_id = d.document_id AND g.role = 'owner' AND u.issuer <> '' AND u.email_folded IS NULL AND NOT u.guest
            AND NOT EXISTS (SELECT 1 FROM grants p LEFT JOIN users a ON a.user_id = p.user_id
                WHERE p.document_id = d.document_id AND p.role = 'owner'
                    AND (a.user_id IS NULL OR a.issuer = '' OR a.email_folded IS NOT NULL OR a.guest))
        ORDER BY g.created_at, g.user_id LIMIT 1),
    '') WHERE deleted_at = 0;
UPDATE documents SET owner_id = '' WHERE application <> '';

CREATE INDEX documents_application ON documents (application) WHERE application <> '' AND deleted_at = 0;
