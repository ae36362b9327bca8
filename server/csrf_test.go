package server

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"quire/storage"
)

// changeNothing are unsafe by their method only: a secret stands in their body, so that no log has it, and they look.
var changeNothing = []string{"preview-link", "preview-invitation"}

// pages are those from which a browser may be made to send its cookie. own may change something.
func pages(h *house) map[string]struct {
	headers    []string
	reads, own bool
} {
	type page = struct {
		headers    []string
		reads, own bool
	}
	return map[string]page{
		"our own":                    {[]string{"Origin", h.base}, true, true},
		"our own, by Sec-Fetch-Site": {[]string{"Origin", "", "Sec-Fetch-Site", "same-origin"}, true, true},
		"no page at all":             {[]string{"Origin", ""}, true, false},
		"the address line":           {[]string{"Origin", "", "Sec-Fetch-Site", "none"}, true, false},
		"another site":               {[]string{"Origin", "https://evil.example"}, false, false},
		"another site, lying":        {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"}, false, false},
		"a neighbouring host":        {[]string{"Origin", "", "Sec-Fetch-Site", "same-site"}, false, false},
		"a link elsewhere":           {[]string{"Origin", "", "Sec-Fetch-Site", "cross-site"}, false, false},
		"a sandboxed frame":          {[]string{"Origin", "null"}, false, false},
		"an allowed site":            {[]string{"Origin", "https://app.example"}, false, false},
		"our host, another port":     {[]string{"Origin", "http://127.0.0.1:1"}, false, false},
	}
}

// Every route of the API × every kind of page × every proof: a cookie counts only from our own pages, and a request with
// Authorization is judged by that alone.
func TestCSRFOnEveryRoute(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		c.Auth.AllowedOrigins = []string{"https://app.example"}
		c.Auth.Limits.AddressBurst, c.Auth.Limits.AccountBurst = 1_000_000, 1_000_000
	})
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	ada = ada.cookieOnly()
	values := map[string]string{"id": doc, "user": bob.id}
	h.grant(doc, bob.id, "editor")
	before := h.stateOf(ada, doc)
	bearer := token(t, "app", nil, time.Hour)
	cells := 0
	foreign := func(r response) bool { return r.status == 403 && r.kind() == "foreign-origin" }
	for _, o := range h.operations() {
		for from, page := range pages(h) {
			cells += 3
			what := fmt.Sprintf("%s %s from %s", o.method, o.path, from)
			counts := page.own || !o.unsafe() && page.reads || slices.Contains(changeNothing, o.id) || o.public && !o.unsafe()
			if !counts && !(o.public && page.reads) { // no browser, and no need of a cookie: nobody was made to ask
				if got := o.ask(ada, values, page.headers...); !foreign(got) {
					t.Errorf("%s with the cookie = %d %s, want 403 foreign-origin", what, got.status, got.body)
				}
			} else if !o.unsafe() { // else it would be done
				if got := o.ask(ada, values, page.headers...); foreign(got) {
					t.Errorf("%s with the cookie = %d %s", what, got.status, got.body)
				}
			}
			if o.public && o.unsafe() && !page.reads && !slices.Contains(changeNothing, o.id) { // what hands out a cookie
				if got := o.ask(h.nobody(), values, page.headers...); !foreign(got) {
					t.Errorf("%s without a cookie = %d %s, want 403 foreign-origin", what, got.status, got.body)
				}
			}
			bad := append([]string{"Authorization", "Bearer nonsense"}, page.headers...)
			if got := o.ask(ada, values, bad...); !o.public && got.status != 401 {
				t.Errorf("%s with a good cookie and a bad token = %d %s, want 401", what, got.status, got.body)
			}
			good := append([]string{"Authorization", "Bearer " + bearer}, page.headers...)
			if got := o.ask(ada, values, good...); !o.public && (foreign(got) || got.status == 401) {
				t.Errorf("%s with a good token = %d %s, want it judged by the token", what, got.status, got.body)
			}
		}
	}
	if after := h.stateOf(ada, doc); after != before {
		t.Errorf("something was changed:\n%s\nbefore\n%s", after, before)
	}
	t.Logf("FIGURE %d requests of routes, pages and proofs", cells)
}

// stateOf is what of ada's a forged request would change.
func (h *house) stateOf(ada *caller, doc string) string {
	h.t.Helper()
	me := ada.do("GET", "/me", nil)
	signIns, err := h.store.SignIns(context.Background(), storage.UserID(ada.id), time.Now())
	if err != nil {
		h.t.Fatal(err)
	}
	described := ada.do("GET", "/documents/"+doc, nil).want(200)
	return fmt.Sprintf("%v %v %d sign-ins; %v %v %v %v; %s; %s; %s", me.want(200)["name"], me.want(200)["color"], len(signIns),
		described["title"], described["revision"], described["member_count"], described["trashed_at"], ada.text(doc),
		ada.do("GET", "/documents/"+doc+"/links", nil).body, ada.do("GET", "/documents/"+doc+"/members", nil).body)
}
