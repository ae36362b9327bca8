package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"quire/collab"
	"quire/collab/session"
	"quire/collab/wire"
	"quire/storage"
)

// on runs f, outside any task, as an action of node.
func (w *world) on(node int, f func()) {
	was := w.s.node
	w.s.node = node
	f()
	w.s.node = was
}

func (w *world) newConn(c *client) *conn {
	i := 0
	if !w.quiet {
		i = w.rand.IntN(len(w.hubs))
	}
	l := &conn{w: w, c: c, hub: w.hubs[i], node: w.nodes[i]}
	w.on(l.node, func() { l.session = session.Join(l.hub, l, c.user) })
	w.conns = append(w.conns, l)
	return l
}

// pick returns a random connection that satisfies ok, or nil.
func (w *world) pick(ok func(*conn) bool) *conn {
	var able []*conn
	for _, l := range w.conns {
		if ok(l) {
			able = append(able, l)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[w.rand.IntN(len(able))]
}

// deliverUp passes one frame to a session, as its reader does. Frames of a cut connection may still arrive.
func (w *world) deliverUp() {
	l := w.pick(func(l *conn) bool { return len(l.up) > 0 && !l.reading && !l.left })
	if l == nil {
		return
	}
	frame := l.up[0]
	l.up = l.up[1:]
	l.reading = true
	w.note("up %d %d", l.c.number, len(frame))
	w.on(l.node, func() {
		w.s.Go(func() {
			l.session.Receive(context.Background(), []byte(frame))
			l.reading = false
		})
	})
}

// pull lets a session's writer pull frames.
func (w *world) pull() {
	l := w.pick(func(l *conn) bool { return l.woken && !l.pulling && !l.left })
	if l == nil {
		return
	}
	room, now := 1+w.rand.IntN(2000), w.rand.IntN(2) == 0
	l.pulling = true
	w.on(l.node, func() {
		w.s.Go(func() {
			l.woken = false
			frames := l.take(room, now)
			l.pulling = false
			w.note("pull %d %d", l.c.number, len(frames))
			for _, f := range frames {
				if l.c.guest != nil {
					l.c.guest.checkPulled(f.JSON())
				}
				if !l.cut {
					l.down = append(l.down, string(f.JSON()))
				}
			}
			if len(frames) > 0 || l.code != 0 {
				l.woken = true
			}
			if len(frames) == 0 && l.code != 0 && len(l.down) == 0 {
				w.closed(l)
			}
		})
	})
}

// closed ends a connection that the server has closed.
func (w *world) closed(l *conn) {
	w.note("closed %d %d", l.c.number, l.code)
	if l.code >= 4500 && (l.c.guest == nil || l.code != wire.CloseForbidden) {
		w.fail("client %d was closed with %d", l.c.number, l.code)
	}
	l.leaveAt = w.step
	w.drop(l)
}

func (w *world) drop(l *conn) {
	if !l.cut {
		l.cut = true
		l.c.disconnected()
	}
}

// deliverDown passes one frame to a client.
func (w *world) deliverDown() {
	l := w.pick(func(l *conn) bool { return len(l.down) > 0 && !l.cut })
	if l == nil {
		return
	}
	frame := l.down[0]
	l.down = l.down[1:]
	w.note("down %d %d", l.c.number, len(frame))
	l.c.receive([]byte(frame))
}

func (w *world) connect(c *client) {
	if c.conn == nil {
		w.note("connect %d", c.number)
		c.connect()
	}
}

// cut breaks a client's connection: all frames on their way down and some of those on their way up are lost. The server notices
// later.
func (w *world) cut(c *client) {
	l := c.conn
	if l == nil {
		return
	}
	w.note("cut %d", c.number)
	w.result.Cuts++
	l.up = l.up[:w.rand.IntN(len(l.up)+1)]
	l.down = nil
	l.leaveAt = w.step + w.rand.IntN(300)
	w.drop(l)
}

// notice lets the sessions of broken connections leave.
func (w *world) notice() {
	for _, l := range w.conns {
		if l.cut && !l.left && w.step >= l.leaveAt {
			l.left = true
			w.on(l.node, l.session.Leave)
		}
	}
	w.conns = slices.DeleteFunc(w.conns, func(l *conn) bool { return l.left })
}

// edit makes a client's user type, online or offline.
func (w *world) edit(c *client) {
	r := c.replicas[w.rand.IntN(len(c.replicas))]
	if r.version < 0 || len(r.pending) > 0 && w.rand.IntN(3) > 0 {
		return
	}
	op := w.anEdit(r.content)
	w.note("edit %d %s", c.number, op)
	r.change(op)
}

// resend sends an op in flight again: the same bytes, or the op as transformed since.
func (w *world) resend(c *client) {
	if c.conn == nil || !c.greeted {
		return
	}
	for _, frame := range slices.Backward(c.conn.up) {
		if strings.HasPrefix(frame, `{"a":"op"`) {
			w.result.Doubles++
			c.send(frame)
			return
		}
	}
	for _, r := range c.replicas {
		if e := r.inflight; e != nil {
			w.result.Doubles++
			c.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,"src":%q,"seq":%d,"x":{},"op":%s}`, r.doc, r.version, e.src, e.seq, e.op))
			return
		}
	}
}

// resubscribe unsubscribes from a document, subscribes again, or fetches it.
func (w *world) resubscribe(c *client) {
	r := c.replicas[w.rand.IntN(len(c.replicas))]
	if !c.greeted || r.asked > 0 || r.wants && r.version < 0 {
		return
	}
	switch {
	case !r.wants:
		r.wants = true
		c.subscribe([]*replica{r}, r.version >= 0) // after a failover it may have no version
	case w.rand.IntN(2) == 0:
		r.fetching++
		c.send(fmt.Sprintf(`{"a":"f","c":"documents","d":%q,"v":%d}`, r.doc, r.version))
	default:
		r.wants, r.subscribed = false, false
		r.asked++
		c.send(fmt.Sprintf(`{"a":"u","c":"documents","d":%q}`, r.doc))
	}
}

// submitRest sends an op over REST, or sends one again whose outcome is unknown.
func (w *world) submitRest(c *client) {
	var call *restCall
	for _, r := range w.restCalls {
		if !r.inFlight {
			call = r
		}
	}
	if call == nil {
		d := w.docs[w.rand.IntN(len(w.docs))]
		w.observe()
		base := len(d.ops) - w.rand.IntN(min(len(d.ops), 30))
		w.token++
		call = &restCall{doc: d.id, s: collab.Submission{
			Who: c.user, Client: fmt.Sprintf("rest%d", w.token), Seq: 1, Base: storage.Revision(base), Op: w.anEdit(d.content[base]),
		}}
		w.restCalls = append(w.restCalls, call)
	}
	w.sendRest(call, w.rand.IntN(len(w.hubs)))
}

func (w *world) sendRest(call *restCall, i int) {
	call.inFlight, call.node = true, w.nodes[i]
	hub := w.hubs[i]
	w.on(w.nodes[i], func() {
		w.s.Go(func() {
			done, err := hub.Submit(context.Background(), call.doc, call.s)
			call.inFlight = false
			w.note("rest %v %d", err, done.Revision)
			switch {
			case err != nil && call.old:
				w.restCalls = slices.DeleteFunc(w.restCalls, func(r *restCall) bool { return r == call })
			case errors.Is(err, collab.ErrUnavailable), errors.Is(err, collab.ErrOverloaded):
			case err != nil:
				w.fail("W7: REST: %v", err)
			default:
				w.restCalls = slices.DeleteFunc(w.restCalls, func(r *restCall) bool { return r == call })
				w.observe()
				w.acknowledge(call.doc, call.s.Client, call.s.Seq, int(done.Revision)-1, call.s.Op, call.old)
			}
		})
	})
}

// elsewhere appends an op to the log, as a node would that this run does not simulate.
func (w *world) elsewhere() {
	w.observe()
	d := w.docs[w.rand.IntN(len(w.docs))]
	w.token++
	body := wire.Body{Kind: wire.Edit, Delta: w.anInsert(d.content[len(d.ops)])}
	op := storage.Op{Client: "elsewhere", Seq: int64(w.token), Author: "u1", At: w.s.now, Body: wire.AppendBody(nil, body)}
	batch := storage.Batch{Document: d.id, Base: storage.Revision(len(d.ops)), Ops: []storage.Op{op}, Rewinds: w.mem.Rewinds()}
	if err := w.mem.Append(context.Background(), []storage.Batch{batch})[0]; err != nil {
		w.fail("elsewhere: %v", err)
	}
	w.note("elsewhere %s", d.id)
}

// crash kills a node at its current point and starts it anew.
func (w *world) crash() {
	i := w.rand.IntN(len(w.hubs))
	w.note("crash %d", i)
	w.result.Crashes++
	w.kill(i)
	w.start(i)
}

func (w *world) kill(i int) {
	node := w.nodes[i]
	w.s.crash(node)
	for _, l := range w.conns {
		if l.node == node {
			w.drop(l)
			l.left = true
		}
	}
	w.conns = slices.DeleteFunc(w.conns, func(l *conn) bool { return l.left })
	for _, r := range w.restCalls {
		if r.node == node {
			r.inFlight = false
		}
	}
	w.forgetRestCalls()
}
