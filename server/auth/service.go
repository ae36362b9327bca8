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

// SignupMode says who may create an account.
type SignupMode string

const (
	SignupOpen   SignupMode = "open"   // anybody
	SignupInvite SignupMode = "invite" // people who came by a share link or the mail of an invitation
	SignupClosed SignupMode = "closed" // nobody; accounts are made by quire user add
)

// Durations of sign-ins and tickets.
const (
	SignInLasts = 30 * 24 * time.Hour // after it was last used
	touchEvery  = time.Hour           // how stale LastSeenAt may get
	TicketLasts = 30 * time.Second
)

// Store is the part of storage.Store that auth uses.
type Store interface {
	storage.People
	storage.Credentials
	storage.Administration
	storage.Settings
}

// Listener closes the sockets of a storage.EventEnded. *collab.Hub implements it.
type Listener interface {
	Apply(e storage.Event)
}

// Config configures a Service. Comments say what the zero value of an optional field means.
type Config struct {
	Store    Store
	Listener Listener
	Secret   sealed.Text // SECRET_KEY, at least 32 bytes

	PublicURL      *url.URL // nil: a page's own origin is the request's scheme and host
	AllowedOrigins []string // other sites' pages, with Bearer or ticket only
	Signup         SignupMode
	SignupNow      func() SignupMode // returns the current mode; nil: always Signup
	Loopback       bool              // HOST is loopback: the first account needs no set-up code
	Tokens         TokenConfig
	Mail           *mail.Post // nil: no mail is sent. Needs PublicURL, for the addresses in letters
	OIDC           OIDCConfig // needs PublicURL too

	Hash   HashConfig
	Limits LimitConfig
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: slog.Default
}

// Service manages accounts and authenticates requests. It is safe for concurrent use and starts no goroutines.
type Service struct {
	cfg    Config
	store  Store
	now    func() time.Time
	log    *slog.Logger
	hasher *hasher
	tokens *tokenVerifier
	tries  tries

	failures *failures

	oidc  *oidcProvider // nil: none
	dummy string        // a hash that no password has, so that an unknown e-mail takes as long as a wrong password
}

// New checks cfg and returns a Service.
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
		return nil, errors.New("auth: mail and OIDC need the public address") // anybody can forge a request's Host
	}
	s.hasher = newHasher(cfg.Hash)
	var err error
	if s.tokens, err = newTokenVerifier(cfg.Tokens, s.now, s.log); err != nil {
		return nil, err
	}
	s.tries = newTries(cfg.Limits, s.now)
	s.failures = newFailures(s.now)
	s.oidc = newOIDCProvider(cfg.OIDC, cfg.PublicURL, s.now)
	dummy, err := s.hasher.hash(context.Background(), asker{}, randomToken())
	if err != nil {
		return nil, err
	}
	s.dummy = dummy
	return s, nil
}

// Signup returns who may create an account at present.
func (s *Service) Signup() SignupMode { return s.cfg.SignupNow() }

// Mails reports whether this server sends mail.
func (s *Service) Mails() bool { return s.cfg.Mail.Sends() }

// MailFrom returns the sender address of this server's mail; "" if it sends none.
func (s *Service) MailFrom() string { return s.cfg.Mail.From() }

// SetupRequired reports whether there is no account yet.
func (s *Service) SetupRequired(ctx context.Context) (bool, error) {
	has, err := s.store.HasAccounts(ctx)
	if err != nil {
		return false, unavailable(err)
	}
	return !has, nil
}

// SetupCodeRequired reports whether the first account can only be created through the set-up address. It is required unless the
// server listens on loopback, because somebody else could be faster than the owner.
func (s *Service) SetupCodeRequired() bool { return !s.cfg.Loopback }

// unavailable returns the 503 problem for a failed database call that changed nothing.
func unavailable(err error) error {
	return problem.Unavailable("The server can't use its database at the moment. Nothing was changed.").RetryAfter(time.Second).Caused(err)
}

// doneBut returns the 503 problem for a change that failed halfway. done tells the user what was changed and how to go on.
func doneBut(done string, err error) error {
	return problem.Unavailable(done).RetryAfter(time.Second).Caused(err)
}
