package collab

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"quire/collab/wire"
	"quire/storage"
)

// connections holds the sessions of one node, by user and by sign-in, so that the end of a sign-in costs no look at the others.
type connections struct {
	mu       sync.Mutex
	byUser   map[storage.UserID]map[Connection]uint64 // each session's number, in the order in which they joined
	bySignIn map[string][]Connection                  // in that order; without those that have no sign-in
	joined   uint64                                   // sessions so far
}

func (cs *connections) add(c Connection) {
	who := c.Identity()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.joined++
	if cs.byUser == nil {
		cs.byUser, cs.bySignIn = map[storage.UserID]map[Connection]uint64{}, map[string][]Connection{}
	}
	of := cs.byUser[who.User]
	if of == nil {
		of = make(map[Connection]uint64, 1)
		cs.byUser[who.User] = of
	}
	of[c] = cs.joined
	if who.SignIn != "" {
		cs.bySignIn[who.SignIn] = append(cs.bySignIn[who.SignIn], c)
	}
}

func (cs *connections) remove(c Connection) {
	who := c.Identity()
	cs.mu.Lock()
	defer cs.mu.Unlock()
	of := cs.byUser[who.User]
	delete(of, c)
	if len(of) == 0 {
		delete(cs.byUser, who.User)
	}
	with := cs.bySignIn[who.SignIn]
	if i := slices.Index(with, c); i >= 0 {
		with = slices.Delete(with, i, i+1)
		cs.bySignIn[who.SignIn] = with
	}
	if len(with) == 0 {
		delete(cs.bySignIn, who.SignIn)
	}
}

// of returns a user's sessions in the order in which they joined.
func (cs *connections) of(user storage.UserID) []Connection {
	cs.mu.Lock()
	numbers := maps.Clone(cs.byUser[user])
	cs.mu.Unlock()
	return inOrder(numbers)
}

// with returns the sessions of a sign-in in the order in which they joined.
func (cs *connections) with(signIn string) []Connection {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return slices.Clone(cs.bySignIn[signIn])
}

// all returns all sessions in the order in which they joined.
func (cs *connections) all() []Connection {
	all, _ := cs.after(0)
	return all
}

// after returns the sessions that joined after number, in order, and the number of the newest session.
func (cs *connections) after(number uint64) (newer []Connection, newest uint64) {
	numbers := map[Connection]uint64{}
	cs.mu.Lock()
	newest = cs.joined
	for _, of := range cs.byUser {
		if newest == number {
			break
		}
		for c, n := range of {
			if n > number {
				numbers[c] = n
			}
		}
	}
	cs.mu.Unlock()
	return inOrder(numbers), newest
}

// concerned returns the sessions of those whose access changed.
func (cs *connections) concerned(c concerns) (sessions []Connection) {
	if c.everybody {
		return cs.all()
	}
	for _, user := range c.users {
		sessions = append(sessions, cs.of(user)...)
	}
	return sessions
}

// close closes the sessions for which picked reports true.
func (cs *connections) close(code wire.CloseCode, reason string, picked func(Connection) bool) {
	for _, c := range cs.all() {
		if picked(c) {
			c.Close(code, reason)
		}
	}
}

func inOrder(numbers map[Connection]uint64) []Connection {
	return slices.SortedFunc(maps.Keys(numbers), func(a, b Connection) int { return cmp.Compare(numbers[a], numbers[b]) })
}
