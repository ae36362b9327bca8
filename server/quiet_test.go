package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/storage"
	"quire/storage/memory"
)

// counted is a store that notes what it is asked while somebody asks for access.
type counted struct {
	*memory.Store
	calls []string
}

func (c *counted) Document(ctx context.Context, doc storage.DocumentID) (storage.Document, error) {
	c.calls = append(c.calls, "read document")
	return c.Store.Document(ctx, doc)
}

func (c *counted) HeldRoles(ctx context.Context, doc storage.DocumentID, user storage.UserID) ([]storage.HeldRole, error) {
	c.calls = append(c.calls, "read roles")
	return c.Store.HeldRoles(ctx, doc, user)
}

func (c *counted) CreateRequest(ctx context.Context, r storage.AccessRequest) error {
	c.calls = append(c.calls, "write")
	return c.Store.CreateRequest(ctx, r)
}

func (c *counted) Note(ctx context.Context, e storage.AuditEntry) (int64, error) {
	c.calls = append(c.calls, "write")
	return c.Store.Note(ctx, e)
}

// W9: asking for access makes the store do the same work whether there is such a document, so that it takes as long; and nothing
// that is told to who asked differs either.
func TestW9AskingForAccessTakesTheSameWork(t *testing.T) {
	store := &counted{Store: memory.New()}
	h := openHouse(t, store, nil)
	ada, bob := h.account("ada"), h.account("bob")
	live, trashed, deleted := ada.document("a"), ada.document("b"), ada.document("c")
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	ada.do("DELETE", "/documents/"+deleted+"?permanently=true", nil).want(204)
	var want []string
	for _, doc := range []string{live, trashed, deleted, "never-was-there", "n%C3%B6"} {
		store.calls = nil
		bob.do("POST", "/documents/"+doc+"/requests", asRole("viewer")).want(202)
		if want == nil {
			want = slices.Clone(store.calls)
		}
		if !slices.Equal(store.calls, want) || len(want) != 3 {
			t.Errorf("for %s the store did %v, for one that is there %v", doc, store.calls, want)
		}
	}
	if text := bob.archive()["audit.json"]; strings.Contains(text, "request.") {
		t.Errorf("who asked finds in their archive %s", text)
	}
}

// A document that is deleted for good leaves an entry, whoever deletes it: its owner, the trash, the end of an account.
func TestEveryDeletionForGoodIsAudited(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	h.account("admin")
	ada := h.account("ada")
	forGood, trashed, left := ada.document("a"), ada.document("b"), ada.document("c")
	ada.do("DELETE", "/documents/"+forGood+"?permanently=true", nil).want(204)
	ada.do("DELETE", "/documents/"+trashed, nil).want(204)
	clock.move(31 * 24 * time.Hour)
	if err := h.srv.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	admin := h.signedIn("admin")
	admin.do("DELETE", "/admin/people/"+ada.id+"?shared=delete", nil).want(200)
	var entries []string
	for _, e := range items(admin.do("GET", "/admin/audit?action=document.delete", nil).want(200)) {
		entries = append(entries, e["document"].(string))
	}
	want := []string{left, trashed, forGood}
	if !slices.Equal(entries, want) {
		t.Errorf("entries of %v, want %v", entries, want)
	}
}

// The archive says who did what, without where they did it from.
func TestTheExportNamesItsActors(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	h.grant(doc, bob.id, "viewer")
	ada.do("PATCH", "/documents/"+doc+"/members/"+bob.id, asRole("editor")).want(200)
	var entries []map[string]any
	if err := json.Unmarshal([]byte(bob.archive()["audit.json"]), &entries); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e map[string]any) bool { return e["action"] == "grant.set" })
	if i < 0 || entries[i]["actor"].(map[string]any)["name"] != "ada" || entries[i]["address"] != nil ||
		entries[i]["person"].(map[string]any)["name"] != "bob" {
		t.Errorf("the archive says %v", entries)
	}
}

// A picture in a document may have any address, but none of an operation here: its readers would ask it with their sign-ins.
func TestAPictureAsksNoOperation(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	ada.do("PUT", "/me/picture", pngOf(t, 8, 8), "Content-Type", "image/png").want(200)
	asked := [][]string{{"Sec-Fetch-Dest", "image"}, {"Sec-Fetch-Dest", "iframe"}, {"Accept", "image/avif,image/webp,image/*,*/*;q=0.8"}}
	for _, header := range asked {
		for _, path := range []string{"/me", "/me/export", "/documents"} {
			ada.do("GET", path, nil, header...).problem(403, "foreign-origin")
		}
		ada.do("GET", "/users/"+ada.id+"/picture", nil, header...).want(200)
	}
	for _, header := range [][]string{{"Sec-Fetch-Dest", "empty"}, {"Sec-Fetch-Dest", "document"}, {"Accept", "*/*"}} {
		ada.do("GET", "/me", nil, header...).want(200)
	}
}

// Titles and names cannot turn round what is shown beside them.
func TestTitlesAndNamesLoseOverridesOfTheDirection(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	const over = "a\u202eb\u2066c\u202a\u2069d"
	id := ada.do("POST", "/documents", map[string]any{"title": over}).want(201)["id"].(string)
	if got := ada.do("GET", "/documents/"+id, nil).want(200)["title"]; got != "abcd" {
		t.Errorf("made with the title %q", got)
	}
	if got := ada.do("PATCH", "/documents/"+id, map[string]any{"title": "x" + over}).want(200)["title"]; got != "xabcd" {
		t.Errorf("renamed to %q", got)
	}
	if got := ada.do("PATCH", "/documents/"+id, map[string]any{"title": "\u0634\u200f \u05d0"}).want(200)["title"]; got != "\u0634\u200f \u05d0" {
		t.Errorf("marks of right-to-left text are lost: %q", got)
	}
	if got := ada.do("PATCH", "/me", map[string]any{"name": over}).want(200)["name"]; got != "abcd" {
		t.Errorf("named %q", got)
	}
	if got := ada.do("POST", "/groups", map[string]any{"name": over}).want(201)["name"]; got != "abcd" {
		t.Errorf("a group named %q", got)
	}
	if got := ada.do("POST", "/me/tokens", map[string]any{"name": over, "scope": "read", "expires_in_days": 1}).want(201)["name"]; got != "abcd" {
		t.Errorf("a token named %q", got)
	}
}
