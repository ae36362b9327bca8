package crash

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"quire/collab/delta"
	"quire/e2e/internal/quire"
	"quire/e2e/internal/tether"
)

const (
	outage      = 30 * time.Second
	stockPeople = 4
	stockPause  = 60 * time.Millisecond
)

// stock is a Node process full of unmodified ShareDB clients.
type stock struct {
	t     *testing.T
	in    io.WriteCloser
	lines *bufio.Scanner
}

// line is what typists.mjs says.
type line struct {
	Event   string
	Acked   int
	Typed   int
	Errors  json.RawMessage // their number, at the end the errors themselves
	Closes  map[string]int
	Clients []struct {
		Name    string
		Acked   []string
		Version int64
		Ops     json.RawMessage
	}
}

func openStock(t *testing.T, server *quire.Server, doc string) *stock {
	t.Helper()
	type client struct {
		Name  string `json:"name"`
		Token string `json:"token"`
	}
	var clients []client
	for i := range stockPeople {
		name := fmt.Sprintf("stock%d", i)
		clients = append(clients, client{name, quire.Token(name, name, map[string]string{doc: "editor"})})
	}
	settings, err := json.Marshal(map[string]any{
		"url": fmt.Sprintf("ws://127.0.0.1:%d/api/v1/socket", server.Port), "document": doc,
		"clients": clients, "pause": stockPause.Milliseconds(),
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "typists.mjs", string(settings))
	cmd.Stderr = os.Stderr
	tether.Tie(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	s := &stock{t: t, in: in, lines: bufio.NewScanner(out)}
	s.lines.Buffer(nil, 64<<20)
	return s
}

func (s *stock) say(word string) {
	s.t.Helper()
	if _, err := fmt.Fprintln(s.in, word); err != nil {
		s.t.Fatal(err)
	}
}

// until reads lines until one satisfies.
func (s *stock) until(what string, satisfies func(line) bool) line {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for s.lines.Scan() {
		var l line
		if err := json.Unmarshal(s.lines.Bytes(), &l); err != nil {
			s.t.Fatalf("typists.mjs said %.300s", s.lines.Text())
		}
		if satisfies(l) {
			return l
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("waiting for %s: still %.300s", what, s.lines.Text())
		}
	}
	s.t.Fatalf("typists.mjs ended while waiting for %s: %v", what, s.lines.Err())
	return line{}
}

func counted(n int) func(line) bool {
	return func(l line) bool { return l.Event == "count" && l.Acked >= n }
}

// While Postgres is away a stock client must see no error: it would drop all its pending text (W7).
func TestPostgresStoppedUnderStockClients(t *testing.T) {
	quire.Full(t)
	pg := startPostgres(t)
	server := quire.New(t, newDatabase(t, pg))
	server.Start()
	api := quire.API{URL: server.URL, Token: quire.Token(ownerName, "Owner", map[string]string{"stock": "owner"})}
	ctx, cancel := context.WithTimeout(context.Background(), outage+2*patience)
	defer cancel()
	if err := api.Create(ctx, "stock", opening); err != nil {
		t.Fatal(err)
	}
	people := openStock(t, server, "stock")
	people.until("all to open the document", func(l line) bool { return l.Event == "open" })
	before := people.until("the first tokens", counted(50)).Acked

	pg.Stop()
	sleep(ctx, outage) // the outage is what is tested
	if status, err := quire.Status(ctx, server.URL+"/readyz"); err != nil || status == 200 {
		t.Errorf("/readyz without a database = %d, %v", status, err)
	}
	if status, err := quire.Status(ctx, server.URL+"/healthz"); err != nil || status != 200 {
		t.Errorf("/healthz without a database = %d, %v: a health check would kill a server that holds on", status, err)
	}
	if err := pg.Start(); err != nil {
		t.Fatal(err)
	}

	people.until("tokens after the outage", counted(before+200))
	people.say("rest")
	after := people.until("all to be acknowledged", quiet())
	people.say("end")
	end := people.until("the end", func(l line) bool { return l.Event == "end" })
	var errors []string
	if err := json.Unmarshal(end.Errors, &errors); err != nil || len(errors) > 0 {
		t.Errorf("W7: %d errors: %v", len(errors), errors)
	}
	checkStock(ctx, t, api, end)
	t.Logf("FIGURE Postgres stopped for %v under %d stock clients: %d tokens typed, %d acknowledged before, %d at the end, %d error events, closes %v",
		outage, stockPeople, end.Typed, before, after.Acked, len(errors), end.Closes)
}

// quiet holds when the count has not changed for as long as a reconnect may take.
func quiet() func(line) bool {
	last, since := -1, time.Now()
	return func(l line) bool {
		if l.Event != "count" {
			return false
		}
		if l.Acked != last {
			last, since = l.Acked, time.Now()
		}
		return time.Since(since) > 4*time.Second
	}
}

func checkStock(ctx context.Context, t *testing.T, api quire.API, end line) {
	t.Helper()
	content, err := api.Content(ctx, "stock")
	if err != nil {
		t.Fatal(err)
	}
	want := decode(t, content.Ops)
	there, acked := places(want.PlainText()), 0
	for _, client := range end.Clients {
		acked += len(client.Acked)
		if got := decode(t, client.Ops); !got.Equal(want) || client.Version != content.Revision {
			t.Errorf("P4: %s sees at %d\n%v\nthe server has at %d\n%v", client.Name, client.Version, got, content.Revision, want)
		}
		last := -1
		for _, token := range client.Acked {
			if at := there[token]; len(at) != 1 {
				t.Errorf("P1, P2: %s is there %d times", token, len(at))
			} else if at[0] < last {
				t.Errorf("P5: %s stands before the token its author typed before it", token)
			} else {
				last = at[0]
			}
		}
	}
	if acked != end.Typed {
		t.Errorf("P1: %d tokens typed, %d acknowledged", end.Typed, acked)
	}
	if len(there) != end.Typed {
		t.Errorf("P2: %d tokens typed, %d in the document", end.Typed, len(there))
	}
}

func decode(t *testing.T, ops []byte) delta.Delta {
	t.Helper()
	d, err := delta.Decode(ops, delta.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Normal()
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
