package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quire/server/tlstest"
)

// secureHouse is a house with TLS; its certificate is for 127.0.0.1 and docs.example.test.
type secureHouse struct {
	*house
	authority *tlstest.Authority
	files     TLSFiles
	serial    int64
}

func newSecureHouse(t *testing.T, change func(*Config)) *secureHouse {
	t.Helper()
	s := &secureHouse{authority: tlstest.NewAuthority(t)}
	pair := s.authority.Issue(t, "127.0.0.1", "docs.example.test")
	s.serial = pair.Serial
	s.files.Certificate, s.files.Key = pair.Files(t, t.TempDir())
	s.house = newHouse(t, func(c *Config) {
		c.TLS = s.files
		if change != nil {
			change(c)
		}
	})
	s.tls = s.authority.Client()
	return s
}

// shown is the serial number of the certificate that a new connection gets.
func (s *secureHouse) shown() int64 {
	s.t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(s.base, "https://"), s.tls)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestEverythingWorksByTLS(t *testing.T) {
	s := newSecureHouse(t, nil)
	ada := s.nobody()
	res := ada.do("POST", "/auth/signup", map[string]any{"name": "ada", "email": "ada@example.org", "password": "correct horse ada"})
	res.want(201)
	cookie := res.header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "__Host-quire=") || !strings.Contains(cookie, "secure") && !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie %q, want __Host- and Secure", cookie)
	}
	doc := ada.document("text")
	l := ada.subscribed(t, doc)
	l.send(fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":1,"x":{},"op":[{"insert":"by wss "}]}`, doc))
	l.until("the acknowledgement", func(f map[string]any) bool { return f["a"] == "op" && f["v"] == 1.0 })
	if got := ada.text(doc); got != "by wss text\n" {
		t.Errorf("text %q", got)
	}
	if got := ada.do("GET", "/server", nil).want(200)["public_url"]; got != s.base {
		t.Errorf("public_url %v, want %s", got, s.base)
	}
	ended := make(chan struct{})
	go func() { s.stop(); close(ended) }()
	l.until("the farewell", func(f map[string]any) bool { return f["a"] == "bye" })
	if code := l.closed(); code != 4000 {
		t.Errorf("close %d, want 4000", code)
	}
	<-ended
}

// A page on https has the cookie that no neighbouring host can plant, and only that one counts.
func TestByTLSThePlainCookieDoesNotCount(t *testing.T) {
	s := newSecureHouse(t, nil)
	ada := s.account("ada")
	at, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	token := ada.client.Jar.Cookies(at)[0].Value
	s.nobody().do("GET", "/me", nil, "Cookie", "__Host-quire="+token).want(200)
	s.nobody().do("GET", "/me", nil, "Cookie", "quire="+token).want(401)
}

func TestWhichTLSIsSpoken(t *testing.T) {
	s := newSecureHouse(t, nil)
	address := strings.TrimPrefix(s.base, "https://")
	for _, c := range []struct {
		name   string
		change func(*tls.Config)
		ok     bool
	}{
		{"1.3", func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }, true},
		{"1.2", func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, true},
		{"1.1", func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, false},
		{"http/1.1", func(c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} }, true},
		{"h2 only", func(c *tls.Config) { c.NextProtos = []string{"h2"} }, false},
	} {
		config := s.tls.Clone()
		c.change(config)
		conn, err := tls.Dial("tcp", address, config)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v, want it to pass: %v", c.name, err, c.ok)
		}
		if err == nil {
			if got := conn.ConnectionState().NegotiatedProtocol; len(config.NextProtos) > 0 && got != "http/1.1" {
				t.Errorf("%s: %q was agreed on", c.name, got)
			}
			conn.Close()
		}
	}
}

