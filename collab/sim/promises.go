package sim

import (
	"context"
	"fmt"
	"strings"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage"
)

func (w *world) observed(id storage.DocumentID) *observed {
	for _, d := range w.docs {
		if d.id == id {
			return d
		}
	}
	return nil
}

// observe reads the new ops of all logs and applies them: with Compose, not with the tree that the engine uses.
func (w *world) observe() {
	ctx := context.Background()
	for _, d := range w.docs {
		head, err := w.mem.Head(ctx, d.id)
		if err != nil || int(head.Revision) == len(d.ops) {
			continue
		}
		if int(head.Revision) < len(d.ops) {
			w.fail("P1: the log of %s went back from %d to %d", d.id, len(d.ops), head.Revision)
			return
		}
		ops, err := w.mem.Read(ctx, d.id, storage.Revision(len(d.ops)), storage.Newest, 0)
		if err != nil {
			w.fail("read: %v", err)
			return
		}
		for _, op := range ops {
			w.fold(d, op)
		}
		if last := d.content[len(d.ops)]; !w.tokens && !strings.HasSuffix(last.PlainText(), "\n") {
			w.fail("E6: %s at %d does not end in a newline: %s", d.id, len(d.ops), last)
		}
	}
}

func (w *world) fold(d *observed, op storage.Op) {
	at := len(d.ops)
	d.ops = append(d.ops, op)
	key := sent{op.Client, op.Seq}
	if before, ok := d.place[key]; ok {
		w.fail("P2: op %d of client %s took effect resend in %s, at %d and %d", op.Seq, op.Client, d.id, before, at)
	}
	d.place[key] = at
	if op.Seq <= d.last[op.Client] {
		w.fail("P5: op %d of client %s comes after its op %d in %s", op.Seq, op.Client, d.last[op.Client], d.id)
	}
	d.last[op.Client] = op.Seq
	body, err := wire.DecodeBody(op.Body, delta.Limits{})
	if err != nil {
		w.fail("P3: op %d of %s cannot be read: %v", at, d.id, err)
		return
	}
	content := d.content[at]
	if body.Kind == wire.Create {
		content = body.Delta.Normal()
	} else {
		if err := delta.Fits(body.Delta, content.Len()); err != nil {
			w.fail("E3: op %d of %s does not fit: %v", at, d.id, err)
		}
		content = delta.Compose(content, body.Delta).Normal()
	}
	d.content = append(d.content, content)
	w.result.Committed++
}

// checkShown checks that an op shown to a client is already in the log at that revision, or was, if the client does not know yet
// that the log went back.
func (w *world) checkShown(r *replica, m *message, text []byte) {
	d := w.observed(r.doc)
	shows := func(op storage.Op) bool {
		return op.Client == m.Src && op.Seq == int64(m.Seq) && (m.Op == nil || `"op":`+string(m.Op) == string(op.Body))
	}
	if w.old(r.c) && d.lost(m.V, shows) {
		return
	}
	if m.V >= len(d.ops) {
		w.fail("L2: shown before it was committed (head %d): %s", len(d.ops), text)
		return
	}
	if op := d.ops[m.V]; !shows(op) {
		w.fail("P3: shown %s, but the log has %d of %s: %s", text, op.Seq, op.Client, op.Body)
	}
}

// acknowledged checks that an acknowledged op is in the log at the acknowledged revision.
func (w *world) acknowledged(r *replica, e *edit, at int) {
	w.acknowledge(r.doc, e.src, int64(e.seq), at, e.op, w.old(r.c))
}

// acknowledge checks an acknowledgement. With old it may be from before the log went back.
func (w *world) acknowledge(doc storage.DocumentID, client string, seq int64, at int, op delta.Delta, old bool) {
	d := w.observed(doc)
	if old && d.lost(at, func(op storage.Op) bool { return op.Client == client && op.Seq == seq }) {
		return
	}
	if place, ok := d.place[sent{client, seq}]; !ok || place != at {
		w.fail("P1: op %d of %s is acknowledged at %d of %s, but lies at %d (%v)", seq, client, at, doc, place, ok)
	}
	w.result.Acked++
	if w.tokens {
		for _, token := range tokensOf(op.PlainText()) {
			d.acked[token] = at
		}
	}
}

// checkContent checks that content is that of the log replayed up to a revision.
func (w *world) checkContent(doc storage.DocumentID, at int, content delta.Delta, what string) {
	d := w.observed(doc)
	if at > len(d.ops) {
		w.fail("L2: %s is of %d, but the head of %s is %d", what, at, doc, len(d.ops))
		return
	}
	if want := d.content[at]; !content.Normal().Equal(want) {
		w.fail("P4: %s of %s at %d is %s, the log folded is %s", what, doc, at, content, want)
	}
}

// heal stops all faults, reconnects all clients and steps until nothing moves.
func (w *world) heal() {
	w.faulty.SetPlan(nil)
	w.slow.calm, w.quiet = true, true
	for _, g := range w.guests {
		w.cut(g.client)
	}
	for i := 1; i < len(w.hubs); i++ { // with one node left, every client is told of every op
		w.kill(i)
	}
	w.hubs, w.nodes = w.hubs[:1], w.nodes[:1]
	w.settle()
	for _, d := range w.docs { // the node learns of an op written elsewhere when it next writes
		w.token++
		w.s.pass(time.Second)
		w.elsewhere()
		w.observe()
		call := &restCall{doc: d.id}
		call.s.Who, call.s.Client, call.s.Seq = w.clients[0].user, w.newToken(), 1
		call.s.Base, call.s.Op = storage.Revision(len(d.ops)), delta.Delta{}
		w.restCalls = append(w.restCalls, call)
	}
	w.settle()
}

