package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quire/server/api"
	"quire/server/auth"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/postgres"
	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

// The contract: whatever is asked, by whomever, the answer is one that the API's own description declares, with the body that it
// declares, and never a fault of the server. Requests are made out of the description itself, so that an operation that is new is
// tried without anybody remembering to. QUIRE_SEED repeats a run; QUIRE_LONG asks ten times as much, of both databases.

func TestEveryAnswerIsADeclaredOne(t *testing.T) {
	calls, stores := 1000, map[string]func(*testing.T) storage.Store{"memory": func(*testing.T) storage.Store { return memory.New() }}
	if os.Getenv("QUIRE_LONG") != "" {
		calls = 10_000
		stores["sqlite"] = func(t *testing.T) storage.Store { return sqliteStore(t, filepath.Join(t.TempDir(), "quire.db")) }
		stores["postgres"] = func(t *testing.T) storage.Store {
			pgtest.Need(t)
			return postgresStore(t)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stores)) {
		t.Run(name, func(t *testing.T) { newContractRun(t, stores[name](t)).run(calls) })
	}
}

// What the run above found, each by name.
func TestTheContractsNamedCases(t *testing.T) {
	h := newHouse(t, nil)
	h.account("admin")
	ada := h.account("ada")
	doc, reading := ada.document("text"), ada.token("read")
	for _, c := range []struct {
		name, method, path string
		by                 *caller
		body               any
		headers            []string
		status             int
	}{
		{"the revision that a client has", "GET", "/documents/" + doc + "/content", ada, nil, []string{"If-None-Match", `"r1"`}, 304},
		{"a token for reading signs out", "POST", "/auth/signout", reading, nil, nil, 403},
		{"a token for reading deletes a group", "DELETE", "/groups/" + ada.group("Group"), reading, nil, nil, 403},
		{"a set-up code when all is set up", "POST", "/auth/signup", h.nobody(), map[string]any{
			"name": "Eve", "email": "eve@example.org", "password": "long enough to be one", "setup_code": "x"}, nil, 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.by.do(c.method, c.path, c.body, c.headers...)
			if got.status != c.status {
				t.Errorf("it is %d %s, want %d", got.status, got.body, c.status)
			}
			contract, err := theContract()
			if err != nil {
				t.Fatal(err)
			}
			for _, wrong := range contract.judge(c.method, c.path, got.status, got.header, got.body) {
				t.Error(wrong)
			}
		})
	}
}