func TestARenewedCertificateCountsWithoutARestart(t *testing.T) {
	clock := newClockAt()
	s := newSecureHouse(t, func(c *Config) { c.Now = clock.Now })
	ada := s.account("ada")
	l := ada.subscribed(t, ada.document("text"))
	if got := s.shown(); got != s.serial {
		t.Fatalf("certificate %d, want %d", got, s.serial)
	}
	renewed := s.authority.Issue(t, "127.0.0.1")
	tlstest.Write(t, s.files.Certificate, renewed.Certificate) // half of it: the key is still the old one's
	clock.move(certificateEvery)
	if got := s.shown(); got != s.serial {
		t.Errorf("with half a renewal certificate %d, want %d", got, s.serial)
	}
	tlstest.Write(t, s.files.Key, renewed.Key)
	if got := s.shown(); got != s.serial {
		t.Errorf("within a second of the last look certificate %d, want %d: the files are asked for all the time", got, s.serial)
	}
	clock.move(certificateEvery)
	if got := s.shown(); got != renewed.Serial {
		t.Errorf("after the renewal certificate %d, want %d", got, renewed.Serial)
	}
	for name, broken := range map[string][]byte{"empty": nil, "nonsense": []byte("certificate"), "half written": renewed.Certificate[:200]} {
		tlstest.Write(t, s.files.Certificate, broken)
		clock.move(certificateEvery)
		before := strings.Count(s.log.String(), "the changed TLS certificate can't be used")
		for range 3 {
			if got := s.shown(); got != renewed.Serial {
				t.Errorf("%s: certificate %d, want %d", name, got, renewed.Serial)
			}
			clock.move(certificateEvery)
		}
		if n := strings.Count(s.log.String(), "the changed TLS certificate can't be used") - before; n != 1 {
			t.Errorf("%s: said %d times, want once", name, n)
		}
	}
	again := s.authority.Issue(t, "127.0.0.1")
	again.Files(t, filepath.Dir(s.files.Certificate))
	clock.move(certificateEvery)
	if got := s.shown(); got != again.Serial {
		t.Errorf("after the broken ones certificate %d, want %d", got, again.Serial)
	}
	ada.do("PATCH", "/me", map[string]any{"name": "Ada L."}).want(200)
	l.send(`{"a":"pp"}`) // what was open goes on
	l.until("an answer", func(f map[string]any) bool { return f["a"] == "pp" })
	if log := s.log.String(); strings.Contains(log, string(bytes.TrimSpace(again.Key[30:60]))) {
		t.Error("the log holds a key")
	}
}

func TestAnEndingCertificateIsTold(t *testing.T) {
	clock := newClockAt()
	s := newSecureHouse(t, func(c *Config) { c.Now = clock.Now }) // good for an hour
	s.stop()
	if !strings.Contains(s.log.String(), "the TLS certificate ends soon") {
		t.Error("the log does not say that the certificate ends soon")
	}
	before := strings.Count(s.log.String(), "the TLS certificate ends soon")
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), houseAfter+2*houseEvery+time.Second)
		defer stop()
		s.srv.keepHouse(ctx)
	})
	if n := strings.Count(s.log.String(), "the TLS certificate ends soon") - before; n != 3 {
		t.Errorf("said %d times at the start and in the two hours after it, want once an hour", n)
	}
}

func TestWithoutAGoodPairTheServerDoesNotStart(t *testing.T) {
	authority := tlstest.NewAuthority(t)
	one, two := authority.Issue(t, "127.0.0.1"), authority.Issue(t, "127.0.0.1")
	folder := t.TempDir()
	certificate, _ := one.Files(t, folder)
	_, key := two.Files(t, t.TempDir())
	for name, files := range map[string]TLSFiles{
		"no file": {filepath.Join(folder, "none.pem"), key}, "not a pair": {certificate, key}, "the same file": {certificate, certificate},
	} {
		_, err := newCertificate(files, time.Now, quiet())
		if err == nil || !strings.Contains(err.Error(), "TLS_CERT, TLS_KEY") {
			t.Errorf("%s: %v, want the settings named", name, err)
		}
	}
}

// HSTS is a promise for months: only by https, only where the configuration says that it stays so, and never for the names
// of one's own machine.
func TestHSTS(t *testing.T) {
	const proxied = "X-Forwarded-Proto"
	behind := func(address string) func(*Config) {
		return func(c *Config) {
			c.Proxies = loopbackProxies()
			if address != "" {
				c.Auth.PublicURL = mustURL(t, address)
			}
		}
	}
	for _, c := range []struct {
		name   string
		tls    bool
		change func(*Config)
		header []string
		want   bool
	}{
		{"TLS, a name", true, nil, []string{"Host", "docs.example.test"}, true},
		{"TLS, PUBLIC_URL", true, behind("https://docs.example.test"), []string{"Host", "docs.example.test:8443"}, true},
		{"TLS, localhost", true, nil, []string{"Host", "localhost:8443"}, false},
		{"TLS, 127.0.0.1", true, nil, nil, false},
		{"TLS, ::1", true, nil, []string{"Host", "[::1]:8443"}, false},
		{"plain", false, nil, []string{"Host", "docs.example.test"}, false},
		{"plain, said to be https by anybody", false, nil, []string{"Host", "docs.example.test", proxied, "https"}, false},
		{"plain, PUBLIC_URL", false, func(c *Config) { c.Auth.PublicURL = mustURL(t, "https://docs.example.test") },
			[]string{"Host", "docs.example.test"}, false},
		{"plain, PUBLIC_URL, said to be https by anybody", false,
			func(c *Config) { c.Auth.PublicURL = mustURL(t, "https://docs.example.test") },
			[]string{"Host", "docs.example.test", proxied, "https"}, false},
		{"a proxy's https, PUBLIC_URL", false, behind("https://docs.example.test"), []string{"Host", "docs.example.test", proxied, "https"}, true},
		{"a proxy's http, PUBLIC_URL", false, behind("https://docs.example.test"), []string{"Host", "docs.example.test", proxied, "http"}, false},
		{"a proxy's https, PUBLIC_URL plain", false, behind("http://docs.example.test"), []string{"Host", "docs.example.test", proxied, "https"}, false},
		{"a proxy's https, nothing set", false, behind(""), []string{"Host", "docs.example.test", proxied, "https"}, false},
	} {
		var h *house
		if c.tls {
			h = newSecureHouse(t, c.change).house
		} else {
			h = newHouse(t, c.change)
		}
		for _, path := range []string{"!/", "/server", "/me", "!/nope.js"} {
			got := h.nobody().do("GET", path, nil, append([]string{"Accept", "text/html"}, c.header...)...).header.Get("Strict-Transport-Security")
			if (got != "") != c.want {
				t.Errorf("%s: %s has HSTS %q, want any: %v", c.name, path, got, c.want)
			}
		}
		h.stop()
	}
}