// settle steps until no client or request waits for anything.
func (w *world) settle() {
	for range 200_000 {
		if w.err != nil || w.atRest() {
			return
		}
		w.step++
		moved := w.s.step()
		for _, c := range w.clients {
			w.connect(c)
			for _, r := range c.replicas {
				if c.greeted && !r.wants && r.asked == 0 {
					r.wants = true
					c.subscribe([]*replica{r}, r.version >= 0)
				}
			}
		}
		for _, r := range w.restCalls {
			if !r.inFlight {
				w.sendRest(r, 0)
			}
		}
		w.deliverUp()
		w.pull()
		w.deliverDown()
		w.notice()
		w.observe()
		if !moved {
			w.advance()
		}
	}
	w.fail("liveness: it does not come to rest: %s", w.restless())
}

// restless describes what still moves.
func (w *world) restless() string {
	about := fmt.Sprintf("%d tasks, %d restCalls", len(w.s.tasks), len(w.restCalls))
	for _, l := range w.conns {
		about += fmt.Sprintf("; connection of %d: up %d, down %d, woken %v, reading %v, pulling %v, cut %v, code %d",
			l.c.number, len(l.up), len(l.down), l.woken, l.reading, l.pulling, l.cut, l.code)
	}
	for _, c := range w.clients {
		for _, r := range c.replicas {
			if !r.idle() || !r.subscribed || r.asked > 0 {
				about += fmt.Sprintf("; client %d of %s at %d: %d pending, in flight %v, subscribed %v, asked %d",
					c.number, r.doc, r.version, len(r.pending), r.inflight != nil, r.subscribed, r.asked)
			}
		}
	}
	return about
}

func (w *world) atRest() bool {
	if len(w.restCalls) > 0 || len(w.s.tasks) > 0 {
		return false
	}
	for _, l := range w.conns {
		if len(l.up) > 0 || len(l.down) > 0 || l.woken || l.reading || l.pulling || l.cut {
			return false
		}
	}
	for _, c := range w.clients {
		for _, r := range c.replicas {
			if !r.idle() || !r.subscribed || r.asked > 0 {
				return false
			}
		}
	}
	return true
}

// leaveAll checks that no budget is in use for requests or replies while nothing moves, and none at all after all clients have
// left (P8).
func (w *world) leaveAll() {
	if got := w.hubs[0].InUse(); got.Requests != 0 || got.Queued != 0 {
		w.fail("P8: all is at rest, and %+v is in use", got)
		return
	}
	for _, c := range w.clients {
		if c.conn != nil {
			w.cut(c)
		}
	}
	for range 20_000 {
		if w.hubs[0].InUse() == (collab.InUse{}) {
			return
		}
		w.step++
		w.notice()
		if !w.s.step() {
			w.advance()
		}
	}
	w.fail("P8: all have left, and %+v is in use", w.hubs[0].InUse())
}

// compare checks that every client, the server, the replayed log, and snapshot and tail are equal (P4), and that no token was lost
// (P5).
func (w *world) compare() {
	for _, d := range w.docs {
		head := len(d.ops)
		for _, c := range w.clients {
			r := c.replica(string(d.id))
			if r.version != head {
				w.fail("P4: client %d has %s at %d, the head is %d", c.number, d.id, r.version, head)
				return
			}
			w.checkContent(d.id, head, r.content, "a client's copy")
		}
		w.checkServer(d, "the server's content")
		w.checkSnapshots(d)
		w.checkTokens(d)
	}
	w.kill(0)
	w.start(0)
	for _, d := range w.docs {
		w.checkServer(d, "snapshot and tail")
	}
}

func (w *world) checkServer(d *observed, what string) {
	done := false
	w.on(w.nodes[0], func() {
		w.s.Go(func() {
			content, at, err := w.hubs[0].Content(context.Background(), "", d.id, storage.Newest)
			if err != nil || int(at) != len(d.ops) {
				w.fail("P4: %s of %s is of %d (%v), the head is %d", what, d.id, at, err, len(d.ops))
			} else {
				w.checkContent(d.id, int(at), content, what)
			}
			done = true
		})
	})
	for range 10_000 {
		if done {
			return
		}
		if !w.s.step() {
			w.advance()
		}
	}
	w.fail("liveness: no content of %s", d.id)
}

func (w *world) checkSnapshots(d *observed) {
	ctx := context.Background()
	revisions, err := w.mem.Snapshots(ctx, d.id)
	if err != nil {
		w.fail("snapshots: %v", err)
	}
	for _, at := range revisions {
		loaded, err := w.mem.Load(ctx, d.id, at, 0)
		if err != nil || loaded.Snapshot.Revision != at {
			w.fail("P4: snapshot %d of %s: %v", at, d.id, err)
			return
		}
		content, err := delta.Decode(loaded.Snapshot.Body, delta.Limits{})
		if err != nil {
			w.fail("P4: snapshot %d of %s: %v", at, d.id, err)
			return
		}
		w.checkContent(d.id, int(at), content, "a snapshot")
	}
}

// checkTokens checks that each token that was acknowledged and never deleted is in the document once.
func (w *world) checkTokens(d *observed) {
	if !w.tokens {
		return
	}
	count := map[string]int{}
	for _, token := range tokensOf(d.content[len(d.ops)].PlainText()) {
		count[token]++
	}
	for token := range d.acked {
		if count[token] != 1 && !w.deleted[token] {
			w.fail("P5: %s was acknowledged and not deleted, and is in %s %d times", token, d.id, count[token])
		}
	}
}
