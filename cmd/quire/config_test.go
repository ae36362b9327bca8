package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quire/collab"
	"quire/collab/delta"
	"quire/collab/wire"
	"quire/storage/sealed"
)

const goodSecret = "0123456789abcdef0123456789abcdef"

func TestSettingsComeFromFlagsVariablesAndFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(goodSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(map[string]string{"port": "9000"}, []string{
		"PORT=1", "HOST=::1", "SECRET_KEY_FILE=" + file, "PUBLIC_URL=https://docs.example.org/", "SIGNUP=invite",
		"TRUST_PROXY=10.0.0.0/8, 192.0.2.1", "ALLOWED_ORIGINS=https://a.example, https://b.example:8443", "TRASH_DAYS=7",
		"QUOTA_USER=3GiB", "QUOTA_DOCUMENT=0", "FORMATS=any", "LOG_LEVEL=debug", "JWT_SECRET=", "DATABASE_URL=sqlite:x.db",
		"JWT_JWKS_URL=https://app.example/keys", "JWT_AUDIENCE=quire",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.port != 9000 || c.host != "::1" || c.secret.Reveal() != goodSecret || c.publicURL.String() != "https://docs.example.org" ||
		c.signup != "invite" || len(c.proxies) != 2 || c.proxies[1].String() != "192.0.2.1/32" || len(c.allowedOrigins) != 2 ||
		c.trash != 7*24*time.Hour || c.quotaUser != 3<<30 || c.quotaDocument != 0 || !c.anyFormats || c.sqlitePath() != "x.db" {
		t.Errorf("config = %+v", c)
	}
	if c.tokens.KeysURL.Reveal() != "https://app.example/keys" || c.tokens.Audience != "quire" {
		t.Errorf("tokens = %+v", c.tokens)
	}
	if !c.loopback() || c.listen() != "[::1]:9000" || c.address(9000) != "https://docs.example.org" {
		t.Errorf("loopback %v, listen %s, address %s", c.loopback(), c.listen(), c.address(9000))
	}
}

// On this machine only, without a name of its own, the server answers to few names.
func TestWhereOnlyThisMachinesNamesAreTaken(t *testing.T) {
	for environ, want := range map[string]bool{
		"": true, "HOST=localhost": true, "HOST=::1": true, "ALLOWED_HOSTS=a.example, b.example": true,
		"HOST=0.0.0.0": false, "HOST=192.0.2.7": false, "PUBLIC_URL=https://docs.example.org": false, "TRUST_PROXY=127.0.0.1": false,
	} {
		c, err := load(nil, strings.Split(environ, "\n"))
		if err != nil || c.onlyLocal() != want {
			t.Errorf("%s: %v (%v), want %v", environ, c.onlyLocal(), err, want)
		}
	}
	c, err := load(nil, []string{"ALLOWED_HOSTS=a.example, b.example", "SECURITY_CONTACT=sec@example.org, https://example.org/sec"})
	if err != nil || !slices.Equal(c.allowedHosts, []string{"a.example", "b.example"}) ||
		!slices.Equal(c.contacts, []string{"mailto:sec@example.org", "https://example.org/sec"}) {
		t.Errorf("%v, %v, %v", c.allowedHosts, c.contacts, err)
	}
}

// Behind a published port the printed address is the one that people can open.
func TestThePrintedAddressIsThePublishedOne(t *testing.T) {
	for _, c := range []struct{ environ, want string }{
		{"", "http://localhost:8080"},
		{"QUIRE_PORT=9000", "http://localhost:9000"},
		{"QUIRE_PORT=0.0.0.0:9000", "http://localhost:9000"},
		{"QUIRE_PORT=192.0.2.7:9000", "http://192.0.2.7:9000"},
		{"QUIRE_PORT=[::1]:9000", "http://[::1]:9000"},
		{"QUIRE_PORT=443\nTLS_CERT=c\nTLS_KEY=k", "https://localhost:443"},
		{"QUIRE_PORT=9000\nPUBLIC_URL=https://docs.example.org", "https://docs.example.org"},
	} {
		cfg, err := load(nil, append(strings.Split(c.environ, "\n"), "HOST=0.0.0.0"))
		if err != nil || cfg.address(8080) != c.want {
			t.Errorf("%s: address = %s (%v), want %s", c.environ, cfg.address(8080), err, c.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	c, err := load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := (limits{1 << 20, 100_000, 10_000_000, 32, 2_000, 20_000, 10_000, 1_000, 512 << 20, 256 << 20}); c.limits != want {
		t.Errorf("limits = %+v, want W4's %+v", c.limits, want)
	}
	if l := c.limits; l.frame != wire.DefaultFrame || l.components != delta.DefaultComponents || l.document != collab.DefaultDocument ||
		l.depth != wire.DefaultDepth {
		t.Errorf("limits = %+v, and the packages that keep them say otherwise when nothing is set", l)
	}
	if c.listen() != "127.0.0.1:8080" || c.database.Reveal() != "sqlite:data/quire.db" || c.signup != "open" || c.trash != 30*24*time.Hour ||
		c.quotaUser != 2<<30 || c.quotaDocument != 512<<20 || c.anyFormats || !c.loopback() || c.postgres() {
		t.Errorf("config = %+v", c)
	}
}

// wrongValue is what is set, a line each, and what the error holds then.
type wrongValue struct{ line, want string }

var wrongValues = []wrongValue{
	{"PORT=http", "PORT=http: a port is a number"},
	{"PORT=70000", "PORT=70000"},
	{"QUIRE_PORT=here:http", "QUIRE_PORT=here:http: a port is a number"},
	{"DATABASE_URL=mysql://u:hunter2@h/d", "DATABASE_URL: is neither"},
	{"DATABASE_URL=sqlite:", "DATABASE_URL: a SQLite file"},
	{"SECRET_KEY=hunter2", "SECRET_KEY: has 7 bytes"},
	{"PUBLIC_URL=docs.example.org", "PUBLIC_URL=docs.example.org"},
	{"PUBLIC_URL=https://example.org/docs", "without a path"},
	{"ALLOWED_ORIGINS=https://a.example,*", `"*" is not an origin`},
	{"SIGNUP=yes", "SIGNUP=yes: there are open, invite and closed"},
	{"JWT_SECRET=hunter2", "JWT_SECRET: has 7 bytes"},
	{"JWT_ISSUER=x", "JWT_SECRET"},
	{"TRUST_PROXY=proxy", "TRUST_PROXY=proxy"},
	{"QUOTA_USER=much", "QUOTA_USER=much"},
	{"QUOTA_DOCUMENT=9999999TiB", "QUOTA_DOCUMENT"},
	{"TRASH_DAYS=0", "TRASH_DAYS=0"},
	{"LIMIT_FRAME=1KiB", "LIMIT_FRAME=1KiB: there may be 64KiB to 64MiB"},
	{"LIMIT_FRAME=many", "LIMIT_FRAME=many: is not a size"},
	{"LIMIT_DOCUMENT=0", "LIMIT_DOCUMENT=0: is not a number from 1000"},
	{"LIMIT_COMPONENTS=-1", "LIMIT_COMPONENTS=-1"},
	{"LIMIT_DEPTH=3", "LIMIT_DEPTH=3: is not a number from 8"},
	{"LIMIT_CONNECTIONS_USER=all", "LIMIT_CONNECTIONS_USER=all"},
	{"LIMIT_CONNECTIONS_ADDRESS=0", "LIMIT_CONNECTIONS_ADDRESS=0"},
	{"LIMIT_HTTP_CONNECTIONS=1", "LIMIT_HTTP_CONNECTIONS=1: is not a number from 10"},
	{"LIMIT_HTTP_CONNECTIONS_ADDRESS=0", "LIMIT_HTTP_CONNECTIONS_ADDRESS=0"},
	{"LIMIT_BODIES=1MiB", "LIMIT_BODIES=1MiB: there may be 128MiB or more"},
	{"LIMIT_MESSAGES=all", "LIMIT_MESSAGES=all: is not a size"},
	{"ALLOWED_HOSTS=https://a.example", "is not a host's name"},
	{"ALLOWED_HOSTS=a.example,*.example", `"*.example" is not a host's name`},
	{"ALLOWED_HOSTS=a.example\nHOST=0.0.0.0", "ALLOWED_HOSTS: means nothing"},
	{"ALLOWED_HOSTS=a.example\nPUBLIC_URL=http://a.example", "ALLOWED_HOSTS: means nothing"},
	{"SECURITY_CONTACT=somebody", `"somebody" is neither an e-mail nor an address`},
	{"SECURITY_CONTACT=http://example.org", "is neither an e-mail nor an address"},
	{"LOG_LEVEL=loud", "LOG_LEVEL=loud"},
	{"FORMATS=all", "FORMATS=all"},
	{"SMTP_HOST=mail.example.org", "SMTP_FROM_EMAIL: is required"},
	{"SMTP_HOST=mail.example.org\nSMTP_FROM_EMAIL=q@example.org", "PUBLIC_URL: is required with SMTP_HOST"},
	{"SMTP_PASSWORD=hunter2", "mean nothing without SMTP_HOST"},
	{"SMTP_SECURITY=ssl", "there are starttls, tls and none"},
	{"SMTP_FROM_EMAIL=nobody", "SMTP_FROM_EMAIL=nobody: is not an e-mail address"},
	{"OIDC_CLIENT_SECRET=hunter2", "mean nothing without OIDC_ISSUER"},
	{"OIDC_ISSUER=id.example.org", "OIDC_ISSUER=id.example.org: is not an address"},
	{"OIDC_ISSUER=https://id.example.org", "OIDC_CLIENT_ID: is required"},
	{"OIDC_ISSUER=https://id.example.org\nOIDC_CLIENT_ID=q", "PUBLIC_URL: is required with OIDC_ISSUER"},
	{"AUDIT_DAYS=0", "AUDIT_DAYS=0: is not a number of days"},
	{"TLS_CERT=/cert.pem", "TLS_CERT, TLS_KEY: one is set without the other"},
	{"TLS_REDIRECT_PORT=8081", "TLS_REDIRECT_PORT: there is no https"},
	{"TLS_REDIRECT_PORT=http", "TLS_REDIRECT_PORT=http: a port is a number"},
	{"TLS_CERT=c\nTLS_KEY=k\nTLS_REDIRECT_PORT=8080", "TLS_REDIRECT_PORT=8080: is PORT itself"},
	{"TLS_CERT=c\nTLS_KEY=k\nPUBLIC_URL=http://docs.example.org", "PUBLIC_URL=http://docs.example.org: begins with http://"},
	{"NATS_URL=nats://n", "NATS_URL: this build"},
	{"JWT_JWKS_URL=http://app.example/keys", "JWT_JWKS_URL: keys are fetched by https only"},
	{"JWT_JWKS_URL=https://u:hunter2@app.example/keys", "JWT_JWKS_URL: is not an address"},
	{"JWT_JWKS_URL=keys.json", "JWT_JWKS_URL: is not an address"},
	{"DATABASE_URL=postgres://u:hunter2@h/d", "SECRET_KEY: is required with Postgres"},
}

func TestAWrongValueStopsTheStartAndIsNamed(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := append(slices.Clone(wrongValues), []wrongValue{
		{"SECRET_KEY_FILE=" + file("empty", "\n"), "empty line 1: is empty"},
		{"SECRET_KEY_FILE=" + file("two", goodSecret+"\nhunter2\n"), "two line 2: one value is expected"},
		{"SECRET_KEY_FILE=" + file("short", "hunter2\n"), "short line 1: has 7 bytes"},
		{"SECRET_KEY_FILE=" + filepath.Join(folder, "missing"), "SECRET_KEY_FILE: open"},
		{"JWT_SECRET_FILE=" + file("rotated", goodSecret+"\n\n"+goodSecret+"\n"), "secret 2 has 0 bytes"},
	}...)
	for _, c := range wrong {
		_, err := load(nil, strings.Split(c.line, "\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.line, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the message shows a secret: %v", c.line, err)
		}
	}
	if _, err := load(nil, []string{"PORT=x", "SIGNUP=y"}); err == nil || !strings.Contains(err.Error(), "PORT") || !strings.Contains(err.Error(), "SIGNUP") {
		t.Errorf("two wrong ones: %v, want both named", err)
	}
	if _, err := load(nil, []string{"SECRET_KEY=" + goodSecret, "SECRET_KEY_FILE=x"}); err == nil {
		t.Error("variable and file together passed")
	}
}

func TestFlags(t *testing.T) {
	flags, rest, err := parseFlags([]string{"--port=1", "serve", "--public-url", "https://x.example", "user"})
	if err != nil || flags["port"] != "1" || flags["public-url"] != "https://x.example" || len(rest) != 2 {
		t.Errorf("flags %v, rest %v, %v", flags, rest, err)
	}
	for _, args := range [][]string{{"--prot=1"}, {"--port"}, {"--port=1", "--port=2"}} {
		if _, _, err := parseFlags(args); err == nil {
			t.Errorf("parseFlags(%q) passed", args)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "512": 512, "1KiB": 1024, "512MiB": 512 << 20, "2 GiB": 2 << 30, "5MB": 5e6, "1b": 1} {
		if got, err := bytesOf(text); err != nil || got != want {
			t.Errorf("bytesOf(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestCommandsThatNeedNoConfiguration(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"version", version}, {"--version", version}, {"help", "PUBLIC_URL"}, {"--help", "PUBLIC_URL"}, {"serve --help", "PUBLIC_URL"},
		{"openapi", `"openapi": "3.1.0"`}, {"bench --help", "-writers"},
	} {
		var out, log bytes.Buffer
		err := run(context.Background(), strings.Fields(c.args), []string{"PORT=wrong"}, &out, &log)
		if err != nil || !strings.Contains(out.String(), c.want) {
			t.Errorf("quire %s = %v, %.200s", c.args, err, out.String())
		}
	}
	for _, args := range []string{"sevre", "user", "user add x", "setup now", "bench --port=1", "bench now", "bench --writers=0"} {
		err := run(context.Background(), strings.Fields(args), []string{"DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "q.db")}, &bytes.Buffer{}, &bytes.Buffer{})
		if err == nil {
			t.Errorf("quire %s passed", args)
		}
	}
}

func TestTheSecretKeyIsMadeOnceAndOnlyItsOwnerReadsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "quire.db")
	a := &app{config: config{database: sealed.Of("sqlite:" + path)}}
	first, err := a.secretKey()
	if err != nil || len(first.Bytes()) < leastSecret {
		t.Fatal(first, err)
	}
	second, err := a.secretKey()
	if err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the second start has another key (%v)", err)
	}
	file := filepath.Join(filepath.Dir(path), "secret.key")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v (%v), want mode 0600", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.secretKey(); err == nil || strings.Contains(err.Error(), "short\"") {
		t.Errorf("a damaged key = %v, want a refusal: a new one would end every link", err)
	}
}

func TestMemoryAdvice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "memory.max")
	unset := func(string) string { return "" }
	for text, want := range map[string]string{"max\n": "", "1073741824\n": "921MiB", "": ""} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := memoryAdvice(unset, file); got != want {
			t.Errorf("bound %q: %q, want %q", text, got, want)
		}
	}
	if got := memoryAdvice(func(string) string { return "1GiB" }, file); got != "" {
		t.Errorf("already set: %q", got)
	}
}

// JWT_SECRET holds one secret a line, so that one can take the other's place.
func TestTwoTokenSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(path, []byte(goodSecret+"\r\nthe older one, of 32 bytes and more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, env := range []string{"JWT_SECRET_FILE=" + path, "JWT_SECRET=" + goodSecret + "\nthe older one, of 32 bytes and more"} {
		c, err := load(nil, []string{"DATABASE_URL=sqlite:x.db", env})
		if err != nil || len(c.tokens.Secrets) != 2 || c.tokens.Secrets[0].Reveal() != goodSecret ||
			c.tokens.Secrets[1].Reveal() != "the older one, of 32 bytes and more" {
			t.Errorf("%.15s: %d secrets, %v", env, len(c.tokens.Secrets), err)
		}
	}
}
