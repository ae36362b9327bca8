package server

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"quire/migrations"
	"quire/storage"
	"quire/storage/sqlite"
)

func TestContentFormatsRevisionsAndETags(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	id := ada.do("POST", "/documents", `{"title":"T","ops":[{"insert":"Hello "},{"insert":"bold","attributes":{"bold":true}},{"insert":{"divider":true}},{"insert":"\n"}]}`).want(201)["id"].(string)
	path := "/documents/" + id
	res := ada.do("GET", path+"/content", nil)
	res.want(200)
	want := `{"revision":1,"ops":[{"insert":"Hello "},{"insert":"bold","attributes":{"bold":true}},{"insert":{"divider":true}},{"insert":"\n"}]}`
	if string(res.body) != want || res.header.Get("ETag") != `"r1"` || res.header.Get("Content-Type") != "application/json" {
		t.Errorf("content = %s %v", res.body, res.header)
	}
	if got := ada.text(id); got != "Hello bold\uFFFC\n" {
		t.Errorf("text = %q", got)
	}
	if again := ada.do("GET", path+"/content", nil, "If-None-Match", `"r1"`); again.status != 304 || len(again.body) != 0 {
		t.Errorf("If-None-Match = %d %s, want 304", again.status, again.body)
	}
	ada.do("POST", path+"/ops", `{"base_revision":1,"op":[{"insert":"Oh! "}]}`).want(200)
	if again := ada.do("GET", path+"/content", nil, "If-None-Match", `W/"r0", "r1"`); again.status != 200 {
		t.Errorf("If-None-Match of the past = %d, want 200", again.status)
	}
	old := ada.do("GET", path+"/content?revision=1", nil)
	if old.want(200); string(old.body) != want {
		t.Errorf("revision 1 = %s", old.body)
	}
	if empty := ada.do("GET", path+"/content?revision=0", nil); string(empty.body) != `{"revision":0,"ops":[]}` {
		t.Errorf("revision 0 = %s", empty.body)
	}
	h.grant(id, bob.id, "viewer") // W8
	bob.do("GET", path+"/content?revision=1", nil).problem(403, "forbidden")
	bob.do("GET", path+"/content?revision=2", nil).want(200)
	bob.do("GET", path+"/ops", nil).problem(403, "forbidden")
}

// Plain text written back keeps formats and embeds, and merges with what was typed meanwhile.
func TestPutMergesWithLiveTyping(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.do("POST", "/documents", `{"ops":[{"insert":"one "},{"insert":"two","attributes":{"bold":true}},{"insert":{"divider":true}},{"insert":" three\n"}]}`).want(201)["id"].(string)
	path := "/documents/" + id
	ada.do("POST", path+"/ops", `{"base_revision":1,"op":[{"insert":"typed meanwhile: "}]}`).want(200)
	res := ada.do("PUT", path+"/content", []byte("one two\uFFFC and three\n"), "If-Match", `"r1"`, "Content-Type", "text/plain; charset=utf-8")
	if got := res.want(200)["revision"]; got != 3.0 {
		t.Errorf("revision = %v, want 3", got)
	}
	got := string(ada.do("GET", path+"/content", nil).body)
	want := `{"revision":3,"ops":[{"insert":"typed meanwhile: one "},{"insert":"two","attributes":{"bold":true}},{"insert":{"divider":true}},{"insert":" and three\n"}]}`
	if got != want {
		t.Errorf("content = %s\nwant      %s", got, want)
	}
	again := ada.do("PUT", path+"/content", []byte("one two\uFFFC and three\n"), "If-Match", `"r1"`, "Content-Type", "text/plain; charset=utf-8")
	if got := again.want(200)["revision"]; got != 3.0 || ada.text(id) != "typed meanwhile: one two\uFFFC and three\n" {
		t.Errorf("PUT again gives revision %v and %q, want nothing new", got, ada.text(id))
	}
	if same := ada.do("PUT", path+"/content", []byte(ada.text(id)), "If-Match", `"r3"`, "Content-Type", "text/plain"); same.want(200)["revision"] != 3.0 {
		t.Errorf("writing what is there = %s", same.body)
	}
	if noLine := ada.do("PUT", path+"/content", []byte("short"), "If-Match", `"r3"`, "Content-Type", "text/plain"); noLine.want(200)["revision"] != 4.0 || ada.text(id) != "short\n" {
		t.Errorf("text without its last line break = %s, %q", noLine.body, ada.text(id))
	}
	if ops := ada.do("PUT", path+"/content", `{"ops":[{"insert":"new","attributes":{"italic":true}},{"insert":"\n"}]}`, "If-Match", `"r4"`); ops.want(200)["revision"] != 5.0 || ada.text(id) != "new\n" {
		t.Errorf("ops = %s, %q", ops.body, ada.text(id))
	}
}

