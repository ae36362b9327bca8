package collab

import (
	"context"
	"sync"
	"sync/atomic"

	"quire/collab/access"
	"quire/storage"
)

// concerns is whose access to which document changed.
type concerns struct {
	document  storage.DocumentID // "": all
	users     []storage.UserID
	everybody bool
	signIns   map[string]struct{}
	ended     bool // the sign-ins did, so there is nothing to look up
}

func (c *concerns) about(who Identity, doc storage.DocumentID) bool {
	if c.document != "" && c.document != doc {
		return false
	}
	if _, of := c.signIns[who.SignIn]; of || c.everybody {
		return true
	}
	for _, user := range c.users {
		if user == who.User {
			return true
		}
	}
	return false
}

// lookups are the look-ups under way for people who are not readers of the document yet. A change of access can't reach them there, so
// it marks the look-up.
type lookups struct {
	mu  sync.Mutex
	all map[*lookup]struct{}
}

type lookup struct {
	who       Identity
	doc       storage.DocumentID
	overtaken atomic.Bool // by a change: the result does not count
	ended     atomic.Bool // their sign-in has: they get no role
}

func (l *lookups) begin(who Identity, doc storage.DocumentID) *lookup {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := &lookup{who: who, doc: doc}
	if l.all == nil {
		l.all = map[*lookup]struct{}{}
	}
	l.all[one] = struct{}{}
	return one
}

// overtake marks the look-ups that a change concerns.
func (l *lookups) overtake(c *concerns) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.all {
		if c.about(one.who, one.doc) {
			one.ended.Store(one.ended.Load() || c.ended)
			one.overtaken.Store(true)
		}
	}
}

// end removes a look-up. From then on no change marks it.
func (l *lookups) end(one *lookup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, one)
}

// admit looks up somebody's role on a document and calls enter with it. If enter returns true they are known to the document, and
// changes of access reach them there; if one came before, admit calls overtaken. If enter returns false and a change came before, the
// role is looked up again.
func (r *roles) admit(ctx context.Context, who Identity, doc storage.DocumentID, enter func(access.Role, storage.Revision) (in bool), overtaken func(ended bool)) error {
	for {
		one := r.underWay.begin(who, doc)
		role, historyFrom, err := r.lookUp(ctx, who, doc)
		in := err == nil && !one.overtaken.Load() && enter(role, historyFrom)
		r.underWay.end(one)
		switch {
		case err != nil:
			return err
		case !one.overtaken.Load():
			return nil
		case in:
			overtaken(one.ended.Load())
			return nil
		case one.ended.Load():
			enter(access.None, 0)
			return nil
		}
	}
}
