package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"quire/server/auth"
	"quire/storage"
)

// withAccounts opens the store for a command that looks after accounts while a server may be running.
func (a *app) withAccounts(ctx context.Context, do func(*auth.Service) error) (err error) {
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
	return do(accounts)
}

// setup prints the set-up address again.
func (a *app) setup(ctx context.Context) error {
	if err := a.only(0, "setup"); err != nil {
		return err
	}
	return a.withAccounts(ctx, func(accounts *auth.Service) error {
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

// user looks after accounts.
func (a *app) user(ctx context.Context) error {
	const usage = "user add [--admin] NAME E-MAIL | user reset-password E-MAIL"
	if len(a.args) == 0 {
		return errors.New("usage: quire " + usage)
	}
	what := a.args[0]
	a.args = a.args[1:]
	return a.withAccounts(ctx, func(accounts *auth.Service) error {
		switch what {
		case "add":
			return a.addUser(ctx, accounts)
		case "reset-password":
			return a.resetPassword(ctx, accounts)
		}
		return errors.New("usage: quire " + usage)
	})
}

func (a *app) addUser(ctx context.Context, accounts *auth.Service) error {
	admin := slices.Contains(a.args, "--admin")
	a.args = slices.DeleteFunc(a.args, func(arg string) bool { return arg == "--admin" })
	if err := a.only(2, "user add [--admin] NAME E-MAIL"); err != nil {
		return err
	}
	password, err := accounts.AddAccount(ctx, a.args[0], a.args[1], admin)
	if errors.Is(err, storage.ErrExists) {
		return fmt.Errorf("%s: there is an account with this e-mail", a.args[1])
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s can sign in with the password %s and then change it.\n", a.args[1], password)
	return err
}

func (a *app) resetPassword(ctx context.Context, accounts *auth.Service) error {
	if err := a.only(1, "user reset-password E-MAIL"); err != nil {
		return err
	}
	password, err := accounts.ResetPassword(ctx, a.args[0])
	if errors.Is(err, storage.ErrNotFound) {
		return fmt.Errorf("%s: there is no account with this e-mail", a.args[0])
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.out, "%s is signed out everywhere and can sign in with the password %s.\n", a.args[0], password)
	return err
}

// healthcheck asks the server that this machine runs with the same settings.
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
