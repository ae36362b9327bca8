package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quire/server/api"
)

// An address of anybody, by e-mail or on the network. Each person of the test has their own of both.
var anAddress = regexp.MustCompile(`[A-Za-z0-9._-]+@[a-z0-9.-]*example\.(?:org|com|net)|\b203\.0\.113\.\d+`)

// street is a house whose people have every tie to a document and to one another that there is.
type street struct {
	h                   *house
	docs, groups, links []string
	people, invitations []string
	callers             map[string]*caller
}

func (s *street) account(name string) *caller {
	c := s.h.nobody()
	c.header["X-Forwarded-For"] = fmt.Sprint("203.0.113.", len(s.callers)+1)
	res := c.do("POST", "/auth/signup", map[string]any{"name": name, "email": name + "@example.org", "password": "correct horse " + name})
	c.id = res.want(201)["id"].(string)
	s.callers[name] = c
	s.people = append(s.people, c.id)
	return c
}

// newStreet: ada and second own a document. To it came named by name, linked by a link, invited by ada's invitation, grouped
// through a group, and asker asks. eve has nothing to do with it, but a group of her own with everybody in it.
func newStreet(t *testing.T) *street {
	s := &street{callers: map[string]*caller{}}
	s.h = newHouse(t, func(c *Config) {
		withTokens(c)
		c.Proxies = loopbackProxies()
		c.Auth.Limits.PersonBurst, c.Auth.Limits.AddressBurst = 1_000_000, 1_000_000
	})
	s.account("admin")
	ada, second, eve := s.account("ada"), s.account("second"), s.account("eve")
	named, linked, invited := s.account("named"), s.account("linked"), s.account("invited")
	grouped, asker := s.account("grouped"), s.account("asker")
	doc := ada.document("text")
	path := "/documents/" + doc
	s.h.verified(invited)
	role := map[string]any{"role": "viewer"}
	ada.do("PUT", path+"/members/"+named.id, role).want(200)
	ada.do("PUT", path+"/members/"+second.id, role).want(200)
	ada.do("PUT", path+"/members/"+second.id, map[string]any{"role": "owner"}).want(200)
	id, secret := ada.link(doc, "viewer")
	linked.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	guest := s.h.nobody()
	guest.header["X-Forwarded-For"] = "203.0.113.99"
	guest.id = guest.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)["user"].(map[string]any)["id"].(string)
	s.callers["guest"] = guest
	_, secret = ada.invitation(doc, "invited@example.org", "viewer")
	invited.do("POST", "/invitations/claim", map[string]any{"token": secret}).want(200)
	open, _ := ada.invitation(doc, "ada-typed@example.net", "viewer")
	group := ada.group("Grouped", grouped)
	ada.do("PUT", path+"/groups/"+group, role).want(200)
	asker.do("POST", path+"/requests", role).want(202)
	own := eve.group("Harvest", ada, named, linked, invited, grouped, asker, second)
	app := s.h.holder("app", map[string]string{doc: "owner"})
	s.callers["application"] = app
	s.callers["reading token"] = ada.token("read")
	s.docs = []string{doc, eve.document("mine")}
	s.groups, s.links, s.invitations = []string{group, own}, []string{id}, []string{open}
	return s
}

// own says which addresses somebody may be shown: their own, and what they typed.
func (s *street) own(name string) []string {
	switch name {
	case "reading token":
		return s.own("ada")
	case "ada":
		return []string{"ada@example.org", "203.0.113.2", "ada-typed@example.net", "invited@example.org"}
	case "guest":
		return []string{"203.0.113.99"}
	case "application":
		return []string{"application-typed@example.net"}
	}
	header := s.callers[name].header["X-Forwarded-For"]
	return []string{name + "@example.org", name + "-typed@example.net", header}
}

