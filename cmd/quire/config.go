package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quire/server"
	"quire/server/auth"
	"quire/server/mail"
	"quire/storage/sealed"
)

// config is the configuration that the settings make up.
type config struct {
	host           string
	port           int
	published      string      // host and port at which compose publishes the port; "": none
	database       sealed.Text // sqlite:PATH or postgres://…
	secret         sealed.Text
	publicURL      *url.URL
	allowedOrigins []string
	allowedHosts   []string
	contacts       []string
	signup         auth.SignupMode
	tokens         auth.TokenConfig
	tls            server.TLSFiles
	redirectPort   *int // for plain HTTP, which is redirected to port; nil: none
	proxies        auth.Proxies
	quotaUser      int64
	quotaApp       int64
	quotaDocument  int64
	limits         limits
	shared         shared
	trash          time.Duration
	level          slog.Level
	anyFormats     bool
	noPeople       bool
	unsafePostgres bool
	audit          time.Duration
	auditLog       string // auditStdout, a file, or "": none
	mail           mail.Config
	oidc           auth.OIDCConfig
	invited        int             // letters of invitation to one address a day
	explicit       map[string]bool // which settings somebody set, by name
}

// loopback reports whether only this machine can reach the server.
func (c config) loopback() bool {
	if c.host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(c.host)
	return err == nil && ip.IsLoopback()
}

// onlyLocal reports whether people reach the server on this machine only, and by its own names.
func (c config) onlyLocal() bool { return c.loopback() && c.publicURL == nil && len(c.proxies) == 0 }

func (c config) postgres() bool { return !strings.HasPrefix(c.database.Reveal(), "sqlite:") }

// sqlitePath returns the file of a SQLite database.
func (c config) sqlitePath() string { return strings.TrimPrefix(c.database.Reveal(), "sqlite:") }

func (c config) listen() string { return net.JoinHostPort(c.host, strconv.Itoa(c.port)) }

// address returns the URL where people reach the app, as far as the configuration tells.
func (c config) address(port int) string {
	if c.publicURL != nil {
		return strings.TrimSuffix(c.publicURL.String(), "/")
	}
	at := c.published
	if at == "" {
		at = net.JoinHostPort(shown(c.host), strconv.Itoa(port))
	}
	if c.secure() {
		return "https://" + at
	}
	return "http://" + at
}

// shown returns a host to listen on as people on this machine type it.
func shown(host string) string {
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}

// secure reports whether the server speaks TLS itself.
func (c config) secure() bool { return c.tls != server.TLSFiles{} }

// check returns what is wrong with the combination of settings that are each valid.
func (c config) check() []error {
	var wrong []error
	if c.postgres() && !c.secret.IsSet() {
		wrong = append(wrong, errors.New("SECRET_KEY: is required with Postgres, so that all nodes share one; "+
			"openssl rand -hex 32 makes one"))
	}
	if len(c.tokens.Secrets) == 0 && !c.tokens.KeysURL.IsSet() && (c.tokens.Issuer != "" || c.tokens.Audience != "") {
		wrong = append(wrong, errors.New("JWT_ISSUER, JWT_AUDIENCE: mean nothing without JWT_SECRET or JWT_JWKS_URL"))
	}
	if len(c.allowedHosts) > 0 && !c.onlyLocal() {
		wrong = append(wrong, errors.New("ALLOWED_HOSTS: means nothing with PUBLIC_URL or TRUST_PROXY, or where HOST is not this machine only"))
	}
	return append(wrong, c.checkTLS()...)
}

func (c config) checkTLS() []error {
	var wrong []error
	if (c.tls.Certificate == "") != (c.tls.Key == "") {
		wrong = append(wrong, errors.New("TLS_CERT, TLS_KEY: one is set without the other"))
	}
	if c.redirectPort != nil && !c.secure() {
		wrong = append(wrong, errors.New("TLS_REDIRECT_PORT: there is no https to send browsers to; set TLS_CERT and TLS_KEY"))
	}
	if c.redirectPort != nil && *c.redirectPort == c.port && c.port != 0 {
		wrong = append(wrong, fmt.Errorf("TLS_REDIRECT_PORT=%d: is PORT itself; the plain port is a second one", c.port))
	}
	if c.secure() && c.publicURL != nil && c.publicURL.Scheme != "https" {
		wrong = append(wrong, fmt.Errorf("PUBLIC_URL=%s: begins with http://, and TLS_CERT makes the server speak https", c.publicURL))
	}
	return append(wrong, c.checkOutside()...)
}
