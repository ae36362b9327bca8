package collab_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
	"quire/storage/memory"
	"quire/storage/sealed"
	"quire/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	doc    = storage.DocumentID("d1")
	secret = "a secret of tests"
)

// house is a hub over a store that can be told to fail.
type house struct {
	*testing.T
	hub    *collab.Hub
	store  *storagetest.Faulty
	memory *memory.Store
}

type option func(*collab.Config)

func withLimits(l collab.Limits) option { return func(c *collab.Config) { c.Limits = l } }

// withTable turns the rule of the last newline on.
func withTable(c *collab.Config) {
	table, err := wire.Formats()
	if err != nil {
		panic(err)
	}
	c.Formats = table
}

func newHouse(t *testing.T, options ...option) *house {
	t.Helper()
	m := memory.New()
	h := &house{T: t, memory: m, store: storagetest.NewFaulty(m, nil)}
	h.hub = h.newHub(options...)
	t.Cleanup(func() {
		h.hub.Close()
		if got := h.hub.InUse(); got != (collab.InUse{}) {
			t.Errorf("P8: the hub is closed, and %+v is in use", got)
		}
	})
	return h
}

func (h *house) newHub(options ...option) *collab.Hub {
	h.Helper()
	var out io.Writer = io.Discard
	if testing.Verbose() {
		out = h.Output()
	}
	cfg := collab.Config{Store: h.store, Secret: sealed.Of(secret), Build: "test", Log: slog.New(slog.NewTextHandler(out, nil))}
	for _, o := range options {
		o(&cfg)
	}
	hub, err := collab.NewHub(cfg)
	if err != nil {
		h.Fatal(err)
	}
	return hub
}

func identity(user string) collab.Identity {
	return collab.Identity{User: storage.UserID(user), Name: strings.ToUpper(user), Color: len(user), SignIn: "signin-" + user}
}

// create makes document id owned by ann with a text, and bob its editor, vic its viewer.
func (h *house) create(id storage.DocumentID, text string) {
	h.Helper()
	ctx := h.Context()
	if _, err := h.hub.Create(ctx, identity("ann"), storage.Document{ID: id, Title: "A title"}, delta.FromText(text)); err != nil {
		h.Fatal(err)
	}
	h.grant(id, "bob", access.Editor)
	h.grant(id, "vic", access.Viewer)
}

func (h *house) grant(id storage.DocumentID, user string, role access.Role) {
	h.Helper()
	g := storage.Grant{Document: id, User: storage.UserID(user), Role: role.String(), CreatedAt: time.Now(), Via: "test"}
	if _, err := h.memory.SetGrant(h.Context(), g, storage.AnyRole); err != nil {
		h.Fatal(err)
	}
}

// text is the document's content as the hub tells it.
func (h *house) text(id storage.DocumentID) string {
	h.Helper()
	content, _, err := h.hub.Content(h.Context(), "", id, storage.Newest)
	if err != nil {
		h.Fatal(err)
	}
	return content.PlainText()
}

// log is the document's ops as stored, each as client/seq and body.
func (h *house) log(id storage.DocumentID) []string {
	h.Helper()
	ops, err := h.memory.Read(h.Context(), id, 0, storage.Newest, 0)
	if err != nil {
		h.Fatal(err)
	}
	var list []string
	for _, op := range ops {
		list = append(list, string(op.Body))
	}
	return list
}

// peer is a raw client: it sends frames and keeps what comes. Its transport is the test itself.
type peer struct {
	h       *house
	session *session.Session
	user    string
	id      string // client id
	seq     int

	mu     sync.Mutex
	wakes  int
	code   wire.CloseCode
	reason string
}

func (p *peer) Flush() { p.Wake() }

func (p *peer) Wake() {
	p.mu.Lock()
	p.wakes++
	p.mu.Unlock()
}

func (p *peer) Close(code wire.CloseCode, reason string) {
	p.mu.Lock()
	p.code, p.reason = code, reason
	p.mu.Unlock()
}

func (p *peer) closed() wire.CloseCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code
}

