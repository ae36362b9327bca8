package server

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"quire/storage"
	"quire/storage/memory"
)

// gated is a store that reads one document only once it is let. So an archive with that document in it stops there, as one that
// somebody reads slowly does.
type gated struct {
	*memory.Store
	doc             storage.DocumentID
	reached, opened chan struct{}
}

func (g *gated) Load(ctx context.Context, doc storage.DocumentID, at storage.Revision, limit int) (storage.Loaded, error) {
	if doc == g.doc {
		g.reached <- struct{}{}
		<-g.opened
	}
	return g.Store.Load(ctx, doc, at, limit)
}

// archiveMeanwhile has somebody ask for their archive, do something when two of their four documents are written, and returns what
// they are sent. The documents are in the order in which they are written.
func archiveMeanwhile(t *testing.T, name string, do func(h *house, c *caller, docs []string)) (docs []string, came []byte) {
	t.Helper()
	store := &gated{Store: memory.New(), reached: make(chan struct{}), opened: make(chan struct{})}
	h := openHouse(t, store, nil)
	h.account("admin")
	c := h.account(name)
	for i := range 4 {
		c.document(fmt.Sprint("text ", i))
	}
	for _, d := range items(c.do("GET", "/documents", nil).want(200)) {
		docs = append(docs, d["id"].(string))
	}
	h.stop()
	store.doc = storage.DocumentID(docs[2])
	h = openHouse(t, store, nil)
	c.h, c.header["Origin"] = h, h.base
	answered := make(chan response)
	go func() { answered <- c.do("GET", "/me/export", nil) }()
	<-store.reached
	do(h, c, docs)
	close(store.opened)
	return docs, (<-answered).body
}

// signedIn is somebody in another browser of theirs.
func (h *house) signedIn(name string) *caller {
	h.t.Helper()
	c := h.nobody()
	c.do("POST", "/auth/signin", map[string]any{"email": name + "@example.org", "password": "correct horse " + name}).want(200)
	return c
}

// P10: an archive ends with the sign-in it was asked with, and nothing takes what came for a whole one.
func TestP10AnArchiveEndsWithItsSignIn(t *testing.T) {
	for name, end := range map[string]func(h *house, c *caller, docs []string){
		"signed-out": func(h *house, c *caller, _ []string) { c.do("POST", "/auth/signout", nil).want(204) },
		"suspended": func(h *house, c *caller, _ []string) {
			h.signedIn("admin").do("PATCH", "/admin/people/"+c.id, map[string]any{"suspended": true}).want(200)
		},
		"deleted": func(h *house, c *caller, _ []string) {
			h.signedIn("admin").do("DELETE", "/admin/people/"+c.id+"?shared=delete", nil).want(200)
		},
	} {
		docs, came := archiveMeanwhile(t, name, end)
		if _, err := zip.NewReader(bytes.NewReader(came), int64(len(came))); err == nil {
			t.Errorf("%s: what came passes for a whole archive", name)
		}
		for i, doc := range docs {
			if sent := bytes.Contains(came, []byte("documents/"+doc+".json")); sent != (i < 2) {
				t.Errorf("%s: document %d was sent: %v", name, i, sent)
			}
		}
	}
}

// P10: a document that is taken away while it is read for the archive ends it, and one before it is read is not in it.
func TestP10AnArchiveHasNothingThatWasTakenAway(t *testing.T) {
	take := func(which int) func(h *house, c *caller, docs []string) {
		return func(h *house, c *caller, docs []string) {
			admin := h.signedIn("admin")
			h.grant(docs[which], admin.do("GET", "/me", nil).want(200)["id"].(string), "owner")
			admin.do("DELETE", "/documents/"+docs[which]+"/members/"+c.id, nil).want(204)
		}
	}
	docs, came := archiveMeanwhile(t, "read", take(2))
	if _, err := zip.NewReader(bytes.NewReader(came), int64(len(came))); err == nil || bytes.Contains(came, []byte(docs[2]+".json")) {
		t.Errorf("taken away while it was read: a whole archive, %v", err)
	}
	docs, came = archiveMeanwhile(t, "later", take(3))
	z, err := zip.NewReader(bytes.NewReader(came), int64(len(came)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, f := range z.File {
		files[f.Name] = true
		if strings.Contains(f.Name, docs[3]) {
			t.Errorf("the archive has %s", f.Name)
		}
	}
	if !files["documents/"+docs[2]+".txt"] || files["INCOMPLETE.txt"] {
		t.Errorf("the archive has %v", files)
	}
}
