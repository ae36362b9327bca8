package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"quire/collab"
	"quire/collab/session"
	"quire/server/api"
	"quire/server/auth"
	"quire/server/events"
	"quire/server/quota"
	"quire/server/rarely"
	"quire/server/settings"
	"quire/server/socket"
	"quire/server/web"
	"quire/storage"
)

// Config configures a Server. The caller owns Store and Hub.
type Config struct {
	Store storage.Store
	Hub   *collab.Hub
	Auth  auth.Config // Store, Listener, SignupNow, Now and Log are filled in here; its Mail is the caller's

	Settings *settings.Live // nil: new ones that begin with Auth.Signup and Bounds.QuotaUser
	Quota    *quota.Keeper  // nil: a new one that follows Settings
	Web      fs.FS          // the built web app; one without index.html gets a page that says how to build it

	TLS        TLSFiles // for Serve; empty: plain http
	Proxies    auth.Proxies
	Build      string
	DataFolder string // folder of the database file; "": the database is elsewhere
	AnyFormats bool
	Bounds     api.Bounds
	Audit      time.Duration // how long the audit log is kept; 0: 365 days
	Sockets    socket.Limits
	Peers      PeerLimits
	Bodies     int64 // bytes of large request bodies in memory at once; 0: 512 MiB
	Hosts      Hosts
	Contacts   []string                    // URIs of those who want to hear of holes, for security.txt
	Migrated   func(context.Context) error // readyz fails if it returns an error; nil: not called

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default
}

// Server serves Quire over HTTP.
type Server struct {
	cfg  Config
	log  *slog.Logger
	now  func() time.Time
	app  *fiber.App
	auth *auth.Service
	api  *api.API

	settings *settings.Live
	watch    *events.Watch
	sockets  *socket.Sockets
	ready    readiness
	peers    *peers
	bodies   *bodies
	hinted   atomic.Bool // hintAtProxy has logged
	foreign  rarely.Line // limits log lines about pages of unknown origins
	misled   rarely.Line // limits log lines about requests for other names

	certificate *certificate // nil: plain http

	draining atomic.Bool

	mu     sync.Mutex // guards the fields below
	ln     net.Listener
	plain  *http.Server // redirects to https; nil: none
	closed bool

	stop    context.CancelFunc // ends background work
	deaf    func()             // unsubscribes from the store's events
	working sync.WaitGroup
}

// New assembles the server and starts its background work; Serve begins to listen.
func New(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, log: cmp.Or(cfg.Log, slog.Default()), now: cfg.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if cfg.TLS != (TLSFiles{}) {
		var err error
		if s.certificate, err = newCertificate(cfg.TLS, s.now, s.log); err != nil {
			return nil, err
		}
	}
	a := cfg.Auth
	s.liveSettings(a.Signup)
	a.Store, a.Listener, a.Now, a.Log, a.SignupNow = cfg.Store, cfg.Hub, s.now, s.log, s.signupMode
	var err error
	if s.auth, err = auth.New(a); err != nil {
		return nil, err
	}
	if err := s.assemble(); err != nil {
		return nil, err
	}
	s.watch = events.New(events.Config{
		Store: cfg.Store, Hub: cfg.Hub, Auth: s.auth, Settings: s.settings.Refresh, Now: s.now, Log: s.log,
	})
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.working.Go(func() { s.forever(work, "housekeeping", s.keepHouse) })
	s.deaf = s.watch.Start()
	s.working.Go(func() { s.forever(work, "events", s.watch.KeepReading) })
	s.working.Go(func() { s.forever(work, "look-ups", s.watch.KeepLooking) })
	s.working.Go(func() { s.forever(work, "checks", s.watch.KeepChecking) })
	s.working.Go(func() { s.forever(work, "token keys", s.auth.KeepTokenKeys) })
	return s, nil
}

