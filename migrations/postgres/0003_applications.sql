-- A document belongs to a person (owner_id) or to an application (its issuer): whoever its tokens name then acts for it as
-- they say, and no person owns it. Grants of an application's people are kept; they count nowhere any more.

-- +goose Up

ALTER TABLE documents ADD COLUMN application text COLLATE "C" NOT NULL DEFAULT '';

-- What an application's tokens made was its maker's until now. Where others had become owners in the meantime and no
-- account is left that is one, it is the application's, too.
UPDATE documents d SET owner_id = '', application = o.issuer
FROM (
    SELECT DISTINCT ON (c.document_id) c.document_id, u.issuer
    FROM (
        SELECT document_id, owner_id AS user_id, 0 AS rank, 0 AS since FROM documents WHERE deleted_at = 0
        UNION ALL
        SELECT g.document_id, g.user_id, 1, g.created_at FROM grants g WHERE g.role = 'owner' AND NOT EXISTS (
            SELECT FROM grants p LEFT JOIN users a ON a.user_id = p.user_id
            WHERE p.document_id = g.document_id AND p.role = 'owner'
                AND (a.user_id IS NULL OR a.issuer = '' OR a.email_folded IS NOT NULL OR a.guest))
    ) c JOIN users u ON u.user_id = c.user_id
    WHERE u.issuer <> '' AND u.email_folded IS NULL AND NOT u.guest
    ORDER BY c.document_id, c.rank, c.since, c.user_id
) o
WHERE o.document_id = d.document_id;

CREATE INDEX documents_application ON documents (application) WHERE application <> '' AND deleted_at = 0;
