// Package tables says which columns a row of each table is read from, and into which fields: once, for every SQL backend. The
// statements stand in the backends, because what one database wants of them (locks, arrays, conflicts) another does not.
//
// XColumns are for a SELECT or RETURNING, under the alias that they begin with if any; XFields(&x) are the places to scan them
// into, in the same order.
package tables

import (
	"fmt"
	"time"

	"quire/storage"
)

// DocumentColumns are those of documents d.
const DocumentColumns = `d.document_id, d.title, d.owner_id, d.created_at, d.trashed_at, d.trashed_by, d.preview, d.application`

// DocumentFields are where DocumentColumns go.
func DocumentFields(d *storage.Document) []any {
	return []any{&d.ID, &d.Title, &d.Owner, (*Unix)(&d.CreatedAt), (*Unix)(&d.TrashedAt), &d.TrashedBy, &d.Preview, &d.Application}
}

// HeadColumns are those of heads h.
const HeadColumns = `h.revision, h.bytes, h.updated_at, h.updated_by`

// HeadFields are where HeadColumns go.
func HeadFields(h *storage.Head) []any {
	return []any{&h.Revision, &h.Bytes, (*Unix)(&h.UpdatedAt), &h.UpdatedBy}
}

// GrantColumns are those of grants.
const GrantColumns = `document_id, user_id, role, since, created_at, via`

// GrantFields are where GrantColumns go.
func GrantFields(g *storage.Grant) []any {
	return []any{&g.Document, &g.User, &g.Role, &g.Since, (*Unix)(&g.CreatedAt), &g.Via}
}

// GroupGrantColumns are those of group_grants.
const GroupGrantColumns = `document_id, group_id, role, since, created_at`

// GroupGrantFields are where GroupGrantColumns go.
func GroupGrantFields(g *storage.GroupGrant) []any {
	return []any{&g.Document, &g.Group, &g.Role, &g.Since, (*Unix)(&g.CreatedAt)}
}

// GroupColumns are those of groups g.
const GroupColumns = `g.group_id, g.name, g.created_by, g.created_at`

// GroupFields are where GroupColumns go.
func GroupFields(g *storage.Group) []any {
	return []any{&g.ID, &g.Name, &g.CreatedBy, (*Unix)(&g.CreatedAt)}
}

// LinkColumns are those of links.
const LinkColumns = `link_id, token_hash, document_id, role, created_by, created_at, expires_at`

// LinkFields are where LinkColumns go.
func LinkFields(l *storage.Link) []any {
	return []any{&l.ID, &l.TokenHash, &l.Document, &l.Role, &l.CreatedBy, (*Unix)(&l.CreatedAt), (*Unix)(&l.ExpiresAt)}
}

// InvitationColumns are those of invitations.
const InvitationColumns = `invitation_id, token_hash, document_id, email, role, created_by, created_at, expires_at`

// InvitationFields are where InvitationColumns go.
func InvitationFields(i *storage.Invitation) []any {
	return []any{&i.ID, &i.TokenHash, &i.Document, &i.Email, &i.Role, &i.CreatedBy, (*Unix)(&i.CreatedAt), (*Unix)(&i.ExpiresAt)}
}

// UserColumns are those of users u.
const UserColumns = `u.user_id, u.email, u.name, u.color, u.password_hash, u.guest, u.admin, u.issuer, u.subject, u.created_at,
	u.verified_at, u.picture, u.quota, u.deleted_at, u.known_at, u.suspended_at`

// UserFields are where UserColumns go.
func UserFields(u *storage.User) []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.Color, &u.PasswordHash, &u.Guest, &u.Admin, &u.Issuer, &u.Subject, (*Unix)(&u.CreatedAt), (*Unix)(&u.VerifiedAt), &u.Picture, &u.Quota, (*Unix)(&u.DeletedAt), (*Unix)(&u.KnownAt), (*Unix)(&u.SuspendedAt)}
}

// SignInColumns are those of sign_ins s.
const SignInColumns = `s.sign_in_id, s.token_hash, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent`

// SignInFields are where SignInColumns go.
func SignInFields(si *storage.SignIn) []any {
	return []any{&si.ID, &si.TokenHash, &si.User, (*Unix)(&si.CreatedAt), (*Unix)(&si.LastSeenAt), (*Unix)(&si.ExpiresAt), &si.Address, &si.UserAgent}
}

// CodeColumns are those of codes.
const CodeColumns = `code_hash, purpose, user_id, email, created_at, expires_at`

// CodeFields are where CodeColumns go.
func CodeFields(c *storage.Code) []any {
	return []any{&c.Hash, &c.Purpose, &c.User, &c.Email, (*Unix)(&c.CreatedAt), (*Unix)(&c.ExpiresAt)}
}

// TokenColumns are those of tokens k.
const TokenColumns = `k.token_id, k.token_hash, k.user_id, k.name, k.scope, k.created_at, k.last_used_at, k.expires_at`

// TokenFields are where TokenColumns go.
func TokenFields(k *storage.Token) []any {
	return []any{&k.ID, &k.Hash, &k.User, &k.Name, &k.Scope, (*Unix)(&k.CreatedAt), (*Unix)(&k.LastUsedAt), (*Unix)(&k.ExpiresAt)}
}

// AuditColumns are those of audit.
const AuditColumns = `entry_id, at, actor, action, document_id, subject, detail, address`

// AuditFields are where AuditColumns go.
func AuditFields(e *storage.AuditEntry) []any {
	return []any{&e.ID, (*Unix)(&e.At), &e.Actor, &e.Action, &e.Document, &e.Subject, &e.Detail, &e.Address}
}

// Unix reads a column of ms into a time.
type Unix time.Time

// Scan takes the integer that the database returned.
func (u *Unix) Scan(column any) error {
	ms, ok := column.(int64)
	if !ok {
		return fmt.Errorf("a time is %T", column)
	}
	*u = Unix(storage.FromUnix(ms))
	return nil
}
