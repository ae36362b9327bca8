package collab

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"quire/collab/wire"
	"quire/storage"
)

// connections holds the sessions of one node, by user.
type connections struct {
	mu     sync.Mutex
	byUser map[storage.UserID]map[Connection]uint64 // each session's number, in the order in which they joined
	joined uint64                                   // sessions so far
}

func (cs *connections) add(c Connection) {
	user := c.Identity().User
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.joined++
	if cs.byUser == nil {
		cs.byUser = map[storage.UserID]map[Connection]uint64{}
	}
	of := cs.byUser[user]
	if of == nil {
		of = make(map[Connection]uint64, 1)
		cs.byUser[user] = of
	}
	of[c] = cs.joined
}

func (cs *connections) remove(c Connection) {
	user := c.Identity().User
	cs.mu.Lock()
	defer cs.mu.Unlock()
	of := cs.byUser[user]
	delete(of, c)
	if len(of) == 0 {
		delete(cs.byUser, user)
	}
}

// of returns a user's sessions in the order in which they joined.
func (cs *connections) of(user storage.UserID) []Connection {
	cs.mu.Lock()
	numbers := maps.Clone(cs.byUser[user])
	cs.mu.Unlock()
	return inOrder(numbers)
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
