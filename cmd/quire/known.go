package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quire/server/auth"
	"quire/storage/sealed"
)

const leastSecret = 32 // bytes

// settings returns the one table of the configuration, for quire --help, flags, variables and files alike.
func settings() []setting {
	known := []setting{
		{name: "HOST", fallback: "127.0.0.1", help: "address to listen on; 0.0.0.0 for all", set: func(c *config, v string) (err error) {
			c.host, err = hostOf(v)
			return err
		}},
		{name: "PORT", fallback: "8080", help: "port to listen on; 0 for any", set: setPort},
		{name: "QUIRE_PORT", help: "the port, or address and port, under which compose publishes Quire: for the addresses it prints",
			set: setPublished},
		{name: "DATABASE_URL", secret: true, fallback: "sqlite:data/quire.db", help: "sqlite:PATH or postgres://…", set: setDatabase},
		{name: "SECRET_KEY", secret: true, help: "signs tickets and links, at least 32 bytes; made and kept beside a SQLite file, " +
			"required with Postgres", set: func(c *config, v string) (err error) {
			c.secret, err = secretOf(v)
			return err
		}},
		{name: "PUBLIC_URL", help: "where people reach Quire, as in https://docs.example.org; else the request's own host", set: setPublicURL},
		{name: "ALLOWED_ORIGINS", help: "other sites whose pages may use the API with a token, separated by commas", set: setOrigins},
		{name: "ALLOWED_HOSTS", help: "other names of this machine that people open, separated by commas; without PUBLIC_URL and TRUST_PROXY " +
			"a server on loopback takes only addresses, localhost and these", set: setHosts},
		{name: "SECURITY_CONTACT", help: "who wants to hear of holes: e-mails or https addresses, separated by commas, for /.well-known/security.txt",
			set: setContacts},
		{name: "SIGNUP", fallback: "open", help: "who may make an account: open, invite (guests of a link, the letter of an invitation), closed", set: setSignup},
		{name: "PEOPLE_LIST", fallback: "on", help: "on: owners and group managers choose people among the accounts here by name; off: " +
			"only by e-mail", set: func(c *config, v string) error {
			if v != "on" && v != "off" {
				return errors.New("there are on and off")
			}
			c.noPeople = v == "off"
			return nil
		}},
		{name: "JWT_SECRET", secret: true, several: true, help: "checks the tokens (HS256) of an embedding application, at least 32 bytes; " +
			"while it changes the new and the old one, a line each", set: setTokenSecrets},
		{name: "JWT_JWKS_URL", secret: true, help: "the public keys (JWKS, by https) of an application that signs with a private one: " +
			"RS*, PS*, ES*, EdDSA", set: setKeysURL},
		{name: "JWT_ISSUER", help: "whose tokens count (iss)", set: func(c *config, v string) error { c.tokens.Issuer = v; return nil }},
		{name: "JWT_AUDIENCE", help: "for whom tokens are (aud)", set: func(c *config, v string) error { c.tokens.Audience = v; return nil }},
		{name: "TLS_CERT", help: "file with a certificate and its chain (PEM): then the port speaks https; read again when it changes",
			set: func(c *config, v string) error { c.tls.Certificate = v; return nil }},
		{name: "TLS_KEY", help: "file with the certificate's key (PEM)", set: func(c *config, v string) error { c.tls.Key = v; return nil }},
		{name: "TLS_REDIRECT_PORT", help: "a second, plain port that sends browsers to the https address", set: setRedirectPort},
		{name: "TRUST_PROXY", help: "addresses or networks of proxies whose X-Forwarded-* count, separated by commas", set: setProxies},
		{name: "QUOTA_USER", fallback: "2GiB", help: "log over all documents of an owner; 0 for no bound", set: func(c *config, v string) (err error) {
			c.quotaUser, err = bytesOf(v)
			return err
		}},
		{name: "QUOTA_APPLICATION", fallback: "0", help: "log over all documents of an embedding application; 0 for no bound",
			set: func(c *config, v string) (err error) {
				c.quotaApp, err = bytesOf(v)
				return err
			}},
		{name: "QUOTA_DOCUMENT", fallback: "512MiB", help: "log of one document; 0 for no bound", set: func(c *config, v string) (err error) {
			c.quotaDocument, err = bytesOf(v)
			return err
		}},
		{name: "TRASH_DAYS", fallback: "30", help: "days a document stays in the trash", set: setTrash},
		{name: "AUDIT_DAYS", fallback: "365", help: "days the audit log is kept", set: func(c *config, v string) (err error) {
			c.audit, err = daysOf(v)
			return err
		}},
		{name: "AUDIT_LOG", help: "stdout, or a file: what comes into the audit log goes there, too, as a line of JSON; the file is opened again at " +
			"SIGHUP", set: func(c *config, v string) error { c.auditLog = v; return nil }},
		{name: "LOG_LEVEL", fallback: "info", help: "debug, info, warn, error", set: setLevel},
		{name: "FORMATS", fallback: "editor", help: "editor: the formats of the editor; any: whatever an application sends", set: setFormats},
		{name: "ALLOW_UNSAFE_POSTGRES", help: "1: start on a Postgres with fsync off, for tests", set: func(c *config, v string) error {
			c.unsafePostgres = v == "1"
			return nil
		}},
	}
	known = append(known, limitSettings()...)
	known = append(known, sharedSettings()...)
	known = append(known, mailSettings()...)
	known = append(known, oidcSettings()...)
	for _, name := range []string{"NATS_URL", "CLUSTER_LISTEN", "CLUSTER_ROUTES", "BLOBS"} {
		known = append(known, setting{name: name, secret: true})
	}
	return known
}

