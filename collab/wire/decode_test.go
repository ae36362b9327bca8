package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"quire/collab/delta"
)

// Absent, null and zero differ. A decoder that confuses them makes clients fetch for ever or lose their ops.
func TestAbsentNullAndZero(t *testing.T) {
	for _, c := range []struct {
		frame string
		want  Version
	}{
		{`{"a":"s","c":"documents","d":"d1"}`, NoVersion},
		{`{"a":"s","c":"documents","d":"d1","v":null}`, NoVersion},
		{`{"a":"s","c":"documents","d":"d1","v":0}`, 0},
		{`{"a":"s","c":"documents","d":"d1","v":-0}`, 0},
		{`{"a":"s","c":"documents","d":"d1","v":0.0}`, 0},
		{`{"a":"s","c":"documents","d":"d1","v":1e2}`, 100},
		{`{"a":"s","c":"documents","d":"d1","v":9007199254740991}`, MaxNumber},
	} {
		if got := decodeAs[*Subscribe](t, c.frame).Version; got != c.want {
			t.Errorf("%s: version %d, want %d", c.frame, got, c.want)
		}
		fetch := strings.Replace(c.frame, `"s"`, `"f"`, 1)
		if got := decodeAs[*Fetch](t, fetch).Version; got != c.want {
			t.Errorf("%s: version %d, want %d", fetch, got, c.want)
		}
	}
	gone := decodeAs[*Presence](t, `{"a":"p","ch":"documents.d1","id":"a1","p":null,"pv":0}`)
	here := decodeAs[*Presence](t, `{"a":"p","ch":"documents.d1","id":"a1","p":{}}`)
	if gone.Value != nil || gone.PV != 0 || here.Value == nil || here.PV != NoVersion || here.Value.Index != -1 {
		t.Errorf("gone %+v, here %+v", gone, here)
	}
	now := decodeAs[*FetchTime](t, `{"a":"nt","id":7,"c":"documents","d":"d1","ts":null}`)
	then := decodeAs[*FetchTime](t, `{"a":"nt","id":7,"c":"documents","d":"d1","ts":0}`)
	if now.Millis != NoTime || then.Millis != 0 {
		t.Errorf("times %d and %d, want NoTime and 0", now.Millis, then.Millis)
	}
}

func TestWhatIsDecoded(t *testing.T) {
	edit := mustDecode(t, `[{"insert":"A1"}]`)
	for _, c := range []struct {
		frame string
		want  Message
	}{
		{`{"a":"hs","id":"` + clientA + `","protocol":1,"protocolMinor":2,"quire":1,"formats":2}`, &Handshake{ID: clientA, Minor: 2, Quire: true, Formats: 2}},
		{`{"a":"hs","id":"no id!","protocol":1}`, &Handshake{}},
		{`{"a":"u","c":"documents","d":"\u0064\u002D1"}`, &Unsubscribe{Doc: "d-1"}},
		{`{"a":"bs","c":"documents","b":["d1","d2","d1"]}`,
			&BulkSubscribe{Docs: []DocVersion{{"d1", NoVersion}, {"d2", NoVersion}}, B: `["d1","d2","d1"]`}},
		{`{"a":"bf","c":"documents","b":{"d1":1,"d2":0,"d1":3}}`,
			&BulkFetch{Docs: []DocVersion{{"d1", 3}, {"d2", 0}}, Versions: true, B: `{"d1":1,"d2":0,"d1":3}`}},
		{`{"a":"bu","c":"documents","b":[]}`, &BulkUnsubscribe{B: `[]`}},
		{`{"a":"op","c":"documents","d":"d1","v":1,"src":"` + clientA + `","seq":7,"x":{},"op":[{"insert":"A1"}]}`,
			&Op{Doc: "d1", Base: 1, Src: clientA, Seq: 7, Body: Body{Edit, edit}}},
		{`{"a":"op","c":"documents","d":"d1","v":null,"seq":1,"create":{"type":"rich-text","data":{"ops":[{"insert":"A1"}]}}}`,
			&Op{Doc: "d1", Base: NoVersion, Seq: 1, Body: Body{Create, edit}}},
		{`{"a":"op","c":"documents","d":"d1","v":0,"seq":1,"create":{"type":"rich-text"}}`,
			&Op{Doc: "d1", Seq: 1, Body: Body{Kind: Create}}},
		{`{"a":"op","c":"documents","d":"d1","v":3,"seq":1,"del":true}`, &Op{Doc: "d1", Base: 3, Seq: 1, Body: Body{Kind: Del}}},
		{`{"a":"nf","id":1,"c":"documents","d":"d1","v":2}`, &FetchVersion{ID: "1", Doc: "d1", Version: 2}},
		{`{"a":"ps","ch":"documents.d1","seq":4}`, &PresenceSubscribe{Doc: "d1", Seq: 4}},
		{`{"a":"p","ch":"documents.d1","id":"a1","p":{"length":1,"name":"\ud83d","index":2,"user":{"id":"x"}},"pv":5,"c":"documents","d":"d1","v":9,"t":"rich-text"}`,
			&Presence{Doc: "d1", ID: "a1", PV: 5, Value: &PresenceValue{2, 1, `"name":"\ud83d"`}, Typed: true, Version: 9}},
		{`{"a":"pp"}`, &Ping{}},
	} {
		m, err := Decode([]byte(c.frame), Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.frame, err)
			continue
		}
		if m.Raw() != c.frame {
			t.Errorf("Raw = %s, want %s", m.Raw(), c.frame)
		}
		reflect.ValueOf(m).Elem().FieldByName("Request").SetZero()
		if !reflect.DeepEqual(m, c.want) {
			t.Errorf("%s:\ndecoded %+v, want %+v", c.frame, m, c.want)
		}
	}
}

