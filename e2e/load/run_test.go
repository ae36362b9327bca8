package load

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func TestRunAgainstQuire(t *testing.T) {
	address := house(t)
	for _, c := range []struct {
		name   string
		change func(*Config)
		others int64 // how many others receive each op
		ops    int64
		long   bool // not with -short
	}{
		{"two writers", func(c *Config) {}, 1, 300, false},
		{"one writer and readers", func(c *Config) { c.Writers, c.Readers = 1, 20 }, 20, 300, true},
		{"an empty document", func(c *Config) { c.Text, c.Writers, c.Documents, c.Ops = 0, 4, 1, 2000 }, 3, 2000, false},
		{"one character", func(c *Config) { c.Text, c.Writers = 1, 5 }, 4, 300, true},
		{"formatting runs", func(c *Config) { c.Runs, c.Writers = 1000, 3 }, 2, 300, true},
		{"a text of several frames", func(c *Config) { c.Text, c.Runs, c.Documents = 500_000, 5_000, 1 }, 1, 300, true},
		{"writers who type more than ASCII", func(c *Config) { c.Documents, c.Writers, c.Ops = 1, 40, 400 }, 39, 400, true},
		{"and more than two bytes", func(c *Config) { c.Documents, c.Writers, c.Ops = 1, 130, 390 }, 129, 390, true},
		{"fewer ops than writers", func(c *Config) { c.Ops = 4 }, 1, 4, false},
		{"keys", func(c *Config) { c.Keys = 200 }, 1, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.long && testing.Short() {
				t.Skip("opens many connections or sends much: runs without -short")
			}
			cfg := small(address)
			cfg.ServerPID = os.Getpid()
			c.change(&cfg)
			result, err := Run(t.Context(), cfg)
			if err != nil || !result.Checked || len(result.Errors) > 0 {
				t.Fatalf("Run = %+v, %v", result, err)
			}
			if c.ops != 0 && result.AckedOps != c.ops {
				t.Errorf("%d ops were acknowledged, want %d", result.AckedOps, c.ops)
			}
			got, want := result.DeliveriesPerSecond*result.Seconds, float64(result.AckedOps*c.others)
			if got < want-0.5 || cfg.Keys == 0 && got > want+0.5 || result.Untimed > 0 {
				t.Errorf("%.1f deliveries (%d untimed), want %.0f", got, result.Untimed, want)
			}
			if a := result.Ack; a.P50 <= 0 || a.P99 < a.P50 || a.Max < a.P99 || result.Propagation.P50 <= 0 {
				t.Errorf("acknowledgement %v, propagation %v", result.Ack, result.Propagation)
			}
			if result.Memory.Server == nil || *result.Memory.Server < 1<<20 || result.CPU.ServerPerOp == nil {
				t.Errorf("memory %v, CPU %v of this process", result.Memory, result.CPU)
			}
			if result.Memory.Database != nil || result.PerIdleDocument != nil {
				t.Errorf("what nobody looked at is told: %+v", result)
			}
		})
	}
}

func TestIdleAgainstQuire(t *testing.T) {
	cfg := small(house(t))
	cfg.Ops, cfg.Idle, cfg.ServerPID, cfg.Measure = 0, 100, os.Getpid(), 50*time.Millisecond
	result, err := Run(t.Context(), cfg)
	if err != nil || !result.Checked || result.AckedOps != 3 || result.Idle != 100 {
		t.Fatalf("Run = %+v, %v; want one op of each of 3 documents", result, err)
	}
	if got := result.DeliveriesPerSecond * result.Seconds; got < 99.5 || got > 100.5 {
		t.Errorf("%.1f deliveries, want one to each of 100 connections", got)
	}
	if result.PerIdleConnection == nil || result.PerIdleDocument == nil {
		t.Errorf("memory was not told: %+v", result)
	}
}

func TestATraceAgainstQuire(t *testing.T) {
	cfg := small(house(t))
	cfg.Ops, cfg.Trace = 0, "testdata/small.ndjson.gz"
	result, err := Run(t.Context(), cfg)
	if err != nil || !result.Checked || result.AckedOps != 9 {
		t.Fatalf("Run = %+v, %v; want the 9 ops of the trace", result, err)
	}
	cfg.Ops = 4
	if result, err := Run(t.Context(), cfg); err != nil || !result.Checked || result.AckedOps != 4 {
		t.Fatalf("Run = %+v, %v; want the first 4 ops of the trace", result, err)
	}
}

// cancelled ends a run as soon as it reports that writers type.
type cancelled struct{ cancel func() }

func (c cancelled) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "ops/s") {
		c.cancel()
	}
	return len(line), nil
}

