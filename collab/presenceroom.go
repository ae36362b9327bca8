package collab

// presenceRoom counts the bytes of what was announced on a channel, by person. Used by the turn alone.
type presenceRoom struct {
	bytes   int
	persons map[string]int
}

func (r *presenceRoom) add(c *caret, bytes int) {
	if r.persons == nil {
		r.persons = map[string]int{}
	}
	r.bytes += bytes
	if r.persons[c.user.ID] += bytes; r.persons[c.user.ID] == 0 {
		delete(r.persons, c.user.ID)
	}
}

// greediest returns the person with the most; of several the first by id.
func (r *presenceRoom) greediest() (person string) {
	for id, bytes := range r.persons {
		if most := r.persons[person]; bytes > most || bytes == most && id < person {
			person = id
		}
	}
	return person
}

// makeRoom drops presences until those of c's person, and all, are within the bounds: a person's oldest ones first, and of all
// persons those of the one who has the most. c stays, unless it is the only one.
func (p *presence) makeRoom(c *caret, l *Limits) {
	for p.room.persons[c.user.ID] > l.PresencePerson && p.dropOldest(c.user.ID, c) {
	}
	for p.room.bytes > l.PresenceBytes && p.dropOldest(p.room.greediest(), c) {
	}
}

// dropOldest drops the oldest presence of a person, other than the given one, and reports whether there was one.
func (p *presence) dropOldest(person string, but *caret) bool {
	var oldest *caret
	for _, c := range p.carets {
		if c.user.ID == person && c != but && (oldest == nil || c.number < oldest.number) {
			oldest = c
		}
	}
	if oldest != nil {
		p.drop(oldest)
	}
	return oldest != nil
}
