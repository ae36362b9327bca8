package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"quire/storage"
)

// P10 under live typing: people get into documents and are taken out again by every way, while others type there and they
// themselves type and read without pause. A second after each withdrawal a mark is typed; it must reach them nowhere, and
// behind it none of their ops may stand, until they are let in again. What is asserted depends on the order of things, not
// on how fast the machine is; how long it took is printed.

const (
	subjects  = 20
	rounds    = 5 // each lets one in and takes one out: 2 × 20 × 5 = 200 events
	aSecond   = time.Second
	typePause = 20 * time.Millisecond
)

// subject is somebody who comes and goes, in a document of their own.
type subject struct {
	h        *house
	t        *testing.T
	ada      *caller
	c        *caller
	name     string
	doc      string
	group    string
	random   *rand.Rand
	events   int
	measured *measured
}

// measured gathers how long things took after a withdrawal.
type measured struct {
	mu                     sync.Mutex
	told, lastByte, lastOp []time.Duration
}

func (m *measured) add(to *[]time.Duration, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*to = append(*to, max(0, d))
}

func TestP10RevocationUnderLiveTyping(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	h := newHouse(t, func(c *Config) { c.Auth.Limits.PersonBurst = 1_000_000 })
	ada := h.account("ada")
	writers := []*caller{h.account("writer1"), h.account("writer2")}
	m := &measured{}
	var all []*subject
	for i := range subjects {
		name := fmt.Sprint("subject", i)
		s := &subject{
			h: h, t: t, ada: ada, c: h.account(name), name: name, doc: ada.document(""), measured: m,
			random: rand.New(rand.NewPCG(seed, uint64(i))),
		}
		s.group = ada.group("Group of " + name)
		for _, w := range writers {
			h.grant(s.doc, w.id, "editor")
		}
		all = append(all, s)
	}
	stop := make(chan struct{})
	var typing, coming sync.WaitGroup
	for _, s := range all {
		for _, w := range writers {
			typing.Go(func() { w.typeUntil(t, s.doc, stop) })
		}
		coming.Go(s.comeAndGo)
	}
	coming.Wait()
	close(stop)
	typing.Wait()
	events := 0
	for _, s := range all {
		events += s.events
		s.checkLog()
	}
	t.Logf("%d events; after a withdrawal: told %s; last byte of the document %s; last op accepted %s", events,
		spread(m.told), spread(m.lastByte), spread(m.lastOp))
	if events < 200 {
		t.Errorf("%d events are too few", events)
	}
}

func spread(list []time.Duration) string {
	if len(list) == 0 {
		return "(none)"
	}
	slices.Sort(list)
	at := func(q float64) time.Duration { return list[int(q*float64(len(list)-1))].Round(10 * time.Microsecond) }
	return fmt.Sprintf("p50 %v p99 %v max %v (%d)", at(0.5), at(0.99), at(1), len(list))
}

