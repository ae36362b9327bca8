package socket_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"quire/collab"
	"quire/collab/wire"
	"quire/server/socket"
)

// footprint returns the memory in use after garbage collection.
type footprint struct{ heap, stacks, goroutines int }

func inUse() footprint {
	for range 5 { // each collection can halve a stack
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{int(m.HeapAlloc), int(m.StackInuse), runtime.NumGoroutine()}
}

// idlers opens n sockets that have sent something and are idle now. The test itself keeps only their connections.
func (h *house) idlers(n int) (all []*peer) {
	h.t.Helper()
	for i := range n {
		p := h.call(fmt.Sprintf("Authorization: Bearer user%d", i))
		p.send(text(`a first message, which grows the stack`))
		p.says(`a first message, which grows the stack`)
		p.in, p.response = nil, nil
		all = append(all, p)
	}
	return all
}

// openQuietly starts a server whose sessions are not recorded.
func openQuietly(t *testing.T) *house {
	return open(t, settings{join: func(tr collab.Transport, who collab.Identity) socket.Session {
		return &echo{transport: tr, who: who, left: make(chan struct{})}
	}})
}

// TestWhatAnIdleConnectionCosts checks that an idle connection has one goroutine, and no writer, timer or buffer. That goroutine's
// stack is most of the memory, and a few bytes more in the functions that wait for input would double it (conn.serve). The test
// measures 500 more connections, so that what the first ones cause (the server's workers, buffers in pools) does not count.
func TestWhatAnIdleConnectionCosts(t *testing.T) {
	const few, more = 100, 500
	h := openQuietly(t)
	h.idlers(few)
	before := inUse()
	h.idlers(more)
	after := inUse()
	heap, stack := (after.heap-before.heap)/more, (after.stacks-before.stacks)/more
	goroutines := after.goroutines - before.goroutines
	t.Logf("FIGURE an idle connection costs %d bytes: %d of heap, the test's client among them, and %d of stack; %.2f goroutines",
		heap+stack, heap, stack, float64(goroutines)/more)
	if stack > stackMost {
		t.Errorf("the stack takes %d bytes, want at most %d: some frame above source.fill has grown", stack, stackMost)
	}
	if most := stackMost + 4<<10; heap+stack > most {
		t.Errorf("heap and stack take %d bytes, want at most %d", heap+stack, most)
	}
	if spare := 10; goroutines < more-spare || goroutines > more+spare { // for workers that start or end meanwhile
		t.Errorf("%d goroutines for %d idle connections, want one each", goroutines, more)
	}
}

// TestALargeFrameLeavesNoBufferBehind checks that a TLS connection, which holds a buffer while it waits, holds a small one again.
// The client writes small pieces, because crypto/tls keeps a buffer for the largest record received, here 1 KB.
func TestALargeFrameLeavesNoBufferBehind(t *testing.T) {
	const connections, largest = 50, 8 << 10
	h := open(t, settings{tls: selfSigned(t), onFrame: func(e *echo, _ context.Context, frame []byte) {
		e.say(wire.NewFrame(fmt.Append(nil, len(frame))))
	}})
	peers := make([]*peer, connections)
	for i := range peers {
		peers[i] = h.call(ann)
		peers[i].send(text("x"))
		peers[i].says("1")
	}
	before := inUse()
	large := text(strings.Repeat("x", 100_000))
	for _, p := range peers {
		p.send(pieces(large, 1000)...)
		p.send(text("xyz")[:1]) // the start of another frame
		p.says("100000")
	}
	per := (inUse().heap - before.heap) / connections
	t.Logf("FIGURE after a frame of 100,000 bytes a TLS connection holds %d bytes more than before", per)
	if per > largest {
		t.Errorf("each holds %d bytes more, want at most %d: a buffer of 64 KiB was kept", per, largest)
	}
	for _, p := range peers {
		p.send(text("xyz")[1:])
		p.says("3")
	}
}
