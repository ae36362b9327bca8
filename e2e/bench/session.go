package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// The shape of automerge-paper, a whole paper typed by one person.
const (
	paperName    = "automerge-paper"
	paperInserts = 182_315
	paperDeletes = 77_463
)

// session is a recorded or made editing session: ops of one character each, from an empty text to its end.
type session struct {
	file string   // as quire bench --trace takes it
	ops  [][]byte // as JSON
}

// paper is the real session if there is a folder of those, else typing of the same shape. Of a short run it is a piece.
func (b *bench) paper() (session, error) {
	if b.traces != "" && !b.quick {
		return readSession(filepath.Join(b.traces, paperName+".ndjson.gz"))
	}
	inserts, deletes := paperInserts, paperDeletes
	if b.quick {
		inserts, deletes = inserts/50, deletes/50
	}
	ops, end := typed(1, "", inserts, deletes)
	return writeSession(filepath.Join(b.scratch, "paper.ndjson.gz"), ops, end)
}

// paperSource says which of the two it is.
func (o options) paperSource() string {
	if o.traces != "" && !o.quick {
		return "The recorded session " + paperName
	}
	return fmt.Sprintf("Typing made up in the shape of the session %s (give TRACES for the recorded one)", paperName)
}

func readSession(file string) (session, error) {
	s := session{file: file}
	f, err := os.Open(file)
	if err != nil {
		return s, fmt.Errorf("TRACES: %w", err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	lines := bufio.NewScanner(unpacked)
	lines.Buffer(nil, 16<<20) // the header holds the whole text
	for lines.Scan() {
		s.ops = append(s.ops, bytes.Clone(lines.Bytes()))
	}
	if err := lines.Err(); err != nil || len(s.ops) < 2 {
		return s, fmt.Errorf("%s: %d lines, %v", file, len(s.ops), err)
	}
	s.ops = s.ops[1:] // without the header
	return s, nil
}

// typed makes ops of one character each on text: runs of typing and of backspaces at places all over it. It returns them
// and the text at the end.
func typed(seed uint64, text string, inserts, deletes int) (ops [][]byte, end string) {
	rng := rand.New(rand.NewPCG(seed, seed))
	const letters = "etaoin shrdlu cmfwyp vbgkqjxz "
	content := []byte(text) // ASCII: one byte is one unit
	caret, erase := len(content), false
	for inserts+deletes > 0 {
		if rng.IntN(40) == 0 {
			caret = rng.IntN(len(content) + 1)
		}
		if rng.IntN(8) == 0 {
			erase = rng.IntN(inserts+deletes) < deletes
		}
		if erase && deletes > 0 && caret > 0 || inserts == 0 && len(content) > 0 {
			caret = max(caret, 1)
			content = slices.Delete(content, caret-1, caret)
			caret, deletes = caret-1, deletes-1
			ops = append(ops, at(caret, `{"delete":1}`))
			continue
		}
		letter := letters[rng.IntN(len(letters))]
		content = slices.Insert(content, caret, letter)
		ops = append(ops, at(caret, `{"insert":"`+string(letter)+`"}`))
		caret, inserts = caret+1, inserts-1
	}
	return ops, string(content)
}

// at is an op that does one thing behind so many characters.
func at(caret int, what string) []byte {
	if caret == 0 {
		return []byte("[" + what + "]")
	}
	return fmt.Appendf(nil, `[{"retain":%d},%s]`, caret, what)
}

// writeSession writes a session as the recorded ones are written.
func writeSession(file string, ops [][]byte, end string) (session, error) {
	header, err := json.Marshal(map[string]any{
		"format": "delta-trace/1", "name": "typing", "units": "utf16", "ops": len(ops), "start": []any{},
		"end": []map[string]string{{"insert": end}}, "startLength": 0, "endLength": len(end),
	})
	if err != nil {
		return session{}, err
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for _, line := range append([][]byte{header}, ops...) {
		w.Write(line)
		w.Write([]byte{'\n'})
	}
	if err := w.Close(); err != nil {
		return session{}, err
	}
	return session{file, ops}, os.WriteFile(file, packed.Bytes(), 0o644)
}
