package server

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// troubled is a listener that the machine lets accept only now and then.
type troubled struct {
	net.Listener
	answers chan error // nil: a connection
}

func (l troubled) Accept() (net.Conn, error) {
	err, ok := <-l.answers
	if !ok {
		return nil, &net.OpError{Op: "accept", Err: net.ErrClosed}
	}
	if err != nil {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
	}
	conn, _ := net.Pipe()
	return conn, nil
}

func (l troubled) Close() error {
	close(l.answers)
	return nil
}

func TestP8AListenerOutlivesWhatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		l := troubled{answers: make(chan error, 100)}
		p := patiently(l, newPeers(PeerLimits{}, nil), true, slog.New(slog.NewTextHandler(log, nil)))
		begun := time.Now()
		for range 70 { // more than a minute of it
			l.answers <- syscall.EMFILE
		}
		for _, err := range []error{syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPROTO, nil} {
			l.answers <- err
		}
		if conn, err := p.Accept(); conn == nil || err != nil {
			t.Errorf("Accept = %v, %v, want a connection", conn, err)
		}
		if took := time.Since(begun); took < time.Minute || took > 2*time.Minute {
			t.Errorf("it took %v, want a pause of at most a second after each", took)
		}
		if got := strings.Count(log.String(), "can't be accepted"); got != 2 {
			t.Errorf("%d lines in the log, want one a minute:\n%s", got, log)
		}
		ended := make(chan error)
		go func() {
			_, err := p.Accept()
			ended <- err
		}()
		l.answers <- syscall.EMFILE
		synctest.Wait() // in its pause
		p.Close()
		if err := <-ended; !strings.Contains(err.Error(), "closed") {
			t.Errorf("Accept of a closed listener = %v", err)
		}
		if !lasting(os.NewSyscallError("accept4", syscall.EBADF)) {
			t.Error("a listener that is none must end")
		}
	})
}

func TestDescriptorsAreKeptBack(t *testing.T) {
	for limit, want := range map[int]int{0: 0, 64: 48, 256: 192, 1024: 960, 20000: 19936} {
		if got := connectionFiles(limit); got != want {
			t.Errorf("of %d descriptors %d are for connections, want %d", limit, got, want)
		}
	}
}

// What panics in the background is told, and begins anew.
func TestAPanicInTheBackgroundEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		s := &Server{log: slog.New(slog.NewTextHandler(log, nil))}
		ctx, stop := context.WithCancel(t.Context())
		rounds := make(chan int, 10)
		done := make(chan struct{})
		go func() {
			defer close(done)
			n := 0
			s.forever(ctx, "rounds", func(ctx context.Context) {
				n++
				rounds <- n
				if n < 3 {
					panic("what the database answered")
				}
				<-ctx.Done()
			})
		}()
		time.Sleep(3 * againAtMost)
		stop()
		<-done
		if len(rounds) != 3 || strings.Count(log.String(), "panic in the background") != 2 {
			t.Errorf("%d rounds, want 3:\n%s", len(rounds), log)
		}
	})
}
