package collab

// Memory is what the documents in memory are thought to take, in bytes.
func (h *Hub) Memory() int64 { return h.memory.Used() }

// Views counts the documents of which s remembers something.
func (s *Session) Views() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.views)
}
