package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"quire/collab/delta"
)

// FuzzDecode checks that Decode never panics, that it agrees with encoding/json on what is JSON and on each value, and that
// what it accepts stays the same when encoded and decoded again, stored and echoed.
func FuzzDecode(f *testing.F) {
	for _, g := range goldens(f, "c2s") {
		if text := g.text(f); len(text) < 4096 {
			f.Add(text)
		}
	}
	for _, seed := range valueSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := Decode(frame, Limits{})
		var refused *Error
		switch {
		case err == nil:
			accepted(t, frame, m)
			saysTheSame(t, frame, m)
		case errors.As(err, &refused):
			if m == nil {
				t.Fatalf("%v without a message", err)
			}
			if m.Raw() == string(frame) { // else it is too deep to be read as a whole
				saysTheSame(t, frame, m)
			}
			if answer := AppendError(nil, m.Raw(), refused); !json.Valid(answer) {
				t.Fatalf("the answer %q is no JSON", answer)
			}
		case m != nil || !errors.Is(err, ErrNotMessage):
			t.Fatalf("Decode = %v, %v", m, err)
		default:
			notMessage(t, frame)
		}
		DecodeOversized(frame, 1<<30, 1<<20)
	})
}

// notMessage checks that encoding/json sees no object with an action either.
func notMessage(t *testing.T, frame []byte) {
	if !utf8.Valid(frame) || tooDeep(frame) {
		return
	}
	var object map[string]any
	if json.Unmarshal(frame, &object) != nil && !json.Valid(frame) || object == nil {
		return
	}
	if a, ok := object["a"].(string); ok {
		t.Fatalf("%q is a message with action %q", frame, a)
	}
}

// tooDeep reports whether frame may be nested too deeply, and may err on the side of true.
func tooDeep(frame []byte) bool {
	return bytes.Count(frame, []byte("["))+bytes.Count(frame, []byte("{")) > 32
}

func accepted(t *testing.T, frame []byte, m Message) {
	if !json.Valid(frame) {
		t.Fatalf("%q is accepted, and encoding/json says it is no JSON", frame)
	}
	if m.Raw() != string(frame) {
		t.Fatalf("Raw = %q", m.Raw())
	}
	answer := AppendError(nil, m.Raw(), &Error{CodeUnknown, "?"})
	again, err := Decode(answer, Limits{})
	if err != nil || !json.Valid(answer) {
		t.Fatalf("the echo %q: %v", answer, err)
	}
	switch m := m.(type) {
	case *Op:
		body := AppendBody(nil, m.Body)
		back, err := DecodeBody(body, delta.Limits{})
		if err != nil || back.Kind != m.Body.Kind || !back.Delta.Equal(m.Body.Delta) {
			t.Fatalf("the body %q comes back as %+v, %v", body, back, err)
		}
		sent := AppendOpFrame(nil, m.Doc, max(m.Base, 0), "src", m.Seq, body)
		resent, err := Decode(sent, Limits{})
		if err != nil || !resent.(*Op).Body.Delta.Equal(m.Body.Delta) || again.(*Op).Seq != m.Seq {
			t.Fatalf("the op frame %q: %v", sent, err)
		}
	case *Presence:
		sent := AppendPresence(nil, PresenceFrame{Doc: m.Doc, Src: "src", ID: m.ID, PV: m.PV, Value: m.Value, Typed: m.Typed, Version: m.Version})
		resent, err := Decode(sent, Limits{Presence: 1 << 20})
		if err != nil {
			t.Fatalf("the presence %q: %v", sent, err)
		}
		if p := resent.(*Presence); p.ID != m.ID || p.Version != m.Version || (p.Value == nil) != (m.Value == nil) || p.Value != nil && *p.Value != *m.Value {
			t.Fatalf("the presence %q comes back as %+v, was %+v", sent, p, m)
		}
	case *BulkSubscribe:
		if !json.Valid(AppendBulkReply(nil, ActionBulkSubscribe, m.B)) || len(m.Docs) > DefaultBulk {
			t.Fatalf("bulk %+v", m)
		}
	}
}

const typicalOp = `{"a":"op","c":"documents","d":"3wq0zWmRrQvCq1nSkXx2Aw","v":1523,"seq":77,"x":{},"op":[{"retain":1290},{"insert":"x"}]}`

func BenchmarkDecodeOp(b *testing.B) {
	frame := []byte(typicalOp)
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		if _, err := Decode(frame, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	body := []byte(`"op":[{"retain":1290},{"insert":"x"}]`)
	buf := make([]byte, 0, 512)
	b.Run("op frame", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendOpFrame(buf, "3wq0zWmRrQvCq1nSkXx2Aw", 1523, clientA, 77, body)
		}
	})
	b.Run("ack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			AppendAck(buf, "3wq0zWmRrQvCq1nSkXx2Aw", 1523, clientA, 77)
		}
	})
}

// Decoding a typical op frame allocates little: the frame's copy, the message, and what its delta needs.
func TestDecodingAnOpAllocatesLittle(t *testing.T) {
	frame := []byte(typicalOp)
	op := []byte(frame[strings.Index(typicalOp, "[") : len(frame)-1])
	inner := testing.AllocsPerRun(100, func() { delta.Decode(op, delta.Limits{}) })
	if n := testing.AllocsPerRun(100, func() { Decode(frame, Limits{}) }); n > inner+2 {
		t.Errorf("%v allocations beside the delta's %v, want 2", n-inner, inner)
	}
}
