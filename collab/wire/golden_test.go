package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"quire/collab/delta"
)

// golden is one frame of testdata/frames, which the frontend's tests read too.
type golden struct {
	Name  string
	Dir   string          // c2s or s2c
	Frame json.RawMessage // the frame, or
	Raw   *string         // its text where that is the point
	OK    bool            // c2s: accepted
	Err   Code            // c2s: answered with this error
	Fatal bool            // c2s: not answerable, the socket is closed
}

func (g golden) text(t testing.TB) []byte {
	t.Helper()
	if g.Raw != nil {
		return []byte(*g.Raw)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, g.Frame); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goldens(t testing.TB, dir string) []golden {
	t.Helper()
	files, err := filepath.Glob("testdata/frames/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden frames: %v", err)
	}
	var all []golden
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page []golden
		if err := json.Unmarshal(data, &page); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, g := range page {
			if g.Dir == dir {
				all = append(all, g)
			}
		}
	}
	return all
}

func TestGoldenFramesFromClients(t *testing.T) {
	for _, g := range goldens(t, "c2s") {
		t.Run(g.Name, func(t *testing.T) {
			frame := g.text(t)
			m, err := Decode(frame, Limits{})
			var refused *Error
			switch {
			case g.OK && err != nil:
				t.Fatalf("Decode = %v, want it accepted", err)
			case g.OK && m.Raw() != string(frame):
				t.Errorf("Raw = %.200q, want the frame", m.Raw())
			case g.Fatal && (m != nil || !errors.Is(err, ErrNotMessage)):
				t.Errorf("Decode = %v, %v, want ErrNotMessage", m, err)
			case g.Err != "" && (!errors.As(err, &refused) || refused.Code != g.Err):
				t.Errorf("Decode = %v, want %s", err, g.Err)
			case g.Err != "":
				echoes(t, frame, m, refused)
			}
		})
	}
}

// echoes checks that the reply is the request with the error added: stock clients match a reply by the request's fields.
func echoes(t *testing.T, frame []byte, m Message, e *Error) {
	t.Helper()
	var asked, reply map[string]any
	answer := AppendError(nil, m.Raw(), e)
	if err := unmarshal(answer, &reply); err != nil {
		t.Fatalf("the reply %.200q: %v", answer, err)
	}
	said, _ := reply["error"].(map[string]any)
	if said["code"] != string(e.Code) || said["message"] != e.Message {
		t.Errorf("the reply's error is %v, want %v", said, e)
	}
	if err := unmarshal(frame, &asked); err != nil {
		return // too deep for encoding/json too
	}
	delete(reply, "error")
	if len(m.Raw()) == len(frame) && len(reply) != len(asked) {
		t.Errorf("the reply echoes %v, want %v", reply, asked)
	}
	for _, key := range []string{"a", "c", "d", "ch", "seq", "src"} {
		if reply[key] != asked[key] {
			t.Errorf("the reply's %s is %v, want %v", key, reply[key], asked[key])
		}
	}
}

