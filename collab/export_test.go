package collab

// Memory is what the documents in memory are thought to take, in bytes.
func (h *Hub) Memory() int64 { return h.registry.memory.Used() }
