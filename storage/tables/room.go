package tables

import (
	"strings"

	"quire/storage"
)

// Room is a limit on the number of rows. Its query counts the rows that would stay beside a new one; 0 if none is new.
type Room struct {
	Most  int
	query string
}

// The rooms, with the arguments of their queries.
var (
	TokenRoom      = Room{storage.MostTokens, `SELECT count(*) FROM tokens WHERE user_id = ?1 AND expires_at > ?2`} // user, now
	GroupRoom      = Room{storage.MostGroups, `SELECT count(*) FROM group_members WHERE user_id = ?1`}              // user
	LinkRoom       = Room{storage.MostLinks, `SELECT count(*) FROM links WHERE document_id = ?1`}                   // document
	InvitationRoom = Room{storage.MostInvitations, `SELECT count(*) FROM invitations WHERE document_id = ?1`}       // document
	// document, group
	DocumentGroupRoom = Room{storage.MostDocumentGroups, `SELECT count(*) FROM group_grants WHERE document_id = ?1
		AND NOT EXISTS (SELECT 1 FROM group_grants WHERE document_id = ?1 AND group_id = ?2)`}
	// document, user
	RequestRoom = Room{storage.MostRequests, `SELECT count(*) FROM access_requests WHERE document_id = ?1
		AND NOT EXISTS (SELECT 1 FROM access_requests WHERE document_id = ?1 AND user_id = ?2)`}
	// group, user
	MemberRoom = Room{storage.MostGroupMembers, `SELECT CASE WHEN EXISTS (SELECT 1 FROM group_members WHERE group_id = ?1 AND user_id = ?2)
			OR EXISTS (SELECT 1 FROM group_offers WHERE group_id = ?1 AND user_id = ?2) THEN 0
		ELSE (SELECT count(*) FROM group_members WHERE group_id = ?1) + (SELECT count(*) FROM group_offers WHERE group_id = ?1) END`}
)

// SQLite returns the query for SQLite.
func (r Room) SQLite() string { return r.query }

// Postgres returns the query for Postgres.
func (r Room) Postgres() string { return strings.ReplaceAll(r.query, "?", "$") }

// OtherAdminSQL selects whether there is an administrator other than ?1 who is neither suspended nor deleted.
const OtherAdminSQL = `SELECT EXISTS (SELECT 1 FROM users WHERE admin AND suspended_at = 0 AND deleted_at = 0 AND user_id <> ?1)`
