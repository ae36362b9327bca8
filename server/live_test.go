package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
)

// line is one socket, read frame by frame.
type line struct {
	t    *testing.T
	conn *websocket.Conn
	doc  string // what it follows, if it is subscribed
}

// soon is how long a test waits for what should follow within a second (P10).
const soon = 10 * time.Second

// open opens the socket as c, or returns the status of the refusal.
func (c *caller) open(t *testing.T, protocols []string, headers ...string) (*line, int) {
	t.Helper()
	header := http.Header{}
	for name, value := range c.header {
		header.Set(name, value)
	}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	for name := range header {
		if header.Get(name) == "" {
			header.Del(name)
		}
	}
	dialer := websocket.Dialer{Jar: c.client.Jar, Subprotocols: protocols, HandshakeTimeout: soon, TLSClientConfig: c.h.tls}
	conn, res, err := dialer.Dial(strings.Replace(c.h.base, "http", "ws", 1)+"/api/v1/socket", header)
	if err != nil {
		if res == nil {
			t.Fatal(err)
		}
		return nil, res.StatusCode
	}
	t.Cleanup(func() { conn.Close() })
	return &line{t: t, conn: conn}, 0
}

// subscribed is a line that has said hello and follows doc.
func (c *caller) subscribed(t *testing.T, doc string) *line {
	t.Helper()
	l := c.hello(t)
	l.doc = doc
	l.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, doc))
	l.until("the document", func(f map[string]any) bool { return f["a"] == "doc" })
	return l
}

// roleKnown waits until no look-up of its role is under way: a fetch is answered only then.
func (l *line) roleKnown() {
	l.t.Helper()
	l.send(fmt.Sprintf(`{"a":"f","c":"documents","d":%q}`, l.doc))
	l.until("the document's content", func(f map[string]any) bool { return f["a"] == "f" })
}

func (l *line) send(frame string) {
	l.t.Helper()
	if err := l.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		l.t.Fatal(err)
	}
}

// until reads frames to the first that is as wanted.
func (l *line) until(what string, wanted func(map[string]any) bool) map[string]any {
	l.t.Helper()
	l.conn.SetReadDeadline(time.Now().Add(soon))
	for {
		_, data, err := l.conn.ReadMessage()
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", what, err)
		}
		var frame map[string]any
		if err := json.Unmarshal(data, &frame); err != nil {
			l.t.Fatal(err)
		}
		if wanted(frame) {
			return frame
		}
	}
}

// closed reads to the close frame and returns its code.
func (l *line) closed() int {
	l.t.Helper()
	l.conn.SetReadDeadline(time.Now().Add(soon))
	for {
		if _, _, err := l.conn.ReadMessage(); err != nil {
			var end *websocket.CloseError
			if !errors.As(err, &end) {
				l.t.Fatalf("waiting for the end: %v", err)
			}
			return end.Code
		}
	}
}

func is(name string, value any) func(map[string]any) bool {
	return func(f map[string]any) bool { return f["a"] == "doc" && f[name] == value }
}

// P10: what REST changes, an open socket feels.
func TestP10ChangesReachOpenSockets(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	doc := ada.document("text")
	path := "/documents/" + doc
	h.grant(doc, bob.id, "editor")
	l := bob.subscribed(t, doc)

	ada.do("PATCH", path, map[string]any{"title": "Roof"}).want(200)
	l.until("the title", is("title", "Roof"))
	ada.do("POST", path+"/links", map[string]any{"role": "viewer"}).want(201)
	l.until("the members", func(f map[string]any) bool { return f["a"] == "members" })
	ada.do("POST", path+"/ops", map[string]any{"base_revision": 1, "op": []any{map[string]any{"insert": "by REST "}}}).want(200)
	l.until("the op", func(f map[string]any) bool { return f["a"] == "op" && f["v"] == 1.0 })

	ada.do("PATCH", path+"/members/"+bob.id, map[string]any{"role": "viewer"}).want(200)
	l.until("the role", is("role", "viewer"))
	l.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":2,"seq":1,"x":{},"op":[{"insert":"not any more"}]}`, doc))
	l.until("the refusal", func(f map[string]any) bool { return f["error"] != nil })
	if got := ada.text(doc); got != "by REST text\n" {
		t.Errorf("text = %q", got)
	}
	present := ada.do("GET", path, nil).want(200)["present"].([]any)
	if len(present) != 1 || present[0].(map[string]any)["id"] != bob.id {
		t.Errorf("present = %v", present)
	}

	ada.do("DELETE", path+"/members/"+bob.id, nil).want(204)
	l.until("the end of access", is("role", "none"))
}

