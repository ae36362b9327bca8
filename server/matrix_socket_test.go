package server

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A message that asks something of a document and is not in the table would be tried by nobody.
func TestP10EveryMessageIsInTheMatrix(t *testing.T) {
	tried := map[string]bool{"hs": true, "pp": true, "u": true, "bu": true, "pu": true} // of no document, or the end of a request
	for _, frame := range frames() {
		var asked struct{ A string }
		if err := json.Unmarshal([]byte(strings.NewReplacer("NUMBER", "1", "VERSION", "1").Replace(frame[0])), &asked); err != nil {
			t.Fatalf("%s: %v", frame[0], err)
		}
		tried[asked.A] = true
	}
	pages, err := filepath.Glob("../collab/wire/testdata/frames/*.json")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no golden frames: %v", err)
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var golden []struct {
			Name, Dir string
			OK        bool
			Frame     json.RawMessage
		}
		if err := json.Unmarshal(data, &golden); err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		for _, g := range golden {
			var asked struct{ A string }
			if g.Dir == "c2s" && g.OK && json.Unmarshal(g.Frame, &asked) == nil && !tried[asked.A] {
				t.Errorf("%q of %s asks %s, which the matrix does not try", g.Name, filepath.Base(page), asked.A)
			}
		}
	}
}

func TestP10TheWholeMatrixOverTheSocket(t *testing.T) {
	m := newMatrix(t)
	table, gone := words(socketTable), words(goneTable)
	if len(table) != len(frames()) || len(gone) != len(table) {
		t.Errorf("the tables have %d and %d actions, there are %d", len(table), len(gone), len(frames()))
	}
	m.each(func(p person, state, change string) {
		if p.way == "nobody" {
			m.nobody(t)
			return
		}
		for _, name := range sorted(table) {
			want := p.wantsSocket(table[name], gone[name], state, change)
			if p.way == "reading-token" && !slices.Contains(strings.Fields(readingActions), name) {
				want = "f"
			}
			// What may write is tried on a document of its own, also where it is refused for what is there.
			fresh := strings.Contains("yedx", want) && strings.Contains("op create del", name)
			m.trySocket(m.use(p, state, change, fresh), name, want, state+" "+change)
		}
	})
	t.Logf("%d cells over the socket, %d wrong; %d documents", m.cells, m.failed, m.made)
	if m.cells < 1000 {
		t.Errorf("%d cells are too few", m.cells)
	}
}

// nobody gets no socket at all.
func (m *matrix) nobody(t *testing.T) {
	m.cells++
	if l, status := m.caller(person{name: "nobody", way: "nobody", role: "none"}).open(t, nil); l != nil || status != 401 {
		m.fail("somebody who is not signed in: the socket opens, or %d", status)
	}
}

// wantsSocket is the letter of a cell.
func (p person) wantsSocket(row, gone []string, state, change string) string {
	if state == "live" || state == "trashed" {
		word := row[0]
		if state == "trashed" {
			word = row[1]
		}
		at := place(p.roleAfter(change))
		return word[at : at+1]
	}
	if !p.byClaim() || p.role == "none" {
		return "f"
	}
	word := gone[0]
	if state == "never" {
		word = gone[1]
	}
	at := map[string]int{"viewer": 0, "commenter": 0, "editor": 1, "owner": 2}[p.role]
	return word[at : at+1]
}

func (m *matrix) trySocket(s *specimen, name, want, when string) {
	m.cells++
	if s.line == nil {
		s.line = s.caller.hello(m.h.t.(*testing.T))
	}
	version := "2"
	if strings.HasPrefix(when, "never") {
		version = "0"
	}
	answer := frames()[name][1]
	frame := strings.NewReplacer("DOC", s.doc, "VERSION", version, "NUMBER", fmt.Sprint(m.cells)).Replace(frames()[name][0])
	s.line.send(frame)
	got := s.line.until(name+" of "+s.who.name+", "+when, func(f map[string]any) bool {
		return f["a"] == answer || f["error"] != nil || answer == "bs" && f["a"] == "s" || answer == "bf" && f["a"] == "f"
	})
	if code, want := verdictOf(got, s.doc), meaning(want); code != want {
		m.fail("%s, %s: %s = %v, want %s", s.who.name, when, name, got, want)
	}
}

// verdictOf tells how a frame answered: "" or the code of its error.
func verdictOf(f map[string]any, doc string) string {
	if data, ok := f["data"].(map[string]any); ok && data[doc] != nil { // a bulk's
		if one, ok := data[doc].(map[string]any); ok && one["error"] != nil {
			f = one
		}
	}
	if e, ok := f["error"].(map[string]any); ok {
		return fmt.Sprint(e["code"])
	}
	return ""
}

// meaning is a letter's code.
func meaning(letter string) string {
	return map[string]string{
		"f": "ERR_FORBIDDEN", "e": "ERR_DOC_ALREADY_CREATED", "d": "ERR_DOC_WAS_DELETED", "x": "ERR_DOC_DOES_NOT_EXIST",
	}[letter]
}

// hello opens the socket and shakes hands.
func (c *caller) hello(t *testing.T) *line {
	t.Helper()
	l, status := c.open(t, nil)
	if l == nil {
		t.Fatalf("the socket is refused: %d", status)
	}
	l.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`)
	l.until("the hello", func(f map[string]any) bool { return f["a"] == "hs" })
	return l
}
