package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/storage/memory"
	"quire/storage/storagetest"
)

// The log remembers what a key made: for the same request, however often, at once and after a restart, there is one document.
func TestP2ACreationCountsOnceByItsKey(t *testing.T) {
	store := memory.New()
	h := openHouse(t, store, withTokens)
	ada, bob := h.account("ada"), h.account("bob")
	const key = "order 17"
	body := map[string]any{"title": "Plan", "text": "first\r\nsecond"}
	ids := make([]string, 10)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			if res := ada.do("POST", "/documents", body, "Idempotency-Key", key); res.status == 201 {
				ids[i] = res.want(201)["id"].(string)
			} else {
				t.Errorf("one of many at once = %d %s", res.status, res.body)
			}
		})
	}
	all.Wait()
	id := ids[0]
	for _, other := range ids {
		if other != id || id == "" {
			t.Fatalf("one key made %v", ids)
		}
	}
	if got := bob.do("POST", "/documents", body, "Idempotency-Key", key).want(201)["id"]; got == id {
		t.Error("his key is not hers")
	}
	if got := ada.do("POST", "/documents", body, "Idempotency-Key", "order 18").want(201)["id"]; got == id {
		t.Error("another key made the same document")
	}
	for name, other := range map[string]any{
		"title": map[string]any{"title": "Plans", "text": "first\r\nsecond"}, "text": map[string]any{"title": "Plan", "text": "first"},
		"nothing": map[string]any{},
	} {
		if fields := ada.do("POST", "/documents", other, "Idempotency-Key", key).problem(422, "invalid"); strings.Join(fields, "") != "header.Idempotency-Key" {
			t.Errorf("another %s names %v", name, fields)
		}
	}
	ada.do("PATCH", "/documents/"+id, map[string]any{"title": "Renamed"}).want(200)
	ada.do("POST", "/documents/"+id+"/ops", `{"base_revision":1,"op":[{"insert":"more "}]}`).want(200)
	h.stop()
	h2 := openHouse(t, store, withTokens)
	ada.h, ada.header["Origin"] = h2, h2.base
	again := ada.do("POST", "/documents", body, "Idempotency-Key", key)
	if got := again.want(201); got["id"] != id || got["title"] != "Renamed" || !strings.HasPrefix(again.header.Get("ETag"), `"r2.`) || again.header.Get("Location") != "/api/v1/documents/"+id {
		t.Errorf("after a restart: %v %v, want the document as it is now", again.header, got)
	}
	items := ada.do("GET", "/documents", nil).want(200)["items"].([]any)
	if len(items) != 2 {
		t.Errorf("%d documents, want one for each key", len(items))
	}
	ada.do("DELETE", "/documents/"+id, nil).want(204)
	if got := ada.do("POST", "/documents", body, "Idempotency-Key", key).want(201); got["trashed_at"] == nil {
		t.Errorf("in the trash: %v", got)
	}
	ada.do("DELETE", "/documents/"+id+"?permanently=true", nil).want(204)
	if fields := ada.do("POST", "/documents", body, "Idempotency-Key", key).problem(409, "conflict"); strings.Join(fields, "") != "header.Idempotency-Key" {
		t.Errorf("after it was deleted for good it names %v", fields)
	}
}

