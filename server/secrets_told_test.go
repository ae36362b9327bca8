package server

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Whatever becomes of a request or a frame, no secret that comes with it stands in the log, in the audit log, in a header or
// in an answer. The table is generated: every kind of secret in every place.
func TestNoSecretIsToldWhereverItComes(t *testing.T) {
	h, p, s := secretsHouse(t)
	ada := h.account("ada") // the administrator
	all := everySecret(t, h, ada, p, s)
	eve := h.byLetter(t, s, "eve")
	operations := h.operations()
	asked := 0
	for kind, secret := range all {
		for who, c := range map[string]*caller{"somebody": eve, "nobody": h.nobody()} {
			if testing.Short() && c == eve {
				continue // signed out only: what is refused says most
			}
			for _, r := range append(misuses(c, secret), misusedBodies(c, operations, secret)...) {
				asked++
				for name, values := range r.header {
					if found := told(strings.Join(values, "\n"), map[string]string{kind: secret}); found != "" {
						t.Errorf("%s with the %s by %s: the header %s tells it", r.what, kind, who, name)
					}
				}
				// a field that we do not know is named to whoever sent it
				body := strings.ReplaceAll(string(r.body), `"body.`+secret, `"body.`)
				if told(body, map[string]string{kind: secret}) != "" {
					t.Errorf("%s with the %s by %s: the answer %d tells it: %s", r.what, kind, who, r.status, r.body)
				}
			}
		}
		h.brokenLines(secret)
		brokenFrames(t, eve, secret)
	}
	audit := ada.do("GET", "/admin/audit?limit=100", nil)
	if audit.want(200); told(string(audit.body), all) != "" {
		t.Errorf("the audit log tells a secret: %s", audit.body)
	}
	h.stop()
	log := h.log.String()
	if n := strings.Count(log, "msg=request"); n < asked {
		t.Errorf("the log has %d lines for %d requests", n, asked)
	}
	for line := range strings.Lines(log) {
		if kind := told(line, all); kind != "" {
			t.Errorf("the log tells the %s: %s", kind, line)
		}
	}
	t.Logf("FIGURE %d kinds, %d requests", len(all), asked)
}

// told returns the kind of secret that stands in text, as it is or as an address would have it.
func told(text string, secrets map[string]string) string {
	for kind, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if strings.Contains(text, form) {
				return kind
			}
		}
	}
	return ""
}

// brokenLines sends what is no HTTP, with a secret in it.
func (h *house) brokenLines(secret string) {
	h.t.Helper()
	for _, request := range []string{
		"GET /" + url.PathEscape(secret) + " HTTP/9\r\n\r\n", secret + "\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n" + secret + "\r\n\r\n",
		"GET / HTTP/1.1\r\nAuthorization: " + strings.Repeat(secret, 2000) + "\r\n\r\n", secret[:8] + " / HTTP/1.1\r\nHost: x\r\nContent-Length: " + secret + "\r\n\r\n",
	} {
		conn := h.dial()
		if _, err := conn.Write([]byte(request)); err != nil {
			continue // refused before it had all of it
		}
		io.Copy(io.Discard, io.LimitReader(conn, 1))
		conn.Close()
	}
}

// brokenFrames sends a secret over the socket in frames that are refused or end it.
func brokenFrames(t *testing.T, c *caller, secret string) {
	t.Helper()
	quoted, _ := json.Marshal(secret)
	s := string(quoted)
	for _, frame := range []string{
		`{"a":"hs","id":` + s + `}`, `{"a":` + s + `}`, `{"a":"s","c":"documents","d":` + s + `}`, `{"a":"s","c":` + s + `,"d":"x"}`,
		`{"a":"hs","token":` + s + `}`, s, `{"a":"op","c":"documents","d":"x","v":` + s + `,"op":[{"insert":` + s + `}]}`, `{"a":"p","ch":` + s + `,"id":` + s + `,"p":{}}`,
		secret, `{"a":"f","c":"documents","d":` + s[:len(s)-1],
	} {
		l, status := c.open(t, nil)
		if l == nil {
			t.Fatalf("the socket = %d", status)
		}
		l.send(frame)
		l.send(`{"a":"pp"}`)
		l.conn.SetReadDeadline(time.Now().Add(soon))
		for ended := false; !ended; {
			_, data, err := l.conn.ReadMessage()
			ended = err != nil || strings.Contains(string(data), `"pp"`)
		}
		l.conn.Close()
	}
}

func decoded(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
