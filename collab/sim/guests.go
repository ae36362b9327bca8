package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"quire/collab"
	"quire/collab/access"
	"quire/storage"
)

// guest is a user whose roles change while they read and write (P10). Unlike a client it keeps no copies: it sends any request, and
// may be refused or disconnected.
type guest struct {
	*client
	sent  map[storage.DocumentID]int // seq of the unanswered op
	again storage.DocumentID         // if not "", the guest's next action changes the role here once more
	roles map[storage.DocumentID]access.Role
	ended map[storage.DocumentID]map[access.Action]time.Time // when the right to the action ended; zero: they have it
}

// tooLate is how long after a right has ended its effects must be gone (P10).
const tooLate = time.Second

func (w *world) newGuest(i int) {
	user := storage.UserID(fmt.Sprintf("guest%d", i))
	c := &client{w: w, number: 100 + i, user: collab.Identity{User: user}}
	g := &guest{
		client: c, sent: map[storage.DocumentID]int{}, roles: map[storage.DocumentID]access.Role{},
		ended: map[storage.DocumentID]map[access.Action]time.Time{},
	}
	c.guest = g
	for _, d := range w.docs {
		g.ended[d.id] = map[access.Action]time.Time{access.Read: w.s.now, access.Write: w.s.now}
	}
	w.guests = append(w.guests, g)
}

