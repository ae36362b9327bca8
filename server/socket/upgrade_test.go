package socket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"quire/collab/wire"
	"quire/server/socket"
)

// refused checks that an upgrade is answered with a problem (RFC 9457) of that status.
func (h *house) refused(t *testing.T, status int, headers ...string) *http.Response {
	t.Helper()
	_, response := h.try(nil, headers...)
	var problem struct {
		Title, Detail string
		Status        int
	}
	if err := json.NewDecoder(response.Body).Decode(&problem); err != nil {
		t.Fatalf("the answer to %q is no problem: %v", headers, err)
	}
	if response.StatusCode != status || problem.Status != status || problem.Title == "" || problem.Detail == "" {
		t.Errorf("%q: %d %+v, want %d", headers, response.StatusCode, problem, status)
	}
	if got := response.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("%q: content type %q", headers, got)
	}
	return response
}

func TestWhoMayOpenASocket(t *testing.T) {
	h := open(t, settings{})
	own := "Origin: http://" + h.address
	const (
		friend  = "Origin: https://friend.example"
		foreign = "Origin: https://evil.example"
		cookie  = "Cookie: user=ann"
		ticket  = "Sec-WebSocket-Protocol: quire, ticket.ann"
	)
	for _, c := range []struct {
		name    string
		headers []string
		status  int
		user    string
	}{
		{"own page, cookie", []string{own, cookie}, 101, "ann"},
		{"own page, ticket", []string{own, ticket}, 101, "ann"},
		{"own page, bearer", []string{own, ann}, 101, "ann"},
		{"own page, nothing", []string{own}, 401, ""},
		{"allowed site, bearer", []string{friend, ann}, 101, "ann"},
		{"allowed site, ticket", []string{friend, ticket}, 101, "ann"},
		{"allowed site, cookie", []string{friend, cookie}, 403, ""},
		{"allowed site, ticket of ann and cookie of bob", []string{friend, ticket, "Cookie: user=bob"}, 101, "ann"},
		{"allowed site, nothing", []string{friend}, 403, ""},
		{"another site, cookie", []string{foreign, cookie}, 403, ""},
		{"another site, bearer", []string{foreign, ann}, 403, ""},
		{"another site, ticket", []string{foreign, ticket}, 403, ""},
		{"own host on another scheme", []string{"Origin: https://" + h.address, cookie}, 403, ""},
		{"own host as a prefix", []string{own + ".evil.example", cookie}, 403, ""},
		{"own host on another port", []string{"Origin: http://127.0.0.1:1", cookie}, 403, ""},
		{"a page without origin", []string{"Origin: null", cookie}, 403, ""},
		{"no page, bearer", []string{ann}, 101, "ann"},
		{"no page, ticket", []string{ticket}, 101, "ann"},
		{"no page, cookie", []string{cookie}, 401, ""},
		{"no page, an Authorization that is none and a cookie", []string{"Authorization: Bearer ", cookie}, 401, ""},
		{"no page, nothing", nil, 401, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.status != 101 {
				h.refused(t, c.status, c.headers...)
				return
			}
			p := h.call(c.headers...)
			if got := string(h.session().who.User); got != c.user {
				t.Errorf("the session is %q's, want %q's", got, c.user)
			}
			p.Close()
		})
	}
}

func TestARequestThatIsNoHandshakeIsToldSo(t *testing.T) {
	h := open(t, settings{})
	response, err := http.Get("http://" + h.address + "/api/v1/socket")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if response.StatusCode != 426 || response.Header.Get("Upgrade") != "websocket" {
		t.Errorf("a plain GET gets %d, Upgrade %q; want 426, websocket", response.StatusCode, response.Header.Get("Upgrade"))
	}
	h.refused(t, 426, ann, "Sec-WebSocket-Version: 12", "Connection: close")
}

// TestAHandshakeWithoutItsUpgradeHeaderIsExplainedInTheLog sends a browser's handshake as a misconfigured proxy passes it on.
func TestAHandshakeWithoutItsUpgradeHeaderIsExplainedInTheLog(t *testing.T) {
	var log bytes.Buffer
	h := open(t, settings{log: slog.New(slog.NewTextHandler(&log, nil))})
	ask := func(headers ...string) {
		t.Helper()
		request, err := http.NewRequest("GET", "http://"+h.address+"/api/v1/socket", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 426 {
			t.Errorf("%q: %d, want 426", headers, response.StatusCode)
		}
	}
	defer http.DefaultClient.CloseIdleConnections()
	ask() // a plain request
	if log.Len() > 0 {
		t.Errorf("a plain request is logged as %q", log.String())
	}
	for range 3 {
		ask("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version", "13")
	}
	if said := log.String(); strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, "without its Upgrade header") {
		t.Errorf("the log says %q, want one warning of the missing Upgrade header", said)
	}
}

func TestW4TooManyConnectionsAreRefusedAtTheUpgrade(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{PerUser: 2, PerAddress: 3}})
	first := h.call(ann)
	leaving := h.session()
	second := h.call(ann)
	h.session()
	response := h.refused(t, 429, ann)
	if after, err := strconv.Atoi(response.Header.Get("Retry-After")); err != nil || after < 1 {
		t.Errorf("Retry-After %q, want seconds", response.Header.Get("Retry-After"))
	}
	h.call("Authorization: Bearer bob")
	h.session()
	h.refused(t, 429, "Authorization: Bearer eve") // the address is full
	first.Close()
	leaving.leaves(t)
	for h.sockets.Len() > 2 { // the count falls when the session has ended
	}
	h.call(ann)
	second.send(text("still here"))
	second.says("still here")
}

// An upgrade that fails before it becomes a connection must not stay counted.
func TestAnUpgradeThatNeverBecomesAConnectionIsForgotten(t *testing.T) {
	h := open(t, settings{limits: socket.Limits{PerUser: 1}})
	for range 20 {
		h.try(nil, ann, "Connection: close") // answered 101 and closed by fasthttp, or refused: either way no session
	}
	select {
	case e := <-h.joined:
		e.transport.Close(wire.CloseRestarting, "")
		e.leaves(t)
	default:
	}
	for h.sockets.Len() > 0 {
	}
	p := h.call(ann)
	p.send(text("x"))
	p.says("x")
}

func TestTuneRefusesAnAppThatReusesMemory(t *testing.T) {
	if err := socket.Tune(fiber.New()); !errors.Is(err, socket.ErrNotTuned) {
		t.Errorf("Tune = %v, want ErrNotTuned", err)
	}
}

func TestAnUntunedAppServesNoSockets(t *testing.T) {
	h := open(t, settings{})
	h.app.Server().KeepHijackedConns = false
	h.refused(t, 500, ann)
}