// unmarshal keeps numbers as they are written.
func unmarshal(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

// TestGoldenFramesFromTheServer checks that the encoders produce the golden files byte for byte.
func TestGoldenFramesFromTheServer(t *testing.T) {
	made := serverFrames(t)
	for _, g := range goldens(t, "s2c") {
		t.Run(g.Name, func(t *testing.T) {
			encode, ok := made[g.Name]
			if !ok {
				t.Fatal("no encoder in serverFrames")
			}
			want := g.text(t)
			buf := make([]byte, 0, 2*len(want))
			if got := encode(buf); !bytes.Equal(got, want) {
				t.Errorf("encoded\n%s, want\n%s", got, want)
			}
			if n := testing.AllocsPerRun(20, func() { encode(buf) }); n > 0 {
				t.Errorf("%v allocations, want 0", n)
			}
			delete(made, g.Name)
		})
	}
	for name := range made {
		t.Errorf("no golden frame %q", name)
	}
}

const clientA, clientB = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"

func serverFrames(t *testing.T) map[string]func([]byte) []byte {
	t.Helper()
	text := func(s string) Content { return mustDecode(t, `[{"insert":`+s+`}]`) }
	hello, world, x := text(`"Hello\n"`), text(`"Hello world\n"`), text(`"x\n"`)
	ann := Person{ID: "u1", Name: "Ann", Color: 3}
	plan, empty, no, yes := "Plan \u2028", "", false, true
	by, at := &By{"u2", "Bob"}, int64(1795353537366)
	value := decodeAs[*Presence](t, `{"a":"p","ch":"documents.d1","id":"a1","p":{"name":"ann","length":1,"index":2,"user":7}}`).Value
	other := decodeAs[*Presence](t, `{"a":"p","ch":"documents.d1","id":"a1","p":{"x":1}}`).Value
	quire := &HelloQuire{"1.0", 1, Person{ID: "u1", Name: `Ann "A" Ö`, Color: 3}, HelloLimits{1 << 20, 100_000, 10_000_000}}
	forbidden := &Error{CodeForbidden, "forbidden"}
	return map[string]func([]byte) []byte{
		"hello":                   func(b []byte) []byte { return AppendHello(b, Hello{ID: clientA, Epoch: "e1"}) },
		"hello to a quire client": func(b []byte) []byte { return AppendHello(b, Hello{clientA, "e1", quire}) },

		"reply to subscribe with a version": func(b []byte) []byte { return AppendReply(b, ActionSubscribe, "d1") },
		"reply to unsubscribe":              func(b []byte) []byte { return AppendReply(b, ActionUnsubscribe, "d1") },
		"snapshot":                          func(b []byte) []byte { return AppendSnapshot(b, ActionSubscribe, "d1", Snapshot{1, hello}) },
		"snapshot of a document that never was": func(b []byte) []byte {
			return AppendSnapshot(b, ActionFetch, "d1", Snapshot{})
		},
		"snapshot of a deleted document": func(b []byte) []byte {
			return AppendSnapshot(b, ActionSubscribe, "d1", Snapshot{Version: 7})
		},

		"bulk snapshots": func(b []byte) []byte {
			b = BeginBulk(b, ActionBulkSubscribe)
			b = AppendBulkSnapshot(b, "d1", Snapshot{})
			b = AppendBulkSnapshot(b, "d2", Snapshot{1, x})
			return EndBulk(AppendBulkRefusal(b, "d3", forbidden))
		},
		"bulk snapshots of nothing": func(b []byte) []byte { return EndBulk(BeginBulk(b, ActionBulkFetch)) },
		"bulk reply with versions":  func(b []byte) []byte { return AppendBulkReply(b, ActionBulkSubscribe, `{"d1":1,"d2":0}`) },
		"bulk unsubscribed":         func(b []byte) []byte { return AppendBulkReply(b, ActionBulkUnsubscribe, `["d1","d2"]`) },

		"ack": func(b []byte) []byte { return AppendAck(b, "d1", 0, clientA, 1) },
		"somebody's create": func(b []byte) []byte {
			return AppendOpFrame(b, "d1", 7, clientB, 1, []byte(bodyCreate+`[{"insert":"again\n"}]}`))
		},
		"somebody's edit": func(b []byte) []byte {
			return AppendOpFrame(b, "d1", 2, clientB, 3, []byte(`"op":[{"retain":2},{"insert":"B"}]`))
		},
		"somebody's delete": func(b []byte) []byte { return AppendOpFrame(b, "d1", 6, clientB, 4, []byte(bodyDel)) },

		"as it was":          func(b []byte) []byte { return AppendPast(b, ActionFetchVersion, "1", Snapshot{2, world}) },
		"as it was, nothing": func(b []byte) []byte { return AppendPast(b, ActionFetchTime, "6", Snapshot{}) },

		"subscribed to presence":     func(b []byte) []byte { return AppendPresenceReply(b, ActionPresenceSubscribe, "d1", 1) },
		"unsubscribed from presence": func(b []byte) []byte { return AppendPresenceReply(b, ActionPresenceUnsubscribe, "d1", 2) },
		"somebody's presence": func(b []byte) []byte {
			return AppendPresence(b, PresenceFrame{"d1", clientA, "a1", 0, value, ann, true, 1})
		},
		"somebody's presence without a caret": func(b []byte) []byte {
			return AppendPresence(b, PresenceFrame{"d1", clientA, "a1", NoVersion, other, ann, false, NoVersion})
		},
		"somebody left": func(b []byte) []byte {
			return AppendPresence(b, PresenceFrame{Doc: "d1", Src: clientA, ID: "a1", PV: 4, Typed: true, Version: 9})
		},
		"announce yourself":  func(b []byte) []byte { return AppendPresenceRequest(b, "d1") },
		"presence requested": func(b []byte) []byte { return AppendPresenceRequest(b, "") },
		"pong":               AppendPong,

		"what a document is": func(b []byte) []byte {
			return AppendDocNotice(b, DocNotice{Doc: "d1", Title: &plan, Role: "editor", Trashed: &no})
		},
		"a title changed": func(b []byte) []byte {
			return AppendDocNotice(b, DocNotice{Doc: "d1", Title: &empty, By: by, At: at, Reason: "title"})
		},
		"access is gone": func(b []byte) []byte {
			return AppendDocNotice(b, DocNotice{Doc: "d1", Role: "none", By: by, At: at, Reason: "removed"})
		},
		"in the trash": func(b []byte) []byte {
			return AppendDocNotice(b, DocNotice{Doc: "d1", Role: "none", Trashed: &yes, By: by, At: at, Reason: "trashed"})
		},
		"members changed": func(b []byte) []byte { return AppendMembers(b, "d1") },
		"bye":             func(b []byte) []byte { return AppendBye(b, "restarting") },

		"refusal echoes the request": func(b []byte) []byte {
			return AppendError(b, `{"a":"op","c":"documents","d":"d2","v":null,"seq":2,"x":{},"create":{"type":"`+TypeURI+`"}}`,
				&Error{CodeAlreadyCreated, "Document already exists"})
		},
		"refusal of a request of nothing": func(b []byte) []byte { return AppendError(b, "{}", &Error{CodeUnknown, "?"}) },
	}
}

func mustDecode(t testing.TB, op string) delta.Delta {
	t.Helper()
	d, err := delta.Decode([]byte(op), delta.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func decodeAs[M Message](t testing.TB, frame string) M {
	t.Helper()
	m, err := Decode([]byte(frame), Limits{})
	if err != nil {
		t.Fatalf("Decode(%.200s) = %v", frame, err)
	}
	as, ok := m.(M)
	if !ok {
		t.Fatalf("Decode(%.200s) is %T", frame, m)
	}
	return as
}
