package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// One rule says what an id is, whoever asks: what the socket refuses no other way takes.
func TestOneRuleForIDs(t *testing.T) {
	h := newHouse(t, withTokens)
	app := h.bearer(token(t, "u", map[string]string{"*": "owner"}, time.Minute))
	l, status := app.open(t, nil)
	if l == nil {
		t.Fatalf("socket: %d", status)
	}
	for id, ok := range map[string]bool{
		"a": true, "constructor": false, "__proto__": false, "toString": false, "hasOwnProperty": false, "Constructor": true,
		strings.Repeat("x", 64): true, strings.Repeat("x", 65): false, "a b": false, "ä": false, "-_": true,
	} {
		if res := app.do("POST", "/documents", map[string]any{"id": id}); (res.status == 201) != ok || !ok && res.status != 422 {
			t.Errorf("POST /documents with the id %q = %d, taken: want %v", id, res.status, ok)
		}
		l.send(fmt.Sprintf(`{"a":"f","c":"documents","d":%q}`, id))
		f := l.until("an answer", func(f map[string]any) bool { return f["a"] == "f" || f["error"] != nil })
		if (f["error"] == nil) != ok {
			t.Errorf("the socket answers for the id %q with %v, taken: want %v", id, f, ok)
		}
	}
}
