package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/server/audit"
	"quire/storage"
	"quire/storage/memory"
)

// What matters for security is in the audit log, and each of its rows is a line for other systems, without a secret.
func TestTheAuditLogHoldsWhatMattersAndEachRowIsALine(t *testing.T) {
	out := &lines{}
	store := audit.Journaled(memory.New(), audit.NewJournal(out, func(err error) { t.Error(err) }))
	now := time.Now()
	h := openHouse(t, store, func(c *Config) { c.Now = func() time.Time { return now } })
	root, ada := h.account("root"), h.account("ada")
	signIn := func(email, password string) {
		h.nobody().do("POST", "/auth/signin", map[string]any{"email": email, "password": password})
	}
	signIn("ada@example.org", "guessed password 1")
	signIn("nobody@example.org", "guessed password 2")
	signIn("pasted password 3@x", "guessed password 4")
	doc, old := ada.document("secret text"), ada.document("old text")
	_, secret := ada.link(doc, "viewer")
	script := ada.token("write")
	for _, id := range []string{doc, old} {
		ada.do("DELETE", "/documents/"+id, nil).want(204)
	}
	ada.do("DELETE", "/documents/"+doc+"?permanently=true", nil).want(204)
	now = now.Add(31 * 24 * time.Hour)
	if _, err := h.srv.emptyTrash(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-31 * 24 * time.Hour)
	ada.do("GET", "/me/export", nil).want(200)
	root.do("PATCH", "/admin/settings", map[string]any{"signup": "closed"}).want(200)
	root.do("PATCH", "/admin/people/"+ada.id, map[string]any{"suspended": true}).want(200)
	signIn("ada@example.org", "correct horse ada")

	rows, err := store.Audit(t.Context(), storage.AuditQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(rows)
	said := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(said) != len(rows) {
		t.Fatalf("%d lines for %d rows:\n%s", len(said), len(rows), out)
	}
	var actions []string
	for i, row := range rows {
		var line struct {
			ID                                        int64
			Action, Actor, Document, Subject, Address string
			Detail                                    json.RawMessage
		}
		if err := json.Unmarshal([]byte(said[i]), &line); err != nil {
			t.Fatal(err)
		}
		is := storage.AuditEntry{ID: line.ID, At: row.At, Actor: storage.UserID(line.Actor), Action: line.Action,
			Document: storage.DocumentID(line.Document), Subject: line.Subject, Detail: string(line.Detail), Address: line.Address}
		if is != row {
			t.Errorf("the line %s is of the row %+v", said[i], row)
		}
		actions = append(actions, fmt.Sprint(row.Action, " ", row.Subject == ada.id, " ", row.Detail))
	}
	for _, want := range []string{
		`signin.fail true {"way":"password","why":"wrong"}`, `signin.fail false {"way":"password","why":"wrong"}`,
		`signin.fail true {"way":"password","why":"suspended"}`, `document.trash false `, `document.delete false `, `document.delete false {"trash":true}`,
		`export.begin true `, `settings.change false {"value":"closed"}`,
	} {
		if !slices.Contains(actions, want) {
			t.Errorf("no row says %s; there are\n%s", want, strings.Join(actions, "\n"))
		}
	}
	for _, never := range []string{"guessed", "pasted", "correct horse", "secret text", secret, script.secret()} {
		if strings.Contains(out.String(), never) {
			t.Errorf("the lines hold %q", never)
		}
	}
}

// Nobody fills the database with failed sign-ins: what is not written is counted in what is.
func TestManyFailedSignInsAreFewRows(t *testing.T) {
	now := time.Now()
	h := newHouse(t, func(c *Config) { c.Now = func() time.Time { return now }; c.Auth.Limits.AddressBurst = 10_000 })
	for i := range 620 {
		h.nobody().do("POST", "/auth/signin", map[string]any{"email": fmt.Sprint("n", i, "@example.org"), "password": "guess"}).problem(401, "wrong-credentials")
	}
	now = now.Add(time.Minute)
	h.nobody().do("POST", "/auth/signin", map[string]any{"email": "last@example.org", "password": "guess"}).problem(401, "wrong-credentials")
	rows, err := h.store.Audit(t.Context(), storage.AuditQuery{Action: "signin.fail", Limit: 1000})
	if err != nil || len(rows) != 601 || !strings.Contains(rows[0].Detail, `"unwritten":20`) {
		t.Errorf("%d rows, %v, the last %+v; want 601 and 20 counted", len(rows), err, rows[0])
	}
}