// typeUntil types into doc, one op after the other is acknowledged.
func (c *caller) typeUntil(t *testing.T, doc string, stop <-chan struct{}) {
	l := c.hello(t)
	l.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, doc))
	v := int(l.until("the document", func(f map[string]any) bool { return f["a"] == "s" })["data"].(map[string]any)["v"].(float64))
	pause := time.NewTicker(typePause)
	defer pause.Stop()
	for seq := 1; ; seq++ {
		l.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},"op":[{"insert":"w"}]}`, doc, v, seq))
		l.until("the acknowledgement", func(f map[string]any) bool {
			if f["error"] != nil {
				t.Errorf("a writer was refused: %v", f)
			}
			if n, ok := f["v"].(float64); ok && f["a"] == "op" {
				v = int(n) + 1
			}
			return f["a"] == "op" && f["op"] == nil
		})
		select {
		case <-stop:
			return
		case <-pause.C:
		}
	}
}

// ways by which one is let in, and what takes that away.
var waysIn = map[string][]string{
	"invitation": {"removed", "lowered", "signed out"},
	"link":       {"removed", "lowered", "signed out"},
	"group":      {"out of the group", "group's grant", "signed out"},
	"reach":      {"reach", "reach lowered", "signed out"},
}

func (s *subject) comeAndGo() {
	for round := range rounds {
		way := []string{"invitation", "link", "group", "reach"}[s.random.IntN(4)]
		end := waysIn[way][s.random.IntN(len(waysIn[way]))]
		s.round(round, way, end)
	}
}

// round lets the subject in, has them work, and takes them out.
func (s *subject) round(round int, way, end string) {
	what := fmt.Sprintf("%s, round %d, in by %s, out by %s", s.name, round, way, end)
	s.mark(fmt.Sprintf("<in %d>", round))
	s.letIn(way)
	v := s.visit(round)
	<-time.After(time.Duration(30+s.random.IntN(150)) * time.Millisecond) // work a while
	s.takeOut(way, end)
	gone := time.Now()
	s.events += 2
	<-time.After(aSecond)
	mark := fmt.Sprintf("<out %d>", round)
	s.mark(mark)
	reads := strings.Contains(end, "lowered")
	s.tryAgain(what, end, reads)
	v.leave(reads)
	s.measured.add(&s.measured.told, v.toldAt().Sub(gone))
	if !reads {
		s.measured.add(&s.measured.lastByte, v.lastByte.Sub(gone))
		if v.seen(mark) {
			s.t.Errorf("%s: what was typed a second later reached them", what)
		}
	}
	if code := map[bool]int{true: 4500, false: 4501}[end == "signed out"]; !reads && v.code != code {
		s.t.Errorf("%s: closed with %d, want %d", what, v.code, code)
	}
	s.measured.add(&s.measured.lastOp, s.lastOpAfter(gone))
	s.signInAgain(end)
	s.cleanUp(way)
}

// mark types something that is found again, past everybody.
func (s *subject) mark(text string) {
	s.ada.do("POST", "/documents/"+s.doc+"/ops", map[string]any{
		"base_revision": 1, "op": []any{map[string]any{"insert": text}},
	}).want(200)
}

func (s *subject) letIn(way string) {
	path := "/documents/" + s.doc
	switch way {
	case "invitation":
		_, secret := s.ada.invitation(s.doc, "someone@example.org", "editor")
		s.c.do("POST", "/invitations/claim", map[string]any{"token": secret}).want(200)
	case "link":
		_, secret := s.ada.link(s.doc, "editor")
		s.c.do("POST", "/links/claim", map[string]any{"token": secret}).want(200)
	case "group":
		s.ada.do("PUT", path+"/groups/"+s.group, map[string]any{"role": "editor"}).want(200)
		s.ada.do("PUT", "/groups/"+s.group+"/members/"+s.c.id, map[string]any{"manager": false}).want(200)
	case "reach":
		s.ada.do("PUT", path+"/reach", map[string]any{"role": "editor"}).want(200)
	}
}

func (s *subject) takeOut(way, end string) {
	path := "/documents/" + s.doc
	switch end {
	case "removed":
		s.ada.do("DELETE", path+"/members/"+s.c.id, nil).want(204)
	case "lowered":
		s.ada.do("PATCH", path+"/members/"+s.c.id, map[string]any{"role": "commenter"}).want(200)
	case "out of the group":
		s.ada.do("DELETE", "/groups/"+s.group+"/members/"+s.c.id, nil).want(204)
	case "group's grant":
		s.ada.do("DELETE", path+"/groups/"+s.group, nil).want(204)
	case "reach":
		s.ada.do("PUT", path+"/reach", map[string]any{"role": "none"}).want(200)
	case "reach lowered":
		s.ada.do("PUT", path+"/reach", map[string]any{"role": "viewer"}).want(200)
	case "signed out":
		other := s.h.nobody()
		other.do("POST", "/auth/signin", s.password()).want(200)
		for _, in := range items(other.do("GET", "/me/sign-ins", nil).want(200)) {
			if in["current"] != true {
				other.do("DELETE", "/me/sign-ins/"+in["id"].(string), nil).want(204)
			}
		}
	}
}

func (s *subject) password() map[string]any {
	return map[string]any{"email": s.name + "@example.org", "password": "correct horse " + s.name}
}

func (s *subject) signInAgain(end string) {
	if end == "signed out" {
		s.c.do("POST", "/auth/signin", s.password()).want(200)
	}
}

// cleanUp leaves no way in.
func (s *subject) cleanUp(way string) {
	path := "/documents/" + s.doc
	s.ada.do("DELETE", path+"/members/"+s.c.id, nil)
	s.ada.do("PUT", path+"/reach", map[string]any{"role": "none"}).want(200)
	s.ada.do("DELETE", path+"/groups/"+s.group, nil)
}

// tryAgain asks for everything anew, over a second after the withdrawal.
func (s *subject) tryAgain(what, end string, reads bool) {
	path := "/documents/" + s.doc
	read, write := 404, 404
	switch {
	case end == "signed out":
		read, write = 401, 401
	case reads:
		read, write = 200, 403
	}
	op := map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "late"}}}
	for _, c := range []struct {
		method, path string
		body         any
		want         int
	}{{"GET", path + "/content?format=text", nil, read}, {"GET", path, nil, read}, {"POST", path + "/ops", op, write}} {
		if got := s.c.do(c.method, c.path, c.body); got.status != c.want {
			s.t.Errorf("%s: a second later %s %s = %d, want %d", what, c.method, c.path, got.status, c.want)
		}
	}
	l, status := s.c.open(s.t, nil)
	if l == nil {
		if end != "signed out" || status != 401 {
			s.t.Errorf("%s: a second later the socket is refused with %d", what, status)
		}
		return
	}
	defer l.conn.Close()
	if end == "signed out" {
		s.t.Errorf("%s: a second later the socket opens", what)
	}
	l.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`)
	l.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, s.doc))
	if f := l.until("an answer", func(f map[string]any) bool { return f["a"] == "s" }); (f["error"] == nil) != reads {
		s.t.Errorf("%s: a second later a subscription gives %v", what, f)
	}
	l.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":1,"x":{},"op":[{"insert":"late"}]}`, s.doc))
	if f := l.until("a refusal", func(f map[string]any) bool { return f["a"] == "op" && f["seq"] == 1.0 && f["x"] != nil }); f["error"] == nil {
		s.t.Errorf("%s: a second later an op gives %v", what, f)
	}
}