func setPort(c *config, v string) error {
	n, err := strconv.ParseUint(v, 10, 16)
	if err != nil {
		return errors.New("a port is a number from 0 to 65535")
	}
	c.port = int(n)
	return nil
}

// setPublished takes 9000 or 127.0.0.1:9000, as before the container's port in compose's `ports`.
func setPublished(c *config, v string) error {
	host, port := "", v
	if i := strings.LastIndexByte(v, ':'); i >= 0 {
		host, port = strings.Trim(v[:i], "[]"), v[i+1:]
	}
	var other config
	if err := setPort(&other, port); err != nil {
		return err
	}
	c.published = net.JoinHostPort(shown(host), port)
	return nil
}

func setRedirectPort(c *config, v string) error {
	var other config
	if err := setPort(&other, v); err != nil {
		return err
	}
	c.redirectPort = &other.port
	return nil
}

func setDatabase(c *config, v string) error {
	path, isFile := strings.CutPrefix(v, "sqlite:")
	if u, err := url.Parse(v); !isFile && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" && u.RawQuery == "") {
		return errors.New("is neither sqlite:PATH nor postgres://USER:PASSWORD@HOST:PORT/NAME (letters other than a-z, 0-9 in the password are written %XX)")
	}
	if !isFile && unencoded(v) {
		return errors.New("the user or the password holds a letter that has to be written %XX there: / is %2F, ? is %3F, # is %23, @ is %40, % is %25")
	}
	if isFile && (path == "" || strings.HasPrefix(path, "//")) {
		return errors.New("a SQLite file is named as in sqlite:data/quire.db")
	}
	c.database = sealed.Of(v)
	return nil
}

// unencoded reports whether the user and password of an address have a character that ends them: then a part of the password would be
// taken for the host, its port or the database, and sent to name servers and logs.
func unencoded(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return false
	}
	if strings.Contains(rest, "#") {
		return true // such addresses have no fragment
	}
	before, _, _ := strings.Cut(rest[end:], "=") // after it is a parameter's value, which may contain an @
	return !strings.Contains(rest[:end], "@") && strings.Contains(before, "@")
}

// hostOf accepts a bare host name or address: anything more, perhaps a password, would be sent to name servers.
func hostOf(v string) (string, error) {
	_, err := netip.ParseAddr(v)
	if err != nil && strings.ContainsAny(v, "@:/?#% \t") {
		return "", errors.New("is not a host's name or address, without port, user and password")
	}
	return v, nil
}

func setKeysURL(c *config, v string) error {
	if unencoded(v) {
		return errors.New("is not an address as in https://app.example.org/.well-known/jwks.json, without user and password")
	}
	c.tokens.KeysURL = sealed.Of(v)
	return auth.CheckKeysURL(v)
}

