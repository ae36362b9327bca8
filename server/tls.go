package server

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

const (
	certificateEvery = time.Second         // how often the files are looked at, at most
	certificateAgain = time.Minute         // and, of a pair that could not be read, how long until the next try
	certificateShort = 14 * 24 * time.Hour // what is left of a certificate when we begin to warn
)

// TLSFiles names a certificate (with the chain above it) and its key, in PEM. Both empty: no TLS here.
type TLSFiles struct {
	Certificate, Key string
}

// certificate is the pair that two files hold. A handshake looks whether they changed, so that a renewed one counts without
// a restart and costs nobody a connection. A pair that cannot be read, or whose halves do not belong together, as while
// only one of them is written yet, leaves the one before in place.
type certificate struct {
	files TLSFiles
	now   func() time.Time
	log   *slog.Logger

	mu    sync.Mutex // guards what follows
	asked time.Time
	seen  [2]os.FileInfo // the files of the last try; nil: not there
	again time.Time      // when to try again though they are the same; zero: never, they were read
	pair  *tls.Certificate
}

// newCertificate reads the pair; without a good one the server must not start.
func newCertificate(files TLSFiles, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, now: now, log: log, asked: now()}
	c.seen = c.look()
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// get is asked at every handshake.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.asked); since < certificateEvery && since >= 0 {
		return c.pair, nil
	}
	c.asked = now
	found := c.look()
	tried := same(found[0], c.seen[0]) && same(found[1], c.seen[1])
	if tried && (c.again.IsZero() || now.Before(c.again)) {
		return c.pair, nil
	}
	c.seen, c.again = found, time.Time{}
	if err := c.read(); err != nil {
		c.again = now.Add(certificateAgain) // what kept us from reading, as too many open files, may pass
		c.log.Error("the changed TLS certificate can't be used; the one before stays", "until", c.pair.Leaf.NotAfter, "err", err)
	}
	return c.pair, nil
}

func (c *certificate) look() (found [2]os.FileInfo) {
	for i, name := range []string{c.files.Certificate, c.files.Key} {
		if info, err := os.Stat(name); err == nil {
			found[i] = info
		}
	}
	return found
}

// same tells whether a file is as it was. Renewals often put another file in its place, with whatever time on it.
func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// read takes the pair from its files, if it is one.
func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("TLS_CERT, TLS_KEY: %w", err) // names the file or what is wrong between the two, never what is in them
	}
	c.pair = &pair
	c.log.Info("TLS certificate read", "names", pair.Leaf.DNSNames, "until", pair.Leaf.NotAfter)
	return nil
}

// leaf is the certificate itself.
func (c *certificate) leaf() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pair.Leaf
}

// remind warns of a certificate that nobody renewed.
func (c *certificate) remind() {
	until := c.leaf().NotAfter
	if left := until.Sub(c.now()); left < certificateShort {
		c.log.Warn("the TLS certificate ends soon, or has ended; renew the files, no restart is needed", "until", until)
	}
}

// config is what the listener needs. HTTP/2 is not offered: WebSockets need the connection itself.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}
}
