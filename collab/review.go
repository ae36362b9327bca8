package collab

import (
	"sync"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// An op is judged by the role its sender had when it came. Until it is with the store that role may be taken away, and a
// store that stalls makes that long. So with every change of access the ops it concerns are held back, in whatever place
// they wait, until their senders' roles were looked up anew (P10). What is with the store already cannot be called back;
// but if its outcome is unknown, it is given to the store again only by who still may.

// concerns says whose access to what changed.
type concerns struct {
	document  storage.DocumentID // "": all
	users     []storage.UserID
	everybody bool
	signIn    string
	ended     bool // signIn, or all of users': there is nothing to look up
}

func (c *concerns) about(who Identity, doc storage.DocumentID) bool {
	if c.document != "" && c.document != doc {
		return false
	}
	if c.everybody || c.signIn != "" && c.signIn == who.SignIn {
		return true
	}
	for _, user := range c.users {
		if user == who.User {
			return true
		}
	}
	return false
}

// accessLog counts the changes of access on this node and remembers the last of them, for ops that were admitted just
// before one and reach their document after it.
type accessLog struct {
	mu   sync.Mutex
	last []*review // ascending
}

const keptChanges = 64

// changed counts one more change.
func (h *Hub) changed(c concerns, by Identity) *review {
	h.access.mu.Lock()
	defer h.access.mu.Unlock()
	r := &review{concerns: c, by: by, change: h.changes.Add(1)}
	if len(h.access.last) == keptChanges {
		h.access.last = append(h.access.last[:0], h.access.last[keptChanges/2:]...)
	}
	h.access.last = append(h.access.last, r)
	return r
}

// since gives the newest change after the given one that concerns who on doc, or one that may.
func (h *Hub) since(change uint64, who Identity, doc storage.DocumentID) *review {
	h.access.mu.Lock()
	defer h.access.mu.Unlock()
	last := h.access.last
	for i := len(last) - 1; i >= 0 && last[i].change > change; i-- {
		if last[i].about(who, doc) {
			return last[i]
		}
	}
	if len(last) > 0 && last[0].change > change+1 { // more happened than is remembered
		return &review{concerns: concerns{everybody: true}, change: last[len(last)-1].change}
	}
	return nil
}

// review asks a document to judge anew what waits in it and is concerned.
type review struct {
	concerns
	by     Identity
	change uint64
}

func (r *review) handle(d *document) {
	var found []*submission
	d.eachWaiting(func(s *submission) {
		if s.admitted < r.change && s.answer == unanswered && r.about(s.sender.Identity(), d.id) {
			found = append(found, s)
		}
	})
	d.review(r, found)
}

// eachWaiting gives every op that was sent and is not in the log, as far as known here.
func (d *document) eachWaiting(f func(*submission)) {
	each := func(s *submission) {
		f(s)
		s.eachTwin(f)
	}
	for _, o := range d.order.Pending() {
		if s := submitted(o); s != nil {
			each(s)
		}
	}
	for s := range d.waits.all {
		each(s)
	}
}

// review holds found back and looks up each sender's role. Who is signed in no more may nothing.
func (d *document) review(r *review, found []*submission) {
	if len(found) == 0 {
		return
	}
	by := map[Sender][]*submission{}
	var senders []Sender
	for _, s := range found {
		if by[s.sender] == nil {
			senders = append(senders, s.sender)
		}
		by[s.sender] = append(by[s.sender], s)
		s.admitted = r.change
		s.doubts++
	}
	d.rejudge()
	for _, sender := range senders {
		of := by[sender]
		if r.ended {
			d.reviewed(r, of, access.None, nil)
			continue
		}
		d.doubtful++
		d.job(func() message {
			role, err := d.hub.roleOf(sender, d.id, r.by)
			return call(func(d *document) {
				d.doubtful--
				d.reviewed(r, of, role, err)
			})
		})
	}
}

// roleOf looks up the role of who sent an op. If they are still here their session does, so that they learn of a change
// before what they sent is refused for it.
func (h *Hub) roleOf(sender Sender, doc storage.DocumentID, by Identity) (role access.Role, err error) {
	if role, ok := sender.Recheck(by); ok {
		return role, nil
	}
	err = h.Retry(h.rt.Now(), func() (err error) {
		role, _, err = h.lookUp(h.ctx, sender.Identity(), doc)
		return err
	})
	return role, err
}

// reviewed lets ops go on whose sender still may, and bars the others. Of several reviews the newest counts. Without an
// answer nobody knows, so their senders have to ask again (W7).
func (d *document) reviewed(r *review, of []*submission, role access.Role, err error) {
	for _, s := range of {
		s.doubts--
		if r.change < s.judged {
			continue
		}
		s.judged = r.change
		switch {
		case err == nil:
			who := s.sender.Identity()
			s.Barred, s.Recreates = nil, who.Allows(role, access.Delete)
			if !who.Allows(role, s.needs()) {
				s.Barred = who.Refusal(role, s.needs())
			}
		case s.answer == unanswered:
			s.undecided()
			s.answer = abandoned
		}
	}
	d.dropGiven()
	if d.state == docLive {
		d.resumeLater()
	}
}

// dropGiven forgets what waits here and was given up.
func (d *document) dropGiven() {
	d.waits.drop(forRoom, func(s *submission) bool { return s.answer == abandoned })
}

// needs is what a sender must be allowed to do.
func (s *submission) needs() access.Action {
	if s.Body.Kind == wire.Del {
		return access.Delete
	}
	return access.Write
}

// overtaken begins a review of an op that was admitted before a change its document was told of first.
func (d *document) overtaken(s *submission) {
	if s.admitted == d.hub.changes.Load() {
		return
	}
	if r := d.hub.since(s.admitted, s.sender.Identity(), d.id); r != nil {
		d.review(r, []*submission{s})
	}
}

// heldBack reports whether s waits for a review, its own or that of an op its client sent before it.
func (d *document) heldBack(s *submission) bool {
	if s.doubts > 0 {
		return true
	}
	if d.doubtful == 0 {
		return false
	}
	for earlier := range d.waits.ops(forRoom) {
		if earlier.doubts > 0 && earlier.Client == s.Client {
			return true
		}
	}
	return false
}