func secretOf(v string) (sealed.Text, error) {
	if len(v) < leastSecret {
		return sealed.Text{}, fmt.Errorf("has %d bytes; at least %d are needed (openssl rand -hex 32 makes one)", len(v), leastSecret)
	}
	return sealed.Of(v), nil
}

// setTokenSecrets takes secrets, one a line.
func setTokenSecrets(c *config, v string) error {
	c.tokens.Secrets = nil
	for i, line := range strings.Split(strings.TrimSpace(v), "\n") {
		secret, err := secretOf(strings.TrimSpace(line))
		if err != nil && i > 0 {
			return fmt.Errorf("secret %d %w", i+1, err)
		} else if err != nil {
			return err
		}
		c.tokens.Secrets = append(c.tokens.Secrets, secret)
	}
	return nil
}

func setPublicURL(c *config, v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("is not an address as in https://docs.example.org, without a path")
	}
	u.Path = ""
	c.publicURL = u
	return nil
}

func setOrigins(c *config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		u, err := url.Parse(part)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			strings.Trim(u.Path, "/") != "" || strings.Contains(part, "*") {
			return fmt.Errorf("%q is not an origin as in https://app.example.org; there are no patterns, users and passwords", unsecret("", part))
		}
		c.allowedOrigins = append(c.allowedOrigins, u.Scheme+"://"+u.Host)
	}
	return nil
}

func setHosts(c *config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		name, err := hostOf(strings.TrimSpace(part))
		if err != nil || name == "" || strings.Contains(name, "*") {
			return fmt.Errorf("%q is not a host's name as in quire.home.arpa, without port and patterns", unsecret("", part))
		}
		c.allowedHosts = append(c.allowedHosts, name)
	}
	return nil
}

func setContacts(c *config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		bare := strings.TrimPrefix(part, "mailto:")
		if address, err := mail.ParseAddress(bare); err == nil && address.Address == bare {
			c.contacts = append(c.contacts, "mailto:"+bare)
			continue
		}
		u, err := url.Parse(part)
		if err != nil || u.Scheme != "https" || u.Host == "" || strings.Contains(part, "@") {
			return fmt.Errorf("%q is neither an e-mail nor an address as in https://example.org/security", unsecret("", part))
		}
		c.contacts = append(c.contacts, part)
	}
	return nil
}

func setSignup(c *config, v string) error {
	switch mode := auth.SignupMode(v); mode {
	case auth.SignupOpen, auth.SignupInvite, auth.SignupClosed:
		c.signup = mode
		return nil
	}
	return errors.New("there are open, invite and closed")
}

func setProxies(c *config, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		network, err := netip.ParsePrefix(part)
		if err != nil {
			ip, err := netip.ParseAddr(part)
			if err != nil {
				return fmt.Errorf("%q is neither an address nor a network as in 10.0.0.0/8", unsecret("", part))
			}
			network = netip.PrefixFrom(ip, ip.BitLen())
		}
		c.proxies = append(c.proxies, network.Masked())
	}
	return nil
}

func setTrash(c *config, v string) (err error) {
	c.trash, err = daysOf(v)
	return err
}

func daysOf(v string) (time.Duration, error) {
	days, err := strconv.ParseUint(v, 10, 15)
	if err != nil || days < 1 {
		return 0, errors.New("is not a number of days, 1 or more")
	}
	return time.Duration(days) * 24 * time.Hour, nil
}

func setLevel(c *config, v string) error {
	if err := c.level.UnmarshalText([]byte(v)); err != nil {
		return errors.New("there are debug, info, warn and error")
	}
	return nil
}

func setFormats(c *config, v string) error {
	if v != "editor" && v != "any" {
		return errors.New("there are editor and any")
	}
	c.anyFormats = v == "any"
	return nil
}

// bytesOf reads 512MiB, 2 GiB, 100MB or a plain number.
func bytesOf(v string) (int64, error) {
	number := strings.TrimRight(v, "KMGTiBkb ")
	units := map[string]int64{"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}
	unit, ok := units[strings.ToUpper(strings.TrimSpace(v[len(number):]))]
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || n < 0 || n > (1<<62)/unit {
		return 0, errors.New("is not a size as in 512MiB")
	}
	return n * unit, nil
}