// paths fills a template with everything there is.
func (s *street) paths(template string) []string {
	ids := s.docs
	switch {
	case strings.HasPrefix(template, "/groups"), strings.Contains(template, "group-offers"):
		ids = s.groups
	case strings.HasPrefix(template, "/users"), strings.HasPrefix(template, "/admin/people"):
		ids = s.people
	}
	list := []string{template}
	for name, values := range map[string][]string{
		"{id}": ids, "{user}": s.people, "{group}": s.groups, "{link}": s.links, "{invitation}": s.invitations, "{signin}": {"x"},
	} {
		var filled []string
		for _, path := range list {
			if !strings.Contains(path, name) {
				filled = append(filled, path)
				continue
			}
			for _, value := range values {
				filled = append(filled, strings.ReplaceAll(path, name, value))
			}
		}
		list = filled
	}
	return list
}

// W9: whoever asks whatever of whomever is shown no address but their own and those they typed: nobody's e-mail by having made a
// group, a link or a document that others came to, and nobody's IP address by sharing one with them.
func TestW9NobodyIsShownTheAddressesOfOthers(t *testing.T) {
	s := newStreet(t)
	answers := 0
	for name := range s.callers {
		if name == "admin" {
			continue
		}
		may := s.own(name)
		hear := s.listen(t, name)
		for _, op := range s.operations(t) {
			for _, path := range s.paths(op.path) {
				got := s.callers[name].do(op.method, path, op.body(s, name))
				answers++
				for _, found := range anAddress.FindAllString(string(got.body), -1) {
					if !slices.Contains(may, found) {
						t.Errorf("%s is shown %s by %s %s: %s", name, found, op.method, op.path, got.body)
					}
				}
			}
		}
		for _, found := range anAddress.FindAllString(hear(), -1) {
			if !slices.Contains(may, found) {
				t.Errorf("%s is shown %s on the socket", name, found)
			}
		}
	}
	for _, name := range []string{"ada", "second", "named", "linked", "invited", "grouped", "asker", "eve"} {
		for file, text := range s.callers[name].archive() {
			for _, found := range anAddress.FindAllString(text, -1) {
				if !slices.Contains(s.own(name), found) {
					t.Errorf("%s is shown %s by %s of their archive: %s", name, found, file, text)
				}
			}
		}
	}
	t.Logf("%d answers read", answers)
	if answers < 2000 {
		t.Errorf("%d answers are too few", answers)
	}
}

// listen returns a function that returns what somebody was sent on the socket until then.
func (s *street) listen(t *testing.T, name string) func() string {
	doc := s.docs[0]
	if s.callers[name].do("GET", "/documents/"+doc, nil).status != http.StatusOK {
		return func() string { return "" }
	}
	l := s.callers[name].hello(t)
	return func() string {
		l.send(fmt.Sprintf(`{"a":"ps","ch":"documents.%s","seq":1}`, doc))
		l.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, doc))
		var all strings.Builder
		l.until("the answer", func(f map[string]any) bool {
			text, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
			return f["a"] == "s" || f["error"] != nil
		})
		return all.String()
	}
}

// asked is an operation, and the body it is asked with.
type asked struct {
	operation
	fields []string
}

// body fills in what the operation asks for. An e-mail is one that this caller alone types.
func (o asked) body(s *street, name string) any {
	if o.method == "GET" || len(o.fields) == 0 {
		return nil
	}
	values := map[string]any{
		"email": name + "-typed@example.net", "role": "viewer", "manager": false, "name": "A name", "title": "A title", "text": "text",
		"user": s.people[1], "then": "none", "message": "Hello", "token": "x", "expires_at": nil,
	}
	body := map[string]any{}
	for _, field := range o.fields {
		if value, known := values[field]; known {
			body[field] = value
		}
	}
	return body
}

