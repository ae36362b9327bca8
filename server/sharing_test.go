package server

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"quire/storage"
)

// link makes one and returns its id and secret.
func (c *caller) link(doc, role string) (id, secret string) {
	c.h.t.Helper()
	made := c.do("POST", "/documents/"+doc+"/links", map[string]any{"role": role}).want(201)
	_, secret, ok := strings.Cut(made["url"].(string), c.h.base+"/s/")
	if !ok || secret == "" {
		c.h.t.Fatalf("the address is %v", made["url"])
	}
	return made["id"].(string), secret
}

func TestALinkLetsAGuestIn(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	_, secret := ada.link(doc, "editor")
	guest := h.nobody()
	preview := guest.do("POST", "/links/preview", map[string]any{"token": secret}).want(200)
	if fmt.Sprint(preview["document"].(map[string]any)["title"], preview["role"], preview["inviter"].(map[string]any)["name"]) != "Planeditorada" {
		t.Errorf("preview = %v", preview)
	}
	claimed := guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Tomás", "color": 7}).want(200)
	user := claimed["user"].(map[string]any)
	if claimed["document_id"] != doc || claimed["role"] != "editor" || user["guest"] != true || user["name"] != "Tomás" || user["color"] != 7.0 {
		t.Errorf("claimed = %v", claimed)
	}
	if got := guest.text(doc); got != "text\n" {
		t.Errorf("the guest reads %q", got)
	}
	guest.do("POST", "/documents", map[string]any{}).problem(403, "forbidden")
	again := guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	if again["user"].(map[string]any)["id"] != user["id"] {
		t.Error("the same browser became another guest")
	}
	ada.do("PATCH", "/documents/"+doc+"/members/"+user["id"].(string), map[string]any{"role": "owner"}).problem(422, "invalid")
	account := guest.do("POST", "/auth/signup", map[string]any{"name": "Tomás", "email": "t@example.org", "password": "long enough to be one"}).want(201)
	if account["id"] != user["id"] || guest.text(doc) != "text\n" {
		t.Errorf("the guest's account is %v", account)
	}
}

func TestALinkNeverLowersARole(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	_, editing := ada.link(doc, "editor")
	_, viewing := ada.link(doc, "viewer")
	for _, step := range []struct {
		c             *caller
		secret, wants string
	}{{ada, viewing, "owner"}, {bob, viewing, "viewer"}, {bob, editing, "editor"}, {bob, viewing, "editor"}} {
		if got := step.c.do("POST", "/links/claim", map[string]any{"token": step.secret}).want(200)["role"]; got != step.wants {
			t.Errorf("role = %v, want %s", got, step.wants)
		}
	}
}

func TestALinkIsShownAgainToItsOwnersAndStoredAsAHash(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	id, secret := ada.link(doc, "viewer")
	if _, other := ada.link(doc, "viewer"); other == secret {
		t.Error("two links have one address")
	}
	listed := ada.do("GET", "/documents/"+doc+"/links", nil).want(200)["items"].([]any)
	if len(listed) != 2 {
		t.Fatalf("listed %v", listed)
	}
	first := listed[0].(map[string]any)
	if first["id"] != id { // of one millisecond, they come in the order of their ids
		first = listed[1].(map[string]any)
	}
	if first["id"] != id || !strings.HasSuffix(first["url"].(string), "/s/"+secret) || first["created_by"].(map[string]any)["id"] != ada.id {
		t.Errorf("listed %v", listed)
	}
	stored, err := h.store.Links(context.Background(), storage.DocumentID(doc))
	if err != nil || len(stored) != 2 {
		t.Fatal(stored, err)
	}
	for _, kept := range []string{fmt.Sprintf("%+v", stored[0]), string(stored[0].TokenHash)} {
		if strings.Contains(kept, secret) {
			t.Errorf("the store holds the link's secret: %s", kept)
		}
	}
	if _, err := h.store.LinkByToken(context.Background(), []byte(secret)); err == nil {
		t.Error("the store finds the link by its secret")
	}
}

