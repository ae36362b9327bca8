package server

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"quire/collab/delta"
	"quire/collab/wire"
)

// One rule says what an id is, whoever asks: what the socket refuses no other way takes.
func TestOneRuleForIDs(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u", map[string]string{"*": "owner"}, time.Minute))
	l, status := app.open(t, nil)
	if l == nil {
		t.Fatalf("socket: %d", status)
	}
	pattern := regexp.MustCompile(wire.IDPattern)
	for id, ok := range map[string]bool{
		"a": true, "constructor": false, "__proto__": false, "toString": false, "hasOwnProperty": false, "Constructor": true,
		strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, "a b": false, "ä": false, "-_": true,
	} {
		if res := app.do("POST", "/documents", map[string]any{"id": id}); (res.status == 201) != ok || !ok && res.status != 422 {
			t.Errorf("POST /documents with the id %q = %d, taken: want %v", id, res.status, ok)
		}
		if pattern.MatchString(id) != (ok || delta.Inherited(id)) {
			t.Errorf("openapi.json describes the id %q otherwise than it is taken", id)
		}
		l.send(fmt.Sprintf(`{"a":"f","c":"documents","d":%q}`, id))
		f := l.until("an answer", func(f map[string]any) bool { return f["a"] == "f" || f["error"] != nil })
		if (f["error"] == nil) != ok {
			t.Errorf("the socket answers for the id %q with %v, taken: want %v", id, f, ok)
		}
	}
}

// W4: what nobody set is the same number for the socket that reads a frame, the engine that judges an op, and whoever tells
// clients of it, over REST and in the handshake.
func TestW4OneNumberForEachBound(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u", map[string]string{"*": "owner"}, time.Minute))
	told := app.do("GET", "/server", nil).want(200)["limits"].(map[string]any)
	l, _ := app.open(t, nil)
	l.send(`{"a":"hs","quire":1}`)
	hello := l.until("the hello", func(f map[string]any) bool { return f["a"] == "hs" })["limits"].(map[string]any)
	for _, name := range []string{"frame", "components", "document"} {
		if told[name] == nil || told[name] != hello[name] {
			t.Errorf("REST tells %v of %s, the handshake %v", told[name], name, hello[name])
		}
	}
	doc := app.do("POST", "/documents", map[string]any{}).want(201)["id"].(string)
	frame, components := int(told["frame"].(float64)), int(told["components"].(float64))
	for extra, refused := range map[int]bool{0: false, 1: true} {
		before, after := `{"a":"f","c":"documents","d":"`+doc+`","pad":"`, `"}`
		l.send(before + strings.Repeat("x", frame+extra-len(before)-len(after)) + after)
		f := l.until("an answer", func(f map[string]any) bool { return f["a"] == "f" || f["error"] != nil })
		if (f["error"] != nil) != refused {
			t.Errorf("a frame of %d bytes and %d is answered with %v", frame, extra, f)
		}
		ops := "[" + strings.TrimSuffix(strings.Repeat(`{"insert":{"a":1}},`, components+extra), ",") + "]"
		if _, err := delta.Decode([]byte(ops), delta.Limits{}); (err != nil) != refused {
			t.Errorf("an op of %d components and %d: %v", components, extra, err)
		}
	}
}
