package load

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// follower is a connection to a document. It receives the ops in order and counts them.
type follower struct {
	name     string // for messages
	doc      *document
	run      *run
	socket   *socket
	revision atomic.Int64 // received so far

	deliveries  atomic.Int64 // of others' ops, within the window
	propagation histogram
	untimed     int64 // deliveries so late that their author's timings were overwritten

	// Frames that arrived before their predecessors, by revision: a ShareDB server may send ops out of order. Holding them is
	// cheaper than fetching, which its own client does.
	held map[int64][]byte
}

const mostHeld = 10_000

// order passes ops to take in the order of their revisions, each once.
func (f *follower) order(frame []byte, early bool, take func(message) error) error {
	m, err := scan(frame, early)
	switch {
	case err != nil:
		return err
	case m.failure != nil:
		return fmt.Errorf("the server refused an op: %.500s", frame)
	case string(m.action) != "op" || m.v < f.revision.Load():
		return nil
	case m.v > f.revision.Load():
		return f.hold(m.v, frame)
	}
	next := f.revision.Add(1) // before the next op is sent
	if err := take(m); err != nil || len(f.held) == 0 {
		return err
	}
	frame, ok := f.held[next]
	if !ok {
		return nil
	}
	delete(f.held, next)
	return f.order(frame, early, take)
}

func (f *follower) hold(v int64, frame []byte) error {
	if len(f.held) == mostHeld {
		return fmt.Errorf("revision %d did not come, but %d after it", f.revision.Load(), mostHeld)
	}
	if f.held == nil {
		f.held = map[int64][]byte{}
	}
	f.held[v] = slices.Clone(frame)
	return nil
}

// delivered counts another writer's op.
func (f *follower) delivered(m message) {
	at, w := f.socket.readAt, &f.run.window
	if w.holds(at) {
		f.deliveries.Add(1)
	}
	t := (*f.doc.authors.Load())[string(m.src)]
	if t == nil {
		return // the server's own
	}
	due, keys, ok := t.of(m.seq)
	if !ok {
		f.untimed++
		return
	}
	record(&f.propagation, w, due, t.period, keys, at)
}

// listen reads until the connection ends. That is a failure unless the run has ended it.
func (f *follower) listen(receive func(frame []byte) error) {
	for {
		frame, err := f.socket.next()
		if err == nil {
			err = receive(frame)
		}
		if err != nil {
			f.fail(err)
			return
		}
	}
}

func (f *follower) fail(err error) {
	f.run.failures.add(fmt.Errorf("%s of %s: %w", f.name, f.doc.id, err))
	f.socket.nc.Close()
}

// failures collects the first mostFailures errors. After stop, add ignores further ones.
type failures struct {
	mu      sync.Mutex
	list    []error
	stopped bool
}

const mostFailures = 20

func (l *failures) add(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped && len(l.list) < mostFailures {
		l.list = append(l.list, err)
	}
}

// take adds errors, also after stop.
func (l *failures) take(more []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, more...)
}

func (l *failures) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
}

func (l *failures) all() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

func (l *failures) any() bool { return len(l.all()) > 0 }