// redirected asks the plain port by hand, so that the request line can be anything.
func (s *secureHouse) redirected(address, line, host string) *http.Response {
	s.t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(soon))
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\nX-Forwarded-Host: evil.example\r\n\r\nabc", line, host)
	return readResponse(s.t, conn)
}

func (s *secureHouse) plainPort() (address string) {
	s.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.srv.ServeRedirect(ln) }()
	s.t.Cleanup(func() {
		s.stop()
		if err := <-served; err != nil {
			s.t.Errorf("ServeRedirect = %v", err)
		}
	})
	return ln.Addr().String()
}

func TestThePlainPortSendsToTheSecureOneAndNowhereElse(t *testing.T) {
	s := newSecureHouse(t, nil)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.base, "https://"))
	s.shown() // so it is served: until then nobody is sent there
	plain := s.plainPort()
	for _, c := range []struct{ line, host, want string }{
		{"GET /", "docs.example.test", "https://docs.example.test:" + port + "/"},
		{"GET /d/x?y=z", "docs.example.test:80", "https://docs.example.test:" + port + "/d/x?y=z"},
		{"POST /api/v1/documents", "127.0.0.1", "https://127.0.0.1:" + port + "/api/v1/documents"},
		{"GET //evil.example/x", "docs.example.test", "https://docs.example.test:" + port + "//evil.example/x"},
		{"GET /\\evil.example", "docs.example.test", "https://docs.example.test:" + port + "/%5Cevil.example"},
		{"GET /@evil.example", "docs.example.test", "https://docs.example.test:" + port + "/@evil.example"},
		{"GET /", "evil.example", ""},
		{"GET /", "docs.example.test.evil.example", ""},
		{"GET /", "docs.example.test@evil.example", ""},
		{"GET /", "", ""},
		{"GET http://evil.example/", "docs.example.test", ""},
		{"GET http://docs.example.test/", "docs.example.test", ""},
		{"GET https://evil.example/", "docs.example.test", ""},
		{"OPTIONS *", "docs.example.test", ""},
	} {
		res := s.redirected(plain, c.line, c.host)
		got := res.Header.Get("Location")
		if got != c.want || (res.StatusCode == 308) != (c.want != "") || res.StatusCode >= 500 {
			t.Errorf("%s on %q = %d %q, want %q", c.line, c.host, res.StatusCode, got, c.want)
		}
		if res.Header.Get("Strict-Transport-Security") != "" || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: the plain port says %v", c.line, res.Header)
		}
	}
}

// The two ports begin on their own, in any order.
func TestThePlainPortSendsNowhereBeforeTheSecureOneIsThere(t *testing.T) {
	s := newSecureHouse(t, nil)
	s.shown()
	plain := s.plainPort()
	s.srv.mu.Lock()
	ln := s.srv.ln
	s.srv.ln = nil
	s.srv.mu.Unlock()
	if res := s.redirected(plain, "GET /", "docs.example.test"); res.StatusCode != 503 || res.Header.Get("Location") != "" || res.Header.Get("Retry-After") == "" {
		t.Errorf("before: %d %v", res.StatusCode, res.Header)
	}
	s.srv.mu.Lock()
	s.srv.ln = ln
	s.srv.mu.Unlock()
	if res := s.redirected(plain, "GET /", "docs.example.test"); res.StatusCode != 308 {
		t.Errorf("afterwards: %d", res.StatusCode)
	}
}

func TestThePlainPortSendsToThePublicAddress(t *testing.T) {
	s := newSecureHouse(t, func(c *Config) { c.Auth.PublicURL = mustURL(t, "https://docs.example.org") })
	s.shown()
	plain := s.plainPort()
	for _, host := range []string{"docs.example.org", "127.0.0.1", "evil.example"} {
		if got := s.redirected(plain, "GET /d/x", host).Header.Get("Location"); got != "https://docs.example.org/d/x" {
			t.Errorf("on %s it sends to %q", host, got)
		}
	}
}
