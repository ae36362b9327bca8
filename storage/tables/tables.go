// Package tables lists, once for all SQL backends, the columns that a row of each table is read from, and the fields they go into.
// The statements are in the backends, because their databases need different ones (locks, arrays, conflicts).
//
// XColumns are for a SELECT or RETURNING; if they have an alias, the statement must name the table so. XFields(&x) returns pointers
// to scan them into, in the same order.
package tables

import (
	"fmt"
	"strings"
	"time"

	"quire/storage"
)

// DocumentColumns are the columns of documents d.
const DocumentColumns = `d.document_id, d.title, d.owner_id, d.created_at, d.trashed_at, d.trashed_by, d.preview, d.application`

// DocumentFields returns where DocumentColumns go.
func DocumentFields(d *storage.Document) []any {
	return []any{&d.ID, &d.Title, &d.Owner, (*Unix)(&d.CreatedAt), (*Unix)(&d.TrashedAt), &d.TrashedBy, &d.Preview, &d.Application}
}

// HeadColumns are the columns of heads h.
const HeadColumns = `h.revision, h.bytes, h.updated_at, h.updated_by`

// HeadFields returns where HeadColumns go.
func HeadFields(h *storage.Head) []any {
	return []any{&h.Revision, &h.Bytes, (*Unix)(&h.UpdatedAt), &h.UpdatedBy}
}

// GrantColumns are the columns of grants.
const GrantColumns = `document_id, user_id, role, since, created_at, via`

// GrantFields returns where GrantColumns go.
func GrantFields(g *storage.Grant) []any {
	return []any{&g.Document, &g.User, &g.Role, &g.Since, (*Unix)(&g.CreatedAt), &g.Via}
}

// OfferColumns are the columns of documents that hold a transfer offer; there is one if offered_to is not empty.
const OfferColumns = `document_id, offered_by, offered_to, offered_then, offered_at`

// OfferFields returns where OfferColumns go.
func OfferFields(o *storage.TransferOffer) []any {
	return []any{&o.Document, &o.From, &o.To, &o.Then, (*Unix)(&o.CreatedAt)}
}

// GroupGrantColumns are the columns of group_grants.
const GroupGrantColumns = `document_id, group_id, role, since, created_at`

// GroupGrantFields returns where GroupGrantColumns go.
func GroupGrantFields(g *storage.GroupGrant) []any {
	return []any{&g.Document, &g.Group, &g.Role, &g.Since, (*Unix)(&g.CreatedAt)}
}

// GroupColumns are the columns of groups g.
const GroupColumns = `g.group_id, g.name, g.created_by, g.created_at`

// GroupFields returns where GroupColumns go.
func GroupFields(g *storage.Group) []any {
	return []any{&g.ID, &g.Name, &g.CreatedBy, (*Unix)(&g.CreatedAt)}
}

// LinkColumns are the columns of links.
const LinkColumns = `link_id, token_hash, document_id, role, created_by, created_at, expires_at, made_with`

// LinkFields returns where LinkColumns go.
func LinkFields(l *storage.Link) []any {
	return []any{&l.ID, &l.TokenHash, &l.Document, &l.Role, &l.CreatedBy, (*Unix)(&l.CreatedAt), (*Unix)(&l.ExpiresAt), &l.Token}
}

// InvitationColumns are the columns of invitations.
const InvitationColumns = `invitation_id, token_hash, document_id, email, role, created_by, created_at, expires_at, made_with`

// InvitationFields returns where InvitationColumns go.
func InvitationFields(i *storage.Invitation) []any {
	return []any{&i.ID, &i.TokenHash, &i.Document, &i.Email, &i.Role, &i.CreatedBy, (*Unix)(&i.CreatedAt), (*Unix)(&i.ExpiresAt), &i.Token}
}

// UserColumns are the columns of users u.
const UserColumns = `u.user_id, u.email, u.name, u.color, u.password_hash, u.guest, u.admin, u.issuer, u.subject, u.created_at,
	u.verified_at, u.picture, u.quota, u.deleted_at, u.known_at, u.suspended_at`

// UserFields returns where UserColumns go.
func UserFields(u *storage.User) []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.Color, &u.PasswordHash, &u.Guest, &u.Admin, &u.Issuer, &u.Subject, (*Unix)(&u.CreatedAt), (*Unix)(&u.VerifiedAt), &u.Picture, &u.Quota, (*Unix)(&u.DeletedAt), (*Unix)(&u.KnownAt), (*Unix)(&u.SuspendedAt)}
}

// SignInColumns are the columns of sign_ins s.
const SignInColumns = `s.sign_in_id, s.token_hash, s.user_id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.user_agent`

// SignInFields returns where SignInColumns go.
func SignInFields(si *storage.SignIn) []any {
	return []any{&si.ID, &si.TokenHash, &si.User, (*Unix)(&si.CreatedAt), (*Unix)(&si.LastSeenAt), (*Unix)(&si.ExpiresAt), &si.Address, &si.UserAgent}
}

// CodeColumns are the columns of codes.
const CodeColumns = `code_hash, purpose, user_id, email, created_at, expires_at`

// CodeFields returns where CodeColumns go.
func CodeFields(c *storage.Code) []any {
	return []any{&c.Hash, &c.Purpose, &c.User, &c.Email, (*Unix)(&c.CreatedAt), (*Unix)(&c.ExpiresAt)}
}

// TokenColumns are the columns of tokens k.
const TokenColumns = `k.token_id, k.token_hash, k.user_id, k.name, k.scope, k.created_at, k.last_used_at, k.expires_at, k.documents`

// TokenFields returns where TokenColumns go.
func TokenFields(k *storage.Token) []any {
	return []any{&k.ID, &k.Hash, &k.User, &k.Name, &k.Scope, (*Unix)(&k.CreatedAt), (*Unix)(&k.LastUsedAt), (*Unix)(&k.ExpiresAt), (*IDs)(&k.Documents)}
}

// AuditColumns are the columns of audit.
const AuditColumns = `entry_id, at, actor, action, document_id, subject, detail, address`

// AuditFields returns where AuditColumns go.
func AuditFields(e *storage.AuditEntry) []any {
	return []any{&e.ID, (*Unix)(&e.At), &e.Actor, &e.Action, &e.Document, &e.Subject, &e.Detail, &e.Address}
}

// IDs scans a column of ids with a space between into a list; an empty text is nil.
type IDs []storage.DocumentID

// Scan implements sql.Scanner for a text column.
func (ids *IDs) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("ids are %T", column)
	}
	*ids = nil
	for id := range strings.FieldsSeq(text) {
		*ids = append(*ids, storage.DocumentID(id))
	}
	return nil
}

// JoinIDs returns the text that IDs scans.
func JoinIDs(ids []storage.DocumentID) string {
	var text strings.Builder
	for i, id := range ids {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(string(id))
	}
	return text.String()
}

// Unix scans a column of milliseconds since 1970 into a time.
type Unix time.Time

// Scan implements sql.Scanner for an integer column.
func (u *Unix) Scan(column any) error {
	ms, ok := column.(int64)
	if !ok {
		return fmt.Errorf("a time is %T", column)
	}
	*u = Unix(storage.FromUnix(ms))
	return nil
}
