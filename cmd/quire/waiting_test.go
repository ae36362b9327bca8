package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"quire/storage/sealed"
	"quire/storage/storagetest/pgtest"
)

// listened is a log that tells when a line has come. Safe for concurrent use.
type listened struct {
	mu     sync.Mutex
	text   bytes.Buffer
	wanted string
	came   chan struct{} // closed at the first line with wanted in it
}

func listenFor(text string) *listened { return &listened{wanted: text, came: make(chan struct{})} }

func (l *listened) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	had := strings.Contains(l.text.String(), l.wanted)
	l.text.Write(line)
	if !had && strings.Contains(l.text.String(), l.wanted) {
		close(l.came)
	}
	return len(line), nil
}

func (l *listened) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A database that is started beside Quire comes later: serve waits for it, and says so in one line.
func TestServeWaitsForADatabaseThatIsNotThereYet(t *testing.T) {
	server := pgtest.Start(t)
	address := server.Database(t)
	server.Stop()
	log := listenFor("waiting for the database")
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"serve", "--port", "0"}, onPostgres(address), in, log)
		in.CloseWithError(err)
		ended <- err
	}()
	select {
	case <-log.came:
	case err := <-ended:
		t.Fatalf("serve = %v, before the database was there:\n%s", err, log)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 1024)
	n, err := out.Read(first)
	if err != nil || !strings.Contains(string(first[:n]), "serves http://") {
		t.Errorf("serve said %q (%v):\n%s", first[:n], err, log)
	}
	go io.Copy(io.Discard, out) // ends with the pipe
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("serve = %v", err)
	}
	if n := strings.Count(log.String(), "waiting for the database"); n != 1 {
		t.Errorf("the log says %d times that serve waits:\n%s", n, log)
	}
}

func onPostgres(address string) []string {
	return []string{"DATABASE_URL=" + address, "SECRET_KEY=" + goodSecret, "ALLOW_UNSAFE_POSTGRES=1"}
}

// What waiting does not mend ends the start at once.
func TestServeDoesNotWaitForWhatDoesNotComeByItself(t *testing.T) {
	server := pgtest.Start(t)
	good := server.Database(t)
	for says, address := range map[string]string{
		"no such person":   strings.Replace(good, "postgres@", "nobody-here@", 1),
		"no such database": server.URL("nothing_here"),
		"no such setting":  good + "&options=-c%20nothing.here%3D1%20-c%20work_mem%3Dmuch",
		"no TLS":           strings.Replace(good, "sslmode=disable", "sslmode=require", 1),
	} {
		log := listenFor("waiting")
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		go func() { // it need not go on once it waits
			select {
			case <-log.came:
				stop()
			case <-ctx.Done():
			}
		}()
		err := run(ctx, []string{"serve", "--port", "0"}, onPostgres(address), io.Discard, log)
		if ctx.Err() != nil || err == nil || strings.Contains(log.String(), "waiting") {
			t.Errorf("%s: serve = %v, want an error at once:\n%s", says, err, log)
		}
		stop()
	}
}

// Whoever stops a server that still waits gets an end, not a database.
func TestServeEndsWhileItWaits(t *testing.T) {
	log := listenFor("waiting for the database")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--port", "0"}, onPostgres("postgres://quire@127.0.0.1:1/quire?sslmode=disable"), io.Discard, log)
	}()
	<-log.came
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("serve = %v, want what it waited for", err)
	}
}

// Who looks into the log much later still finds why nothing is served, and not a line for each try.
func TestServeSaysEveryMinuteThatItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := listenFor("waiting for the database")
		nothing := sealed.Of("postgres://quire@127.0.0.1:1/quire?sslmode=disable")
		a := &app{config: config{database: nothing}, log: slog.New(slog.NewTextHandler(log, nil))}
		ctx, stop := context.WithTimeout(t.Context(), 150*time.Second)
		defer stop()
		_, err := a.openWhenThere(ctx)
		if n := strings.Count(log.String(), "waiting for the database"); n != 3 || err == nil {
			t.Errorf("in two and a half minutes the log says it %d times, want 3 (%v)", n, err)
		}
	})
}
