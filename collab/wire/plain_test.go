package wire

import (
	"math"
	"reflect"
	"testing"

	"quire/collab/delta"
	"quire/collab/internal/plain"
)

// object is a frame as encoding/json reads it.
type object map[string]any

func readObject(t *testing.T, frame []byte) object {
	t.Helper()
	value, err := plain.JSON(frame)
	o, ok := value.(map[string]any)
	if err != nil || !ok {
		t.Fatalf("%q is a message, and encoding/json says %v, %v", frame, value, err)
	}
	return o
}

func (o object) has(key string) bool { _, ok := o[key]; return ok }

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// number returns -1 for null and absent, as Decode does for versions.
func (o object) number(key string) int64 {
	n, ok := o[key].(float64)
	if !ok {
		return -1
	}
	return int64(n)
}

// pairs are values of a message, each with the value that encoding/json reads.
type pairs [][2]any

// saysTheSame compares every field of m with what encoding/json reads from the frame.
func saysTheSame(t *testing.T, frame []byte, m Message) {
	t.Helper()
	for i, p := range pairsOf(t, m, readObject(t, frame)) {
		if !reflect.DeepEqual(p[0], p[1]) {
			t.Fatalf("%q is %+v: value %d is %#v, encoding/json has %#v", frame, m, i, p[0], p[1])
		}
	}
}

func pairsOf(t *testing.T, m Message, o object) pairs {
	t.Helper()
	doc, channel := o.text("d"), Collection+"."
	switch m := m.(type) {
	case *Op:
		return append(bodyPairs(t, m.Body, o), pairs{{m.Doc, doc}, {int64(m.Base), o.number("v")}, {m.Src, o.text("src")}, {m.Seq, o.number("seq")}}...)
	case *Presence:
		return append(presencePairs(t, m, o), pairs{{channel + m.Doc, o.text("ch")}, {plain.Text(m.ID), o.text("id")}, {int64(m.PV), o.number("pv")}}...)
	case *Handshake:
		return handshakePairs(m, o)
	case *Fetch:
		return pairs{{m.Doc, doc}, {int64(m.Version), o.number("v")}, {"f", o["a"]}}
	case *Subscribe:
		return pairs{{m.Doc, doc}, {int64(m.Version), o.number("v")}, {"s", o["a"]}}
	case *Unsubscribe:
		return pairs{{m.Doc, doc}, {"u", o["a"]}}
	case *BulkFetch:
		return append(bulkPairs(t, m.Docs, m.B, o), [2]any{"bf", o["a"]})
	case *BulkSubscribe:
		return append(bulkPairs(t, m.Docs, m.B, o), [2]any{"bs", o["a"]})
	case *BulkUnsubscribe:
		return append(bulkPairs(t, m.Docs, m.B, o), [2]any{"bu", o["a"]})
	case *FetchVersion:
		return pairs{{m.Doc, doc}, {int64(m.Version), o.number("v")}, {valueOf(t, m.ID), o["id"]}}
	case *FetchTime:
		return pairs{{m.Doc, doc}, {m.Millis, o.number("ts")}, {valueOf(t, m.ID), o["id"]}}
	case *PresenceSubscribe:
		return pairs{{channel + m.Doc, o.text("ch")}, {m.Seq, o.number("seq")}, {"ps", o["a"]}}
	case *PresenceUnsubscribe:
		return pairs{{channel + m.Doc, o.text("ch")}, {m.Seq, o.number("seq")}, {"pu", o["a"]}}
	case *PresenceRequest:
		return pairs{{channel + m.Doc, o.text("ch")}}
	case *Ping:
		return pairs{{"pp", o["a"]}}
	case *Refused:
		return pairs{{plain.Text(string(m.Action)), o["a"]}, {plain.Text(m.Doc), doc}}
	}
	t.Fatalf("nothing is known of a %T", m)
	return nil
}

