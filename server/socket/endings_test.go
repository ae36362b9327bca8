package socket_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"quire/collab/wire"
	"quire/server/socket"
)

func TestClosingByTheClient(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload []byte
		answer  []byte
	}{
		{"with a code", []byte("\x03\xe8bye"), []byte("\x03\xe8")},
		{"with a code of its own", []byte("\x0f\xa0"), []byte("\x0f\xa0")},
		{"without", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := open(t, settings{})
			p := h.call(ann)
			s := h.session()
			p.send(masked(0x88, c.payload))
			opcode, payload, err := p.frame()
			if opcode != 0x8 || !bytes.Equal(payload, c.answer) || err != nil {
				t.Fatalf("answer %x % x %v, want a close with % x", opcode, payload, err, c.answer)
			}
			p.ends()
			s.leaves(t)
		})
	}
}

func TestALostClientLeaves(t *testing.T) {
	h := open(t, settings{})
	p := h.call(ann)
	s := h.session()
	p.Close()
	s.leaves(t)
}

// Fiber's own Close does nothing, so a reader would keep waiting. Ours disconnects a client that never answers.
func TestCloseFromAnotherGoroutineEndsASilentClient(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{CloseWait: 50 * time.Millisecond}})
	p := h.call(ann)
	s := h.session()
	s.say(wire.NewFrame([]byte("last words")))
	s.transport.Close(wire.CloseForbidden, "removed")
	s.transport.Close(wire.CloseRestarting, "too late")
	p.says("last words")
	opcode, payload, err := p.frame()
	if opcode != 0x8 || string(payload) != "\x11\x95removed" || err != nil {
		t.Fatalf("got %x %q %v, want the close with 4501", opcode, payload, err)
	}
	s.leaves(t) // although the client never answers
	p.ends()
}

func TestNothingReachesTheSessionAfterClose(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{Frame: 100}})
	p := h.call(ann)
	s := h.session()
	s.transport.Close(wire.CloseSignedOut, "")
	p.send(text("too late"), text(strings.Repeat("x", 101)))
	p.closes(wire.CloseSignedOut)
	s.leaves(t)
	if heard := s.hears(); len(heard) != 0 || s.oversized.Load() != 0 {
		t.Errorf("the session heard %q after it was closed", heard)
	}
}

func TestReceiveIsUnblockedByTheEnd(t *testing.T) {
	h := open(t, settings{onFrame: func(e *echo, ctx context.Context, frame []byte) {
		e.transport.Close(wire.CloseUnavailable, "the database is away")
		<-ctx.Done()
	}})
	p := h.call(ann)
	p.send(text("wait for it"))
	p.closes(wire.CloseUnavailable)
}

func TestAPanicEndsOneConnectionAndTellsTheClientNothing(t *testing.T) {
	var log syncBuffer
	h := open(t, settings{log: slog.New(slog.NewTextHandler(&log, nil)), onFrame: func(e *echo, _ context.Context, frame []byte) {
		if string(frame) == "boom" {
			panic("secret of ours")
		}
		e.say(wire.NewFrame(frame))
	}})
	other, p := h.call("Authorization: Bearer bob"), h.call(ann)
	p.send(text("boom"))
	if reason := p.closes(wire.CloseInternal); strings.Contains(reason, "secret") {
		t.Errorf("the client was told %q", reason)
	}
	other.send(text("undisturbed"))
	other.says("undisturbed")
	if !strings.Contains(log.String(), "secret of ours") {
		t.Error("the panic is not in the log")
	}
}

// syncBuffer is a log that is read while others write to it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestW9TheSocketEndsWithItsProof(t *testing.T) {
	for _, c := range []struct {
		name   string
		signIn string
		want   wire.CloseCode
	}{{"token", "", wire.CloseTokenExpired}, {"sign-in", "s1", wire.CloseSignedOut}} {
		t.Run(c.name, func(t *testing.T) {
			expires := time.Now().Add(150 * time.Millisecond)
			h := open(t, settings{expires: expires, signIn: c.signIn})
			p := h.call(ann)
			p.closes(c.want)
			if late := time.Since(expires); late < 0 || late > time.Second {
				t.Errorf("closed %v after the end, want 0 to 1 s", late)
			}
		})
	}
}

func TestDrainClosesAllAndWaits(t *testing.T) {
	h := open(t, settings{})
	var sessions []*echo
	var peers []*peer
	for range 5 {
		peers = append(peers, h.call(ann))
		sessions = append(sessions, h.session())
	}
	drained := make(chan error, 1)
	go func() { drained <- h.sockets.Drain(t.Context()) }()
	for i, p := range peers {
		p.closes(wire.CloseRestarting)
		sessions[i].leaves(t)
	}
	if err := <-drained; err != nil || h.sockets.Len() != 0 {
		t.Errorf("Drain = %v with %d left", err, h.sockets.Len())
	}
	if _, response := h.try(nil, ann); response.StatusCode != 503 || response.Header.Get("Retry-After") == "" {
		t.Errorf("a newcomer gets %d, want 503 with Retry-After", response.StatusCode)
	}
}

func TestDrainCutsOffWhoDoesNotAnswer(t *testing.T) {
	h := open(t, settings{timing: socket.Timing{CloseWait: time.Hour}})
	h.call(ann)
	s := h.session()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := h.sockets.Drain(ctx); err == nil {
		t.Error("Drain = nil, want the context's error")
	}
	s.leaves(t)
}

// This guards against a wrapper that returns to its pool while a session still holds it, so that one user's frames are written to
// the next user (gofiber/contrib#698 and related issues).
func TestNothingIsWrittenIntoTheNextClientsSocket(t *testing.T) {
	h := open(t, settings{})
	var former []*echo
	for round := range 30 {
		p := h.call(ann)
		s := h.session()
		p.send(text("hello"))
		p.says("hello")
		p.Close()
		s.leaves(t)
		former = append(former, s)
		next := h.call("Authorization: Bearer bob")
		h.session()
		for _, f := range former {
			f.say(wire.NewFrame([]byte("secret for ann")))
			f.transport.Close(wire.CloseForbidden, "ann only")
		}
		want := fmt.Sprint("round ", round)
		next.send(text(want))
		next.says(want)
		next.Close()
	}
}
