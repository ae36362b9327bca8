package server

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"quire/storage"
)

// deed is one thing to do to a document over REST, and who may: the lowest role, and what an owner gets in the trash.
type deed struct {
	name         string
	method, path string // path after /documents/{id}; USER and LINK are filled in
	body         any
	header       []string
	least        string
	ok           int // status for who may
	trashed      int // status for an owner, in the trash
}

func deeds() []deed {
	op := map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "x"}}}
	return []deed{
		{"look", "GET", "", nil, nil, "viewer", 200, 200},
		{"read", "GET", "/content", nil, nil, "viewer", 200, 200},
		{"read as text", "GET", "/content?format=text", nil, nil, "viewer", 200, 200},
		{"read an old revision", "GET", "/content?revision=1", nil, nil, "editor", 200, 200},
		{"read the log", "GET", "/ops", nil, nil, "editor", 200, 200},
		{"write an op", "POST", "/ops", op, nil, "editor", 200, 409},
		{"write the text", "PUT", "/content", `[{"insert":"new\n"}]`, []string{"If-Match", `"r2"`}, "editor", 200, 409},
		{"rename", "PATCH", "", map[string]any{"title": "New"}, nil, "editor", 200, 409},
		{"list members", "GET", "/members", nil, nil, "viewer", 200, 200},
		{"change a member", "PATCH", "/members/USER", map[string]any{"role": "viewer"}, nil, "owner", 200, 409},
		{"remove a member", "DELETE", "/members/USER", nil, nil, "owner", 204, 409},
		{"list links", "GET", "/links", nil, nil, "owner", 200, 409},
		{"make a link", "POST", "/links", map[string]any{"role": "editor"}, nil, "owner", 201, 409},
		{"withdraw a link", "DELETE", "/links/LINK", nil, nil, "owner", 204, 409},
		{"trash", "DELETE", "", nil, nil, "owner", 204, 204},
		{"delete for good", "DELETE", "?permanently=true", nil, nil, "owner", 204, 204},
		{"restore", "POST", "/restore", nil, nil, "owner", 200, 200},
	}
}

var ranks = []string{"none", "viewer", "commenter", "editor", "owner"}

// Every role × every deed × every state of a document. The expectation is worked out here from three words of a deed,
// not from collab/access.
func TestP10EveryRoleDeedAndState(t *testing.T) {
	h := newHouse(t, nil)
	owner, other := h.account("owner"), h.account("other")
	callers := map[string]*caller{"owner": owner, "signed out": h.nobody()}
	for _, role := range ranks[:4] {
		callers[role] = h.account(role)
	}
	for _, state := range []string{"live", "trashed", "deleted", "unknown"} {
		for _, d := range deeds() {
			for who, c := range callers {
				id, link := h.specimen(owner, callers, other, state)
				got := c.do(d.method, "/documents/"+id+fill(d.path, other.id, link), d.body, d.header...)
				if want := d.expect(who, state); got.status != want {
					t.Errorf("%s may %s, %s: %d %s, want %d", who, d.name, state, got.status, got.body, want)
				}
				if got.status >= 400 && got.header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s, %s, %s: refused without a problem: %s", who, d.name, state, got.body)
				}
			}
		}
	}
}

func (d deed) expect(who, state string) int {
	switch {
	case who == "signed out":
		return http.StatusUnauthorized
	case who == "none" || state == "deleted" || state == "unknown" || state == "trashed" && who != "owner":
		return http.StatusNotFound
	case state == "trashed":
		return d.trashed
	case slices.Index(ranks, who) < slices.Index(ranks, d.least):
		return http.StatusForbidden
	}
	return d.ok
}

func fill(path, user, link string) string {
	switch path {
	case "/members/USER":
		return "/members/" + user
	case "/links/LINK":
		return "/links/" + link
	}
	return path
}

