package collab

import "quire/storage"

// Proof is what a session was opened with.
type Proof struct {
	SignIn string
	User   storage.UserID
}

// Proofs gives the sign-ins of the sessions that joined after the one of that number, each once, and the number of the
// newest session: for whoever checks that they still count.
func (h *Hub) Proofs(after uint64) (proofs []Proof, newest uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.joined == after {
		return nil, after
	}
	seen := map[Proof]bool{}
	for user, of := range h.sessions {
		for s := range of {
			p := Proof{s.who.SignIn, user}
			if s.number > after && p.SignIn != "" && !seen[p] {
				seen[p] = true
				proofs = append(proofs, p)
			}
		}
	}
	return proofs, h.joined
}

// Documents gives the ids of the documents that are live.
func (h *Hub) Documents() []storage.DocumentID {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]storage.DocumentID, 0, len(h.documents))
	for id := range h.documents {
		ids = append(ids, id)
	}
	return ids
}