// postgresStore is a database of its own.
func postgresStore(t *testing.T) storage.Store {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Config{URL: sealed.Of(pgtest.Start(t).Database(t)), Log: quiet(), AllowUnsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// contractRun asks one server.
type contractRun struct {
	h        *house
	contract *contract
	inventor
	root       *caller            // an administrator whose id no request knows
	people     map[string]*caller // by name; those who no longer get in are replaced
	made       int                // accounts so far, for names
	done, well map[string]int     // calls by operation, and those that succeeded
}

func newContractRun(t *testing.T, store storage.Store) *contractRun {
	seed := rand.Uint64()
	if given := os.Getenv("QUIRE_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("QUIRE_SEED=%d", seed)
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	r := &contractRun{contract: c, done: map[string]int{}, well: map[string]int{}, people: map[string]*caller{}}
	r.h = openHouse(t, store, func(c *Config) {
		withTokens(c)
		c.Auth.Limits = auth.LimitConfig{AddressBurst: 1 << 30, AccountBurst: 1 << 30, LaneBurst: 1 << 30, PersonBurst: 1 << 30}
	})
	r.root = r.h.account("root")
	r.inventor = inventor{Rand: rand.New(rand.NewPCG(seed, 1)), known: map[string][]string{"any": {"x"}}}
	r.description = description{r.root.do("GET", "/api/openapi.json", nil).want(200)}
	return r
}

// everybody are the principals, by what they come with.
var everybody = []string{"nobody", "administrator", "owner", "editor", "viewer", "guest", "reading token", "writing token", "application"}

func (r *contractRun) run(calls int) {
	for i := 0; i < calls; {
		operations := r.operations()
		r.Shuffle(len(operations), func(i, j int) { operations[i], operations[j] = operations[j], operations[i] })
		for _, o := range operations[:min(len(operations), calls-i)] {
			if i%40 == 0 {
				r.furnish()
			}
			i++
			r.call(o)
		}
	}
	var never []string
	for _, o := range r.operations() {
		if r.well[o.id] == 0 {
			never = append(never, o.id)
		}
	}
	r.h.t.Logf("%d calls of %d operations; never well: %s", calls, len(r.done), strings.Join(never, " "))
	if len(r.well) < len(r.done)/2 {
		r.h.t.Errorf("only %d of %d operations ever succeeded: the requests are too poor to show anything", len(r.well), len(r.done))
	}
}

// furnish makes a document that everybody is in, with one of everything, and lets everybody have accounts again.
func (r *contractRun) furnish() {
	r.settle()
	owner := r.person("owner")
	r.root.do("PATCH", "/admin/people/"+owner.id, map[string]any{"quota": -1}).want(200)
	doc := owner.document("some text\n")
	r.know("documents", doc)
	r.h.grant(doc, r.person("editor").id, "editor")
	r.h.grant(doc, r.person("viewer").id, "viewer")
	link, secret := owner.link(doc, "viewer")
	r.know("links", link)
	r.know("secrets", secret)
	invitation, secret := owner.invitation(doc, fmt.Sprintf("person%d@example.org", r.IntN(200)), "viewer")
	r.know("invitations", invitation)
	r.know("secrets", secret)
	group := owner.group(fmt.Sprint("Group ", r.Uint64()), r.person("editor"))
	r.know("groups", group)
	owner.do("PUT", "/documents/"+doc+"/groups/"+group, map[string]any{"role": "viewer"}).want(200)
	asks := r.person("viewer")
	asks.do("POST", "/documents/"+doc+"/requests", map[string]any{"role": "editor"}).want(202)
	r.know("users", asks.id)
}

// settle undoes what the other administrator may have set.
func (r *contractRun) settle() {
	r.root.do("PATCH", "/admin/settings", map[string]any{"signup": "open", "quota_user": 0, "people_list": true}).want(200)
}

// know remembers an id for later requests: the newest of each kind.
func (r *contractRun) know(what, id string) {
	if id == r.root.id || id == "" {
		return
	}
	r.known[what] = append(r.known[what], id)
	if over := len(r.known[what]) - 60; over > 0 {
		r.known[what] = r.known[what][over:]
	}
}

// person returns somebody of everybody who gets in: whoever deleted their account, or was suspended, is followed by another.
func (r *contractRun) person(name string) *caller {
	if name == "nobody" {
		return r.h.nobody()
	}
	if c := r.people[name]; c != nil && c.do("GET", "/me", nil).status == http.StatusOK {
		return c
	}
	r.settle()
	r.made++
	account := func(of string) *caller {
		c := r.h.account(fmt.Sprint(of, r.made))
		r.know("users", c.id)
		r.know("emails", fmt.Sprint(of, r.made, "@example.org"))
		r.know("passwords", fmt.Sprint("correct horse ", of, r.made))
		return c
	}
	var c *caller
	switch name {
	case "administrator":
		c = account("admin")
		r.root.do("PATCH", "/admin/people/"+c.id, map[string]any{"admin": true}).want(200)
	case "guest":
		owner := account("host")
		_, secret := owner.link(owner.document("for guests"), "editor")
		c = r.h.nobody()
		c.id = c.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)["user"].(map[string]any)["id"].(string)
	case "reading token":
		c = account("reader").token("read")
	case "writing token":
		c = account("writer").token("write")
	case "application":
		c = r.h.bearer(token(r.h.t, fmt.Sprint("app", r.made), map[string]string{"*": "owner"}, time.Hour))
	default:
		c = account(name)
	}
	if c.header["Authorization"] == "" {
		c = c.cookieOnly() // who signs in as somebody else, or out, stays who they are here
	}
	r.people[name] = c
	return c
}

// operations walks the description.
func (r *contractRun) operations() (all []invented) {
	for _, path := range slices.Sorted(maps.Keys(r.get("paths"))) {
		for _, method := range slices.Sorted(maps.Keys(r.get("paths", path))) {
			if o := r.get("paths", path, method); o["operationId"] != nil {
				all = append(all, invented{id: o["operationId"].(string), method: strings.ToUpper(method), template: path, described: o})
			}
		}
	}
	return all
}

// call makes one request and judges its answer.
func (r *contractRun) call(o invented) {
	t := r.h.t
	name := pick(r.inventor, everybody)
	if r.chance(50) {
		name = "owner"
		if strings.HasPrefix(o.template, "/admin") {
			name = "administrator"
		}
	}
	by := r.person(name)
	r.bad = 0
	if r.chance(50) {
		r.bad = 12
	}
	if r.chance(2) {
		o.method = pick(r.inventor, []string{"HEAD", "PUT", "DELETE", "PATCH", "POST", "GET"})
	}
	o = r.invent(o)
	request, err := http.NewRequest(o.method, r.h.base+api.Base+o.path, bytes.NewReader(o.body))
	if err != nil {
		t.Fatalf("%s %q: %v", o.method, o.path, err)
	}
	for header, value := range by.header {
		request.Header.Set(header, value)
	}
	maps.Copy(request.Header, o.header)
	client := *by.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s: %v", o, err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil {
		t.Fatalf("%s: %v", o, err)
	}
	r.done[o.id]++
	if res.StatusCode < 300 {
		r.well[o.id]++
		r.harvest(o.id, body)
	}
	path, _, _ := strings.Cut(o.path, "?")
	if wrong := r.contract.judge(o.method, path, res.StatusCode, res.Header, body); len(wrong) > 0 {
		t.Errorf("%s by %s = %d %.600q\n\t%s", o, name, res.StatusCode, body, strings.Join(wrong, "\n\t"))
	}
}

// harvest remembers what an answer names.
func (r *contractRun) harvest(operation string, body []byte) {
	var answer any
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	var walk func(any)
	walk = func(value any) {
		switch x := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				text, isText := x[key].(string)
				switch {
				case isText && key == "id", isText && key == "next":
					r.know("any", text)
				case isText && key == "url", isText && key == "token":
					r.know("secrets", text[strings.LastIndexByte(text, '/')+1:])
				}
				walk(x[key])
			}
		case []any:
			for _, item := range x {
				walk(item)
			}
		}
	}
	walk(answer)
	if made, ok := answer.(map[string]any); ok && operation == "create-document" {
		id, _ := made["id"].(string) // of a list there is none
		r.know("documents", id)
	}
}