// assemble makes the app. A request passes the handlers in the order in which they are added here.
func (s *Server) assemble() error {
	s.app = fiber.New(fiberConfig(s))
	if err := socket.Tune(s.app); err != nil {
		return err
	}
	s.peers, s.bodies = newPeers(s.cfg.Peers, s.cfg.Proxies), newBodies(s.cfg.Bodies)
	s.early(s.app.Server())
	follow(s.app.Server())
	s.app.Server().Logger = quietLogger{s.log}
	s.app.Use(s.observe, s.secure, s.strictly, s.hosted, s.cors, s.options, s.head, s.plainly, s.bound)
	s.app.Get("/healthz", s.alive)
	s.app.Get("/readyz", s.isReady)
	s.app.Get("/.well-known/security.txt", s.securityTxt)
	s.sockets = socket.Register(s.app.Group(api.Base), socket.Config{
		Join: func(t collab.Transport, who collab.Identity) socket.Session { return session.Join(s.cfg.Hub, t, who) },
		Gate: s.auth, Address: s.cfg.Proxies.Address, Limits: s.cfg.Sockets, Log: s.log,
	})
	s.api = api.Register(s.app, api.Config{
		Store: s.cfg.Store, Hub: s.cfg.Hub, Auth: s.auth, Proxies: s.cfg.Proxies, Build: s.cfg.Build, DataFolder: s.cfg.DataFolder,
		AnyFormats: s.cfg.AnyFormats, Bounds: s.cfg.Bounds, Settings: s.settings, Quota: s.cfg.Quota, Now: s.now, Log: s.log,
		Body: s.bodies.read,
	})
	app, err := web.New(s.cfg.Web)
	if err != nil {
		return err
	}
	if app.Empty() {
		s.log.Warn("the web app is not built into this binary; the API and the socket work")
	}
	s.app.Use(app.Handle)
	return nil
}

// liveSettings creates Settings and Quota if the caller has none.
func (s *Server) liveSettings(signup auth.SignupMode) {
	if signup == "" {
		signup = auth.SignupOpen
	}
	s.settings = s.cfg.Settings
	if s.settings == nil {
		s.settings = settings.New(s.cfg.Store, settings.Start{Signup: string(signup), QuotaUser: s.cfg.Bounds.QuotaUser})
	}
	if s.cfg.Quota == nil {
		s.cfg.Quota = quota.New(s.cfg.Store, func() int64 { return s.settings.Values().QuotaUser }, s.cfg.Bounds.QuotaApplication, s.now)
	}
}

// signupMode returns who may create an account at present.
func (s *Server) signupMode() auth.SignupMode { return auth.SignupMode(s.settings.Values().Signup) }

// Auth returns the authentication service, for commands that need it.
func (s *Server) Auth() *auth.Service { return s.auth }

// Serve answers requests on ln, with TLS if Config.TLS is set, until Drain or Close is called; then it returns nil.
func (s *Server) Serve(ln net.Listener) error {
	s.tellFiles()
	waits := patiently(ln, s.peers, s.certificate == nil, s.log)
	waits.paces = true
	ln = waits
	if s.certificate != nil {
		ln = tls.NewListener(ln, s.certificate.config())
	}
	s.mu.Lock()
	s.ln = ln
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return ln.Close()
	}
	err := s.app.Listener(ln)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed { // Close may have closed the listener while Fiber was starting
		return nil
	}
	return err
}

// Drain ends service for a restart, in the order of the package comment. When ctx ends, it closes at once whatever is left.
func (s *Server) Drain(ctx context.Context) error {
	s.draining.Store(true)
	s.sockets.Refuse()
	err := errors.Join(s.cfg.Hub.Drain(ctx), s.sockets.Drain(ctx))
	return errors.Join(err, s.Close(ctx))
}

// Close ends background work and requests that Drain has not ended. If nothing was served yet, it can be called without Drain.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	s.mu.Lock()
	s.closed = true
	ln := s.ln
	s.mu.Unlock()
	s.api.Close(ctx)
	err := errors.Join(s.closeRedirect(ctx), s.app.ShutdownWithContext(ctx))
	if ln != nil {
		ln.Close() // Fiber does not know a listener that it has not begun to serve
	}
	s.working.Wait()
	s.deaf()
	return err
}