func valueOf(t *testing.T, text string) any {
	t.Helper()
	value, err := plain.JSON([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return value
}

func bodyPairs(t *testing.T, b Body, o object) pairs {
	t.Helper()
	switch {
	case o.has("op"):
		return pairs{{b.Kind, Edit}, {opsOf(t, b.Delta), listOf(o["op"])}}
	case o.has("create"):
		data := listOf(o["create"].(map[string]any)["data"])
		if data == nil {
			data = []any{}
		}
		return pairs{{b.Kind, Create}, {opsOf(t, b.Delta), data}}
	}
	return pairs{{b.Kind, Del}, {true, o["del"]}}
}

func opsOf(t *testing.T, d delta.Delta) any { return valueOf(t, string(d.AppendJSON(nil))) }

// listOf returns the list of components of an op in either form.
func listOf(op any) any {
	if m, ok := op.(map[string]any); ok {
		return m["ops"]
	}
	return op
}

func handshakePairs(m *Handshake, o object) pairs {
	minor, _ := o["protocolMinor"].(float64)
	if minor < 0 || minor > MaxNumber || minor != math.Trunc(minor) {
		minor = 0
	}
	id := o.text("id")
	if !ValidID(id) {
		id = ""
	}
	formats, _ := o["formats"].(float64)
	if formats < 0 || formats > MaxNumber || formats != math.Trunc(formats) {
		formats = 0
	}
	return pairs{
		{m.ID, id}, {m.Minor, int(min(minor, 1<<15))}, {m.Quire, o["quire"] == 1.0}, {m.Formats, int(min(formats, 1<<15))},
	}
}

// presencePairs compares the value as the server sends it on, where only user differs.
func presencePairs(t *testing.T, m *Presence, o object) pairs {
	t.Helper()
	typed, version := o.has("c") || o.has("d"), int64(NoVersion)
	if typed {
		version = o.number("v")
	}
	sent := readObject(t, AppendPresence(nil, PresenceFrame{Doc: m.Doc, ID: m.ID, Value: m.Value}))
	for _, of := range []object{sent, o} {
		if p, ok := of["p"].(map[string]any); ok {
			delete(p, "user")
		}
	}
	all := pairs{{m.Typed, typed}, {int64(m.Version), version}, {sent["p"], o["p"]}, {sent["id"], o["id"]}}
	if p, ok := o["p"].(map[string]any); ok {
		all = append(all, pairs{{m.Value.Index, object(p).number("index")}, {m.Value.Length, object(p).number("length")}}...)
	}
	return all
}

func bulkPairs(t *testing.T, docs []DocVersion, b string, o object) pairs {
	t.Helper()
	want, got := map[string]int64{}, map[string]int64{}
	switch b := o["b"].(type) {
	case []any:
		for _, id := range b {
			want[id.(string)] = int64(NoVersion)
		}
	case map[string]any:
		for id := range b {
			want[id] = object(b).number(id)
		}
	}
	for _, d := range docs {
		got[d.Doc] = int64(d.Version)
	}
	return pairs{{got, want}, {len(docs), len(want)}, {valueOf(t, b), o["b"]}}
}

// TestValuesAreThoseOfEncodingJSON makes the fuzz test's comparison for the messages most likely to differ.
func TestValuesAreThoseOfEncodingJSON(t *testing.T) {
	for name, frame := range valueSeeds {
		t.Run(name, func(t *testing.T) {
			m, err := Decode([]byte(frame), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			saysTheSame(t, []byte(frame), m)
		})
	}
}

// valueSeeds are messages whose values could be read in more than one way.
var valueSeeds = map[string]string{
	"equal keys":                  `{"a":"s","c":"x","d":"d1","v":1,"c":"documents","v":2,"\u0064":"d2"}`,
	"escapes in keys and ids":     `{"\u0061":"\u0066","c":"docu\u006dents","d":"\u0064"}`,
	"versions in odd forms":       `{"a":"op","c":"documents","d":"d","v":1.50e1,"seq":20e-1,"op":[]}`,
	"the largest version":         `{"a":"f","c":"documents","d":"d","v":9007199254740991}`,
	"minus nothing":               `{"a":"f","c":"documents","d":"d","v":-0}`,
	"ops twice":                   `{"a":"op","c":"documents","d":"d","v":1,"seq":1,"op":[{"delete":1}],"op":{"ops":[{"insert":"\ud83d"}]}}`,
	"a creation":                  `{"a":"op","c":"documents","d":"d","v":0,"seq":1,"create":{"type":"rich-text","data":[{"insert":"\ude00\ud83d"}]}}`,
	"a creation without text":     `{"a":"op","c":"documents","d":"d","v":0,"seq":1,"create":{"type":"rich-text"}}`,
	"a deletion":                  `{"a":"op","c":"documents","d":"d","v":4,"seq":1,"del":true,"src":"me"}`,
	"an id of lone halves":        `{"a":"p","ch":"documents.d","id":"\ud83d\ud83d\ude00","p":{"\ude00":"\ud83d","index":1e0,"length":0.0},"pv":3}`,
	"equal keys of a presence":    `{"a":"p","ch":"documents.d","id":"i","p":{"x":1,"user":2,"x":{"y":[1e999,"<"]},"index":1,"length":2,"index":3},"pv":null}`,
	"a presence of a document":    `{"a":"p","ch":"documents.d","id":"i","p":null,"c":"documents","d":"d","v":7,"t":"rich-text"}`,
	"a handshake in odd numbers":  `{"a":"hs","id":"abc","protocol":1.0,"protocolMinor":2e0,"quire":1.0}`,
	"a handshake with a wrong id": `{"a":"hs","id":"\ud83d","protocolMinor":-1,"quire":2}`,
	"documents listed twice":      `{"a":"bf","c":"documents","b":["x","y","\u0078"]}`,
	"documents mapped twice":      `{"a":"bs","c":"documents","b":{"x":1,"y":2,"x":3}}`,
	"a past version":              `{"a":"nf","id":"\ud83d","c":"documents","d":"d","v":null}`,
	"a past time":                 `{"a":"nt","id":-1.5e3,"c":"documents","d":"d","ts":1e12}`,
}
