package collab

import (
	"slices"
	"sync/atomic"
	"time"

	"quire/collab/access"
	"quire/collab/wire"
	"quire/storage"
)

// subscribers are the readers of a document's live ops, in the order in which they came. Only the turn uses them, but any goroutine may
// read people.
type subscribers struct {
	list    []*Handle
	changed bool                     // people is not up to date
	people  atomic.Pointer[[]Person] // each person once, in that order

	membersTold time.Time // when they were last told that members or links changed
	membersDue  bool      // they will be told again after a pause
}

// seen returns how others see somebody who has a role.
func seen(who Identity, role access.Role) Person {
	return Person{who.User, who.Name, who.Color, who.Guest, who.Picture, who.Allows(role, access.Write)}
}

// add makes x a reader of the live ops from a revision on.
func (s *subscribers) add(x *Handle, from storage.Revision) {
	x.from = from
	x.who = seen(x.reader.Identity(), x.standing.role)
	if x.subscribed {
		return
	}
	x.subscribed = true
	s.list = append(s.list, x)
	x.reader.Hold(1)
	s.changed = true
}

func (s *subscribers) remove(x *Handle) {
	if !x.subscribed {
		return
	}
	x.subscribed = false
	if i := slices.Index(s.list, x); i >= 0 {
		s.list = slices.Delete(s.list, i, i+1)
	}
	x.reader.Hold(-1)
	s.changed = true
}

// rename changes a person's name, colour and picture.
func (s *subscribers) rename(who Person) {
	for _, x := range s.list {
		if x.who.ID == who.ID {
			x.who.Name, x.who.Color, x.who.Picture = who.Name, who.Color, who.Picture
			s.changed = true
		}
	}
}

// writes sets whether a reader may write.
func (s *subscribers) writes(x *Handle, may bool) {
	x.who.Writing = may
	s.changed = true
}

// listPeople updates people if they changed.
func (s *subscribers) listPeople() {
	if !s.changed {
		return
	}
	s.changed = false
	people := make([]Person, 0, len(s.list))
	index := map[storage.UserID]int{}
	for _, x := range s.list {
		if i, ok := index[x.who.ID]; ok {
			people[i].Writing = people[i].Writing || x.who.Writing
			continue
		}
		index[x.who.ID] = len(people)
		people = append(people, x.who)
	}
	s.people.Store(&people)
}

// fanOut is up to how many readers the document's goroutine writes to by itself. Of more, other goroutines do parts: a write takes the
// kernel some 8 µs, and a document should not stand still for a thousand of them.
const fanOut = 128

// flush tells all of them that the feed has more.
func (s *subscribers) flush(n *Node) {
	if len(s.list) <= fanOut {
		for _, x := range s.list {
			x.reader.Flush()
		}
		return
	}
	for some := range slices.Chunk(slices.Clone(s.list), fanOut) {
		n.Task(func() {
			for _, x := range some {
				x.reader.Flush()
			}
		})
	}
}

// notify sends a frame to all of them that use Quire's own client.
func (s *subscribers) notify(f wire.Frame) {
	for _, x := range s.list {
		x.reader.Notify(f)
	}
}

// close ends all their sessions.
func (s *subscribers) close(code wire.CloseCode, reason string) {
	for _, x := range s.list {
		x.reader.Close(code, reason)
	}
}
