package collab

import (
	"quire/collab/access"
	"quire/storage"
)

func (h *Hub) personOf(s *Session, role access.Role) Person {
	who := s.Who()
	return Person{who.User, who.Name, who.Color, who.Guest, who.Picture, who.Allows(role, access.Write)}
}

// listPeople notes who has the document open, each person once, in the order they came.
func (d *document) listPeople() {
	people := make([]Person, 0, len(d.subs))
	index := map[storage.UserID]int{}
	for _, v := range d.subs {
		if i, ok := index[v.who.ID]; ok {
			people[i].Writing = people[i].Writing || v.who.Writing
			continue
		}
		index[v.who.ID] = len(people)
		people = append(people, v.who)
	}
	d.people.Store(&people)
}
