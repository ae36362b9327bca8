package sim

import (
	"encoding/json"
	"fmt"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
)

// client is a page with a stock ShareDB client: its id and seq survive reconnects and are shared by all its documents.
type client struct {
	w        *world
	number   int
	user     collab.Identity
	id       string // "" until the first handshake
	epoch    string // "" until the first handshake
	seq      int
	conn     *conn // nil: offline
	greeted  bool  // the handshake on this connection was answered
	replicas []*replica
	guest    *guest // nil: a stock client, whose role never changes
}

// replica is a client's copy of one document.
type replica struct {
	c          *client
	doc        storage.DocumentID
	version    int // -1: none
	content    delta.Delta
	inflight   *edit
	pending    []*edit
	subscribed bool
	wants      bool // the client wants to be subscribed
	asked      int  // unanswered s, bs and u
	fetching   int  // unanswered f
}

// edit is a client's op that is not acknowledged.
type edit struct {
	src string // set when it is first sent
	seq int
	op  delta.Delta
}

// message is any frame from the server.
type message struct {
	A      string          `json:"a"`
	D      string          `json:"d"`
	V      int             `json:"v"`
	Src    string          `json:"src"`
	Seq    int             `json:"seq"`
	ID     string          `json:"id"`
	Epoch  string          `json:"epoch"`
	Op     json.RawMessage `json:"op"`
	Create *struct {
		Data json.RawMessage `json:"data"`
	} `json:"create"`
	Data  json.RawMessage `json:"data"`
	B     map[string]int  `json:"b"`
	Error *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

type snapshotData struct {
	V    int     `json:"v"`
	Type *string `json:"type"`
	Data struct {
		Ops json.RawMessage `json:"ops"`
	} `json:"data"`
}

func (c *client) send(frame string) {
	if c.conn != nil {
		c.conn.up = append(c.conn.up, frame)
	}
}

// connect opens a new connection and sends the handshake.
func (c *client) connect() {
	c.conn = c.w.newConn(c)
	c.greeted = false
	id := "null"
	if c.id != "" {
		id = `"` + c.id + `"`
	}
	c.send(fmt.Sprintf(`{"a":"hs","id":%s,"protocol":1,"protocolMinor":2}`, id))
}

// disconnected puts the ops in flight back at the head of the pending ones. They keep their src and seq.
func (c *client) disconnected() {
	c.conn, c.greeted = nil, false
	if c.guest != nil {
		clear(c.guest.sent)
		c.id = "" // a guest never resends an op in flight, and under the old id it could still arrive after later ops
	}
	for _, r := range c.replicas {
		if r.inflight != nil {
			r.pending = append([]*edit{r.inflight}, r.pending...)
			r.inflight = nil
		}
		r.subscribed, r.asked, r.fetching = false, 0, 0
	}
}

// hello handles the answer to the handshake: it resends ops first, then subscribes to the documents from their versions on.
func (c *client) hello(m *message) {
	if c.id != "" && m.ID != c.id {
		c.w.fail("W1: client %d was given another id on its return", c.number)
	}
	if c.epoch != m.Epoch {
		c.epoch = m.Epoch
		for _, r := range c.replicas { // the log went back: a page parks its unsent text and starts anew
			r.version, r.content, r.inflight, r.pending = -1, nil, nil, nil
		}
	}
	c.id, c.greeted = m.ID, true
	for _, r := range c.replicas {
		r.flush()
	}
	var known, unknown []*replica
	for _, r := range c.replicas {
		switch {
		case !r.wants:
		case r.version < 0:
			unknown = append(unknown, r)
		default:
			known = append(known, r)
		}
	}
	c.subscribe(unknown, false)
	c.subscribe(known, true)
}

// subscribe sends s for one document, bs for several.
func (c *client) subscribe(replicas []*replica, versions bool) {
	if len(replicas) == 1 {
		r := replicas[0]
		version := ""
		if versions {
			version = fmt.Sprintf(`,"v":%d`, r.version)
		}
		c.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q%s}`, r.doc, version))
	} else if len(replicas) > 1 {
		list := ""
		for i, r := range replicas {
			if i > 0 {
				list += ","
			}
			list += fmt.Sprintf("%q", r.doc)
			if versions {
				list += fmt.Sprintf(":%d", r.version)
			}
		}
		open, shut := "[", "]"
		if versions {
			open, shut = "{", "}"
		}
		c.send(fmt.Sprintf(`{"a":"bs","c":"documents","b":%s%s%s}`, open, list, shut))
	}
	for _, r := range replicas {
		r.asked++
	}
}

func (c *client) replica(doc string) *replica {
	for _, r := range c.replicas {
		if string(r.doc) == doc {
			return r
		}
	}
	return nil
}

// receive handles a frame as a page does.
func (c *client) receive(text []byte) {
	if c.guest != nil {
		c.guest.receive(text)
		return
	}
	var m message
	var list struct {
		B json.RawMessage `json:"b"`
	}
	if err := json.Unmarshal(text, &m); err != nil && json.Unmarshal(text, &list) != nil {
		c.w.fail("client %d cannot read %s: %v", c.number, text, err)
		return
	}
	if m.Error != nil && c.w.old(c) { // the request may be about lost ops: the client reconnects
		c.w.cut(c)
		return
	}
	if m.Error != nil {
		c.w.fail("W7: client %d got an error for a request that was right: %s", c.number, text)
		return
	}
	switch m.A {
	case "hs":
		c.hello(&m)
	case "op":
		if r := c.replica(m.D); r != nil {
			r.receiveOp(&m, text)
		}
	case "s", "f":
		if r := c.replica(m.D); r != nil {
			r.answered(m.A, m.Data)
		}
	case "bs":
		if m.B != nil {
			for _, r := range c.replicas {
				if _, ok := m.B[string(r.doc)]; ok {
					r.answered("s", nil)
				}
			}
			return
		}
		var data map[string]json.RawMessage
		if err := json.Unmarshal(m.Data, &data); err != nil {
			c.w.fail("client %d cannot read %s: %v", c.number, text, err)
		}
		for _, r := range c.replicas {
			if d, ok := data[string(r.doc)]; ok {
				r.answered("s", d)
			}
		}
	case "u":
		if r := c.replica(m.D); r != nil {
			r.asked--
		}
	}
}

// conn is one connection. For the session it is the transport.
type conn struct {
	w       *world
	c       *client
	hub     *collab.Hub
	node    int
	session *session.Session
	up      []string
	down    []string
	reading bool // Receive is running
	pulling bool // Pull is running
	woken   bool
	code    wire.CloseCode // not 0: the server closed the connection
	cut     bool           // the client no longer uses it
	leaveAt int            // the step at which the server notices that
	left    bool           // the session has left
}

func (l *conn) Wake() { l.woken = true }

// Flush does the same as Wake: the simulation decides when a reader pulls.
func (l *conn) Flush() { l.woken = true }

// take returns the next frames. With now it first tries PullNow, which does not wait for the log.
func (l *conn) take(room int, now bool) []wire.Frame {
	if now {
		if frames, more := l.session.PullNow(nil, room); len(frames) > 0 || !more {
			return frames
		}
	}
	return l.session.Pull(nil, room)
}

func (l *conn) Close(code wire.CloseCode, _ string) { l.code, l.woken = code, true }
