package load

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Config says what to do. Default returns usual values.
type Config struct {
	URL       string // ws:// or wss://
	JWTSecret string // signs application tokens for a Quire
	Token     string // an application token that owns bench-*, instead of JWTSecret

	Documents int
	Writers   int     // of each document
	Readers   int     // of each document; they only subscribe
	Keys      float64 // keys per second of each writer; 0: the next op as soon as the last is acknowledged
	Idle      int     // if not 0: this many subscribed sockets over all documents, and nobody types
	Trace     string  // path of a trace that one writer types into one document

	Text int // characters of a document's initial text
	Runs int // formatting runs of a document's initial text

	Warmup  time.Duration
	Measure time.Duration
	Ops     int // end after this many ops, without a warm-up; 0: by time

	Seed   int64
	Shadow bool // one more reader of each document rebuilds its text and compares it

	ServerPID   int
	DatabasePID int

	Progress io.Writer // nil: none
}

// Default returns 100 documents of 2,000 characters with 2 writers each, in a closed loop.
func Default() Config {
	return Config{
		URL: "ws://127.0.0.1:8080/api/v1/socket", Documents: 100, Writers: 2, Text: 2000,
		Warmup: 2 * time.Second, Measure: 8 * time.Second, Seed: 1,
	}
}

const (
	prefix     = "bench-" // of the documents' ids
	collection = "documents"
	typeURI    = "http://sharejs.org/types/rich-text/v1"
	longest    = time.Hour // maximum of Warmup and of Measure, so that the bench ends by itself
	mostDocs   = 100_000
	mostSocks  = 200_000
	mostText   = 10_000_000
)

// narrow returns c without what does not apply to a trace or to idle connections.
func (c Config) narrow() Config {
	switch {
	case c.Trace != "":
		c.Documents, c.Writers, c.Text = 1, 1, 0
	case c.Idle > 0:
		c.Writers, c.Readers = 0, 0
		c.Shadow = false
	}
	return c
}

func (c Config) check() error {
	var wrong []error
	between := func(flag string, n, low, high int) {
		if n < low || n > high {
			wrong = append(wrong, fmt.Errorf("--%s %d: expected %d to %d", flag, n, low, high))
		}
	}
	between("documents", c.Documents, 1, mostDocs)
	between("writers", c.Writers, 0, mostWriters)
	between("readers", c.Readers, 0, mostSocks)
	between("idle", c.Idle, 0, mostSocks)
	between("text", c.Text, 0, mostText)
	between("runs", c.Runs, 0, mostText)
	between("ops", c.Ops, 0, 1<<40)
	if c.Keys < 0 || c.Keys > 10_000 {
		wrong = append(wrong, fmt.Errorf("--keys %g: expected 0 to 10,000 a second of each writer", c.Keys))
	}
	if c.Warmup < 0 || c.Warmup > longest {
		wrong = append(wrong, fmt.Errorf("--warmup %v: expected at most %v", c.Warmup, longest))
	}
	if c.Measure <= 0 || c.Measure > longest {
		wrong = append(wrong, fmt.Errorf("--seconds %v: expected more than 0 and at most %v", c.Measure, longest))
	}
	if n := c.sockets(); n > mostSocks {
		wrong = append(wrong, fmt.Errorf("%d sockets are more than %d", n, mostSocks))
	}
	if c.Writers == 0 && c.Idle == 0 && c.Trace == "" {
		wrong = append(wrong, errors.New("--writers 0: nobody would type; --idle is for sockets that only wait"))
	}
	if c.Trace != "" && (c.Keys != 0 || c.Idle != 0 || c.Runs != 0) {
		wrong = append(wrong, errors.New("--trace is typed op after op: leave out --keys, --runs and --idle"))
	}
	if c.Idle > 0 && (c.Keys != 0 || c.Ops != 0) {
		wrong = append(wrong, errors.New("--idle: nobody types, so leave out --keys and --ops"))
	}
	if c.Token != "" && c.JWTSecret != "" {
		wrong = append(wrong, errors.New("--token and --jwt-secret: give one of them"))
	}
	return errors.Join(wrong...)
}

// sockets returns how many connections will be open at once.
func (c Config) sockets() int {
	if c.Idle > 0 {
		return c.Idle + c.Documents + setupSockets // Documents: one writer each, at the end
	}
	each := c.Writers + c.Readers
	if c.Shadow {
		each++
	}
	return c.Documents*each + setupSockets
}
