package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
)

// page is a browser that looks at refusals too, and opens sockets.
type page struct{ *browser }

// ask calls the API and returns the status and the answer, read as an object.
func (p page) ask(method, path string, body any) (int, map[string]any) {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequest(method, p.base+"/api/v1"+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", p.base)
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer map[string]any
	json.NewDecoder(res.Body).Decode(&answer) // there may be none
	return res.StatusCode, answer
}

// socket opens one, or returns the status of the refusal.
func (p page) socket() (*websocket.Conn, int) {
	p.t.Helper()
	dialer := websocket.Dialer{Jar: p.client.Jar, HandshakeTimeout: 20 * time.Second}
	conn, res, err := dialer.Dial(strings.Replace(p.base, "http", "ws", 1)+"/api/v1/socket", http.Header{"Origin": {p.base}})
	if err != nil {
		if res == nil {
			p.t.Fatal(err)
		}
		return nil, res.StatusCode
	}
	p.t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	answer(p.t, conn, `{"a":"pp"}`) // it is counted when it is served, not when it is opened
	return conn, 0
}

// answer sends a frame and returns the answer to it.
func answer(t *testing.T, conn *websocket.Conn, frame string) map[string]any {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := conn.ReadJSON(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// W4: every limit is a setting, holds, and is told where a client needs it.
func TestW4LimitsAreSettings(t *testing.T) {
	said, stop := started(t, 1, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "quire.db"), "FORMATS=any",
		"LIMIT_FRAME=64KiB", "LIMIT_COMPONENTS=100", "LIMIT_DOCUMENT=1_000", "LIMIT_DEPTH=8", "LIMIT_CONNECTIONS_USER=2",
		"LIMIT_CONNECTIONS_ADDRESS=3")
	defer stop()
	_, base, _ := strings.Cut(said[0], " serves ")
	ada := page{newBrowser(t, base)}
	if status, body := ada.ask("POST", "/auth/signup", map[string]any{"name": "Ada", "email": "ada@example.org", "password": "correct horse"}); status != 201 {
		t.Fatal(status, body)
	}
	want := map[string]any{"frame": 65536.0, "components": 100.0, "document": 1000.0}
	_, server := ada.ask("GET", "/server", nil)
	if got := fmt.Sprint(server["limits"]); got != fmt.Sprint(want) {
		t.Errorf("the server tells %v, want %v", got, want)
	}
	_, doc := ada.ask("POST", "/documents", map[string]any{"title": "Plan", "text": "x"})
	first, _ := ada.socket()
	hello := answer(t, first, `{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`)
	if got := fmt.Sprint(hello["limits"]); got != fmt.Sprint(want) {
		t.Errorf("the hello tells %v, want %v", got, want)
	}
	answer(t, first, fmt.Sprintf(`{"a":"f","c":"documents","d":%q}`, doc["id"]))
	nested := strings.Repeat("[", 9) + strings.Repeat("]", 9)
	for name, op := range map[string]string{
		"an op of more components": "[" + strings.Repeat(`{"insert":"x"},{"insert":"y","attributes":{"a":1}},`, 50) + `{"insert":"z"}]`,
		"a longer document":        `[{"insert":"` + strings.Repeat("x", 1001) + `"}]`,
		"a deeper op":              `[{"insert":"x","attributes":{"deep":` + nested + `}}]`,
		"a larger frame":           `[{"insert":"` + strings.Repeat("x", 65536) + `"}]`,
	} {
		got := answer(t, first, fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":1,"x":{},"op":%s}`, doc["id"], op))
		if got["error"] == nil {
			t.Errorf("%s was taken over the socket: %v", name, got)
		}
	}
	path := fmt.Sprintf("/documents/%s/ops", doc["id"])
	for name, op := range map[string]string{
		"an op of more components": "[" + strings.Repeat(`{"insert":"x"},{"insert":"y","attributes":{"a":1}},`, 50) + `{"insert":"z"}]`,
		"a longer document":        `[{"insert":"` + strings.Repeat("x", 1001) + `"}]`,
		"a deeper op":              `[{"insert":"x","attributes":{"deep":` + nested + `}}]`,
	} {
		status, got := ada.ask("POST", path, map[string]any{"base_revision": 1, "op": json.RawMessage(op)})
		if status < 400 || status >= 500 {
			t.Errorf("%s by REST = %d %v, want a refusal", name, status, got)
		}
	}
	const ping = `{"a":"pp"}` // whoever has an answer is counted; the upgrade alone does not say so yet
	second, status := ada.socket()
	if status != 0 {
		t.Fatalf("the second socket of a person = %d", status)
	}
	answer(t, second, ping)
	if _, status := ada.socket(); status != http.StatusTooManyRequests {
		t.Errorf("the third socket of a person = %d, want 429", status)
	}
	bob := page{newBrowser(t, base)}
	bob.ask("POST", "/auth/signup", map[string]any{"name": "Bob", "email": "bob@example.org", "password": "correct horse"})
	third, status := bob.socket()
	if status != 0 {
		t.Fatalf("the third socket from the address = %d", status)
	}
	answer(t, third, ping)
	if _, status := bob.socket(); status != http.StatusTooManyRequests {
		t.Errorf("the fourth socket from the address = %d, want 429", status)
	}
}