func TestTrashAndDeletionEndSockets(t *testing.T) {
	h := newHouse(t, nil)
	ada, bob := h.account("ada"), h.account("bob")
	for _, query := range []string{"", "?permanently=true"} {
		doc := ada.document("text")
		h.grant(doc, bob.id, "editor")
		l := bob.subscribed(t, doc)
		ada.do("DELETE", "/documents/"+doc+query, nil).want(204)
		if code := l.closed(); code != 4502 {
			t.Errorf("deleted%s: close %d, want 4502", query, code)
		}
	}
}

func TestW9SigningOutEndsTheSocket(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	doc := ada.document("text")
	l := ada.subscribed(t, doc)
	other := h.nobody()
	other.do("POST", "/auth/signin", map[string]any{"email": "ada@example.org", "password": "correct horse ada"}).want(200)
	stays := other.subscribed(t, doc)
	ada.do("POST", "/auth/signout", nil).want(204)
	if code := l.closed(); code != 4500 {
		t.Errorf("close %d, want 4500", code)
	}
	other.do("PATCH", "/documents/"+doc, map[string]any{"title": "Still here"}).want(200)
	stays.until("the title", is("title", "Still here"))
}

func TestWhoMayOpenTheSocket(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		withTokens(c)
		c.Auth.AllowedOrigins = []string{"https://app.example"}
	})
	ada := h.account("ada")
	bearer := "Bearer " + token(t, "u", nil, time.Minute)
	ticket := func() []string {
		return []string{"quire", "ticket." + ada.do("POST", "/socket-tickets", nil).want(201)["ticket"].(string)}
	}
	for _, c := range []struct {
		name      string
		who       *caller
		protocols []string
		header    []string
		want      int // 0: opened
	}{
		{"cookie, own page", ada, nil, nil, 0},
		{"cookie, no page", ada, nil, []string{"Origin", ""}, 401},
		{"cookie, foreign page", ada, nil, []string{"Origin", "https://evil.example"}, 403},
		{"cookie, allowed page", ada, nil, []string{"Origin", "https://app.example"}, 403},
		{"nobody, own page", h.nobody(), nil, nil, 401},
		{"ticket, own page", h.nobody(), ticket(), nil, 0},
		{"ticket, allowed page", h.nobody(), ticket(), []string{"Origin", "https://app.example"}, 0},
		{"ticket, foreign page", h.nobody(), ticket(), []string{"Origin", "https://evil.example"}, 403},
		{"forged ticket", h.nobody(), []string{"quire", "ticket.e30.e30"}, nil, 401},
		{"token, no page", h.nobody(), nil, []string{"Origin", "", "Authorization", bearer}, 0},
		{"token, allowed page", h.nobody(), nil, []string{"Origin", "https://app.example", "Authorization", bearer}, 0},
		{"bad token beside a good cookie", ada, nil, []string{"Authorization", "Bearer x"}, 401},
	} {
		l, got := c.who.open(t, c.protocols, c.header...)
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if l != nil && len(c.protocols) > 0 && l.conn.Subprotocol() != "quire" {
			t.Errorf("%s: the subprotocol is %q, want quire", c.name, l.conn.Subprotocol())
		}
	}
}

func TestARestartIsAnnounced(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	l := ada.subscribed(t, ada.document("text"))
	ended := make(chan int, 1)
	go func() {
		h.stop()
		ended <- 1
	}()
	l.until("the farewell", func(f map[string]any) bool { return f["a"] == "bye" && f["reason"] == "restarting" })
	if code := l.closed(); code != 4000 {
		t.Errorf("close %d, want 4000", code)
	}
	<-ended
}
