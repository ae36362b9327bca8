package server

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"quire/storage"
	"quire/storage/memory"
)

// members are the roles on a document, by name.
func (c *caller) members(doc string) map[string]string {
	c.h.t.Helper()
	roles := map[string]string{}
	for _, m := range items(c.do("GET", "/documents/"+doc+"/members", nil).want(200)) {
		roles[m["user"].(map[string]any)["name"].(string)] = m["role"].(string)
	}
	return roles
}

func TestADeletedAccountLeavesWhatOthersShare(t *testing.T) {
	for _, shared := range []string{"transfer", "delete"} {
		t.Run(shared, func(t *testing.T) {
			h := newHouse(t, nil)
			h.account("admin")
			ada, bob, cem := h.account("ada"), h.account("bob"), h.account("cem")
			alone, together, trashed, withGuest := ada.document("alone"), ada.document("together"), ada.document("trashed"), ada.document("guest")
			bobs := bob.document("bob's")
			h.grant(bobs, ada.id, "editor")
			ada.do("POST", "/documents/"+bobs+"/ops", `{"base_revision":1,"op":[{"insert":"by Ada "}]}`).want(200)
			h.grant(together, cem.id, "viewer") // longer, but with a lower role
			h.grant(together, bob.id, "editor")
			_, link := ada.link(withGuest, "editor")
			guest := h.nobody()
			guest.do("POST", "/links/claim", map[string]any{"token": link}).want(200)
			ada.do("DELETE", "/documents/"+trashed, nil).want(204)
			reader := cem.subscribed(t, together)
			mine := ada.subscribed(t, bobs)
			byToken := ada.token("read")

			ada.do("POST", "/me/delete", map[string]any{"password": "wrong", "shared": shared}).problem(403, "forbidden")
			ada.do("POST", "/me/delete", map[string]any{"password": "correct horse ada", "shared": "keep"}).problem(422, "invalid")
			done := ada.do("POST", "/me/delete", map[string]any{"password": "correct horse ada", "shared": shared}).want(200)
			want := map[string]any{"transferred": 1.0, "deleted": 3.0}
			if shared == "delete" {
				want = map[string]any{"transferred": 0.0, "deleted": 4.0}
			}
			if !maps.Equal(done, want) {
				t.Errorf("done %v, want %v", done, want)
			}
			if end := mine.closed(); end != 4500 {
				t.Errorf("her socket closed with %d", end)
			}
			ada.do("GET", "/me", nil).problem(401, "signed-out")
			byToken.do("GET", "/me", nil).problem(401, "signed-out")
			for _, doc := range []string{alone, trashed, withGuest} {
				if _, err := h.store.Document(context.Background(), storage.DocumentID(doc)); !errors.Is(err, storage.ErrDeleted) {
					t.Errorf("%s: %v, want it deleted for good", doc, err)
				}
			}
			if shared == "transfer" {
				if got := bob.members(together); !maps.Equal(got, map[string]string{"bob": "owner", "cem": "viewer"}) {
					t.Errorf("members %v", got)
				}
				if got := bob.text(together); got != "together\n" {
					t.Errorf("the text is %q", got)
				}
			} else if end := reader.closed(); end != 4502 {
				t.Errorf("a reader's socket closed with %d, want 4502", end)
			}
			authors := map[string]int{}
			for _, op := range items(bob.do("GET", "/documents/"+bobs+"/ops", nil).want(200)) {
				if author, ok := op["author"].(map[string]any); ok {
					authors[author["name"].(string)]++
					if author["name"] == "Deleted account" && (author["deleted"] != true || author["id"] != ada.id) {
						t.Errorf("the author is %v", author)
					}
				}
			}
			if !maps.Equal(authors, map[string]int{"bob": 1, "Deleted account": 1}) {
				t.Errorf("authors %v", authors)
			}
			h.nobody().do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).problem(401, "wrong-credentials")
			if again := h.account("ada"); again.id == ada.id {
				t.Error("the address gave the old account back")
			}
		})
	}
}

func TestTheOnlyAdministratorStays(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	ada.do("POST", "/me/delete", map[string]any{"password": "correct horse ada", "shared": "delete"}).problem(409, "conflict")
	ada.do("DELETE", "/admin/people/"+ada.id+"?shared=delete", nil).problem(409, "conflict")
	ada.do("PATCH", "/admin/people/"+ada.id, map[string]any{"admin": false}).problem(409, "conflict")
	ada.do("PATCH", "/admin/people/"+bob.id, map[string]any{"admin": true}).want(200)
	bob.do("PATCH", "/admin/people/"+ada.id, map[string]any{"admin": false}).want(200)
	ada.do("GET", "/admin/people", nil).problem(403, "forbidden") // at once, with the same sign-in
	ada.do("POST", "/me/delete", map[string]any{"password": "correct horse ada", "shared": "delete"}).want(200)
}

