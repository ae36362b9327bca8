package events

import "quire/storage"

// subject is something to look up.
type subject struct {
	kind storage.EventKind
	id   string
}

// The kinds of subjects. Each is named by an event that needs such a look-up.
const (
	ofDocument = storage.EventTitle
	ofGroup    = storage.EventGroup
	ofPerson   = storage.EventPerson
	ofEnded    = storage.EventEnded
	ofProof    = storage.EventSignIn
	ofSettings = storage.EventSetting
)

// changedHere applies events of changes made through this process's store and passes them to the bus for other nodes.
func (w *Watch) changedHere(list []storage.Event) {
	w.hear(list, true)
	for _, e := range list {
		if e.N != 0 {
			w.cfg.Hub.Bus().Event(e)
		}
	}
}

// Heard applies an event that arrived over the bus, which may be before Read finds it in the table.
func (w *Watch) Heard(e storage.Event) {
	if e.N != 0 {
		w.hear([]storage.Event{e}, false)
	}
}

func (w *Watch) hear(list []storage.Event, here bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.applyNew(list, here)
}

// applyNew applies what was not applied before. An event that this build does not know, as a newer one writes beside it, may be about
// anything: everything is treated as changed. After a panic the next Read does that. w.mu is held.
func (w *Watch) applyNew(list []storage.Event, here bool) {
	well, known := false, true
	defer func() { w.began = w.began && well }()
	for _, e := range list {
		if w.take(e.N) {
			known = w.apply(e, here) && known
		}
	}
	if !known {
		w.everythingChanged()
	}
	well = true
}

// everythingChanged makes the hub look up every role at once; the rest is looked at later. w.mu is held.
func (w *Watch) everythingChanged() {
	w.all = true
	w.cfg.Hub.Reconsider()
	soon(w.hole)
}

// apply passes an event to the hub, or queues a look-up of what it names. It reports whether it knows the event's kind. here: this
// process made the change, just now. w.mu is held.
func (w *Watch) apply(e storage.Event, here bool) (known bool) {
	happened := e.N != 0
	switch e.Kind {
	case storage.EventGrant, storage.EventGroupGrant, storage.EventReach, storage.EventMembers:
		w.cfg.Hub.Apply(e)
	case storage.EventGroup:
		w.cfg.Hub.Apply(e)
		w.later(ofGroup, e.Group, e)
	case storage.EventTrashed, storage.EventRestored, storage.EventDeleted:
		if !happened { // looks up every role again: nobody reads on until that is done
			w.cfg.Hub.Apply(storage.Event{Kind: storage.EventReach, Document: e.Document})
		} else {
			w.cfg.Hub.Apply(e)
		}
		if !happened || e.Kind != storage.EventDeleted { // events can arrive out of order, so the row decides
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
			break
		}
		for _, user := range e.Users { // if it arrives late, they may be active again: ask first
			w.later(ofEnded, string(user), e)
		}
	case storage.EventPerson:
		for _, user := range e.Users {
			w.later(ofPerson, string(user), e)
		}
	case storage.EventSetting:
		w.later(ofSettings, "", e)
	default:
		return false
	}
	return true
}

// later queues a look-up for Look; when too many wait, everything is looked at instead. w.mu is held.
func (w *Watch) later(kind storage.EventKind, id string, e storage.Event) {
	if len(w.lookups) < mostLookups {
		w.lookups[subject{kind, id}] = e
		soon(w.wake)
	} else {
		w.all = true
		soon(w.hole)
	}
}

// soon wakes what waits for signal.
func soon(signal chan<- struct{}) {
	select {
	case signal <- struct{}{}:
	default:
	}
}
