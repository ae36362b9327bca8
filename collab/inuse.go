package collab

// InUse is what a hub has given out and not got back. When everybody has left and nothing is kept any more, all of it is zero.
type InUse struct {
	Documents, Sessions int
	Memory, Reading     int64 // bytes of budgets
	Requests, Queued    int   // of all sessions: unanswered requests, bytes not sent
	Remembered          int   // and documents of which they remember something: roles, of those not open
}

// InUse counts. It is for tests and for who looks at a whole node, not for what is done often.
func (h *Hub) InUse() InUse {
	sessions := h.connections.all()
	u := InUse{Documents: h.registry.count(), Sessions: len(sessions), Memory: h.registry.memory.Used(), Reading: h.reading.Used()}
	for _, s := range sessions {
		requests, queued, documents := s.Load()
		u.Requests += requests
		u.Queued += queued
		u.Remembered += documents
	}
	return u
}
