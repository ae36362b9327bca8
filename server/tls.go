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
	certificateEvery = time.Second         // least time between two looks at the files
	certificateAgain = time.Minute         // time until the next try to read a pair that could not be read
	certificateShort = 14 * 24 * time.Hour // remaining validity below which we warn
)

// TLSFiles names a certificate (with the chain above it) and its key, in PEM. Both empty: no TLS here.
type TLSFiles struct {
	Certificate, Key string
}

// certificate is a certificate and key, read from two files. Handshakes check whether the files changed, so that a renewed certificate
// is used without a restart. If the new pair can't be read or does not match, for example because only one file is written yet,
// the old one stays in use.
type certificate struct {
	files TLSFiles
	now   func() time.Time
	log   *slog.Logger

	mu    sync.Mutex // guards the fields below
	asked time.Time
	seen  [2]os.FileInfo // the files at the last try; nil: missing
	again time.Time      // when to try again although they are unchanged; zero: never, the last try succeeded
	pair  *tls.Certificate
}

// newCertificate reads the pair. On an error the server must not start.
func newCertificate(files TLSFiles, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, now: now, log: log, asked: now()}
	c.seen = c.look()
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// get returns the current certificate. It is called at every handshake.
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
		c.again = now.Add(certificateAgain) // the cause may be temporary, such as too many open files
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

// same reports whether a file is unchanged. It also compares the file's identity, because renewals often replace the file and keep
// an arbitrary time.
func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// read reads the pair from its files and checks that the two belong together.
func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("TLS_CERT, TLS_KEY: %w", err) // err names the file or the mismatch, never their content
	}
	c.pair = &pair
	c.log.Info("TLS certificate read", "names", pair.Leaf.DNSNames, "until", pair.Leaf.NotAfter)
	return nil
}

// leaf returns the certificate itself, without its chain.
func (c *certificate) leaf() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pair.Leaf
}

// remind logs a warning if the certificate expires soon.
func (c *certificate) remind() {
	until := c.leaf().NotAfter
	if left := until.Sub(c.now()); left < certificateShort {
		c.log.Warn("the TLS certificate ends soon, or has ended; renew the files, no restart is needed", "until", until)
	}
}

// config returns the listener's TLS configuration. It does not offer HTTP/2, because WebSockets here need the whole connection.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}
}