// E1: every string that JavaScript can send survives unchanged, including lone surrogates and NUL.
func TestE1StringsSurvive(t *testing.T) {
	for _, s := range []string{`\ud83d`, `\ude00\ud83d`, `x\ud83dy\ude00`, `\u0000\u001f`, `\"\\/`, "é😀\u2028", `\ud83d\ude00`} {
		frame := `{"a":"p","ch":"documents.d1","id":"` + s + `","p":{"n":"` + s + `","` + s + `":1},"pv":0}`
		p := decodeAs[*Presence](t, frame)
		if strings.Contains(p.ID, "\ufffd") {
			t.Errorf("%s became %q", s, p.ID)
		}
		again := decodeAs[*Presence](t, string(AppendPresence(nil, PresenceFrame{Doc: p.Doc, ID: p.ID, PV: p.PV, Value: p.Value})))
		if again.ID != p.ID || again.Value.rest != p.Value.rest {
			t.Errorf("%s came back as %q %q, was %q %q", s, again.ID, again.Value.rest, p.ID, p.Value.rest)
		}
		op := `{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"op":[{"insert":"` + s + `"}]}`
		d := decodeAs[*Op](t, op).Body.Delta
		body := AppendBody(nil, Body{Edit, d})
		back, err := DecodeBody(body, delta.Limits{})
		if err != nil || !back.Delta.Equal(d) {
			t.Errorf("%s came back from the log as %s, %v", s, body, err)
		}
	}
}

func TestBodiesComeBackFromTheLog(t *testing.T) {
	for _, b := range []Body{
		{Kind: Del}, {Kind: Create}, {Kind: Edit, Delta: delta.Delta{}},
		{Create, mustDecode(t, `[{"insert":"Hello\n"}]`)},
		{Edit, mustDecode(t, `[{"delete":1},{"insert":{"image":"x"},"attributes":{"bold":null}}]`)},
	} {
		text := AppendBody(nil, b)
		got, err := DecodeBody(text, delta.Limits{})
		if err != nil || got.Kind != b.Kind || !got.Delta.Equal(b.Delta) {
			t.Errorf("%s came back as %+v, %v", text, got, err)
		}
		frame := AppendOpFrame(nil, "d1", 3, clientA, 1, text)
		if !json.Valid(frame) {
			t.Errorf("the frame %s is no JSON", frame)
		}
	}
	for _, wrong := range []string{"", "x", `"op":`, `"op":[{}]`, `"create":{"type":"x","data":[]}`, `"del":false`} {
		if b, err := DecodeBody([]byte(wrong), delta.Limits{}); err == nil {
			t.Errorf("DecodeBody(%q) = %+v, want an error", wrong, b)
		}
	}
}

