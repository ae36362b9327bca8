package collab

import "quire/storage"

// Proof is what a session was opened with.
type Proof struct {
	SignIn string
	User   storage.UserID
}

// Proofs returns the sign-ins of the sessions that joined after the one of that number, each once, and the number of the
// newest session: for whoever checks that they still count.
func (h *Hub) Proofs(after uint64) (proofs []Proof, newest uint64) {
	var newer []Connection
	h.mu.Lock()
	newest = h.joined
	for _, of := range h.sessions {
		if newest == after {
			break
		}
		for c, number := range of {
			if number > after {
				newer = append(newer, c)
			}
		}
	}
	h.mu.Unlock()
	seen := map[Proof]bool{}
	for _, c := range newer {
		who := c.Identity()
		p := Proof{who.SignIn, who.User}
		if p.SignIn != "" && !seen[p] {
			seen[p] = true
			proofs = append(proofs, p)
		}
	}
	return proofs, newest
}

// Documents returns the ids of the documents that are live.
func (h *Hub) Documents() []storage.DocumentID {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]storage.DocumentID, 0, len(h.documents))
	for id := range h.documents {
		ids = append(ids, id)
	}
	return ids
}
