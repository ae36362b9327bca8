package collab

import (
	"quire/collab/access"
	"quire/storage"
)

// seen is somebody in a role as others see them.
func seen(who Identity, role access.Role) Person {
	return Person{who.User, who.Name, who.Color, who.Guest, who.Picture, who.Allows(role, access.Write)}
}

// listPeople notes who has the document open, each person once, in the order they came.
func (d *document) listPeople() {
	people := make([]Person, 0, len(d.subs))
	index := map[storage.UserID]int{}
	for _, x := range d.subs {
		if i, ok := index[x.who.ID]; ok {
			people[i].Writing = people[i].Writing || x.who.Writing
			continue
		}
		index[x.who.ID] = len(people)
		people = append(people, x.who)
	}
	d.people.Store(&people)
}
