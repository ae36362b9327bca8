package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/frontend"
	"quire/server"
	"quire/server/auth"
	"quire/server/mail"
	"quire/server/quota"
	live "quire/server/settings"
	"quire/storage"
	"quire/storage/sealed"
	"quire/storage/sqlite"
)

// drainTime is how long stopping may take before what is still open is cut off; compose kills after 30 s.
const drainTime = 20 * time.Second

// serve runs the server until a signal or ctx ends it. A second signal ends the process at once.
func (a *app) serve(ctx context.Context) (err error) {
	if err = a.only(0, "serve"); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // the server must not end because the reader of its log does
	unlock, err := a.lockFile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	store, err := a.openWhenThere(ctx)
	if err != nil {
		return err
	}
	if a.journal != nil {
		again := make(chan os.Signal, 1)
		signal.Notify(again, syscall.SIGHUP)
		defer signal.Stop(again)
		go a.reopenJournal(ctx, again) // ends with ctx
	}
	ticker := time.NewTicker(calmEvery)
	defer ticker.Stop()
	go keepCalm(ctx, ticker.C, debug.FreeOSMemory) // touches nothing but the runtime, and ends with ctx
	err = a.serveStore(ctx, stop, store)
	return errors.Join(err, store.Close())
}

// lockFile lets only this process serve a SQLite file; with Postgres it does nothing. Commands that run beside a server don't call it.
func (a *app) lockFile() (unlock func() error, err error) {
	if a.config.postgres() {
		return func() error { return nil }, nil
	}
	lock, err := sqlite.Serve(a.config.sqlitePath())
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

// serveStore runs hub and server over an open store. unhook restores the default handling of signals.
func (a *app) serveStore(ctx context.Context, unhook func(), store storage.Store) error {
	secret, err := a.secretKey()
	if err != nil {
		return err
	}
	running := a.liveSettings(store)
	keeper := quota.New(store, func() int64 { return running.Values().QuotaUser }, a.config.quotaApp, nil)
	hub, err := a.newHub(store, secret, keeper)
	if err != nil {
		return err
	}
	defer hub.Close()
	post, err := a.post()
	if err != nil {
		return err
	}
	defer closePost(post)
	cfg := a.serverConfig(store, hub, secret)
	cfg.Settings, cfg.Quota, cfg.Auth.Mail = running, keeper, post
	srv, err := server.New(ctx, cfg)
	if err != nil {
		return err
	}
	ln, plain, err := a.listen()
	if err != nil {
		return errors.Join(err, srv.Close(ctx))
	}
	a.greet(ctx, srv, ln)
	serving := make(chan error, 1)
	go func() { serving <- serveOn(srv, ln, plain) }() // ends when Drain has shut the app down; received below in every case
	select {
	case err := <-serving:
		return errors.Join(err, srv.Close(ctx))
	case <-ctx.Done():
	}
	unhook() // a second signal kills
	a.log.Info("stopping: what is open is told, committed and closed", "at_most", drainTime)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = srv.Drain(drain)
	if err = errors.Join(err, <-serving); err == nil {
		a.log.Info("stopped")
	}
	return err
}

// listen opens the port and, if TLS_REDIRECT_PORT is set, the plain one; plain is nil otherwise.
func (a *app) listen() (ln, plain net.Listener, err error) {
	ln, err = net.Listen("tcp", a.config.listen())
	if err != nil {
		return nil, nil, fmt.Errorf("HOST, PORT: %w", err)
	}
	if a.config.redirectPort == nil {
		return ln, nil, nil
	}
	plain, err = net.Listen("tcp", net.JoinHostPort(a.config.host, strconv.Itoa(*a.config.redirectPort)))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("HOST, TLS_REDIRECT_PORT: %w", err), ln.Close())
	}
	return ln, plain, nil
}

