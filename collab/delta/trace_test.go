package delta

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// trace is an editing session: ops that, applied to start in order, lead to end. lines are the ops as JSON.
type trace struct {
	name       string
	start, end Delta
	lines      [][]byte
}

// traces returns the sessions in the folder named by TRACES, or else one generated realistically.
func traces(t testing.TB) []trace {
	t.Helper()
	folder := os.Getenv("TRACES")
	if folder == "" {
		return []trace{typing(60_000)}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.ndjson.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces in TRACES=%s: %v", folder, err)
	}
	var out []trace
	for _, file := range files {
		if !strings.Contains(file, "concurrent") {
			out = append(out, readTrace(t, file))
		}
	}
	return out
}

// unzipped returns the lines of a compressed file.
func unzipped(t testing.TB, file string) [][]byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(all), []byte("\n"))
}

func readTrace(t testing.TB, file string) trace {
	t.Helper()
	lines := unzipped(t, file)
	var header struct {
		Name       string
		Start, End json.RawMessage
		EndSha256  string
	}
	if err := json.Unmarshal(lines[0], &header); err != nil {
		t.Fatal(err)
	}
	tr := trace{header.Name, must(t, string(header.Start)), must(t, string(header.End)), lines[1:]}
	if sum := sha256.Sum256([]byte(tr.end.PlainText())); hex.EncodeToString(sum[:]) != header.EndSha256 {
		t.Fatalf("%s: the end text has another checksum", file)
	}
	return tr
}

// typing generates a trace: about 24 keys in one place, a third of them deletes, then a jump.
func typing(ops int) trace {
	g := seeded(24)
	doc, flat := &Document{}, Delta{}
	doc.load(flat)
	tr := trace{name: "generated", start: flat}
	at := 0
	for len(tr.lines) < ops {
		if g.IntN(24) == 0 {
			at = g.IntN(doc.Len() + 1)
		}
		var op Delta
		c := Insert(string(rune('a' + g.IntN(26))))
		if at > 0 && g.IntN(3) == 0 {
			at--
			c = Delete(1)
		}
		if at > 0 {
			op = append(op, Retain(at))
		}
		if op = append(op, c); c.inserts() {
			at++
		}
		if err := doc.Apply(op); err != nil {
			panic(err) // a bug in this generator
		}
		tr.lines = append(tr.lines, op.AppendJSON(nil))
	}
	tr.end = doc.Freeze().Delta()
	return tr
}

func (tr *trace) ops(t testing.TB) []Delta {
	t.Helper()
	out := make([]Delta, len(tr.lines))
	for i, line := range tr.lines {
		out[i] = must(t, string(line))
	}
	return out
}

// TestP6Traces replays whole editing sessions.
func TestP6Traces(t *testing.T) {
	for _, tr := range traces(t) {
		doc := newDocument(t, tr.start)
		for i, op := range tr.ops(t) {
			if err := doc.Apply(op); err != nil {
				t.Fatalf("%s: op %d %s: %v", tr.name, i, op, err)
			}
		}
		same(t, doc, tr.end)
	}
}