// specimen is a fresh document of two revisions, with somebody in every role and a link.
func (h *house) specimen(owner *caller, callers map[string]*caller, other *caller, state string) (id, link string) {
	h.t.Helper()
	if state == "unknown" {
		return "nobody-made-this", "some-link"
	}
	id = owner.document("text")
	owner.do("POST", "/documents/"+id+"/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "more "}}}).want(200)
	for _, role := range ranks[1:4] {
		h.grant(id, callers[role].id, role)
	}
	h.grant(id, other.id, "editor")
	link = owner.do("POST", "/documents/"+id+"/links", map[string]any{"role": "viewer"}).want(201)["id"].(string)
	switch state {
	case "trashed":
		owner.do("DELETE", "/documents/"+id, nil).want(204)
	case "deleted":
		owner.do("DELETE", "/documents/"+id+"?permanently=true", nil).want(204)
	}
	return id, link
}

// To somebody without a role nothing in an answer, body or header, tells whether a document exists.
func TestW9NoOracle(t *testing.T) {
	h := newHouse(t, nil)
	owner, stranger := h.account("owner"), h.account("stranger")
	live, trashed, deleted := owner.document("a"), owner.document("b"), owner.document("c")
	owner.do("DELETE", "/documents/"+trashed, nil).want(204)
	owner.do("DELETE", "/documents/"+deleted+"?permanently=true", nil).want(204)
	ids := []string{"never-was-there-000000", live, trashed, deleted, "not%20an%20id", "x"}
	for _, d := range deeds() {
		var first response
		for i, id := range ids {
			got := stranger.do(d.method, "/documents/"+id+fill(d.path, owner.id, "some-link"), d.body, d.header...)
			for _, volatile := range []string{"Date", "X-Request-Id"} {
				got.header.Del(volatile)
			}
			if i == 0 {
				first = got
			}
			if got.status != 404 || string(got.body) != string(first.body) || !maps.EqualFunc(got.header, first.header, slices.Equal) {
				t.Errorf("%s of %s: %d %v %s\nunlike the unknown one's %d %v %s", d.name, id, got.status, got.header, got.body,
					first.status, first.header, first.body)
			}
		}
	}
}

func TestAnybodyMayLeaveButTheLastOwner(t *testing.T) {
	h := newHouse(t, nil)
	owner, viewer := h.account("owner"), h.account("viewer")
	id := owner.document("text")
	h.grant(id, viewer.id, "viewer")
	viewer.do("DELETE", "/documents/"+id+"/members/"+viewer.id, nil).want(204)
	viewer.do("GET", "/documents/"+id, nil).problem(404, "not-found")
	owner.do("DELETE", "/documents/"+id+"/members/"+owner.id, nil).problem(409, "conflict")
	owner.do("PATCH", "/documents/"+id+"/members/"+owner.id, map[string]any{"role": "editor"}).problem(409, "conflict")
	owner.do("PATCH", "/documents/"+id+"/members/"+viewer.id, map[string]any{"role": "editor"}).problem(404, "not-found")
}

func TestMembersShowEmailsToOwnersOnly(t *testing.T) {
	h := newHouse(t, nil)
	owner, viewer := h.account("owner"), h.account("viewer")
	id := owner.document("text")
	h.grant(id, viewer.id, "viewer")
	emails := func(c *caller) (shown []string) {
		for _, m := range c.do("GET", "/documents/"+id+"/members", nil).want(200)["items"].([]any) {
			if email, ok := m.(map[string]any)["user"].(map[string]any)["email"]; ok {
				shown = append(shown, email.(string))
			}
		}
		return shown
	}
	if got := emails(owner); len(got) != 2 {
		t.Errorf("the owner sees %v, want both", got)
	}
	if got := emails(viewer); !slices.Equal(got, []string{"viewer@example.org"}) {
		t.Errorf("a viewer sees %v, want their own", got)
	}
}

// L7: an id that was deleted for good is never used again.
func TestL7ADeletedDocumentIsATombstone(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u1", map[string]string{"own-*": "owner"}, time.Minute))
	app.do("POST", "/documents", map[string]any{"id": "own-1", "text": "first"}).want(201)
	app.do("DELETE", "/documents/own-1?permanently=true", nil).want(204)
	app.do("GET", "/documents/own-1", nil).problem(404, "not-found")
	if fields := app.do("POST", "/documents", map[string]any{"id": "own-1"}).problem(409, "conflict"); !slices.Contains(fields, "body.id") {
		t.Errorf("the refusal names %v, want body.id", fields)
	}
	if _, err := h.store.Head(context.Background(), storage.DocumentID("own-1")); err == nil {
		t.Error("the log of a deleted document is there")
	}
}