// serveOn serves one or both ports until the server is closed. If one fails, it closes the server.
func serveOn(srv *server.Server, ln, plain net.Listener) error {
	if plain == nil {
		return srv.Serve(ln)
	}
	both := make(chan error, 2)
	go func() { both <- srv.Serve(ln) }()
	go func() { both <- srv.ServeRedirect(plain) }()
	first := <-both
	if first != nil {
		ctx, stop := context.WithTimeout(context.Background(), drainTime)
		defer stop()
		first = errors.Join(first, srv.Close(ctx))
	}
	return errors.Join(first, <-both)
}

func (a *app) newHub(store collab.Log, secret sealed.Text, keeper *quota.Keeper) (*collab.Hub, error) {
	var formats *delta.Formats
	if !a.config.anyFormats {
		var err error
		if formats, err = wire.Formats(); err != nil {
			return nil, err
		}
	}
	return collab.NewHub(collab.Config{
		Store: store, Formats: formats, Secret: secret, Build: version, Limits: a.config.engine(), Quota: keeper.Room,
		Log: a.log,
	})
}

func (a *app) serverConfig(store storage.Store, hub *collab.Hub, secret sealed.Text) server.Config {
	c := a.config
	folder := ""
	if !c.postgres() {
		folder = filepath.Dir(c.sqlitePath())
	}
	return server.Config{
		Store: store, Hub: hub, Web: frontend.Dist(), TLS: c.tls, Proxies: c.proxies, Build: version, AnyFormats: c.anyFormats,
		DataFolder: folder,
		Auth: auth.Config{
			Secret: secret, PublicURL: c.publicURL, AllowedOrigins: c.allowedOrigins, Signup: c.signup,
			Loopback: c.loopback(), Tokens: c.tokens, OIDC: c.oidc, Limits: auth.LimitConfig{Invited: c.invited},
		},
		Bounds: c.rest(), Sockets: c.sockets(), Peers: c.peers(), Bodies: c.limits.bodies,
		Hosts: server.Hosts{Local: c.onlyLocal(), Names: c.allowedHosts}, Contacts: c.contacts, Audit: c.audit, Log: a.log,
	}
}

// liveSettings returns the settings that administrators can change while the server runs, except those that the configuration sets.
func (a *app) liveSettings(store storage.Settings) *live.Live {
	c := a.config
	return live.New(store, live.Start{
		Signup: string(c.signup), SignupFixed: c.explicit["SIGNUP"], QuotaUser: c.quotaUser, QuotaFixed: c.explicit["QUOTA_USER"],
		NoPeople: c.noPeople, PeopleFixed: c.explicit["PEOPLE_LIST"],
	})
}

// mailWait is how long stopping waits for the mail server to take the last letters.
const mailWait = 5 * time.Second

// post returns what sends letters; nil if no mail server is configured.
func (a *app) post() (*mail.Post, error) {
	if a.config.mail.Host == "" {
		return nil, nil
	}
	cfg := a.config.post()
	cfg.Log = a.log
	return mail.New(cfg)
}

func closePost(post *mail.Post) {
	ctx, stop := context.WithTimeout(context.Background(), mailWait)
	defer stop()
	post.Close(ctx)
}

// greet prints the app's address and, until there is an account, where to make the first one.
func (a *app) greet(ctx context.Context, srv *server.Server, ln net.Listener) {
	port := a.config.port
	if tcp, ok := ln.Addr().(*net.TCPAddr); ok {
		port = tcp.Port
	}
	base := a.config.address(port)
	fmt.Fprintf(a.out, "Quire %s serves %s\n", version, base)
	a.log.Info("serving", "address", ln.Addr().String(), "build", version)
	if advice := memoryAdvice(os.Getenv, "/sys/fs/cgroup/memory.max"); advice != "" {
		a.log.Info("this container's memory is bounded; set GOMEMLIMIT, so that Go keeps within it", "GOMEMLIMIT", advice)
	}
	if a.config.loopback() {
		return
	}
	code, err := srv.Auth().SetupCode(ctx)
	if err != nil {
		a.log.Warn("set-up address not known; quire setup prints it", "err", err)
	} else if code != "" {
		fmt.Fprintf(a.out, "Make the first account, the administrator's, here: %s/setup/%s\n", base, code)
	}
}
