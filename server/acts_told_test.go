package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quire/storage/memory"
	"quire/storage/storagetest"
)

// What becomes of a document stands in its log, with who did it; what was asked for and is so already does not.
func TestTheAuditLogTellsOfTheTrash(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	path := "/documents/" + doc
	for range 2 {
		ada.do("DELETE", path, nil).want(204)
	}
	for range 2 {
		ada.do("POST", path+"/restore", nil).want(200)
	}
	if got := ada.acts(path + "/audit?action=document."); !slices.Equal(got, []string{"document.restore", "document.trash"}) {
		t.Errorf("the document's log says %v", got)
	}
	ada.do("DELETE", path+"?permanently=true", nil).want(204)
	want := []string{"document.delete", "document.restore", "document.trash"}
	if got := ada.acts("/admin/audit?action=document."); !slices.Equal(got, want) {
		t.Errorf("the log of all says %v, want %v", got, want)
	}
}

// acts are the actions of a page of the audit log, newest first.
func (c *caller) acts(path string) (list []string) {
	c.h.t.Helper()
	for _, e := range items(c.do("GET", path, nil).want(200)) {
		list = append(list, e["action"].(string))
	}
	return list
}

// One act is one entry: a request that is granted says which role it gave, and which there was.
func TestARequestIsGrantedInOneEntry(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	path := "/documents/" + doc
	h.grant(doc, bob.id, "viewer")
	bob.do("POST", path+"/requests", map[string]any{"role": "editor"}).want(202)
	ada.do("POST", path+"/requests/"+bob.id+"/grant", map[string]any{"role": "editor"}).want(200)
	list := items(ada.do("GET", path+"/audit", nil).want(200))
	if len(list) != 1 || list[0]["action"] != "request.grant" || fmt.Sprint(list[0]["detail"]) != "map[role:editor was:viewer]" {
		t.Errorf("the log says %v", list)
	}
}

// Signing out is told from ending a sign-in in the list, which may be one that somebody else has.
func TestSigningOutIsToldAsThat(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	ended := func() any {
		t.Helper()
		return items(ada.do("GET", "/admin/audit?action=signin.end", nil).want(200))[0]["detail"].(map[string]any)["out"]
	}
	signIn := func() *caller {
		t.Helper()
		c := h.nobody()
		c.do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).want(200)
		return c
	}
	signIn().do("POST", "/auth/signout", nil).want(204)
	if out := ended(); out != true {
		t.Errorf("signing out: out is %v", out)
	}
	other := signIn()
	id := other.do("GET", "/me", nil).want(200)["sign_in"].(string)
	ada.do("DELETE", "/me/sign-ins/"+id, nil).want(204)
	if out := ended(); out != nil {
		t.Errorf("ending another sign-in: out is %v", out)
	}
}

// What was done is told where only the address that goes with it could not be made.
func TestWhatWasDoneIsToldWithoutItsAddress(t *testing.T) {
	store := storagetest.NewFaulty(memory.New(), nil)
	h := openHouse(t, store, nil)
	ada, bob := h.account("ada"), h.account("bob")
	told := func(res response, words string) {
		t.Helper()
		if res.problem(503, "unavailable"); !strings.Contains(string(res.body), words) {
			t.Errorf("told: %s, want %q", res.body, words)
		}
	}
	store.SetPlan(refusing("CreateCode"))
	told(ada.do("POST", "/admin/people", map[string]any{"name": "Cat", "email": "cat@example.org"}), "The account is made, but ")
	told(ada.do("POST", "/admin/people/"+bob.id+"/password-reset", nil), "The password is taken away, but ")
	store.SetPlan(nil)
	if got := ada.do("POST", "/admin/people", map[string]any{"name": "Cat", "email": "cat@example.org"}); got.status != 409 {
		t.Errorf("Cat's account again is answered by %d", got.status)
	}
	bob = h.account("dan")
	store.SetPlan(refusing("DeleteCodes"))
	told(bob.do("POST", "/me/password", map[string]any{"current": "correct horse dan", "new": "another horse dan"}), "The password is changed, but ")
}
