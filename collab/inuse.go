package collab

// InUse counts what a hub's documents and sessions hold. When all have left and nothing is kept any more, everything is zero.
type InUse struct {
	Documents, Sessions int
	Memory, Reading     int64 // bytes of budgets
	Places, Absent      int64 // for documents that there are, or may be, and for those that there are not
	Longs               int64 // bytes of ops that need a long transform
	Tasks               int   // heavy ones that run or wait in line
	Requests, Queued    int   // of all sessions: unanswered requests, bytes not sent
	Remembered          int   // and documents that they have or remember
}

// InUse counts. It goes through all sessions, so it is for tests and operators.
func (h *Hub) InUse() InUse {
	sessions := h.connections.all()
	u := InUse{Documents: h.registry.count(), Sessions: len(sessions), Memory: h.registry.memory.Used(), Reading: h.reading.Used()}
	u.Places, u.Absent = h.registry.places.Used(), h.registry.absent.Used()
	u.Longs = h.node.longs.Used()
	running, waiting := h.node.heavy.Busy()
	u.Tasks = running + waiting
	for _, s := range sessions {
		requests, queued, documents := s.Load()
		u.Requests += requests
		u.Queued += queued
		u.Remembered += documents
	}
	return u
}
