package load

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// ours is what scan reads, decoded by encoding/json.
type ours struct {
	A, D, Src, ID string
	V             *int64
	Seq           int64
	Op, Data      json.RawMessage
	Error         json.RawMessage
}

// sameAs compares a scanned message with what encoding/json reads.
func sameAs(t *testing.T, frame string) {
	t.Helper()
	var want ours
	if err := json.Unmarshal([]byte(frame), &want); err != nil {
		t.Fatalf("%s: %v", frame, err)
	}
	v := int64(-1)
	if want.V != nil {
		v = *want.V
	}
	if string(want.Error) == "null" {
		want.Error = nil
	}
	m, err := scan([]byte(frame), false)
	if err != nil || string(m.action) != want.A || string(m.doc) != want.D || string(m.src) != want.Src || string(m.id) != want.ID ||
		m.v != v || m.seq != want.Seq || string(m.op) != string(want.Op) || string(m.data) != string(want.Data) ||
		string(m.failure) != string(want.Error) {
		t.Errorf("scan(%s) = %+v, %v", frame, m, err)
	}
	if m, err := scan([]byte(frame), true); err != nil || m.v != v && m.v != -1 {
		t.Errorf("scan(%s) in a hurry = %+v, %v", frame, m, err)
	}
}

func TestScanReadsWhatServersSay(t *testing.T) {
	for _, frame := range []string{
		`{"a":"op","c":"documents","d":"d1","v":7,"src":"AAAA","seq":3,"op":[{"retain":5},{"insert":"x"}]}`,
		`{"src":"AAAA","seq":1,"v":0,"a":"op","c":"docs","d":"d1"}`,
		`{"a":"op","c":"docs","d":"d1","v":3,"src":"BBBB","seq":1,"op":{"ops":[{"insert":"\"}],[{\\"}]}}`,
		`{"a":"hs","protocol":1,"protocolMinor":2,"id":"AA","type":"http://sharejs.org/types/JSONv0","epoch":"x"}`,
		`{"data":{"v":1,"data":{"ops":[{"insert":"Hello\n"}]},"type":"RT"},"a":"s","c":"docs","d":"d1"}`,
		`{"a":"op","c":"d","d":"x","v":null,"seq":2,"x":{},"create":{},"error":{"code":"E","message":"\\"}}`,
		`{"a":"op","error":null,"v":9007199254740991}`,
		"{ \"a\" : \"op\" ,\n\t\"v\" : 12 , \"op\" : [ { \"insert\" : \"a , b\" } ] , \"seq\":4 }",
		`{}`, ` { } `, `{"x":[],"y":{},"z":"","a":"u"}`, `{"x":[1,[2,{"a":"no"}],3],"a":"yes"}`,
		`{"a":"op","src":"𝓊","d":"é","op":["\\\\","\"","\\\"",""]}`,
	} {
		sameAs(t, frame)
	}
}

func TestScanRefusesAnythingButAnObject(t *testing.T) {
	for _, frame := range []string{``, ` `, `5`, `null`, `[]`, `"a"`, `{`, `{"a"`, `{"a":`, `{"a":"op"`, `{"a":"op",`, `{"a" "op"}`, `{"a":"op}`,
		`{"a":[1,2}`, `{a:1}`, `{"a":1;"b":2}`, `{"a":"\"}`, `{,}`, `{"a":{"b":"c"}`} {
		if m, err := scan([]byte(frame), false); err == nil {
			t.Errorf("scan(%q) = %+v, want an error", frame, m)
		}
	}
}

// scan and encoding/json read the same from any frame that encoding/json writes.
func TestScanAgainstEncodingJSON(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	text := func() string {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString([]string{"a", `"`, `\`, "{", "}", "[", "]", ",", ":", "é", "\n", "𝓊"}[rng.IntN(12)])
		}
		return b.String()
	}
	var value func(depth int) any
	value = func(depth int) any {
		switch kind := rng.IntN(6); {
		case kind == 0 && depth > 0:
			return []any{value(depth - 1), value(depth - 1)}
		case kind == 1 && depth > 0:
			return map[string]any{text(): value(depth - 1), text(): value(depth - 1)}
		case kind < 4:
			return text()
		case kind == 4:
			return rng.Int64N(1 << 53)
		}
		return nil
	}
	for range 5_000 {
		frame := map[string]any{
			"a": "op", "d": "doc", "v": rng.Int64N(1 << 53), "seq": rng.Int64N(1 << 53), "src": "abc", "op": value(3), "x" + text(): value(4),
		}
		if rng.IntN(2) == 0 {
			frame["error"] = value(2)
		}
		encoded, err := json.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, string(encoded))
	}
}