// An interrupted run returns what was measured until then, checked.
func TestAnInterruptedRunReportsWhatItHas(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := small(house(t))
	cfg.Ops, cfg.Warmup, cfg.Measure, cfg.Progress = 0, 0, time.Hour, cancelled{cancel}
	result, err := Run(ctx, cfg)
	if err != nil || !result.Interrupted || !result.Checked || result.AckedOps == 0 || result.Seconds > 3000 {
		t.Errorf("Run = %+v, %v; want what was measured", result, err)
	}
	if err := result.WriteTable(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestAConfigThatCannotBeRunIsExplained(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Config)
		says   string
	}{
		{"no socket's address", func(c *Config) { c.URL = "http://127.0.0.1:1" }, "ws://"},
		{"no documents", func(c *Config) { c.Documents = 0 }, "--documents 0"},
		{"nobody types", func(c *Config) { c.Writers = 0 }, "--writers 0"},
		{"more writers than letters", func(c *Config) { c.Writers = mostWriters + 1 }, "--writers 5001"},
		{"too many sockets", func(c *Config) { c.Documents, c.Readers = 50_000, 10 }, "sockets are more than"},
		{"for ever", func(c *Config) { c.Measure = 2 * time.Hour }, "--seconds"},
		{"not at all", func(c *Config) { c.Measure = 0 }, "--seconds"},
		{"too fast", func(c *Config) { c.Keys = 1e6 }, "--keys"},
		{"two proofs", func(c *Config) { c.Token = "x" }, "--token and --jwt-secret"},
		{"idle and typing", func(c *Config) { c.Idle, c.Keys = 5, 3 }, "--idle"},
		{"a trace that is not there", func(c *Config) { c.Trace = "testdata/none" }, "testdata/none"},
		{"more than an address has ports", func(c *Config) { c.URL, c.Readers = "ws://localhost:1/", 10_000 }, "127.0.0.1"},
		{"without a token on Quire", func(c *Config) { c.JWTSecret = "" }, "401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := small("127.0.0.1:1")
			if strings.Contains(c.name, "Quire") {
				cfg = small(house(t))
			}
			c.change(&cfg)
			if _, err := Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("Run = %v, want it to say %q", err, c.says)
			}
		})
	}
}

func TestTooFewOpenFilesAreNoticedBefore(t *testing.T) {
	have, err := raiseFiles()
	if err != nil {
		t.Fatal(err)
	}
	cfg := small("127.0.0.1:1")
	cfg.Ops, cfg.Idle, cfg.ServerPID = 0, int(min(have, mostSocks-100)), os.Getpid()
	_, err = newRun(cfg.narrow())
	if have > mostSocks {
		if err != nil {
			t.Errorf("with %d files: %v", have, err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), "ulimit -Hn") || !strings.Contains(err.Error(), "in the server") {
		t.Errorf("with %d files: %v, want both processes named", have, err)
	}
}

func TestSettingsOfTheServerThatMayBeTooLowAreNamed(t *testing.T) {
	for _, c := range []struct {
		url, token string
		readers    int
		says       []string
	}{
		{"ws://127.0.0.1:1/", "", 10_000, nil}, // as many users and addresses as it takes
		{"ws://localhost:1/", "", 100, nil},
		{"ws://localhost:1/", "", 10_000, []string{"LIMIT_CONNECTIONS_ADDRESS"}},
		{"ws://127.0.0.1:1/", "x", 1000, []string{"LIMIT_CONNECTIONS_USER"}},
		{"ws://localhost:1/", "x", 10_000, []string{"LIMIT_CONNECTIONS_USER", "LIMIT_CONNECTIONS_ADDRESS"}},
	} {
		cfg := small("")
		cfg.URL, cfg.Token, cfg.Readers = c.url, c.token, c.readers
		target, err := newTarget(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		notes := maybeLimits(cfg, target)
		if len(notes) != len(c.says) {
			t.Errorf("%+v: %q", c, notes)
			continue
		}
		for i, part := range c.says {
			if !strings.Contains(notes[i], part) {
				t.Errorf("%+v: %q, want %s named", c, notes[i], part)
			}
		}
	}
}

func TestManyConnectionsUseSeveralUsersAndAddresses(t *testing.T) {
	token := small("127.0.0.1:1").tokens()
	subject := func(token string) string { return strings.Split(token, ".")[1] }
	if subject(token(0)) != subject(token(perUser-1)) || subject(token(0)) == subject(token(perUser)) {
		t.Errorf("%d connections are not of one user, or %d are", perUser, perUser+1)
	}
}
