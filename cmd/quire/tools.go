package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"quire/server/auth"
	"quire/storage"
)

// withAccounts runs do with the accounts and the store, for a command that may run beside a server. If the command ends a sign-in, the
// server closes its sockets within a second (server/events).
func (a *app) withAccounts(ctx context.Context, do func(*auth.Service, storage.Store) error) (err error) {
	store, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	secret, err := a.secretKey()
	if err != nil {
		return err
	}
	accounts, err := auth.New(auth.Config{Store: store, Secret: secret, Log: a.log})
	if err != nil {
		return err
	}
	return do(accounts, store)
}

// setup prints the address that makes the first account.
func (a *app) setup(ctx context.Context) error {
	if err := a.only(0, "setup"); err != nil {
		return err
	}
	return a.withAccounts(ctx, func(accounts *auth.Service, _ storage.Store) error {
		code, err := accounts.SetupCode(ctx)
		if err != nil {
			return err
		}
		if code == "" {
			_, err = fmt.Fprintln(a.out, "Quire is set up: there is an account. quire user add makes others, quire user reset-password helps who forgot theirs.")
			return err
		}
		_, err = fmt.Fprintf(a.out, "Make the first account, the administrator's, here: %s/setup/%s\n", a.config.address(a.config.port), code)
		return err
	})
}

// healthcheck asks a server on this machine with the same settings whether it is ready.
func (a *app) healthcheck(ctx context.Context) error {
	if err := a.only(0, "healthcheck"); err != nil {
		return err
	}
	host := a.config.host
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.Is6() {
			host = "::1"
		}
	}
	ctx, stop := context.WithTimeout(ctx, 3*time.Second)
	defer stop()
	scheme, transport := "http", &http.Transport{DisableKeepAlives: true}
	if a.config.secure() {
		// the certificate is for the name people use, not for this address; and nothing secret is sent or learnt
		scheme, transport.TLSClientConfig = "https", &tls.Config{InsecureSkipVerify: true}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, strconv.Itoa(a.config.port))+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", res.Status)
	}
	_, err = fmt.Fprintln(a.out, "ready")
	return err
}