// visit lets a guest do something, or changes their role.
func (w *world) visit() {
	w.observe()
	g := w.guests[w.rand.IntN(len(w.guests))]
	d := w.docs[w.rand.IntN(len(w.docs))]
	roll := w.rand.IntN(100)
	if g.again != "" {
		doc := g.again
		g.again = ""
		w.changeRole(g, doc)
		return
	}
	switch {
	case roll < 8:
		w.changeRole(g, d.id)
	case roll < 15:
		w.submitGuest(g, d)
	case roll < 30 && g.conn == nil:
		w.connect(g.client)
	case !g.greeted:
	case roll < 33:
		w.cut(g.client)
	case roll < 48:
		g.send(fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, d.id))
	case roll < 53:
		g.send(fmt.Sprintf(`{"a":"f","c":"documents","d":%q,"v":%d}`, d.id, w.rand.IntN(len(d.ops)+1)))
	case roll < 56:
		g.send(fmt.Sprintf(`{"a":"u","c":"documents","d":%q}`, d.id))
	case roll < 62:
		g.send(fmt.Sprintf(`{"a":"ps","ch":"documents.%s","seq":1}`, d.id))
	case roll < 70:
		g.send(fmt.Sprintf(`{"a":"p","ch":"documents.%s","id":"p%d","p":{"index":0,"length":0},"pv":%d,"c":"documents","d":%q,"v":%d,"t":"rich-text"}`,
			d.id, g.number, w.step, d.id, len(d.ops)))
	case g.sent[d.id] == 0: // one op in flight, like a stock client
		base := w.base(d)
		g.seq++
		g.sent[d.id] = g.seq
		g.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},"op":%s}`, d.id, base, g.seq, w.anInsert(d.content[base])))
	}
}

// base returns a recent revision to make an op for.
func (w *world) base(d *observed) int { return len(d.ops) - w.rand.IntN(min(len(d.ops), 20)) }

func (w *world) submitGuest(g *guest, d *observed) {
	base := w.base(d)
	w.token++
	s := collab.Submission{
		Who: g.user, Client: fmt.Sprintf("rest%d", w.token), Seq: 1, Base: storage.Revision(base), Op: w.anInsert(d.content[base]),
	}
	i := w.rand.IntN(len(w.hubs))
	hub := w.hubs[i]
	w.on(w.nodes[i], func() {
		w.s.Go(func() {
			done, err := hub.Submit(context.Background(), d.id, s)
			w.note("guest %v %d", err, done.Revision)
		})
	})
}

// changeRole gives a guest another role, or none. One node applies the event at once. All nodes apply it when they next read the
// store's events (see follow).
func (w *world) changeRole(g *guest, doc storage.DocumentID) {
	roles := []access.Role{access.None, access.Viewer, access.Editor}
	role := roles[w.rand.IntN(len(roles))]
	if role == g.roles[doc] {
		return
	}
	ctx, err := storage.As(context.Background(), storage.Actor{ID: "u0"}), error(nil)
	w.heard = nil
	if role == access.None {
		err = w.mem.RemoveGrant(ctx, doc, g.user.User)
	} else {
		grant := storage.Grant{Document: doc, User: g.user.User, Role: role.String(), CreatedAt: w.s.now}
		_, err = w.mem.SetGrant(ctx, grant, storage.AnyRole)
	}
	if err != nil {
		w.fail("role: %v", err)
	}
	w.note("role %d %s %s", g.number, doc, role)
	w.result.Roles++
	g.roles[doc] = role
	for action, since := range g.ended[doc] {
		switch {
		case access.Allows(role, action):
			g.ended[doc][action] = time.Time{}
		case since.IsZero():
			g.ended[doc][action] = w.s.now
		}
	}
	if w.rand.IntN(3) > 0 {
		g.again = doc
	}
	told := w.rand.IntN(len(w.hubs))
	w.on(w.nodes[told], func() { apply(w.hubs[told], w.heard) })
}

// late reports whether the guest lost the right to action more than tooLate ago.
func (g *guest) late(doc storage.DocumentID, action access.Action) bool {
	since, ok := g.ended[doc][action]
	return ok && !since.IsZero() && g.w.s.now.Sub(since) > tooLate
}

// receive handles a frame. A guest only notes which requests were answered.
func (g *guest) receive(text []byte) {
	var m message
	if json.Unmarshal(text, &m) != nil {
		return
	}
	switch {
	case m.A == "hs":
		g.id, g.greeted = m.ID, true
	case m.A == "op" && (m.Error != nil || m.Src == g.id && m.Seq == g.sent[storage.DocumentID(m.D)]):
		delete(g.sent, storage.DocumentID(m.D))
	}
}

// checkPulled checks that a pulled frame shows nothing of a document that the guest may no longer read.
func (g *guest) checkPulled(frame []byte) {
	var m struct {
		A      string          `json:"a"`
		D      string          `json:"d"`
		ID     string          `json:"id"`
		Ch     string          `json:"ch"`
		P      json.RawMessage `json:"p"`
		Op     json.RawMessage `json:"op"`
		Create json.RawMessage `json:"create"`
		Data   json.RawMessage `json:"data"`
		Error  json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(frame, &m); err != nil || m.Error != nil {
		return
	}
	doc := storage.DocumentID(m.D)
	switch m.A {
	case "op":
		if m.Op == nil && m.Create == nil {
			return // an acknowledgement
		}
	case "s", "f":
		if m.Data == nil {
			return
		}
	case "p":
		if m.ID == fmt.Sprintf("p%d", g.number) {
			return // their own presence, echoed as the acknowledgement
		}
		if doc == "" && len(m.Ch) > len("documents.") {
			doc = storage.DocumentID(m.Ch[len("documents."):])
		}
	default:
		return
	}
	g.w.result.GuestFrames++
	if g.late(doc, access.Read) {
		g.w.fail("P10: guest %d is shown %s, %v after the end of their right to read", g.number, frame, g.w.s.now.Sub(g.ended[doc][access.Read]))
	}
}

// checkAppended checks that no op is given to the store whose author may no longer write.
func (w *world) checkAppended(batches []storage.Batch) {
	for _, b := range batches {
		for _, op := range b.Ops {
			for _, g := range w.guests {
				if op.Author != g.user.User {
					continue
				}
				w.result.GuestOps++
				if g.late(b.Document, access.Write) {
					w.fail("P10: op %d of guest %d on %s is given to the store %v after the end of their right to write",
						op.Seq, g.number, b.Document, w.s.now.Sub(g.ended[b.Document][access.Write]))
				}
			}
		}
	}
}
