package compat

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"quire/e2e/internal/quire"
	"quire/e2e/internal/tether"
	"quire/e2e/load"
)

// peer starts a ShareDB server and returns its address and process.
func peer(t *testing.T) (url string, pid int) {
	t.Helper()
	quire.Full(t)
	cmd := exec.Command("node", "peer.mjs")
	cmd.Stderr = t.Output()
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
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the peer ended with %v", err)
		}
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "ws://127.0.0.1:" + strings.TrimSpace(port), cmd.Process.Pid
}

// One generator drives both servers, or their figures could not be compared: here it types into ShareDB, where quill-delta
// decides what comes of it, and its own copy and its check must agree.
func TestTheLoadGeneratorDrivesShareDB(t *testing.T) {
	url, pid := peer(t)
	for _, c := range []struct {
		name   string
		change func(*load.Config)
	}{
		{"two writers", func(*load.Config) {}},
		{"ten writers in formatted text, readers", func(c *load.Config) {
			c.Documents, c.Writers, c.Readers, c.Runs = 1, 10, 3, 500
		}},
		{"writers of more than ASCII", func(c *load.Config) { c.Documents, c.Writers = 1, 40 }},
		{"idle", func(c *load.Config) { c.Idle, c.Ops, c.Measure = 50, 0, c.Measure/40 }},
		{"a trace", func(c *load.Config) { c.Trace, c.Ops = "../load/testdata/small.ndjson.gz", 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := load.Default()
			cfg.URL, cfg.ServerPID, cfg.Documents, cfg.Ops, cfg.Shadow = url, pid, 5, 1000, true
			c.change(&cfg)
			result, err := load.Run(t.Context(), cfg)
			if err != nil || !result.Checked || result.AckedOps == 0 {
				t.Fatalf("Run = %+v, %v", result, err)
			}
			if cfg.Ops > 0 && result.AckedOps != int64(cfg.Ops) {
				t.Errorf("%d ops were acknowledged, want %d", result.AckedOps, cfg.Ops)
			}
			others := int64(max(cfg.Writers-1, 0) + cfg.Readers)
			if got := int64(result.DeliveriesPerSecond*result.Seconds + 0.5); cfg.Ops > 0 && got != result.AckedOps*others {
				t.Errorf("%d deliveries of %d ops, want %d of each", got, result.AckedOps, others)
			}
		})
	}
}
