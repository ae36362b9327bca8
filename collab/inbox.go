package collab

import "sync"

// message is something that a document does in its turn.
type message interface{ handle(d *document) }

// call is a message that needs no type of its own.
type call func(d *document)

func (c call) handle(d *document) { c(d) }

// inbox holds the messages to a document, and makes sure that one goroutine at a time takes them: the one that put asks for, until take
// returns none. Its lock is a leaf.
type inbox struct {
	mu       sync.Mutex
	messages []message
	spare    []message // memory of messages that were taken, to be reused
	taking   bool      // a goroutine takes them
}

// put adds a message, and reports whether the caller must start the goroutine.
func (i *inbox) put(m message) (start bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.messages = append(i.messages, m)
	start = !i.taking
	i.taking = true
	return start
}

// take returns all messages, in order. handled is what the last take returned; its memory is reused. If take returns none, the
// goroutine must end.
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

// inTurn reports whether a goroutine takes messages.
func (i *inbox) inTurn() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.taking
}
