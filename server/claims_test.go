package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// P10: what an application's token says is its person's role, for as long as it says so. Nothing that they did with an
// earlier one stays theirs.

// holder makes a caller with a token of a person's.
func (h *house) holder(sub string, documents map[string]string) *caller {
	h.t.Helper()
	c := h.bearer(token(h.t, sub, documents, time.Hour))
	c.id = c.do("GET", "/me", nil).want(200)["id"].(string)
	return c
}

func TestP10WhoMadeADocumentByATokenKeepsNothingOfIt(t *testing.T) {
	h := newHouse(t, withTokens)
	before := h.holder("ben", map[string]string{"plan": "owner"})
	made := before.do("POST", "/documents", map[string]any{"id": "plan", "text": "text"}).want(201)
	if made["role"] != "owner" || made["member_count"] != 0.0 {
		t.Errorf("made %v", made)
	}
	for _, claim := range []string{"viewer", "editor", "none"} {
		claims := map[string]string{"plan": claim}
		if claim == "none" {
			claims = nil
		}
		now := h.holder("ben", claims)
		if now.id != before.id {
			t.Fatal("the same sub is somebody else")
		}
		wants := map[string][4]int{"viewer": {200, 403, 403, 403}, "editor": {200, 200, 403, 403}, "none": {404, 404, 404, 404}}[claim]
		got := now.do("GET", "/documents/plan", nil)
		statuses := [4]int{
			got.status,
			now.do("POST", "/documents/plan/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "x"}}}).status,
			now.do("POST", "/documents/plan/links", map[string]any{"role": "editor"}).status,
			now.do("DELETE", "/documents/plan?permanently=true", nil).status,
		}
		if statuses != wants || claim != "none" && got.want(200)["role"] != claim {
			t.Errorf("with the claim %s: %v %s, want %v", claim, statuses, got.body, wants)
		}
	}
	grants, err := h.store.Grants(context.Background(), "plan")
	if err != nil || len(grants) != 0 {
		t.Errorf("grants %v, %v; want none", grants, err)
	}
	other := h.holder("cat", map[string]string{"pl*": "owner"}) // acts for the application
	other.do("DELETE", "/documents/plan?permanently=true", nil).want(204)
}

func TestP10ATokensSocketHasWhatTheTokenSays(t *testing.T) {
	h := newHouse(t, withTokens)
	maker := h.holder("ben", map[string]string{"plan": "owner"})
	l := maker.hello(t)
	l.send(`{"a":"op","c":"documents","d":"plan","v":0,"seq":1,"x":{},"create":{"type":"rich-text","data":[{"insert":"x\n"}]}}`)
	l.until("its creation", answers("op"))
	d, err := h.store.Document(context.Background(), "plan")
	if grants, _ := h.store.Grants(context.Background(), "plan"); err != nil || d.Owner != "" || d.Application != "https://app.example" || len(grants) != 0 {
		t.Errorf("made by the socket: %+v, %v, grants %v", d, err, grants)
	}
	now := h.holder("ben", map[string]string{"plan": "viewer"})
	ticket := now.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)
	for what, line := range map[string]*line{"the token": now.hello(t), "its ticket": h.nobody().withTicket(t, ticket)} {
		line.send(`{"a":"op","c":"documents","d":"plan","v":1,"seq":1,"x":{},"op":[{"insert":"x"}]}`)
		got := line.until("an answer", answers("op"))
		if code := verdictOf(got, "plan"); code != "ERR_FORBIDDEN" {
			t.Errorf("%s: %v, want it forbidden", what, got)
		}
	}
}

