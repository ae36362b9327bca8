package server

import (
	"strings"
	"testing"
)

// handOver offers doc to somebody.
func (c *caller) handOver(doc string, to *caller) response {
	c.h.t.Helper()
	return c.do("POST", "/documents/"+doc+"/transfer", map[string]any{"user": to.id, "then": "editor"})
}

// A document is nobody's before they say yes: neither their space nor their list changes, whoever offers it.
func TestNobodysSpaceIsFilledUnasked(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bounds.QuotaUser = 10_000 })
	ada, bob, eve := h.account("ada"), h.account("bob"), h.account("eve")
	doc := ada.document(strings.Repeat("a", 6_000))
	bob.document(strings.Repeat("b", 3_000))
	h.grant(doc, bob.id, "editor")
	ada.handOver(doc, bob).want(200)
	if d := bob.do("GET", "/documents/"+doc, nil).want(200); d["role"] != "editor" || d["owner"].(map[string]any)["id"] != ada.id {
		t.Errorf("before he says anything the document is %v", d)
	}
	bob.document(strings.Repeat("b", 3_000)) // his space is his
	offered := items(bob.do("GET", "/me/transfers", nil).want(200))
	if len(offered) != 1 || offered[0]["document"].(map[string]any)["id"] != doc || offered[0]["bytes"].(float64) < 6_000 ||
		offered[0]["from"].(map[string]any)["name"] != "ada" {
		t.Errorf("bob is offered %v", offered)
	}
	pending := ada.do("GET", "/documents/"+doc+"/transfer", nil).want(200)["offer"].(map[string]any)
	if pending["to"].(map[string]any)["id"] != bob.id || pending["then"] != "editor" {
		t.Errorf("ada sees %v pending", pending)
	}
	accept := "/me/transfers/" + doc + "/accept"
	bob.do("POST", accept, nil).problem(507, "quota-reached") // 6,000 of his 10,000 are used
	eve.do("POST", accept, nil).problem(404, "not-found")
	ada.do("POST", accept, nil).problem(404, "not-found")
	eve.do("DELETE", "/me/transfers/"+doc, nil).problem(404, "not-found")
	bob.do("DELETE", "/me/transfers/"+doc, nil).want(204)
	if left := items(bob.do("GET", "/me/transfers", nil).want(200)); len(left) != 0 {
		t.Errorf("declined, and still offered: %v", left)
	}
	if got := ada.do("GET", "/documents/"+doc+"/transfer", nil).want(200); got["offer"] != nil {
		t.Errorf("declined, and still pending: %v", got)
	}
}

// P10: an offer ends with what it came from: it is withdrawn, whoever made it no longer owns the document, whom it was made to was
// removed, or the document is in the trash.
func TestP10AnOfferEndsWithWhatItCameFrom(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada, bob, cat := h.account("ada"), h.account("bob"), h.account("cat")
	for name, end := range map[string]func(path string){
		"withdrawn":  func(path string) { cat.do("DELETE", path+"/transfer", nil).want(204) },
		"superseded": func(path string) { ada.handOver(strings.TrimPrefix(path, "/documents/"), cat).want(200) },
		"no longer an owner": func(path string) {
			cat.do("PATCH", path+"/members/"+ada.id, asRole("editor")).want(200)
		},
		"put out":      func(path string) { ada.do("DELETE", path+"/members/"+bob.id, nil).want(204) },
		"in the trash": func(path string) { ada.do("DELETE", path, nil).want(204) },
		"deleted":      func(path string) { ada.do("DELETE", path+"?permanently=true", nil).want(204) },
	} {
		doc := ada.document("text")
		h.grant(doc, bob.id, "editor")
		h.grant(doc, cat.id, "owner")
		ada.handOver(doc, bob).want(200)
		end("/documents/" + doc)
		bob.do("POST", "/me/transfers/"+doc+"/accept", nil).problem(404, "not-found")
		if left := items(bob.do("GET", "/me/transfers", nil).want(200)); len(left) != 0 {
			t.Errorf("%s, and still offered: %v", name, left)
		}
	}
}
