package socket_test

import (
	"fmt"
	"runtime"
	"testing"

	"quire/collab"
	"quire/server/socket"
)

// TestMemoryOfAnIdleConnection: its goroutine's stack is most of it, and a few bytes more in what waits for input would
// double that (conn.serve). The collector shrinks stacks, so a few of its rounds come first.
func TestMemoryOfAnIdleConnection(t *testing.T) {
	const connections = 400
	h := open(t, settings{join: func(tr collab.Transport, who collab.Identity) socket.Session {
		return &echo{transport: tr, who: who, left: make(chan struct{})}
	}})
	heap, stacks := inUse()
	for i := range connections {
		p := h.call(fmt.Sprintf("Authorization: Bearer user%d", i))
		p.send(text(`a first message, which grows the stack`))
		p.says(`a first message, which grows the stack`)
		p.in = nil // the test's own buffer
	}
	heap2, stacks2 := inUse()
	perHeap, perStack := (heap2-heap)/connections, (stacks2-stacks)/connections
	t.Logf("%d bytes of heap (the test's client among them) and %d of stack per idle connection", perHeap, perStack)
	if perStack > 7<<10 {
		t.Errorf("the stack takes %d bytes, want at most 7 KiB: some frame above source.fill has grown", perStack)
	}
}

// inUse gives the bytes in use after the collector has had its way.
func inUse() (heap, stacks int) {
	var m runtime.MemStats
	for range 5 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc), int(m.StackInuse)
}