func TestManyWritersOverRESTLoseNothing(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("")
	var wg sync.WaitGroup
	const writers, each = 8, 10
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				body := fmt.Sprintf(`{"base_revision":1,"op":[{"insert":"[%d.%d]"}]}`, w, i)
				if res := ada.do("POST", "/documents/"+id+"/ops", body); res.status != 200 {
					t.Errorf("%d %s", res.status, res.body)
				}
			}
		})
	}
	wg.Wait()
	text := ada.text(id)
	for w := range writers {
		for i := range each {
			if mark := fmt.Sprintf("[%d.%d]", w, i); strings.Count(text, mark) != 1 {
				t.Errorf("%s stands %d times in the text", mark, strings.Count(text, mark))
			}
		}
	}
}

// E1: what UTF-8 cannot say goes in and out over REST unchanged: as text, as ops, in the log.
func TestE1LoneSurrogatesSurviveREST(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.do("POST", "/documents", `{"text":"a\ud83db\u0000\n"}`).want(201)["id"].(string)
	path := "/documents/" + id
	res := ada.do("POST", path+"/ops", `{"base_revision":1,"op":[{"insert":"\udc00"},{"retain":1},{"insert":"\ud83d\ude00"}]}`)
	res.want(200)
	if want := `{"revision":2,"op":[{"insert":"\udc00"},{"retain":1},{"insert":"😀"}]}`; string(res.body) != want {
		t.Errorf("the op came back as %s, want %s", res.body, want)
	}
	content := ada.do("GET", path+"/content", nil)
	content.want(200)
	for _, want := range []string{`\udc00`, `\ud83d`, `\u0000`, "😀"} {
		if !strings.Contains(string(content.body), want) {
			t.Errorf("content %s lacks %s", content.body, want)
		}
	}
	log := ada.do("GET", path+"/ops", nil)
	log.want(200)
	if !strings.Contains(string(log.body), `"op":[{"insert":"\udc00"},{"retain":1},{"insert":"😀"}]`) {
		t.Errorf("the log has %s", log.body)
	}
	// as plain text they are U+FFFD, and written back they stay what they were
	before := string(content.body)
	text := ada.text(id)
	if !strings.Contains(text, "\uFFFD") {
		t.Errorf("text = %q", text)
	}
	ada.do("PUT", path+"/content", []byte(text), "If-Match", `"r2"`, "Content-Type", "text/plain").want(200)
	if after := string(ada.do("GET", path+"/content", nil).body); after != before {
		t.Errorf("text written back as it was read changed\n%s to\n%s", before, after)
	}
}

