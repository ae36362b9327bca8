package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
)

// browser asks a running server.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{}, Timeout: 20 * time.Second}
	t.Cleanup(client.CloseIdleConnections)
	return &browser{t, base, client}
}

func (b *browser) do(method, path, body string, wants int) map[string]any {
	b.t.Helper()
	req, err := http.NewRequest(method, b.base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Origin", b.base)
	req.Header.Set("Content-Type", "application/json")
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != wants {
		b.t.Fatalf("%s %s = %d %s, want %d", method, path, res.StatusCode, data, wants)
	}
	var object map[string]any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &object); err != nil {
			b.t.Fatal(err)
		}
	}
	return object
}

// socket opens one that is served.
func (b *browser) socket() *websocket.Conn {
	b.t.Helper()
	dialer := websocket.Dialer{Jar: b.client.Jar, HandshakeTimeout: 20 * time.Second}
	conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(b.base, "http")+"/api/v1/socket", http.Header{"Origin": {b.base}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`)); err != nil {
		b.t.Fatal(err)
	}
	if _, _, err := conn.ReadMessage(); err != nil {
		b.t.Fatal(err)
	}
	return conn
}

// end is the code that the socket closes with.
func end(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			if !errors.As(err, &closed) {
				t.Fatalf("waiting for the end: %v", err)
			}
			return closed.Code
		}
	}
}

// W9: the commands end what they say beside a running server, and its open sockets feel it.
func TestW9CommandsBesideARunningServer(t *testing.T) {
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db")
	said, stop := started(t, 1, database)
	_, base, _ := strings.Cut(said[0], " serves ")
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	ada := newBrowser(t, base)
	ada.do("POST", "/auth/signup", `{"name":"Ada","email":"ada@example.org","password":"a long enough password"}`, 201)
	out, err := once(database+"\nPUBLIC_URL="+base, "user", "add", "Bob", "bob@example.org")
	if err != nil {
		t.Fatal(err)
	}
	_, code, ok := strings.Cut(strings.TrimSpace(out), base+"/reset/")
	if !ok {
		t.Fatalf("add said %q", out)
	}
	bob := newBrowser(t, base)
	bob.do("POST", "/auth/reset", `{"code":"`+code+`","password":"bob's long password"}`, 200)
	adas, bobs := ada.socket(), bob.socket()

	out, err = once(database+"\nPUBLIC_URL="+base, "user", "reset-password", "BOB@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if got := end(t, bobs); got != 4500 {
		t.Errorf("bob's socket closed with %d, want 4500", got)
	}
	bob.do("GET", "/me", "", 401)
	bob.do("POST", "/auth/signin", `{"email":"bob@example.org","password":"bob's long password"}`, 401)
	_, code, _ = strings.Cut(strings.TrimSpace(out), "/reset/")
	bob.do("POST", "/auth/reset", `{"code":"`+code+`","password":"another long password"}`, 200)

	if _, err := once(database, "user", "make-admin", "bob@example.org"); err != nil {
		t.Fatal(err)
	}
	bob.do("GET", "/admin/people", "", 200)
	if out, err := once(database, "user", "sign-ins", "bob@example.org"); err != nil || strings.Count(out, "\n") != 2 {
		t.Errorf("sign-ins = %q, %v", out, err)
	}
	bobs = bob.socket()
	if out, err := once(database, "user", "sign-ins", "end", "bob@example.org"); err != nil || !strings.Contains(out, "signed out everywhere") {
		t.Errorf("end = %q, %v", out, err)
	}
	if got := end(t, bobs); got != 4500 {
		t.Errorf("bob's next socket closed with %d, want 4500", got)
	}
	if out, err := once(database, "user", "list"); err != nil || !strings.Contains(out, "ada@example.org") || !strings.Contains(out, "bob@example.org") {
		t.Errorf("list = %q, %v", out, err)
	}
	if _, err := once(database, "user", "make-admin", "--revoke", "ada@example.org"); err != nil {
		t.Error(err)
	}
	for wrong, says := range map[string]string{
		"make-admin --revoke bob@example.org": "", "delete ada@example.org": "Say which.", "delete ada@example.org --shared": "Say which.",
		"delete ada@example.org --shared elsewhere":  "Say which.",
		"delete nobody@example.org --shared delete":  "nobody@example.org: there is no account",
		"delete --shared=delete nobody@example.org":  "nobody@example.org: there is no account",
		"delete --shared transfer bob@example.org x": "usage: ",
		"sign-ins end ada@example.org nothing":       "", "dance": "usage: ", "": "usage: ", "add Nobody nobody": "",
	} {
		if out, err := once(database, append([]string{"user"}, strings.Fields(wrong)...)...); err == nil {
			t.Errorf("user %s = %q, want a refusal", wrong, out)
		} else if strings.Contains(err.Error(), "urn:quire") || !strings.Contains(err.Error(), says) {
			t.Errorf("user %s: %v, want %q in it", wrong, err, says)
		}
	}
	if out, err := once(database, "user", "delete", "ada@example.org", "--shared=transfer"); err != nil || !strings.Contains(out, "is deleted") {
		t.Errorf("delete = %q, %v", out, err)
	}
	if got := end(t, adas); got != 4500 {
		t.Errorf("ada's socket closed with %d, want 4500", got)
	}
	ada.do("GET", "/me", "", 401)
}

// The usage says --shared transfer, in two words; --shared=transfer says the same.
func TestTheWordsOfADeletionMayStandAnywhere(t *testing.T) {
	database := "DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "quire.db")
	for _, words := range []string{
		"ada@example.org --shared transfer", "--shared delete ada@example.org", "ada@example.org --shared=transfer", "--shared=delete ada@example.org",
	} {
		if _, err := once(database, "user", "add", "Ada", "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		out, err := once(database, append([]string{"user", "delete"}, strings.Fields(words)...)...)
		if err != nil || !strings.Contains(out, "ada@example.org is deleted") {
			t.Errorf("delete %s = %q, %v", words, out, err)
		}
	}
}

func TestSettingsThatSomebodySetAreKnown(t *testing.T) {
	c, err := load(map[string]string{"quota-user": "1GiB"}, []string{"SIGNUP="})
	if err != nil || c.explicit["SIGNUP"] || !c.explicit["QUOTA_USER"] || c.explicit["PORT"] {
		t.Errorf("explicit %v, %v", c.explicit, err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"help"}, nil, &out, io.Discard); err != nil || !strings.Contains(out.String(), "SMTP_HOST") || !strings.Contains(out.String(), "OIDC_ISSUER") {
		t.Errorf("help does not tell of mail and OIDC: %v", err)
	}
}
