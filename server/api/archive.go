package api

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"strconv"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/storage"
)

// archive writes the files of an export.
type archive struct {
	api   *API
	zip   *zip.Writer
	out   *bufio.Writer
	watch *watched
	user  storage.User
	who   collab.Identity
	doc   storage.DocumentID // whose content is being written; "" for none
}

// writeArchive writes everything stored about user, for as long as who is signed in (P10): that is asked before each file and while one
// is written. When the sign-in has ended the archive breaks off without its directory, so that nothing takes it for a whole one. If
// something else can't be read, it says that it is incomplete.
func (a *API) writeArchive(ctx context.Context, out *bufio.Writer, user storage.User, who collab.Identity) error {
	x := &archive{api: a, out: out, user: user, who: who}
	x.watch = &watched{to: out, may: func() error { return x.may(ctx) }, now: time.Now}
	x.zip = zip.NewWriter(x.watch)
	var err error
	for _, write := range []func(context.Context) error{x.profile, x.signIns, x.tokens, x.picture, x.audit, x.documents} {
		if err = x.watch.ask(); err != nil {
			break
		}
		if err = write(ctx); err != nil {
			break
		}
	}
	if ended := x.watch.ask(); ended != nil {
		return ended
	}
	if err != nil {
		if f, e := x.zip.Create("INCOMPLETE.txt"); e == nil {
			io.WriteString(f, "Something could not be read while this archive was written. Ask for it again.\n")
		}
	}
	if e := x.zip.Close(); err == nil {
		err = e
	}
	if e := out.Flush(); err == nil {
		err = e
	}
	return err
}

// may returns an error once the person's sign-in has ended, or their ownership of the document that is being written.
func (x *archive) may(ctx context.Context) error {
	if err := x.api.auth.Still(ctx, x.who); err != nil {
		return err
	}
	if x.doc == "" {
		return nil
	}
	owns, err := x.owns(ctx, x.doc)
	if err == nil && !owns {
		err = errors.New("the document that was being written is no longer theirs")
	}
	return err
}

func (x *archive) owns(ctx context.Context, doc storage.DocumentID) (bool, error) {
	role, _, err := x.api.hub.Role(ctx, x.who, doc)
	return role == access.Owner, err
}

