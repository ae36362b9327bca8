package events

import "quire/storage"

// subject is what is to be looked up.
type subject struct {
	kind storage.EventKind
	id   string
}

// The kinds of look-ups, by the events that need them.
const (
	ofDocument = storage.EventTitle
	ofGroup    = storage.EventGroup
	ofPerson   = storage.EventPerson
	ofEnded    = storage.EventEnded
	ofProof    = storage.EventSignIn
	ofSettings = storage.EventSetting
)

// told feels what was changed through this process's store, and tells other nodes.
func (w *Watch) told(list []storage.Event) {
	w.mu.Lock()
	for _, e := range list {
		if w.take(e.N) {
			w.feel(e, true)
		}
	}
	w.mu.Unlock()
	for _, e := range list {
		if e.N != 0 {
			w.cfg.Hub.Bus().Event(e)
		}
	}
}

// Heard feels an event that a bus brought before the table did.
func (w *Watch) Heard(e storage.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.N != 0 && w.take(e.N) {
		w.feel(e, false)
	}
}

// feel lets an event take effect, or has what it names looked up. here: it was told here, and this moment. w.mu is held.
func (w *Watch) feel(e storage.Event, here bool) {
	happened := e.N != 0
	switch e.Kind {
	case storage.EventGroup:
		w.cfg.Hub.Apply(e)
		w.later(ofGroup, e.Group, e)
	case storage.EventTrashed, storage.EventRestored, storage.EventDeleted:
		if !happened { // nobody reads on until the row is looked up
			w.cfg.Hub.Apply(storage.Event{Kind: storage.EventReach, Document: e.Document})
		} else {
			w.cfg.Hub.Apply(e)
		}
		if !happened || e.Kind != storage.EventDeleted { // two that crossed may have been felt in the wrong order
			w.later(ofDocument, string(e.Document), e)
		}
	case storage.EventTitle:
		w.later(ofDocument, string(e.Document), e)
	case storage.EventSignIn, storage.EventToken:
		if e.Kind == storage.EventToken {
			e.Kind, e.ID = storage.EventSignIn, w.cfg.Auth.SignInOfToken(e.ID)
		}
		if happened {
			w.cfg.Hub.Apply(e)
		} else {
			w.later(ofProof, e.ID, e)
		}
	case storage.EventEnded:
		if happened && here {
			w.cfg.Hub.Apply(e)
			return
		}
		for _, user := range e.Users { // felt late it may not end what they opened since
			w.later(ofEnded, string(user), e)
		}
	case storage.EventPerson:
		for _, user := range e.Users {
			w.later(ofPerson, string(user), e)
		}
	case storage.EventSetting:
		w.later(ofSettings, "", e)
	default:
		w.cfg.Hub.Apply(e)
	}
}

// later has something looked up. w.mu is held.
func (w *Watch) later(kind storage.EventKind, id string, e storage.Event) {
	if len(w.lookups) < mostLookups {
		w.lookups[subject{kind, id}] = e
	} else {
		w.all = true
	}
	w.soon()
}

// soon wakes whoever looks things up.
func (w *Watch) soon() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}