// An heir comes through a group where no member has an account, and a document without one is deleted.
func TestAnHeirMayComeThroughAGroup(t *testing.T) {
	h := newHouse(t, nil)
	admin := h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	group := admin.do("POST", "/groups", map[string]any{"name": "Team"}).want(201)["id"].(string)
	admin.do("POST", "/groups/"+group+"/members", map[string]any{"email": "bob@example.org"}).want(202)
	doc := ada.document("text")
	ctx := context.Background()
	if _, err := h.store.SetGroupGrant(ctx, storage.GroupGrant{Document: storage.DocumentID(doc), Group: group, Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	done := ada.do("POST", "/me/delete", map[string]any{"password": "correct horse ada", "shared": "transfer"}).want(200)
	if done["transferred"] != 1.0 {
		t.Fatalf("done %v", done)
	}
	owners := 0
	for _, c := range []*caller{admin, bob} {
		if res := c.do("GET", "/documents/"+doc, nil); res.status == 200 && res.want(200)["role"] == "owner" {
			owners++
		}
	}
	if owners != 1 {
		t.Errorf("%d of the group own it, want one", owners)
	}
}

// archive reads the ZIP that somebody gets of all that is kept about them.
func (c *caller) archive() map[string]string {
	c.h.t.Helper()
	res := c.do("GET", "/me/export", nil)
	if res.status != 200 || res.header.Get("Content-Type") != "application/zip" || !strings.Contains(res.header.Get("Content-Disposition"), "attachment") {
		c.h.t.Fatalf("export = %d %v", res.status, res.header)
	}
	z, err := zip.NewReader(bytes.NewReader(res.body), int64(len(res.body)))
	if err != nil {
		c.h.t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			c.h.t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			c.h.t.Fatal(err)
		}
		files[f.Name] = string(data)
	}
	return files
}

func TestTheExportHoldsWhatIsKeptAboutSomebody(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob := h.account("ada"), h.account("bob")
	one := ada.do("POST", "/documents", `{"title":"One","ops":[{"insert":"bold","attributes":{"bold":true}},{"insert":"\n"}]}`).want(201)["id"].(string)
	two, bobs := ada.document("two"), bob.document("bob's secret")
	h.grant(bobs, ada.id, "viewer")
	ada.do("DELETE", "/documents/"+two, nil).want(204)
	token := ada.token("read")
	ada.do("PUT", "/me/picture", pngOf(t, 8, 8), "Content-Type", "image/png").want(200)
	files := ada.archive()
	wantFiles := []string{
		"audit.json", "documents.json", "documents/" + one + ".json", "documents/" + one + ".txt", "documents/" + two + ".json",
		"documents/" + two + ".txt", "picture.png", "profile.json", "sign-ins.json", "tokens.json",
	}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, slices.Sorted(slices.Values(wantFiles))) {
		t.Errorf("files %v", got)
	}
	if got := files["documents/"+one+".json"]; got != `{"revision":1,"ops":[{"insert":"bold","attributes":{"bold":true}},{"insert":"\n"}]}` {
		t.Errorf("content %s", got)
	}
	if files["documents/"+two+".txt"] != "two\n" {
		t.Errorf("text %q", files["documents/"+two+".txt"])
	}
	var documents, audit []map[string]any
	for name, into := range map[string]*[]map[string]any{"documents.json": &documents, "audit.json": &audit} {
		if err := json.Unmarshal([]byte(files[name]), into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(documents) != 3 || len(audit) < 3 {
		t.Errorf("%d documents, %d entries", len(documents), len(audit))
	}
	for name, text := range files {
		if strings.Contains(text, token.secret()) || strings.Contains(text, "argon2") || strings.Contains(text, "bob's secret") {
			t.Errorf("%s holds a secret or another's text", name)
		}
	}
}

// halting is a store that cannot read the log of one document.
type halting struct {
	*memory.Store
	doc storage.DocumentID
}

func (h *halting) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limit int) (storage.Loaded, error) {
	if doc == h.doc {
		return storage.Loaded{}, storage.ErrDamaged
	}
	return h.Store.Load(ctx, doc, at, limit)
}

// L7: what could not be read is never left out in silence.
func TestL7AnExportThatCouldNotBeFinishedSaysSo(t *testing.T) {
	t.Parallel() // it waits
	store := &halting{Store: memory.New()}
	h := openHouse(t, store, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	if _, ok := ada.archive()["INCOMPLETE.txt"]; ok {
		t.Error("a whole archive says that it is not")
	}
	h.stop()
	store.doc = storage.DocumentID(doc)
	h2 := openHouse(t, store, nil)
	ada.h, ada.header["Origin"] = h2, h2.base
	files := ada.archive()
	if _, ok := files["INCOMPLETE.txt"]; !ok {
		t.Errorf("files %v, want it said that one is missing", slices.Sorted(maps.Keys(files)))
	}
}
