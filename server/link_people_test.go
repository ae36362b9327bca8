package server

import (
	"testing"
	"time"
)

// Withdrawing a link takes away, if that is wished, who came by it and nobody else, and all of it is undone together: the
// same address opens, guests and accounts have their roles again.
func TestAWithdrawnLinkTakesItsPeopleWithItAndComesBack(t *testing.T) {
	clock := newClockAt()
	h := newHouse(t, func(c *Config) { c.Now = clock.Now })
	ada, bob, cem, dot := h.account("ada"), h.account("bob"), h.account("cem"), h.account("dot")
	doc, other := ada.document("text"), ada.document("other")
	link, secret := ada.link(doc, "editor")
	second, viewing := ada.link(doc, "viewer")
	guest := h.nobody()
	guest.do("POST", "/links/claim", map[string]any{"token": secret, "name": "Tomás"}).want(200)
	for _, c := range []*caller{bob, cem, dot} {
		c.do("POST", "/links/claim", map[string]any{"token": map[bool]string{true: viewing, false: secret}[c == cem]}).want(200)
	}
	ada.do("PATCH", "/documents/"+doc+"/members/"+dot.id, map[string]any{"role": "owner"}).want(200)
	ada.do("PATCH", "/documents/"+doc+"/members/"+bob.id, map[string]any{"role": "viewer"}).want(200)
	came := func(c *caller) map[string]any {
		by := map[string]any{}
		for _, m := range items(c.do("GET", "/documents/"+doc+"/members", nil).want(200)) {
			if by[m["user"].(map[string]any)["name"].(string)] = m["link"]; m["via"] != "link" && m["via"] != "owner" {
				t.Errorf("via %v", m["via"])
			}
		}
		return by
	}
	if by := came(ada); by["bob"] != link || by["Tomás"] != link || by["cem"] != second || by["ada"] != nil {
		t.Errorf("an owner is told who came by what: %v", by)
	}
	if by := came(cem); by["bob"] != nil || by["cem"] != nil {
		t.Errorf("a viewer is told of links: %v", by)
	}

	path := "/documents/" + doc + "/links/" + link
	ada.do("POST", path+"/restore", nil).problem(409, "conflict")
	ada.do("DELETE", path+"?people=all", nil).problem(422, "invalid")
	ada.do("DELETE", path+"?people=remove", nil).want(204)
	ada.do("DELETE", path, nil).problem(404, "not-found")
	if got := ada.members(doc); len(got) != 3 || got["cem"] != "viewer" || got["dot"] != "owner" {
		t.Errorf("after the withdrawal: %v, want ada, cem and the owner dot", got)
	}
	guest.do("POST", "/links/claim", map[string]any{"token": secret}).problem(404, "not-found")
	ada.do("POST", "/documents/"+other+"/links/"+link+"/restore", nil).problem(404, "not-found")

	if got := ada.do("POST", path+"/restore", nil).want(200); got["url"] != h.base+"/s/"+secret || got["role"] != "editor" {
		t.Errorf("restored: %v", got)
	}
	if got := ada.members(doc); len(got) != 5 || got["bob"] != "viewer" || got["Tomás"] != "editor" {
		t.Errorf("after the undoing: %v", got)
	}
	if by := came(ada); by["bob"] != link {
		t.Errorf("bob came by %v, want %s", by["bob"], link)
	}
	h.nobody().do("POST", "/links/claim", map[string]any{"token": secret}).want(200)

	ada.do("DELETE", path, nil).want(204)
	if got := ada.members(doc); got["bob"] != "viewer" {
		t.Errorf("who came by the link was not kept: %v", got)
	}
	clock.move(24*time.Hour + time.Second)
	ada.do("POST", path+"/restore", nil).problem(404, "not-found")
}

// P10: what is decided about somebody after the withdrawal stands, also that they have no role any more.
func TestP10ALinkBroughtBackBringsNobodyWhoWasPutOutSince(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob, cem := h.account("ada"), h.account("bob"), h.account("cem")
	doc := ada.document("text")
	link, secret := ada.link(doc, "editor")
	for _, c := range []*caller{bob, cem} {
		c.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	}
	path := "/documents/" + doc
	ada.do("DELETE", path+"/links/"+link+"?people=remove", nil).want(204)
	h.grant(doc, bob.id, "viewer")
	ada.do("DELETE", path+"/members/"+bob.id, nil).want(204)
	ada.do("POST", path+"/links/"+link+"/restore", nil).want(200)
	if got := ada.members(doc); len(got) != 2 || got["cem"] != "editor" {
		t.Errorf("after the undoing: %v, want ada and cem", got)
	}
	bob.do("GET", path, nil).problem(404, "not-found")
}
