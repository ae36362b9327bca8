package main

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quire/server/auth"
)

// config is what the settings come to.
type config struct {
	host           string
	port           int
	database       string // sqlite:PATH or postgres://…
	secret         []byte
	publicURL      *url.URL
	allowedOrigins []string
	signup         auth.SignupMode
	tokens         auth.TokenConfig
	proxies        auth.Proxies
	quotaUser      int64
	quotaDocument  int64
	trash          time.Duration
	level          slog.Level
	anyFormats     bool
	unsafePostgres bool
}

// loopback reports whether only this machine can reach the server.
func (c config) loopback() bool {
	if c.host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(c.host)
	return err == nil && ip.IsLoopback()
}

func (c config) postgres() bool { return !strings.HasPrefix(c.database, "sqlite:") }

// sqlitePath is the file of a SQLite database.
func (c config) sqlitePath() string { return strings.TrimPrefix(c.database, "sqlite:") }

func (c config) listen() string { return net.JoinHostPort(c.host, strconv.Itoa(c.port)) }

// address is where people reach the app, as far as the configuration tells.
func (c config) address(port int) string {
	if c.publicURL != nil {
		return strings.TrimSuffix(c.publicURL.String(), "/")
	}
	host := c.host
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}

// check finds what is wrong between settings that are each right.
func (c config) check() []error {
	var wrong []error
	if c.postgres() && len(c.secret) == 0 {
		wrong = append(wrong, errors.New("SECRET_KEY: is required with Postgres, so that all nodes share one; "+
			"openssl rand -hex 32 makes one"))
	}
	if len(c.tokens.Secret) == 0 && c.tokens.KeysURL == "" && (c.tokens.Issuer != "" || c.tokens.Audience != "") {
		wrong = append(wrong, errors.New("JWT_ISSUER, JWT_AUDIENCE: mean nothing without JWT_SECRET or JWT_JWKS_URL"))
	}
	return wrong
}
