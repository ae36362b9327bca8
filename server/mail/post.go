package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"slices"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"quire/storage/sealed"
)

// Security says how the connection to the mail server is encrypted.
type Security string

const (
	StartTLS Security = "starttls" // STARTTLS is required, else nothing is sent; the default
	TLS      Security = "tls"      // TLS from the first byte, as on port 465
	Plain    Security = "none"     // no encryption, for a relay on the same machine
)

// Config configures a Post. Zero fields take the defaults given.
type Config struct {
	Host     string
	Port     int // default 587
	Username string
	Password sealed.Text
	From     string // the sender's address, as in Quire <quire@example.org>
	Security Security

	Queue   int             // letters that may wait; default 500
	Timeout time.Duration   // of one try; default 30 s
	Pauses  []time.Duration // before each retry; nil: 5 s, 1 min, 10 min
	Roots   *x509.CertPool  // nil: the system's
	Log     *slog.Logger    // nil: slog.Default
}

// Post delivers letters to the mail server. A nil *Post accepts none. It is safe for concurrent use.
type Post struct {
	cfg    Config
	from   *netmail.Address
	client *gomail.Client
	log    *slog.Logger

	mu      sync.Mutex
	waiting []errand // in no order
	closing bool

	news chan struct{} // wakes run: there is a new errand, or Close was called
	done chan struct{} // run has returned
	ctx  context.Context
	stop context.CancelFunc
}

// errand is a letter in the queue.
type errand struct {
	kind  string
	write func(context.Context) (Letter, bool, error)
	tries int
	due   time.Time
}

// New returns a Post and starts its goroutine, which Close ends.
func New(cfg Config) (*Post, error) {
	from, err := netmail.ParseAddress(cfg.From)
	if err != nil {
		return nil, fmt.Errorf("mail: the sender's address: %w", err)
	}
	cfg.Port, cfg.Queue = cmp.Or(cfg.Port, 587), cmp.Or(cfg.Queue, 500)
	cfg.Timeout = cmp.Or(cfg.Timeout, 30*time.Second)
	if cfg.Pauses == nil {
		cfg.Pauses = []time.Duration{5 * time.Second, time.Minute, 10 * time.Minute}
	}
	client, err := gomail.NewClient(cfg.Host, options(cfg)...)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	p := &Post{
		cfg: cfg, from: from, client: client, log: cmp.Or(cfg.Log, slog.Default()),
		news: make(chan struct{}, 1), done: make(chan struct{}),
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	go p.run()
	return p, nil
}

func options(cfg Config) []gomail.Option {
	list := []gomail.Option{
		gomail.WithPort(cfg.Port), gomail.WithTimeout(cfg.Timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: cfg.Host, RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch cfg.Security {
	case TLS:
		list = append(list, gomail.WithSSL())
	case Plain:
		list = append(list, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		list = append(list, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if cfg.Username != "" {
		list = append(list, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(cfg.Username),
			gomail.WithPassword(cfg.Password.Reveal()))
	}
	return list
}

// Send queues a letter. It returns false if there is no mail server, too many letters wait, or Close was called.
func (p *Post) Send(l Letter) bool {
	return p.Later(l.Kind, func(context.Context) (Letter, bool, error) { return l, true, nil })
}

// Later is Send for a letter that the goroutine lets write compose when its turn comes, and which may turn out not to be sent. So
// the time that a request takes does not show whether, say, an account exists. An error of write is retried like a temporary one of
// the mail server.
func (p *Post) Later(kind string, write func(context.Context) (l Letter, send bool, err error)) bool {
	if p == nil {
		return false
	}
	refused := ""
	p.mu.Lock()
	switch {
	case p.closing:
		refused = "the server is stopping"
	case len(p.waiting) >= p.cfg.Queue:
		refused = "too many letters wait"
	default:
		p.waiting = append(p.waiting, errand{kind: kind, write: write})
	}
	p.mu.Unlock()
	if refused != "" {
		p.log.Warn("mail not taken: "+refused, "kind", kind)
		return false
	}
	p.wake()
	return true
}

func (p *Post) wake() {
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// From returns the sender of the letters, "" for a nil Post.
func (p *Post) From() string {
	if p == nil {
		return ""
	}
	return p.cfg.From
}

// Sends reports whether there is a mail server.
func (p *Post) Sends() bool { return p != nil }

// Close tries every waiting letter once more, until ctx ends, and waits for the goroutine to end.
func (p *Post) Close(ctx context.Context) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.wake()
	select {
	case <-p.done:
	case <-ctx.Done():
		p.stop()
		<-p.done
	}
	p.stop()
}

// run is the Post's only goroutine.
func (p *Post) run() {
	defer close(p.done)
	for {
		next, pause, ended := p.next()
		switch {
		case ended:
			return
		case next != nil:
			p.try(*next)
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-p.news:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next removes and returns an errand that is due, or how long to wait for one. While closing, all are due.
func (p *Post) next() (due *errand, pause time.Duration, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.closing && (len(p.waiting) == 0 || p.ctx.Err() != nil) {
		if n := len(p.waiting); n > 0 {
			p.log.Warn("letters were not sent before the end", "count", n)
		}
		return nil, 0, true
	}
	pause = time.Hour
	for i, e := range p.waiting {
		if wait := e.due.Sub(now); wait > 0 && !p.closing {
			pause = min(pause, wait)
			continue
		}
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return &e, 0, false
	}
	return nil, pause, false
}

// try delivers one errand, and queues it again if it failed and another try is worthwhile.
func (p *Post) try(e errand) {
	err := p.deliver(e)
	if err == nil {
		return
	}
	reason, again := judge(err)
	p.mu.Lock()
	again = again && e.tries < len(p.cfg.Pauses) && !p.closing
	if again {
		e.due = time.Now().Add(p.cfg.Pauses[e.tries])
		e.tries++
		p.waiting = append(p.waiting, e)
	}
	p.mu.Unlock()
	p.log.Warn("mail not sent", "kind", e.kind, "reason", reason, "again", again)
}

func (p *Post) deliver(e errand) error {
	ctx, stop := context.WithTimeout(p.ctx, p.cfg.Timeout)
	defer stop()
	l, send, err := e.write(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnwritten, err)
	}
	if !send {
		return nil
	}
	m, err := l.compose(p.from)
	if err != nil {
		return errAddress
	}
	if err := p.client.DialAndSendWithContext(ctx, m); err != nil && !m.IsDelivered() {
		return err
	}
	return nil
}

var (
	errUnwritten = errors.New("what the letter should say could not be read")
	errAddress   = errors.New("the address is not one")
)