func TestBounds(t *testing.T) {
	ids := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"d%d"`, i)
		}
		return `{"a":"bs","c":"documents","b":[` + b.String()[1:] + `]}`
	}
	nested := func(n int) string {
		return `{"a":"pp","x":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	value := func(n int) string {
		return `{"a":"p","ch":"documents.d1","id":"a1","p":{"n":"` + strings.Repeat("x", n-8) + `"},"pv":0}`
	}
	for _, c := range []struct {
		name     string
		fits     string
		too      string
		wantCode Code
	}{
		{"documents of a bulk", ids(1000), ids(1001), CodeBadlyFormed},
		{"depth", nested(32), nested(33), CodeBadlyFormed},
		{"presence", value(4096), value(4097), CodeTooLarge},
		{"id", `{"a":"u","c":"documents","d":"` + strings.Repeat("x", 64) + `"}`, `{"a":"u","c":"documents","d":"` + strings.Repeat("x", 65) + `"}`, CodeBadlyFormed},
	} {
		if _, err := Decode([]byte(c.fits), Limits{}); err != nil {
			t.Errorf("%s at the limit: %v", c.name, err)
		}
		var e *Error
		if _, err := Decode([]byte(c.too), Limits{}); !errors.As(err, &e) || e.Code != c.wantCode {
			t.Errorf("%s over the limit: %v, want %s", c.name, err, c.wantCode)
		}
	}
}

// W4: only the beginning of an oversized frame is kept, and the reply still names the request.
func TestW4AnOversizedFrameIsAnsweredByName(t *testing.T) {
	head := `{"a":"op","c":"documents","d":"d1","v":3,"src":"` + clientA + `","seq":12,"x":{},"op":[{"insert":"`
	prefix := []byte(head + strings.Repeat("é", PrefixBytes))[:PrefixBytes]
	m, err := DecodeOversized(prefix, 2<<20, 1<<20)
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeTooLarge {
		t.Fatalf("error %v, want %s", err, CodeTooLarge)
	}
	want := `{"a":"op","c":"documents","d":"d1","src":"` + clientA + `","seq":12,"error":{"code":"ERR_FRAME_TOO_LARGE","message":"the frame has 2097152 bytes, more than 1048576"}}`
	if got := string(AppendError(nil, m.Raw(), e)); got != want {
		t.Errorf("answered\n%s, want\n%s", got, want)
	}
	if m.(*Refused).Doc != "d1" {
		t.Errorf("document %q, want d1", m.(*Refused).Doc)
	}
	for _, prefix := range []string{"", "x", `{"op":[`, `{"a":"o`, `{"a":5,"c":`, "{\"a\":\"\xff\",\"c\":1,"} {
		if m, err := DecodeOversized([]byte(prefix), 2<<20, 1<<20); m != nil || !errors.Is(err, ErrNotMessage) {
			t.Errorf("DecodeOversized(%q) = %v, %v, want ErrNotMessage", prefix, m, err)
		}
	}
	// a value that the prefix truncates is not echoed
	m, _ = DecodeOversized([]byte(`{"a":"op","d":"d1","seq":12`), 2<<20, 1<<20)
	if want := `{"a":"op","d":"d1"}`; m.Raw() != want {
		t.Errorf("echo %s, want %s", m.Raw(), want)
	}
}

func TestInvalidUTF8IsNoMessage(t *testing.T) {
	for _, s := range []string{"{\"a\":\"pp\",\"x\":\"\xff\"}", "{\"a\":\"pp\",\"x\":\"\xed\xa0\x80\"}"} {
		if m, err := Decode([]byte(s), Limits{}); m != nil || !errors.Is(err, ErrNotMessage) {
			t.Errorf("Decode(%q) = %v, %v, want ErrNotMessage", s, m, err)
		}
	}
}

// An id that a session keeps for hours must not keep the megabyte frame alive that it came in.
func TestKeptStringsDoNotKeepALargeFrame(t *testing.T) {
	frame := `{"a":"op","c":"documents","d":"d1","v":1,"seq":1,"src":"` + clientA + `","op":[{"insert":"` + strings.Repeat("x", 1000) + `"}]}`
	op := decodeAs[*Op](t, frame)
	for name, s := range map[string]string{"doc": op.Doc, "src": op.Src} {
		if within(s, op.Raw()) {
			t.Errorf("%s lies within the frame", name)
		}
	}
}

func within(s, frame string) bool {
	at, from := uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(unsafe.Pointer(unsafe.StringData(frame)))
	return at >= from && at < from+uintptr(len(frame))
}