// Of two requests of one key that both found no document, each gets the one that came first.
func TestP2TwoCreationsOfOneKeyAtOnceMakeOneDocument(t *testing.T) {
	faulty := storagetest.NewFaulty(memory.New(), nil)
	h := openHouse(t, faulty, nil)
	ada := h.account("ada")
	faulty.SetPlan(storagetest.On(storagetest.Stall, "CreateDocument"))
	made := make(chan response, 2)
	for range 2 {
		go func() { made <- ada.do("POST", "/documents", map[string]any{"text": "x"}, "Idempotency-Key", "k") }()
	}
	if err := faulty.WaitStalled(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	faulty.Release()
	if one, other := (<-made).want(201)["id"], (<-made).want(201)["id"]; one != other {
		t.Errorf("one key made %v and %v", one, other)
	}
}

// With an id of the application's own the key is that id's: the same request finds its document, another is told that it is taken.
func TestP2ACreationOfAChosenIDCountsOnceByItsKey(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u", map[string]string{"*": "owner"}, time.Minute))
	body := map[string]any{"id": "chosen", "text": "x"}
	app.do("POST", "/documents", body, "Idempotency-Key", "k").want(201)
	if got := app.do("POST", "/documents", body, "Idempotency-Key", "k").want(201)["id"]; got != "chosen" {
		t.Errorf("again: %v", got)
	}
	app.do("POST", "/documents", body).problem(409, "conflict")
	app.do("POST", "/documents", map[string]any{"id": "chosen", "text": "y"}, "Idempotency-Key", "k").problem(409, "conflict")
	made := app.do("POST", "/documents", map[string]any{"text": "x"}, "Idempotency-Key", "k").want(201)["id"]
	if got := app.do("POST", "/documents", map[string]any{"text": "x"}, "Idempotency-Key", "k").want(201)["id"]; got != made || got == "chosen" {
		t.Errorf("without an id: %v, then %v", made, got)
	}
}

// If-Match takes what came with the content, by whatever proxy it came: weak, with the coding in it, in a list.
func TestIfMatchTakesWhatProxiesSendBack(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	for header, want := range map[string]string{
		`"r2"`: "merged", `W/"r2"`: "merged", ` W/"r2" `: "merged", `"r2-gzip"`: "merged", `W/"r2-br"`: "merged", `"r2", W/"r2"`: "merged",
		`"other", "r2"`: "merged", "*": "replaced", `"r1", W/"r3"`: "replaced", `*, "r1"`: "replaced",
		`"r1", "r2"`: "refused", `"other"`: "refused", `r2`: "refused", `"r2`: "refused", `"r2-x"`: "refused", `"r-2"`: "refused", `"r4"`: "refused", "w/\"r2\"": "refused",
	} {
		id := ada.document("one")
		path := "/documents/" + id
		ada.do("POST", path+"/ops", `{"base_revision":1,"op":[{"insert":"two "}]}`).want(200)
		ada.do("POST", path+"/ops", `{"base_revision":2,"op":[{"insert":"three "}]}`).want(200)
		res := ada.do("PUT", path+"/content", "two one, changed", "If-Match", header, "Content-Type", "text/plain")
		got := map[string]string{"three two one, changed\n": "merged", "two one, changed\n": "replaced", "three two one\n": "refused"}[ada.text(id)]
		if got != want || want == "refused" && res.status != 412 || want != "refused" && res.status != 200 {
			t.Errorf("If-Match: %s = %d, %s; want it %s", header, res.status, got, want)
		}
		if head := res.header; res.status == 412 {
			res.problem(412, "precondition-failed")
		} else if none := ada.do("GET", path+"/content", nil, "If-None-Match", `"x", W/"r4-gzip"`); none.status != 304 {
			t.Errorf("If-None-Match after %s = %d %v", header, none.status, head)
		}
	}
}

// A document's lines end in \n, whatever the file has that its text comes from.
func TestPlainTextIsTakenWithTheLineEndsItHas(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	for sent, want := range map[string]string{
		"a\r\nb\r\n": "a\nb\n", "a\rb": "a\nb\n", "a\r\r\nb\n\rc": "a\n\nb\n\nc\n", "\r\n": "\n", "\r": "\n", "a\r\n\r\nb": "a\n\nb\n",
	} {
		id := ada.document(sent)
		if got := ada.text(id); got != want {
			t.Errorf("a document that starts with %q has %q, want %q", sent, got, want)
		}
		id = ada.document("before")
		ada.do("PUT", "/documents/"+id+"/content", sent, "If-Match", `"r1"`, "Content-Type", "text/plain").want(200)
		if got := ada.text(id); got != want {
			t.Errorf("%q written gives %q, want %q", sent, got, want)
		}
		res := ada.do("PUT", "/documents/"+id+"/content", sent, "If-Match", `"r2"`, "Content-Type", "text/plain")
		if got := res.want(200)["revision"]; got != 2.0 {
			t.Errorf("the same file again makes revision %v", got)
		}
	}
}

// What is longer than any document is refused before it is compared with one.
func TestP8ATextThatNoDocumentMayHaveIsNotCompared(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bounds.Document = 1000 })
	ada := h.account("ada")
	id := ada.document("short")
	long := strings.Repeat("x", 1001)
	ada.do("PUT", "/documents/"+id+"/content", long, "If-Match", `"r1"`, "Content-Type", "text/plain").problem(413, "too-large")
	ada.do("PUT", "/documents/"+id+"/content", `[{"insert":"`+long+`"}]`, "If-Match", `"r1"`).problem(413, "too-large")
	ada.do("PUT", "/documents/"+id+"/content", long[:999], "If-Match", `"r1"`, "Content-Type", "text/plain").want(200)
}

// HEAD is GET without the body: the same status and headers, everywhere.
func TestHEADIsAnsweredWhereverGETIs(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("text")
	asked := 0
	for _, path := range []string{"!/", "!/healthz", "!/readyz", "!/assets/app-1a.js", "/api/docs", "/api/openapi.json", "/nope", "/socket"} {
		asked += sameHead(t, ada, path)
	}
	for _, o := range h.operations() {
		if o.method == "GET" && o.id != "oidc-start" {
			asked += sameHead(t, ada, o.fill(map[string]string{"id": id}))
		}
	}
	if asked < 30 {
		t.Errorf("%d addresses were asked", asked)
	}
	sameHead(t, h.nobody(), "/documents/"+id)
	ada.do("HEAD", "/auth/signin", nil).want(405)
	if !strings.Contains(h.log.String(), "method=HEAD route=/api/v1/documents/:id/content") {
		t.Error("the access log does not say how it was asked")
	}
	for range 20 { // and takes no archive's place, of which one has one
		ada.do("HEAD", "/me/export", nil).want(200)
	}
	nothingFollowsHead(t, ada.cookieOnly(), "/api/v1/me/export")
}

// nothingFollowsHead asks for the head of what is sent as a stream, and at once for something else on the same connection: a
// stream's end without the stream would be taken for the beginning of the next answer.
func nothingFollowsHead(t *testing.T, c *caller, path string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.h.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const request = "%s %s HTTP/1.1\r\nHost: quire\r\nCookie: %s\r\n\r\n"
	fmt.Fprintf(conn, request+request, "HEAD", path, c.header["Cookie"], "GET", "/healthz", "")
	in := bufio.NewReader(conn)
	for _, method := range []string{"HEAD", "GET"} {
		res, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s after HEAD %s: %v %v", method, path, res, err)
		}
		res.Body.Close()
	}
}

func sameHead(t *testing.T, c *caller, path string) int {
	t.Helper()
	get, head := c.do("GET", path, nil), c.do("HEAD", path, nil)
	if head.status != get.status || len(head.body) != 0 {
		t.Errorf("HEAD %s = %d with %d bytes, GET %d", path, head.status, len(head.body), get.status)
	}
	for _, name := range []string{"Content-Type", "ETag", "Content-Length", "Cache-Control", "Location"} {
		if got, want := head.header.Get(name), get.header.Get(name); got != want {
			t.Errorf("HEAD %s: %s %q, GET has %q", path, name, got, want)
		}
	}
	return 1
}
