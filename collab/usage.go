package collab

import "quire/collab/budget"

// Usage is how much of something that persons share is in use.
type Usage struct {
	Name    string // documents, absent documents, reading, long ops: stable, for the administration
	Whole   int64  // places or bytes
	Used    int64
	Persons int          // who hold any of it
	Top     []budget.Use // the persons who hold the most, in order: places or bytes, also of what others pay for
}

// Usage returns what is in use of all that persons share, with the persons who hold the most of each, and how many heavy tasks run and
// wait. It goes through the persons who hold something, and no documents or sessions.
func (h *Hub) Usage(top int) (all []Usage, running, waiting int) {
	for _, s := range []struct {
		name string
		of   *budget.Shares
	}{
		{"documents", &h.registry.places}, {"absent documents", &h.registry.absent},
		{"reading", &h.reading}, {"long ops", &h.node.longs},
	} {
		all = append(all, Usage{s.name, s.of.Limit, s.of.Used(), s.of.Keys(), s.of.Top(top)})
	}
	running, waiting = h.node.heavy.Busy()
	return all, running, waiting
}