// operations returns what the API offers, reading first, then what changes something, then reading again. Nobody's account or
// document ends meanwhile.
func (s *street) operations(t *testing.T) []asked {
	text, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	type schema struct {
		Ref        string `json:"$ref"`
		Properties map[string]any
	}
	var spec struct {
		Paths map[string]map[string]struct {
			ID          string `json:"operationId"`
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			}
		}
		Components struct{ Schemas map[string]schema }
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	var reads, writes []asked
	for path, methods := range spec.Paths {
		for method, op := range methods {
			o := asked{operation: operation{strings.ToUpper(method), path}}
			of := op.RequestBody.Content["application/json"].Schema
			if name, ok := strings.CutPrefix(of.Ref, "#/components/schemas/"); ok {
				of = spec.Components.Schemas[name]
			}
			for field := range of.Properties {
				o.fields = append(o.fields, field)
			}
			switch {
			case method == "get":
				reads = append(reads, o)
			case method == "delete", strings.HasPrefix(path, "/auth/"), strings.HasPrefix(path, "/me/"), op.ID == "transfer-document":
			default:
				writes = append(writes, o)
			}
		}
	}
	return slices.Concat(reads, writes, reads)
}

// Whoever typed an address is shown it, in the invitation and of who came by it, until it is another's. So are administrators.
func TestWhoTypedAnAddressIsShownIt(t *testing.T) {
	h := newHouse(t, nil)
	admin, ada, bob, second := h.account("admin"), h.account("ada"), h.account("bob"), h.account("second")
	doc := ada.document("text")
	path := "/documents/" + doc
	for _, owner := range []*caller{second, admin} {
		h.grant(doc, owner.id, "owner")
	}
	_, secret := ada.invitation(doc, "Bob@example.org", "viewer")
	emailOf := func(c *caller) any {
		return items(c.do("GET", path+"/invitations", nil).want(200))[0]["email"]
	}
	if a, s, by := emailOf(ada), emailOf(second), emailOf(admin); a != "Bob@example.org" || s != "B…@e….org" || by != a {
		t.Errorf("the invitation is to %v for who typed it, %v for another owner, %v for an administrator", a, s, by)
	}
	bob.do("POST", "/invitations/claim", map[string]any{"token": secret}).want(200)
	memberOf := func(c *caller) any {
		for _, m := range items(c.do("GET", path+"/members", nil).want(200)) {
			if user := m["user"].(map[string]any); user["id"] == bob.id {
				return fmt.Sprint(m["via"], m["link"], user["email"])
			}
		}
		return nil
	}
	if a, s, by := memberOf(ada), memberOf(second), memberOf(admin); a != "invitation<nil>bob@example.org" || s != "invitation<nil> <nil>" || by != a {
		t.Errorf("bob is %v for who typed his address, %v for another owner, %v for an administrator", a, s, by)
	}
	bob.do("POST", "/me/email", map[string]any{"email": "private@example.org", "password": "correct horse bob"}).want(200)
	if a, by := memberOf(ada), memberOf(admin); a != "invitation<nil> <nil>" || by != "invitation<nil>private@example.org" {
		t.Errorf("with another address bob is %v for who typed the first, %v for an administrator", a, by)
	}
}

// Another owner sends an invitation again without learning to whom, and who left can have no more letters sent.
func TestAnInvitationSentAgainStaysItsMakers(t *testing.T) {
	h := newHouse(t, nil)
	second, third := h.account("second"), h.account("third")
	doc := second.document("text")
	path := "/documents/" + doc + "/invitations"
	h.grant(doc, third.id, "owner")
	id, _ := second.invitation(doc, "x@example.com", "viewer")
	again := third.do("POST", path+"/"+id+"/resend", nil).want(200)
	if again["email"] != "x…@e….com" || again["url"] != nil || again["created_by"].(map[string]any)["id"] != second.id {
		t.Errorf("another owner is answered %v", again)
	}
	log := third.do("GET", "/documents/"+doc+"/audit?action=invitation.", nil)
	if log.want(200); strings.Contains(string(log.body), "x@example.com") {
		t.Errorf("another owner reads in the log %s", log.body)
	}
	if mine := items(second.do("GET", path, nil).want(200)); mine[0]["id"] != again["id"] || mine[0]["url"] == nil {
		t.Errorf("who made it sees %v", mine)
	}
	third.do("DELETE", "/documents/"+doc+"/members/"+second.id, nil).want(204)
	third.do("POST", path+"/"+again["id"].(string)+"/resend", nil).problem(409, "conflict")
}