// withTicket opens the socket with a ticket and shakes hands.
func (c *caller) withTicket(t *testing.T, ticket string) *line {
	t.Helper()
	l, status := c.open(t, []string{"quire", "ticket." + ticket})
	if l == nil {
		t.Fatalf("the ticket opens nothing: %d", status)
	}
	l.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`)
	l.until("the hello", answers("hs"))
	return l
}

func TestP10ALinkNeitherRaisesNorLowersAToken(t *testing.T) {
	h := newHouse(t, withTokens)
	owner := h.holder("ben", map[string]string{"plan": "owner"})
	owner.do("POST", "/documents", map[string]any{"id": "plan", "text": "text"}).want(201)
	for claim, offered := range map[string]string{"editor": "viewer", "viewer": "editor"} {
		_, secret := owner.link("plan", offered)
		c := h.holder("cat", map[string]string{"plan": claim})
		c.do("POST", "/links/claim", map[string]any{"token": secret}).problem(403, "forbidden")
		if role := c.do("GET", "/documents/plan", nil).want(200)["role"]; role != claim {
			t.Errorf("after a %s's link the claim %s is %v", offered, claim, role)
		}
	}
	ada := h.account("ada")
	_, secret := owner.link("plan", "editor")
	ada.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	owner.do("PATCH", "/documents/plan/members/"+ada.id, map[string]any{"role": "owner"}).want(200)
	ada.do("DELETE", "/documents/plan/members/"+ada.id, nil).want(204) // the application stays
	h.grant("plan", owner.id, "viewer")                                // from before
	owner.do("PATCH", "/documents/plan/members/"+owner.id, map[string]any{"role": "editor"}).problem(422, "invalid")
	if items := owner.do("GET", "/documents/plan/members", nil).want(200)["items"].([]any); len(items) != 0 {
		t.Errorf("members %v, want none that counts", items)
	}
}

func TestAnApplicationsDocumentsTakeItsSpaceAndOutliveItsPeople(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		c.Bounds.QuotaUser, c.Bounds.QuotaApplication = 1, 3000
	})
	admin := h.account("admin")
	ben := h.holder("ben", map[string]string{"*": "owner"})
	ben.do("POST", "/documents", map[string]any{"id": "one", "text": strings.Repeat("a", 2000)}).want(201)
	cat := h.holder("cat", map[string]string{"*": "owner"})
	cat.do("POST", "/documents", map[string]any{"id": "two", "text": strings.Repeat("a", 2000)}).problem(507, "quota-reached")
	admin.do("DELETE", "/admin/people/"+ben.id+"?shared=delete", nil).want(200)
	if got := cat.text("one"); len(got) != 2001 {
		t.Errorf("after its maker was deleted the document has %d bytes", len(got))
	}
	listed := admin.do("GET", "/admin/documents", nil).want(200)["items"].([]any)[0].(map[string]any)
	if owner := listed["owner"].(map[string]any); owner["name"] != "https://app.example" || owner["application"] != true {
		t.Errorf("an administrator sees the owner %v", owner)
	}
}

func TestAnApplicationHandsADocumentOver(t *testing.T) {
	h := newHouse(t, withTokens)
	admin, ada := h.account("admin"), h.account("ada")
	ben := h.holder("ben", map[string]string{"*": "owner"})
	for _, id := range []string{"one", "two"} {
		ben.do("POST", "/documents", map[string]any{"id": id, "text": "text"}).want(201)
	}
	give := map[string]any{"user": ada.id, "then": "editor"}
	ben.do("POST", "/documents/one/transfer", give).problem(422, "invalid") // she has no role there
	_, secret := ben.link("one", "viewer")
	ada.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	ben.do("POST", "/documents/one/transfer", map[string]any{"user": ben.id, "then": "none"}).problem(422, "invalid")
	if got := ben.do("POST", "/documents/one/transfer", give).want(200)["role"]; got != "owner" {
		t.Errorf("the token's role is now %v, want what it says", got)
	}
	if offered := items(ada.do("GET", "/me/transfers", nil).want(200)); offered[0]["from"].(map[string]any)["name"] != "https://app.example" {
		t.Errorf("ada is offered %v", offered)
	}
	ada.do("POST", "/me/transfers/one/accept", nil).want(200)
	ben.do("POST", "/documents/one/transfer", give).problem(409, "conflict") // it is hers now
	admin.do("POST", "/admin/documents/two/transfer", map[string]any{"to": ada.id}).want(204)
	for _, id := range []string{"one", "two"} {
		d := ada.do("GET", "/documents/"+id, nil).want(200)
		if d["role"] != "owner" || d["owner"].(map[string]any)["id"] != ada.id || d["member_count"] != 1.0 {
			t.Errorf("%s is now %v", id, d)
		}
	}
}

// A list holds what the claim covers, whoever made it, newest change first.
func TestATokenListsWhatItsClaimCovers(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.holder("app", map[string]string{"*": "owner"})
	for _, id := range []string{"team-1", "team-2", "team-3", "tea", "own-1", "solo", "solo-2", "gone", "team-4"} {
		app.do("POST", "/documents", map[string]any{"id": id, "title": "Title " + id}).want(201)
	}
	app.do("DELETE", "/documents/gone?permanently=true", nil).want(204)
	app.do("DELETE", "/documents/team-4", nil).want(204)
	app.do("DELETE", "/documents/own-1", nil).want(204)
	listed := func(c *caller, query string) []string {
		t.Helper()
		var found []string
		for cursor := ""; ; {
			page := c.do("GET", "/documents?limit=2"+query+"&cursor="+cursor, nil).want(200)
			for _, item := range page["items"].([]any) {
				d := item.(map[string]any)
				found = append(found, fmt.Sprint(d["id"], " ", d["role"]))
			}
			if page["next_cursor"] == nil {
				return found
			}
			cursor = page["next_cursor"].(string)
		}
	}
	reader := h.holder("reader", map[string]string{"team-*": "viewer", "team-2": "editor", "solo": "owner", "own-*": "owner", "never": "owner"})
	for _, c := range []struct {
		query string
		wants []string
	}{
		{"", []string{"solo owner", "team-1 viewer", "team-2 editor", "team-3 viewer"}},
		{"&scope=mine", []string{"solo owner"}}, {"&scope=shared", []string{"team-1 viewer", "team-2 editor", "team-3 viewer"}},
		{"&scope=trash", []string{"own-1 owner"}}, {"&title=TITLE+team-2", []string{"team-2 editor"}},
	} {
		got := listed(reader, c.query)
		if slices.Sort(got); !slices.Equal(got, c.wants) {
			t.Errorf("?%s lists %v, want %v", c.query, got, c.wants)
		}
	}
	all := h.holder("all", map[string]string{"*": "commenter"})
	first := reader.do("POST", "/documents/team-2/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "x"}}})
	first.want(200)
	if got := listed(all, ""); len(got) != 6 || got[0] != "team-2 commenter" {
		t.Errorf("all are %v, want six, the last changed first", got)
	}
	if got := listed(h.holder("none", nil), ""); len(got) != 0 {
		t.Errorf("a token without a claim lists %v", got)
	}
}

// answers is a frame of that action.
func answers(action string) func(map[string]any) bool {
	return func(f map[string]any) bool { return f["a"] == action }
}