func TestAWithdrawnLinkOpensNothing(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	id, secret := ada.link(doc, "viewer")
	bob.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	gone := func(secret string) {
		t.Helper()
		for _, path := range []string{"/links/preview", "/links/claim"} {
			res := h.nobody().do("POST", path, map[string]any{"token": secret})
			res.problem(404, "not-found")
			if res.header.Get("Set-Cookie") != "" {
				t.Error("a guest was made for nothing")
			}
		}
	}
	ada.do("DELETE", "/documents/"+doc+"/links/"+id, nil).want(204)
	ada.do("DELETE", "/documents/"+doc+"/links/"+id, nil).problem(404, "not-found")
	gone(secret)
	gone("nobody-made-this")
	gone(id)
	if got := bob.text(doc); got != "text\n" {
		t.Errorf("who came through it reads %q, want to have stayed", got)
	}
	_, next := ada.link(doc, "viewer")
	if next == secret {
		t.Error("the new link is the withdrawn one")
	}
	ada.do("DELETE", "/documents/"+doc, nil).want(204)
	gone(next)
}

func TestListsScopesTitlesAndPages(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	var ids []string
	for i := range 7 {
		ids = append(ids, ada.do("POST", "/documents", map[string]any{"title": fmt.Sprintf("Roof %d%%", i)}).want(201)["id"].(string))
	}
	h.grant(ids[0], bob.id, "viewer")
	ada.do("DELETE", "/documents/"+ids[6], nil).want(204)
	count := func(c *caller, query string) int {
		t.Helper()
		seen, cursor := map[string]bool{}, ""
		for {
			page := c.do("GET", "/documents?limit=2&"+query+"&cursor="+cursor, nil).want(200)
			for _, item := range page["items"].([]any) {
				id := item.(map[string]any)["id"].(string)
				if seen[id] {
					t.Fatalf("%s is listed twice", id)
				}
				seen[id] = true
			}
			if page["next_cursor"] == nil {
				return len(seen)
			}
			cursor = page["next_cursor"].(string)
		}
	}
	for _, c := range []struct {
		who   *caller
		query string
		want  int
	}{
		{ada, "", 6}, {ada, "scope=mine", 6}, {ada, "scope=shared", 0}, {ada, "scope=trash", 1}, {ada, "title=rOOF", 6},
		{ada, "title=3%25", 1}, {ada, "title=%25%25", 0}, {bob, "", 1}, {bob, "scope=shared", 1}, {bob, "scope=mine", 0}, {bob, "scope=trash", 0},
	} {
		if got := count(c.who, c.query); got != c.want {
			t.Errorf("?%s lists %d, want %d", c.query, got, c.want)
		}
	}
	d := bob.do("GET", "/documents", nil).want(200)["items"].([]any)[0].(map[string]any)
	if d["role"] != "viewer" || d["owner"].(map[string]any)["name"] != "ada" || d["member_count"] != 2.0 || d["trashed_at"] != nil || d["epoch"] == "" {
		t.Errorf("the document is %v", d)
	}
	trashed := ada.do("GET", "/documents?scope=trash", nil).want(200)["items"].([]any)[0].(map[string]any)
	if trashed["trashed_by"].(map[string]any)["id"] != ada.id || trashed["deleted_after"] == nil {
		t.Errorf("in the trash: %v", trashed)
	}
}

func TestMeAndMySignIns(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	second := h.nobody()
	second.do("POST", "/auth/signin", map[string]any{"email": "ADA@example.org", "password": "correct horse ada"}, "User-Agent", "Second").want(200)
	items := ada.do("GET", "/me/sign-ins", nil).want(200)["items"].([]any)
	if len(items) != 2 {
		t.Fatalf("sign-ins %v", items)
	}
	current, other := 0, ""
	for _, item := range items {
		s := item.(map[string]any)
		if s["current"] == true {
			current++
		} else {
			other = s["id"].(string)
			if s["user_agent"] != "Second" || s["address"] != "127.0.0.1" {
				t.Errorf("the other is %v", s)
			}
		}
	}
	if current != 1 {
		t.Errorf("%d are the current one", current)
	}
	h.account("bob").do("DELETE", "/me/sign-ins/"+other, nil).problem(404, "not-found")
	ada.do("DELETE", "/me/sign-ins/"+other, nil).want(204)
	second.do("GET", "/me", nil).problem(401, "signed-out")
	me := ada.do("PATCH", "/me", map[string]any{"name": " Ada  L. ", "color": 3}).want(200)
	if me["name"] != "Ada L." || me["color"] != 3.0 || me["email"] != "ada@example.org" || me["admin"] != true {
		t.Errorf("me = %v", me)
	}
	ada.do("POST", "/auth/signout", nil).want(204)
	ada.do("GET", "/me", nil).problem(401, "signed-out")
	ada.do("POST", "/auth/signout", nil).want(204)
}