// connect joins as user and shakes hands; id is the client id of an earlier session, or "".
func (h *house) connect(user, id string) *peer { return h.join(h.hub, identity(user), id) }

func (h *house) join(hub *collab.Hub, who collab.Identity, id string) *peer {
	h.Helper()
	p := &peer{h: h, user: string(who.User)}
	p.session = session.Join(hub, p, who)
	h.Cleanup(p.session.Leave)
	hello := `{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`
	if id != "" {
		hello = strings.Replace(hello, "null", `"`+id+`"`, 1)
	}
	p.send("%s", hello)
	for _, f := range p.pull() {
		if f["a"] == "hs" {
			p.id = f["id"].(string)
		}
	}
	return p
}

// send hands one frame over as the socket's reader does, and returns when everything it causes has happened, inside a
// bubble of synctest.
func (p *peer) send(format string, args ...any) {
	p.h.Helper()
	frame := format
	if len(args) > 0 {
		frame = fmt.Sprintf(format, args...)
	}
	p.session.Receive(p.h.Context(), []byte(frame))
	synctest.Wait()
}

// op sends an edit at a version and returns its seq.
func (p *peer) op(id storage.DocumentID, v int, components string) int {
	p.h.Helper()
	p.seq++
	p.send(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},"op":%s}`, id, v, p.seq, components)
	return p.seq
}

type frame map[string]any

func (f frame) String() string {
	text, _ := json.Marshal(f)
	return string(text)
}

// raw takes everything that waits, as text.
func (p *peer) raw() (frames []string) {
	p.h.Helper()
	for {
		synctest.Wait()
		got, more := p.session.PullNow(nil, 1<<20)
		if len(got) == 0 && more {
			got = p.session.Pull(nil, 1<<20)
		}
		if len(got) == 0 {
			return frames
		}
		for _, f := range got {
			frames = append(frames, string(f.JSON()))
		}
	}
}

func (p *peer) pull() (frames []frame) {
	p.h.Helper()
	for _, text := range p.raw() {
		var f frame
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			p.h.Fatalf("frame %q: %v", text, err)
		}
		frames = append(frames, f)
	}
	return frames
}

// brief returns frames in short: "op 3", "ack 4", "s", "f@2", "s!CODE", "doc editor".
func brief(frames []frame) (list []string) {
	for _, f := range frames {
		list = append(list, f.brief())
	}
	return list
}

func (f frame) brief() string {
	if e, ok := f["error"].(map[string]any); ok {
		return fmt.Sprintf("%v!%v", f["a"], e["code"])
	}
	switch f["a"] {
	case "op":
		if f["op"] == nil && f["create"] == nil && f["del"] == nil {
			return fmt.Sprintf("ack %v", f["v"])
		}
		return fmt.Sprintf("op %v", f["v"])
	case "f", "s":
		if data, ok := f["data"].(map[string]any); ok {
			return fmt.Sprintf("%v@%v", f["a"], data["v"])
		}
	case "doc":
		return fmt.Sprintf("doc %v", f["role"])
	case "p":
		if f["p"] == nil {
			return fmt.Sprintf("p %v gone v%v", f["id"], f["v"])
		}
		return fmt.Sprintf("p %v at %v v%v", f["id"], f["p"].(map[string]any)["index"], f["v"])
	}
	return fmt.Sprint(f["a"])
}

// expect compares what waits for a peer with frames in short.
func (p *peer) expect(want ...string) []frame {
	p.h.Helper()
	frames := p.pull()
	if !slices.Contains(want, "members") { // which goes with every change of access, and says nothing of it
		frames = slices.DeleteFunc(frames, func(f frame) bool { return f["a"] == "members" })
	}
	if got := brief(frames); !slices.Equal(got, want) {
		p.h.Errorf("%s got %v, want %v\n%v", p.user, got, want, frames)
	}
	return frames
}

func (p *peer) subscribe(id storage.DocumentID) {
	p.h.Helper()
	p.send(`{"a":"s","c":"documents","d":%q}`, id)
	p.pull()
}
