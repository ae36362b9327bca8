package collab

import (
	"context"
	"errors"
	"sync"

	"quire/collab/access"
	"quire/storage"
)

// roles looks up what people may do to documents.
type roles struct {
	node     *Node
	openings openings
	underWay lookups
}

// lookUp returns somebody's role on a document, and from which revision on they may read its history (W8). If a token has claims, only
// these count. Otherwise it asks the store once, for at most StoreWait (W7). Somebody may have a role in several ways: the highest
// counts, with the earliest time.
func (r *roles) lookUp(ctx context.Context, who Identity, doc storage.DocumentID) (access.Role, storage.Revision, error) {
	if !who.Reaches(doc) {
		return access.None, 0, nil
	}
	ctx, cancel := r.node.timeout(ctx)
	defer cancel()
	if who.Claims != nil {
		return r.lookUpClaim(ctx, who, doc)
	}
	ways, err := r.node.store.HeldRoles(ctx, doc, who.User)
	if err != nil && !isAbsent(err) {
		return access.None, 0, err
	}
	role, historyFrom := best(ways)
	return role, historyFrom, nil
}

// deleted reports whether a document is gone for good, which is why nobody has a role on it.
func (r *roles) deleted(ctx context.Context, doc storage.DocumentID) (bool, error) {
	ctx, cancel := r.node.timeout(ctx)
	defer cancel()
	_, err := r.node.store.Head(ctx, doc)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if errors.Is(err, storage.ErrDeleted) {
		return true, nil
	}
	return false, err
}

func (r *roles) lookUpClaim(ctx context.Context, who Identity, doc storage.DocumentID) (access.Role, storage.Revision, error) {
	role := access.Claimed(who.Claims, string(doc))
	if role == access.None || access.Allows(role, access.ReadHistory) {
		return role, 0, nil
	}
	historyFrom, err := r.firstOpened(ctx, opening{who.User, doc})
	return role, historyFrom, err
}

// best returns the highest role of all ways, and the earliest time of those that allow reading. Whatever the store holds, only a grant
// to the person makes an owner.
func best(ways []storage.HeldRole) (role access.Role, historyFrom storage.Revision) {
	for _, way := range ways {
		one, _ := access.Parse(way.Role)
		if way.Via == storage.ViaGroup || way.Via == storage.ViaReach {
			one = min(one, access.Editor)
		}
		if !access.Allows(one, access.Read) {
			continue
		}
		if role == access.None || way.Since < historyFrom {
			historyFrom = way.Since
		}
		role = max(role, one)
	}
	return role, historyFrom
}

// opening is somebody and a document that only their token lets them read, so that no row says since when.
type opening struct {
	user storage.UserID
	doc  storage.DocumentID
}

// openings remembers at which revision token holders first opened a document on this node: they may read from there on, so that they
// can resume, but not what was written before (W8). There are two generations. When the younger is full the older is dropped; a
// client that was forgotten fetches the document anew.
type openings struct {
	mu           sync.Mutex
	young, older map[opening]storage.Revision
}

const keptOpenings = 20_000 // in each generation

func (o *openings) get(key opening) (storage.Revision, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, ok := o.young[key]
	if !ok {
		if at, ok = o.older[key]; ok {
			o.add(key, at)
		}
	}
	return at, ok
}

// put remembers an opening, and returns the first one.
func (o *openings) put(key opening, at storage.Revision) storage.Revision {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, generation := range []map[opening]storage.Revision{o.young, o.older} {
		if earlier, ok := generation[key]; ok {
			at = min(at, earlier)
		}
	}
	o.add(key, at)
	return at
}

func (o *openings) add(key opening, at storage.Revision) {
	if len(o.young) >= keptOpenings {
		o.older, o.young = o.young, nil
	}
	if o.young == nil {
		o.young = map[opening]storage.Revision{}
	}
	o.young[key] = at
}

// firstOpened returns the head at which somebody first opened a document with a token alone.
func (r *roles) firstOpened(ctx context.Context, key opening) (storage.Revision, error) {
	if at, ok := r.openings.get(key); ok {
		return at, nil
	}
	head, err := r.node.store.Head(ctx, key.doc)
	if isAbsent(err) {
		return 0, nil // there is no history to hide yet
	} else if err != nil {
		return 0, err
	}
	return r.openings.put(key, head.Revision), nil
}
