package auth

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"quire/server/mail"
	"quire/server/problem"
	"quire/storage"
	"quire/storage/sealed"
)

// SignupMode says who may make an account.
type SignupMode string

const (
	SignupOpen   SignupMode = "open"   // anybody
	SignupInvite SignupMode = "invite" // who came through somebody's link, or an invitation's letter
	SignupClosed SignupMode = "closed" // nobody; accounts are made by quire user add
)

// Durations of sign-ins and tickets.
const (
	SignInLasts = 30 * 24 * time.Hour // since last seen
	touchEvery  = time.Hour           // how stale LastSeenAt may get
	TicketLasts = 30 * time.Second
)

// Store is what auth asks of the database.
type Store interface {
	storage.People
	storage.Credentials
	storage.Administration
	storage.Settings
}

// Listener ends live sessions of whom it is told. *collab.Hub is one. What ends by itself the store tells.
type Listener interface {
	Apply(e storage.Event)
}

// Config is what a Service needs. Zero values of the optional fields are useful.
type Config struct {
	Store    Store
	Listener Listener
	Secret   sealed.Text // SECRET_KEY, at least 32 bytes

	PublicURL      *url.URL // nil: a page's own origin is the request's scheme and host
	AllowedOrigins []string // other sites' pages, with Bearer or ticket only
	Signup         SignupMode
	SignupNow      func() SignupMode // what it is now; nil: Signup
	Loopback       bool              // HOST is loopback: the first account needs no set-up code
	Tokens         TokenConfig
	Mail           *mail.Post // nil: no mail is sent. Needs PublicURL, for the addresses in letters
	OIDC           OIDCConfig // needs PublicURL too

	Hash   HashConfig
	Limits LimitConfig
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default
}

// Service answers who is asking. Safe for use by any goroutine; it starts none.
type Service struct {
	cfg    Config
	store  Store
	now    func() time.Time
	log    *slog.Logger
	hasher *hasher
	tokens *tokenVerifier
	tries  tries
	oidc   *oidcProvider // nil: none
	dummy  string        // a hash that no password has, so that an unknown e-mail takes as long as a wrong password
}

// New checks cfg and makes the service.
func New(cfg Config) (*Service, error) {
	if len(cfg.Secret.Bytes()) < 32 {
		return nil, errors.New("auth: the secret key needs at least 32 bytes")
	}
	s := &Service{cfg: cfg, store: cfg.Store, now: cfg.Now, log: cmp.Or(cfg.Log, slog.Default())}
	if s.now == nil {
		s.now = time.Now
	}
	if s.cfg.Signup == "" {
		s.cfg.Signup = SignupOpen
	}
	if s.cfg.SignupNow == nil {
		s.cfg.SignupNow = func() SignupMode { return s.cfg.Signup }
	}
	if cfg.PublicURL == nil && (cfg.Mail.Sends() || cfg.OIDC.Issuer != "") {
		return nil, errors.New("auth: mail and OIDC need the public address") // a request's Host anybody can write
	}
	s.hasher = newHasher(cfg.Hash)
	var err error
	if s.tokens, err = newTokenVerifier(cfg.Tokens, s.now, s.log); err != nil {
		return nil, err
	}
	s.tries = newTries(cfg.Limits, s.now)
	s.oidc = newOIDCProvider(cfg.OIDC, cfg.PublicURL, s.now)
	dummy, err := s.hasher.hash(context.Background(), randomToken())
	if err != nil {
		return nil, err
	}
	s.dummy = dummy
	return s, nil
}

// Signup says who may make an account.
func (s *Service) Signup() SignupMode { return s.cfg.SignupNow() }

// Mails reports whether this server sends mail.
func (s *Service) Mails() bool { return s.cfg.Mail.Sends() }

// MailFrom is the sender of this server's letters; "" if it sends none.
func (s *Service) MailFrom() string { return s.cfg.Mail.From() }

// SetupRequired reports whether the first account is still to be made.
func (s *Service) SetupRequired(ctx context.Context) (bool, error) {
	has, err := s.store.HasAccounts(ctx)
	if err != nil {
		return false, unavailable(err)
	}
	return !has, nil
}

// SetupCodeRequired reports whether the first account can only be made through the set-up address: wherever others than
// this machine could be faster than its owner.
func (s *Service) SetupCodeRequired() bool { return !s.cfg.Loopback }

// unavailable is the answer when the database could not be asked.
func unavailable(err error) error {
	return problem.Unavailable("The server can't use its database at the moment. Nothing was changed.").RetryAfter(time.Second).Caused(err)
}

// doneBut tells of a database that failed when a part of the change was made: done says what is, and how to go on.
func doneBut(done string, err error) error {
	return problem.Unavailable(done).RetryAfter(time.Second).Caused(err)
}
