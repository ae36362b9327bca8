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

// Security says how the line to the mail server is kept from others.
type Security string

const (
	StartTLS Security = "starttls" // plain at first, then TLS or nothing is sent. The default
	TLS      Security = "tls"      // from the first byte, as on port 465
	Plain    Security = "none"     // not at all: for a relay on this machine
)

// Config is what a Post needs. Zero values of the optional fields take the defaults beside them.
type Config struct {
	Host     string
	Port     int // 587
	Username string
	Password sealed.Text
	From     string // the sender's address, as in Quire <quire@example.org>
	Security Security

	Queue   int             // letters that may wait. 500
	Timeout time.Duration   // of one try. 30 s
	Pauses  []time.Duration // before each further try. 5 s, 1 min, 10 min
	Roots   *x509.CertPool  // nil: the system's
	Log     *slog.Logger    // nil: slog.Default
}

// Post brings letters to the mail server. A nil *Post sends none and says so. Safe for use by any goroutine.
type Post struct {
	cfg    Config
	from   *netmail.Address
	client *gomail.Client
	log    *slog.Logger

	mu      sync.Mutex
	waiting []errand // in no order
	closing bool

	news chan struct{} // there is an errand, or the end
	done chan struct{} // run has returned
	ctx  context.Context
	stop context.CancelFunc
}

// errand is a letter on its way.
type errand struct {
	kind  string
	write func(context.Context) (Letter, bool, error)
	tries int
	due   time.Time
}

// New makes a post and starts its goroutine, which Close ends.
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

// Send takes a letter and reports whether it did: not without a mail server, nor when too many wait.
func (p *Post) Send(l Letter) bool {
	return p.Later(l.Kind, func(context.Context) (Letter, bool, error) { return l, true, nil })
}

// Later takes a letter that is only written when its turn comes, by write, which may find that there is nothing to send:
// so who asks for it cannot tell from the time it took. An error of write is tried again like one of the mail server.
func (p *Post) Later(kind string, write func(context.Context) (l Letter, send bool, err error)) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	full := p.closing || len(p.waiting) >= p.cfg.Queue
	if !full {
		p.waiting = append(p.waiting, errand{kind: kind, write: write})
	}
	p.mu.Unlock()
	if full {
		p.log.Warn("mail not taken: too many letters wait", "kind", kind)
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

// From is the sender of its letters; "" of a nil Post.
func (p *Post) From() string {
	if p == nil {
		return ""
	}
	return p.cfg.From
}

// Sends reports whether there is a mail server.
func (p *Post) Sends() bool { return p != nil }

// Close tries what waits once more, until ctx ends, and ends the goroutine.
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

// run is the post's one goroutine.
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

// next takes the errand that is due, or says how long to wait for one; while closing, all are due, once.
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

// try tries one errand, and puts it back if it is worth another try.
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
