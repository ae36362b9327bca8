package auth

import (
	"net/netip"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// A cookie counts only from our own pages: the table of W9's "own origin only", for requests that change something (or
// open a socket) and for those that read.
func TestW9CookieCountsOnlyFromOurOwnPages(t *testing.T) {
	f := newFixture(t, nil)
	_, proof := f.account("ada")
	cookie := cookieSignIn + "=" + proof.Token
	for _, c := range []struct {
		name           string
		headers        []string
		changes, reads int
	}{
		{"own origin", []string{"Origin", "http://quire.example:8080"}, 0, 0},
		{"same-origin by Sec-Fetch-Site", []string{"Sec-Fetch-Site", "same-origin"}, 0, 0},
		{"nothing said", nil, 403, 0},
		{"typed into the address line", []string{"Sec-Fetch-Site", "none"}, 403, 0},
		{"foreign origin", []string{"Origin", "http://evil.example"}, 403, 403},
		{"own host, other port", []string{"Origin", "http://quire.example:9090"}, 403, 403},
		{"own host, other scheme", []string{"Origin", "https://quire.example:8080"}, 403, 403},
		{"sub-domain", []string{"Origin", "http://a.quire.example:8080"}, 403, 403},
		{"null origin", []string{"Origin", "null"}, 403, 403},
		{"allowed origin is not own", []string{"Origin", "http://app.example"}, 403, 403},
		{"foreign origin beats a lying Sec-Fetch-Site", []string{"Origin", "http://evil.example", "Sec-Fetch-Site", "same-origin"}, 403, 403},
		{"same-site is not same-origin", []string{"Sec-Fetch-Site", "same-site"}, 403, 403},
		{"cross-site", []string{"Sec-Fetch-Site", "cross-site"}, 403, 403},
		{"origin with a path", []string{"Origin", "http://quire.example:8080/x"}, 403, 403},
		{"origin with a user", []string{"Origin", "http://quire.example:8080@evil.example"}, 403, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := f
			f.t = t
			headers := append([]string{"Cookie", cookie, "Host", "quire.example:8080"}, c.headers...)
			for method, want := range map[string]int{"POST": c.changes, "DELETE": c.changes, "GET": c.reads} {
				_, err := f.ask(method, "http://quire.example:8080/x", f.Authenticate, headers...)
				if status(err) != want {
					t.Errorf("%s = %v, want %d", method, err, want)
				}
			}
			if _, err := f.ask("GET", "http://quire.example:8080/x", f.AuthenticateSocket, headers...); status(err) != c.changes {
				t.Errorf("socket = %v, want %d", err, c.changes)
			}
		})
	}
}

func TestOwnOriginFollowsPublicURL(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.PublicURL = mustURL(t, "https://docs.example.org") })
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"docs.example.org", "https://docs.example.org", true},
		{"127.0.0.1:8080", "https://docs.example.org", true}, // behind a proxy
		{"docs.example.org", "https://docs.example.org:443", true},
		{"docs.example.org", "http://docs.example.org", false},
		{"127.0.0.1:8080", "http://127.0.0.1:8080", false}, // opened elsewhere
		{"evil.example", "https://evil.example", false},
	} {
		if got := f.origin(c.host, c.origin); got != c.want {
			t.Errorf("with PUBLIC_URL, a page of %s on host %s is own: %v, want %v", c.origin, c.host, got, c.want)
		}
	}
}

func TestLoopbackNamesCountAsOne(t *testing.T) {
	f := newFixture(t, nil)
	for _, c := range []struct {
		host, origin string
		want         bool
	}{
		{"localhost:8080", "http://127.0.0.1:8080", true}, {"127.0.0.1:8080", "http://localhost:8080", true},
		{"localhost:8080", "http://[::1]:8080", true}, {"localhost:8080", "http://LOCALHOST:8080", true},
		{"localhost:8080", "http://localhost:5173", false}, {"localhost:8080", "http://127.0.0.1.evil.example:8080", false},
		{"localhost", "http://localhost:80", true},
	} {
		if got := f.origin(c.host, c.origin); got != c.want {
			t.Errorf("a page of %s on host %s is own: %v, want %v", c.origin, c.host, got, c.want)
		}
	}
}

func (f fixture) origin(host, origin string) (own bool) {
	f.t.Helper()
	f.inside(func(c *fiber.Ctx) { own = f.OwnOrigin(c, origin) }, "Host", host)
	return own
}

func TestForwardedAddressesCountFromTrustedProxiesOnly(t *testing.T) {
	private := Proxies{netip.MustParsePrefix("0.0.0.0/32"), netip.MustParsePrefix("10.0.0.0/8")} // app.Test's peer is 0.0.0.0
	for _, c := range []struct {
		name      string
		proxies   Proxies
		forwarded string
		want      string
	}{
		{"no proxy trusted", nil, "203.0.113.9", "0.0.0.0"},
		{"one proxy", private, "203.0.113.9", "203.0.113.9"},
		{"a client's own line stands left", private, "1.2.3.4, 203.0.113.9", "203.0.113.9"},
		{"two proxies", private, "203.0.113.9, 10.1.1.1", "203.0.113.9"},
		{"proxies only", private, "10.1.1.2, 10.1.1.1", "10.1.1.2"},
		{"nonsense", private, "203.0.113.9, nonsense", "0.0.0.0"},
		{"none", private, "", "0.0.0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, nil)
			got := ""
			f.inside(func(ctx *fiber.Ctx) { got = c.proxies.Address(ctx) }, "X-Forwarded-For", c.forwarded)
			if got != c.want {
				t.Errorf("Address = %q, want %q", got, c.want)
			}
		})
	}
}
