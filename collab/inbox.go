package collab

import "sync"

// message is something for a document to do in its turn.
type message interface{ handle(d *document) }

// call is a message that needs no type of its own.
type call func(d *document)

func (c call) handle(d *document) { c(d) }

// inbox holds what is posted to a document, and says when a goroutine is needed to take it. There is one at a time: from the put
// that found none to the take that finds nothing. Its lock is a leaf.
type inbox struct {
	mu       sync.Mutex
	messages []message
	spare    []message // the memory of what was taken before
	taking   bool      // a goroutine is there
}

// put adds a message, and reports whether a goroutine has to be started that takes it.
func (i *inbox) put(m message) (start bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.messages = append(i.messages, m)
	start = !i.taking
	i.taking = true
	return start
}

// take returns all messages, in their order. handled are those of the last take, whose memory is used again. If there are none the
// caller takes no more.
func (i *inbox) take(handled []message) []message {
	clear(handled)
	i.mu.Lock()
	defer i.mu.Unlock()
	if handled != nil {
		i.spare = handled[:0]
	}
	if len(i.messages) == 0 {
		i.taking = false
		return nil
	}
	taken := i.messages
	i.messages, i.spare = i.spare, nil
	return taken
}

// inTurn reports whether a goroutine is there.
func (i *inbox) inTurn() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.taking
}
