package socket

import "sync/atomic"

// writerState ensures that at most one goroutine writes, and that there is no writer goroutine while there is nothing to write.
//
// The states are idle, running, due (running, with another round to do) and over, after which only the connection's owner writes.
// Liveness: a claim while a writer runs makes it do another round before it stops.
type writerState struct {
	state atomic.Uint32
	rest  chan struct{} // made before over is stored; closed by the writer that sees over
}

const (
	writerIdle uint32 = iota
	writerRunning
	writerDue
	writerOver
)

// begin makes the caller the writer. It must be called before any claim.
func (w *writerState) begin() { w.state.Store(writerRunning) }

// claim asks for a round of writing. If it returns true, the caller must write or start a writer.
func (w *writerState) claim() bool {
	for {
		switch w.state.Load() {
		case writerIdle:
			if w.state.CompareAndSwap(writerIdle, writerRunning) {
				return true
			}
		case writerRunning:
			if w.state.CompareAndSwap(writerRunning, writerDue) {
				return false
			}
		default:
			return false
		}
	}
}

// again is called by the writer after each round. It returns true if there is another round to do; after false the caller is no
// longer the writer.
func (w *writerState) again() bool {
	if w.state.CompareAndSwap(writerRunning, writerIdle) {
		return false
	}
	if w.state.CompareAndSwap(writerDue, writerRunning) {
		return true
	}
	close(w.rest) // over
	return false
}

// end waits for the writer, if there is one, and makes the caller the last one.
func (w *writerState) end() {
	w.rest = make(chan struct{})
	if w.state.Swap(writerOver) != writerIdle {
		<-w.rest
	}
}
