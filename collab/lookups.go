package collab

import (
	"context"
	"sync"

	"quire/collab/access"
	"quire/storage"
)

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

// lookups are those under way of people whom the document does not know yet, so that a change of access can't reach them there: it
// marks the look-up.
type lookups struct {
	mu  sync.Mutex
	all map[*lookup]struct{}
}

type lookup struct {
	who       Identity
	doc       storage.DocumentID
	overtaken bool
	ended     bool // by the end of their sign-in
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

// overtake marks those that a change concerns.
func (l *lookups) overtake(c *concerns) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.all {
		if c.about(one.who, one.doc) {
			one.overtaken, one.ended = true, one.ended || c.ended
		}
	}
}

func (l *lookups) late(one *lookup) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return one.overtaken
}

// end reports whether a change has overtaken it: then what was found does not count, and if their sign-in ended nothing will.
func (l *lookups) end(one *lookup) (overtaken, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, one)
	return one.overtaken, one.ended
}

// admit looks up somebody's role on a document, and calls enter with it, after which a change of access finds them in the document.
// unsure tells of one that came in between. If enter reports false they did not get in, and it is looked up again if need be.
func (h *Hub) admit(ctx context.Context, who Identity, doc storage.DocumentID, enter func(access.Role, storage.Revision) (in bool), unsure func(ended bool)) error {
	for {
		one := h.lookups.begin(who, doc)
		role, since, err := h.lookUp(ctx, who, doc)
		in := err == nil && !h.lookups.late(one) && enter(role, since)
		overtaken, ended := h.lookups.end(one)
		switch {
		case err != nil:
			return err
		case !overtaken:
			return nil
		case in:
			unsure(ended)
			return nil
		case ended:
			enter(access.None, 0)
			return nil
		}
	}
}