func (x *archive) json(name string, value any) error {
	f, err := x.zip.Create(name)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

func (x *archive) profile(context.Context) error {
	u := x.user
	profile := struct {
		User
		CreatedAt  Time           `json:"created_at"`
		VerifiedAt Nullable[Time] `json:"verified_at"`
		Issuer     string         `json:"issuer,omitempty"`
		Subject    string         `json:"subject,omitempty"`
	}{User: userOf(u), CreatedAt: Time(u.CreatedAt), Issuer: u.Issuer, Subject: u.Subject}
	if !u.VerifiedAt.IsZero() {
		profile.VerifiedAt = some(Time(u.VerifiedAt))
	}
	return x.json("profile.json", profile)
}

func (x *archive) signIns(ctx context.Context) error {
	list, err := x.api.auth.SignIns(ctx, x.user.ID)
	if err != nil {
		return err
	}
	return x.json("sign-ins.json", signInsOf(list, ""))
}

func (x *archive) tokens(ctx context.Context) error {
	list, err := x.api.auth.Tokens(ctx, x.user.ID)
	if err != nil {
		return err
	}
	return x.json("tokens.json", tokensOf(list))
}

func (x *archive) picture(ctx context.Context) error {
	if x.user.Picture == "" {
		return nil
	}
	contentType, body, _, err := x.api.store.Picture(ctx, x.user.ID)
	if err != nil {
		return err
	}
	ending := ".bin"
	if known, err := mime.ExtensionsByType(contentType); err == nil && len(known) > 0 {
		ending = known[len(known)-1]
	}
	f, err := x.zip.Create("picture" + ending)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return err
}

// audit writes the audit entries that the person caused or that concern them, newest first.
func (x *archive) audit(ctx context.Context) error {
	l, err := x.list("audit.json")
	if err != nil {
		return err
	}
	q := storage.AuditQuery{Person: x.user.ID, Limit: 500}
	for {
		page, err := x.api.store.Audit(ctx, q)
		if err != nil {
			return err
		}
		ids := make([]storage.UserID, 0, 2*len(page))
		for _, e := range page {
			ids = append(ids, e.Actor, storage.UserID(e.Subject))
		}
		people, err := x.api.people(ctx, ids)
		if err != nil {
			return err
		}
		for _, e := range page {
			shown := auditEntry(e, people)
			hideAddresses(e, &shown, x.user.ID)
			if err := l.add(shown); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return l.end()
		}
		q.Before = page[len(page)-1].ID
	}
}

// documents lists the documents on which the person has a role, and writes the content of those they own.
func (x *archive) documents(ctx context.Context) error {
	l, err := x.list("documents.json")
	if err != nil {
		return err
	}
	var owned []storage.DocumentID
	for _, scope := range []storage.Scope{storage.ScopeAll, storage.ScopeTrash} {
		err := x.each(ctx, scope, func(r storage.Listed) error {
			role := highest(r.Roles)
			if role == access.Owner {
				owned = append(owned, r.Document.ID)
			}
			return l.add(map[string]any{
				"id": r.Document.ID, "title": r.Document.Title, "role": role.String(),
				"created_at": Time(r.Document.CreatedAt), "updated_at": Time(r.Head.UpdatedAt), "revision": r.Head.Revision,
				"trashed": r.Document.Trashed(),
			})
		})
		if err != nil {
			return err
		}
	}
	if err := l.end(); err != nil {
		return err
	}
	for _, doc := range owned {
		if err := x.document(ctx, doc); err != nil {
			return err
		}
	}
	return nil
}

func (x *archive) each(ctx context.Context, scope storage.Scope, do func(storage.Listed) error) error {
	q := storage.DocumentQuery{User: x.user.ID, Scope: scope, Limit: 200}
	for {
		page, err := x.api.store.ListDocuments(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := do(r); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = page[len(page)-1].Cursor()
	}
}

// document writes the content of one document, if the person still owns it: writing the archive takes minutes.
func (x *archive) document(ctx context.Context, doc storage.DocumentID) error {
	if owns, err := x.owns(ctx, doc); err != nil || !owns {
		return err
	}
	content, at, err := x.api.hub.Content(ctx, x.user.ID, doc, storage.Newest)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrDeleted) { // deleted for good since it was listed
		return nil
	} else if err != nil {
		return err
	}
	x.doc = doc
	defer func() { x.doc = "" }()
	if err := x.watch.ask(); err != nil { // reading it may have taken long
		return err
	}
	f, err := x.zip.Create("documents/" + string(doc) + ".json")
	if err != nil {
		return err
	}
	body := append([]byte(`{"revision":`), strconv.FormatInt(int64(at), 10)...)
	body = append(content.AppendJSON(append(body, `,"ops":`...)), '}')
	if _, err := f.Write(body); err != nil {
		return err
	}
	if f, err = x.zip.Create("documents/" + string(doc) + ".txt"); err != nil {
		return err
	}
	if _, err := io.WriteString(f, delta.ToUTF8(content.PlainText())); err != nil {
		return err
	}
	if err := x.zip.Flush(); err != nil {
		return err
	}
	return x.out.Flush()
}

// list is a JSON array that is written item by item.
type list struct {
	w     io.Writer
	items int
}

func (x *archive) list(name string) (*list, error) {
	f, err := x.zip.Create(name)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(f, "[")
	return &list{w: f}, err
}

func (l *list) add(item any) error {
	text, err := json.Marshal(item)
	if err != nil {
		return err
	}
	if l.items > 0 {
		text = append([]byte(",\n"), text...)
	}
	l.items++
	_, err = l.w.Write(text)
	return err
}

func (l *list) end() error {
	_, err := io.WriteString(l.w, "]\n")
	return err
}
