package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"quire/collab/delta"
	"quire/e2e/internal/quire"
	"quire/e2e/internal/tether"
)

// TestMain installs the npm clients and builds the server, unless that is done.
func TestMain(m *testing.M) {
	if os.Getenv("QUIRE_FULL") != "" || os.Getenv("QUIRE_LONG") != "" {
		if err := prepare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func prepare() error {
	if _, err := os.Stat("node_modules/sharedb"); err != nil {
		if err := command("npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
			return err
		}
	}
	if os.Getenv("QUIRE_BIN") != "" {
		return nil
	}
	bin := filepath.Join("node_modules", ".cache", "quire") // ignored by git, rebuilt by every run
	if err := command("go", "build", "-o", bin, "../../cmd/quire"); err != nil {
		return err
	}
	return os.Setenv("QUIRE_BIN", bin)
}

func command(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// token is an application's, for all documents. It claims owner, because one scenario deletes its document: the claim alone
// decides, whoever made it.
func token() string { return quire.Token("compat", "Compat", map[string]string{"*": "owner"}) }

func start(t *testing.T) *quire.Server {
	t.Helper()
	if os.Getenv("QUIRE_LONG") == "" {
		quire.Full(t)
	}
	s := quire.New(t, "sqlite:"+filepath.Join(t.TempDir(), "quire.db"))
	s.Start()
	return s
}

// run plays a scenario of run.mjs and decodes what it prints.
func run(t *testing.T, s *quire.Server, within time.Duration, scenario string, config map[string]any, into any) {
	t.Helper()
	config["url"] = strings.Replace(s.URL, "http", "ws", 1) + "/api/v1/socket"
	config["token"] = token()
	config["ca"] = s.CA
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "run.mjs", scenario, string(text))
	cmd.Stdout, cmd.Stderr = &out, &problems
	tether.Tie(cmd)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", scenario, err, problems.String())
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("%s prints %.300q: %v", scenario, out.String(), err)
	}
}

func TestStockClients(t *testing.T) { stockClients(t, start(t)) }

// The same clients by wss, with the server's own TLS: all they are told is whom to trust.
func TestStockClientsByTLS(t *testing.T) {
	quire.Full(t)
	s := quire.NewTLS(t, "sqlite:"+filepath.Join(t.TempDir(), "quire.db"))
	s.Start()
	stockClients(t, s)
	randomEdits(t, s, 2_000, 2*time.Minute)
	s.Stop()
}

func stockClients(t *testing.T, s *quire.Server) {
	for _, scenario := range []string{"lifecycle", "creators", "past", "bulk", "presence", "refusals", "twice"} {
		t.Run(scenario, func(t *testing.T) {
			run(t, s, time.Minute, scenario, map[string]any{}, &struct{}{})
		})
	}
}

// seedOf is QUIRE_SEED, or another each time: the edits follow it, the moments at which sockets die do so only roughly.
func seedOf(t *testing.T) int64 {
	t.Helper()
	given := os.Getenv("QUIRE_SEED")
	if given == "" {
		return time.Now().UnixNano() % 1_000_000_000
	}
	seed, err := strconv.ParseInt(given, 10, 64)
	if err != nil {
		t.Fatalf("QUIRE_SEED: %v", err)
	}
	return seed
}

// outcome is what the random scenario prints.
type outcome struct {
	Ops        int
	Reconnects int
	Failures   []string
	Copies     [][]struct {
		Version int64
		Ops     json.RawMessage
	}
}

func TestP6RandomEditsConverge(t *testing.T) {
	s := start(t)
	ops, within := 10_000, 5*time.Minute
	if os.Getenv("QUIRE_LONG") != "" {
		ops, within = 1_000_000, 2*time.Hour
	}
	randomEdits(t, s, ops, within)
}

// randomEdits has clients edit at random while their sockets die, and compares what everybody has then.
func randomEdits(t *testing.T, s *quire.Server, ops int, within time.Duration) {
	t.Helper()
	const clients = 5
	seed := seedOf(t)
	docs := []string{"random1", "random2"}
	var got outcome
	begun := time.Now()
	run(t, s, within, "random", map[string]any{"clients": clients, "ops": ops, "seed": seed, "docs": docs}, &got)
	took := time.Since(begun)
	t.Logf("FIGURE seed %d: %d ops by %d clients, %d reconnects, %v", seed, got.Ops, clients, got.Reconnects, took.Round(time.Millisecond))
	for _, f := range got.Failures {
		t.Errorf("a client says: %s", f)
	}
	if got.Reconnects == 0 {
		t.Error("no socket was ever killed")
	}
	api := quire.API{URL: s.URL, Token: token(), Client: s.Client}
	for i, id := range docs {
		content, err := api.Content(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := normal(t, content.Ops)
		for c, copies := range got.Copies {
			if copies[i].Version != content.Revision {
				t.Errorf("client %d has %s at %d, the server at %d", c, id, copies[i].Version, content.Revision)
			}
			if have := normal(t, copies[i].Ops); !have.Equal(want) {
				t.Errorf("client %d has of %s\n%.2000s, the server\n%.2000s", c, id, have.AppendJSON(nil), want.AppendJSON(nil))
			}
		}
		folds(t, api, id, want)
	}
}

// folds checks P4: the log, folded, is the document.
func folds(t *testing.T, api quire.API, id string, want delta.Delta) {
	t.Helper()
	log, err := api.Ops(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var document *delta.Document
	for _, entry := range log {
		if entry.Create != nil {
			document, err = delta.NewDocument(decode(t, entry.Create.Data))
		} else {
			err = document.Apply(decode(t, entry.Op))
		}
		if err != nil {
			t.Fatalf("%s at revision %d: %v", id, entry.Revision, err)
		}
	}
	if got := document.Freeze().Delta().Normal(); !got.Equal(want) {
		t.Errorf("the log of %s folds to\n%.2000s, the server has\n%.2000s", id, got.AppendJSON(nil), want.AppendJSON(nil))
	}
	t.Logf("%s: %d revisions", id, len(log))
}

func decode(t *testing.T, ops []byte) delta.Delta {
	t.Helper()
	d, err := delta.Decode(ops, delta.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func normal(t *testing.T, ops []byte) delta.Delta {
	t.Helper()
	return decode(t, ops).Normal()
}