// visit is what a subject does while they are in: type and read, over the socket and REST, without pause.
type visit struct {
	s     *subject
	round int
	line  *line
	stop  chan struct{}
	all   sync.WaitGroup

	mu       sync.Mutex
	read     bytes.Buffer // all that came
	lastByte time.Time    // of the document
	told     time.Time
	code     int
}

func (s *subject) visit(round int) *visit {
	v := &visit{s: s, round: round, line: s.c.subscribed(s.t, s.doc), stop: make(chan struct{})}
	v.all.Go(v.listen)
	v.all.Go(v.typeOn)
	v.all.Go(v.poll)
	return v
}

func (v *visit) note(data []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.read.Write(data)
	v.lastByte = time.Now()
}

// listen keeps what comes over the socket until it is closed.
func (v *visit) listen() {
	v.line.conn.SetReadDeadline(time.Now().Add(60 * time.Second))
	for {
		_, data, err := v.line.conn.ReadMessage()
		if err != nil {
			var end *websocket.CloseError
			v.mu.Lock()
			defer v.mu.Unlock()
			if errors.As(err, &end) {
				v.code = end.Code
			}
			if v.told.IsZero() {
				v.told = time.Now()
			}
			return
		}
		var f map[string]any
		if json.Unmarshal(data, &f) == nil && f["a"] == "doc" && f["reason"] != nil {
			v.mu.Lock()
			v.told = time.Now()
			v.mu.Unlock()
		} else if f["a"] != "members" && f["error"] == nil {
			v.note(data)
		}
	}
}

// typeOn sends ops, also after it was told not to.
func (v *visit) typeOn() {
	pause := time.NewTicker(typePause)
	defer pause.Stop()
	for seq := 1; ; seq++ {
		frame := fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":%d,"x":{},"op":[{"insert":"s"}]}`, v.s.doc, seq)
		if v.line.conn.WriteMessage(websocket.TextMessage, []byte(frame)) != nil {
			return
		}
		select {
		case <-v.stop:
			return
		case <-pause.C:
		}
	}
}

// poll reads the text over REST, also after it was told not to.
func (v *visit) poll() {
	pause := time.NewTicker(2 * typePause)
	defer pause.Stop()
	for {
		if res := v.s.c.do("GET", "/documents/"+v.s.doc+"/content?format=text", nil); res.status == 200 {
			v.note(res.body)
		}
		select {
		case <-v.stop:
			return
		case <-pause.C:
		}
	}
}

func (v *visit) leave(open bool) {
	close(v.stop)
	if open { // a line whose role was only lowered
		v.line.conn.SetReadDeadline(time.Now())
	}
	v.all.Wait()
	v.line.conn.Close()
}

func (v *visit) toldAt() time.Time { return v.told }

func (v *visit) seen(mark string) bool { return bytes.Contains(v.read.Bytes(), []byte(mark)) }

func (s *subject) ops() []storage.Op {
	ops, err := s.h.store.Read(context.Background(), storage.DocumentID(s.doc), 0, storage.Newest, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return ops
}

// lastOpAfter tells how long after a withdrawal an op of theirs was still taken.
func (s *subject) lastOpAfter(gone time.Time) (last time.Duration) {
	for _, op := range s.ops() {
		if string(op.Author) == s.c.id && op.At.After(gone) {
			last = max(last, op.At.Sub(gone))
		}
	}
	return last
}

// checkLog goes through the document's log: between the mark of a withdrawal and the next mark of coming in none of the
// subject's ops may stand, and some must stand elsewhere.
func (s *subject) checkLog() {
	out, own := "", 0
	for i, op := range s.ops() {
		text := string(op.Body)
		for round := range rounds {
			if strings.Contains(text, fmt.Sprintf("<out %d>", round)) {
				out = fmt.Sprint("round ", round)
			} else if strings.Contains(text, fmt.Sprintf("<in %d>", round)) {
				out = ""
			}
		}
		if string(op.Author) == s.c.id {
			if own++; out != "" {
				s.t.Errorf("%s: op %d is theirs, over a second after they were out of %s", s.name, i, out)
			}
		}
	}
	if own == 0 {
		s.t.Errorf("%s never typed: the test shows nothing", s.name)
	}
}