func TestTheLogIsReadInPages(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Bounds.OpsPage = 300 })
	ada := h.account("ada")
	id := ada.document("start")
	for i := range 20 {
		ada.do("POST", "/documents/"+id+"/ops", fmt.Sprintf(`{"base_revision":%d,"op":[{"insert":"op %d "}]}`, i+1, i)).want(200)
	}
	type page struct {
		Items []struct {
			Revision int64
			Author   *struct{ ID, Name string }
			Op       json.RawMessage
			Create   json.RawMessage
			Client   string
			Seq      int64
		}
		NextFrom *int64 `json:"next_from"`
	}
	from, pages, next := int64(0), 0, int64(1)
	for {
		res := ada.do("GET", fmt.Sprintf("/documents/%s/ops?from=%d", id, from), nil)
		res.want(200)
		var p page
		if err := json.Unmarshal(res.body, &p); err != nil {
			t.Fatal(err)
		}
		pages++
		for _, op := range p.Items {
			if op.Revision != next || (op.Create != nil) != (next == 1) || (op.Op != nil) != (next > 1) {
				t.Fatalf("item %+v, want revision %d", op, next)
			}
			if op.Author == nil || op.Author.ID != ada.id || op.Author.Name != "ada" {
				t.Errorf("revision %d is by %+v", next, op.Author)
			}
			next++
		}
		if p.NextFrom == nil {
			break
		}
		from = *p.NextFrom
	}
	if next != 22 || pages < 3 {
		t.Errorf("%d ops in %d pages, want 21 in several", next-1, pages)
	}
	part := ada.do("GET", "/documents/"+id+"/ops?from=3&to=5", nil).want(200)
	if items := part["items"].([]any); len(items) != 2 || part["next_from"] != nil {
		t.Errorf("from 3 to 5 = %v", part)
	}
}

// P2: an Idempotency-Key counts once, also when the server was restarted in between.
func TestP2IdempotencyKeysAreRememberedByTheLog(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "quire.db")
	open := func() storage.Store {
		db, err := sqlite.OpenDB(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := migrations.Up(ctx, migrations.SQLite, db); err != nil {
			t.Fatal(err)
		}
		db.Close()
		store, err := sqlite.Open(ctx, path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	store := open()
	h := openHouse(t, store, nil)
	ada, bob := h.account("ada"), h.account("bob")
	id := ada.document("text")
	h.grant(id, bob.id, "editor")
	ops := "/documents/" + id + "/ops"
	op := `{"base_revision":1,"op":[{"retain":4},{"insert":" once"}]}`
	first := ada.do("POST", ops, op, "Idempotency-Key", "k1")
	first.want(200)
	bob.do("POST", ops, `{"base_revision":1,"op":[{"insert":"Bob: "}]}`, "Idempotency-Key", "k1").want(200) // his key is not hers
	again := func() {
		t.Helper()
		if res := ada.do("POST", ops, op, "Idempotency-Key", "k1"); string(res.body) != string(first.body) || res.status != 200 {
			t.Errorf("again = %d %s, want %s", res.status, res.body, first.body)
		}
		if fields := ada.do("POST", ops, `{"base_revision":1,"op":[{"insert":"other"}]}`, "Idempotency-Key", "k1").problem(409, "conflict"); len(fields) == 0 {
			t.Error("the refusal names no field")
		}
		if got := ada.text(id); got != "Bob: text once\n" {
			t.Errorf("text = %q", got)
		}
	}
	again()
	h.stop()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = open()
	t.Cleanup(func() { store.Close() })
	h2 := openHouse(t, store, nil)
	jar := ada.client.Jar
	ada.h, ada.header["Origin"] = h2, h2.base
	ada.client.Jar = jar // cookies are kept by host, whatever the port
	again()
}

// No bytes are an empty text. A text in another encoding would be stored as nonsense: it is refused by name.
func TestAnEmptyTextIsATextAndAnotherCharsetIsNot(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.do("POST", "/documents", `{"text":"full"}`).want(201)["id"].(string)
	path := "/documents/" + id + "/content"
	for _, charset := range []string{"utf-16le", "ISO-8859-1", `"utf-16"`} {
		res := ada.do("PUT", path, []byte("f\x00u\x00"), "If-Match", `"r1"`, "Content-Type", "text/plain; charset="+charset)
		if got := res.problem(415, "unsupported-media-type"); !slices.Contains(got, "header.Content-Type") {
			t.Errorf("%s: %v", charset, got)
		}
	}
	ada.do("PUT", path, []byte{}, "If-Match", `"r1"`, "Content-Type", "application/json").problem(422, "invalid")
	if got := ada.text(id); got != "full\n" {
		t.Fatalf("text = %q, want it unchanged", got)
	}
	ada.do("PUT", path, []byte{}, "If-Match", `"r1"`, "Content-Type", `Text/Plain; charset="UTF-8"`).want(200)
	if got := ada.text(id); got != "\n" {
		t.Errorf("text = %q, want it empty", got)
	}
}
