package socket

import "sync/atomic"

// writerState sees to it that at most one goroutine writes, and that none exists while there is nothing to write.
//
// A writer is idle, running, or running and due another round; over is the end, after which only the connection's owner
// writes. Liveness: a claim while somebody runs makes that one look once more before it rests.
type writerState struct {
	state atomic.Uint32
	rest  chan struct{} // made before over is stored; closed by the writer that finds it
}

const (
	writerIdle uint32 = iota
	writerRunning
	writerDue
	writerOver
)

// begin makes the caller the writer, before anybody else can be.
func (w *writerState) begin() { w.state.Store(writerRunning) }

// claim asks for a round of writing; true means that the caller must provide the writer.
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

// again is asked by the writer after each round; false means that it must stop now.
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

// end waits for the writer, if there is one, and makes the caller the last.
func (w *writerState) end() {
	w.rest = make(chan struct{})
	if w.state.Swap(writerOver) != writerIdle {
		<-w.rest
	}
}
