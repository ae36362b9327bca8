package socket_test

import (
	"context"
	"net"
	"testing"
	"time"

	"quire/collab/wire"
)

// The tests of this file are about a session that is called in the middle of a read (conn.read).

// held opens a connection whose session blocks in each frame until release is called, and then calls inside. The first frame has
// arrived when held returns.
func held(t *testing.T, inside func(e *echo)) (p *peer, e *echo, entered chan struct{}, release func()) {
	t.Helper()
	gate := make(chan struct{})
	entered = make(chan struct{}, 10)
	h := open(t, settings{onFrame: func(e *echo, _ context.Context, _ []byte) {
		entered <- struct{}{}
		<-gate
		if inside != nil {
			inside(e)
		}
	}})
	p = h.call(ann)
	e = h.session()
	p.send(text("one"))
	arrives(t, entered, "the first frame")
	return p, e, entered, func() { close(gate) }
}

func arrives(t *testing.T, what chan struct{}, name string) {
	t.Helper()
	select {
	case <-what:
	case <-time.After(soon):
		t.Fatalf("%s: never", name)
	}
}

// The kernel may report a frame and the end of input after it at once, and does not report again.
func TestTheEndRightAfterAFrameIsNoticed(t *testing.T) {
	p, e, entered, release := held(t, nil)
	p.send(text("two"))
	if err := p.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	release()
	arrives(t, entered, "the second frame")
	e.leaves(t)
}

// Input that arrives while a frame is handled is also reported only once.
func TestAFrameThatComesWhileAnotherIsHandledIsRead(t *testing.T) {
	p, _, entered, release := held(t, nil)
	p.send(text("two"), masked(0x01, []byte("thr")))
	release()
	arrives(t, entered, "the second frame")
	p.send(masked(0x80, []byte("ee")))
	arrives(t, entered, "the third frame")
}

// Close waits for the socket's reader, which may be waiting for the goroutine that would close.
func TestAWriterThatBreaksOffDoesNotWaitForTheReader(t *testing.T) {
	reset := func(p *peer) {
		p.Conn.(*net.TCPConn).SetLinger(0)
		p.Close()
	}
	flushes := func(e *echo) {
		for range 4 { // the kernel may take the first
			e.mu.Lock()
			e.queue, e.said = append(e.queue, wire.NewFrame([]byte("lost"))), 1
			e.mu.Unlock()
			e.transport.Flush()
		}
	}
	t.Run("the reader waits", func(t *testing.T) {
		p, e, _, release := held(t, nil)
		reset(p)
		flushed := make(chan struct{})
		go func() {
			defer close(flushed)
			flushes(e)
		}()
		arrives(t, flushed, "the end of the flushing")
		release()
		e.leaves(t)
	})
	t.Run("it is the reader", func(t *testing.T) {
		p, e, _, release := held(t, flushes)
		reset(p)
		release()
		e.leaves(t)
	})
}
