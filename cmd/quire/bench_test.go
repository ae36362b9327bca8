package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	loadgen "quire/e2e/load"
)

// bench runs quire bench.
func bench(environ []string, args ...string) (stdout, stderr string, err error) {
	var out, log bytes.Buffer
	err = run(context.Background(), append([]string{"bench"}, args...), environ, &out, &log)
	return out.String(), log.String(), err
}

func TestBenchAgainstServe(t *testing.T) {
	secret := "JWT_SECRET=" + strings.Repeat("s", 32)
	said, stop := started(t, 1, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "quire.db"), secret)
	_, base, _ := strings.Cut(said[0], " serves ")
	url := strings.Replace(base, "http", "ws", 1) + "/api/v1/socket"
	few := []string{"--url", url, "--documents", "2", "--ops", "50"}
	environ := []string{secret}

	table, progress, err := bench(environ, few...)
	if err != nil || !strings.Contains(table, "every acknowledged edit is in the documents") || !strings.Contains(progress, "preparing 2") {
		t.Errorf("bench says %q, %q, %v", table, progress, err)
	}
	out, progress, err := bench(environ, append(few, "--json", "-", "--quiet")...)
	var result map[string]any
	if err != nil || progress != "" || json.Unmarshal([]byte(out), &result) != nil {
		t.Fatalf("bench --json - --quiet says %q, %q, %v", out, progress, err)
	}
	if result["checked"] != true || result["acked_ops"] != 50.0 || result["url"] != url {
		t.Errorf("the result is %s", out)
	}
	file := filepath.Join(t.TempDir(), "result.json")
	if table, _, err := bench(environ, append(few, "--json", file)...); err != nil || !strings.Contains(table, "CPU per op") {
		t.Errorf("bench --json FILE says %q, %v", table, err)
	}
	if text, err := os.ReadFile(file); err != nil || json.Unmarshal(text, &result) != nil {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if _, _, err := bench(nil, few...); err == nil || !strings.Contains(err.Error(), "--jwt-secret") {
		t.Errorf("without a secret bench says %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// Other programs read the result: these names stay.
func TestTheResultOfBenchKeepsItsNames(t *testing.T) {
	text, err := json.Marshal(loadgen.Result{})
	if err != nil {
		t.Fatal(err)
	}
	var result map[string]any
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"": "url documents writers readers keys_per_second seconds acked_ops ops_per_second keys_typed_per_second deliveries_per_second " +
			"ack_ms author_ack propagation_ms cpu memory per_idle_connection_bytes per_idle_document_bytes checked errors",
		"ack_ms":         "p50 p95 p99 max",
		"propagation_ms": "p50 p95 p99 max",
		"cpu":            "server_us_per_op database_us_per_op load_us_per_op server_us_per_delivery database_us_per_delivery",
		"memory":         "server_rss_bytes database_rss_bytes server_rss_before_bytes",
	} {
		object := result
		if key != "" {
			object, _ = result[key].(map[string]any)
		}
		for _, name := range strings.Fields(want) {
			if _, ok := object[name]; !ok {
				t.Errorf("%q lacks %s: it has %v", key, name, slices.Sorted(maps.Keys(object)))
			}
		}
	}
}

func TestBenchFlags(t *testing.T) {
	cfg := loadgen.Default()
	out, err := benchFlags(&cfg, strings.Fields("--keys 3.5 --seconds 0.5 --warmup 1 --trace paper --token x --quiet --json -"),
		map[string]string{"TRACES": "folder"}, &bytes.Buffer{})
	if err != nil || cfg.Keys != 3.5 || cfg.Measure != 500*time.Millisecond || cfg.Warmup != time.Second ||
		cfg.Trace != filepath.Join("folder", "paper.ndjson.gz") || cfg.Token != "x" || !out.quiet || out.json != "-" {
		t.Errorf("benchFlags = %+v, %+v, %v", cfg, out, err)
	}
	for _, args := range []string{"--trace paper", "--documents many", "--port 1", "stray"} {
		cfg := loadgen.Default()
		if _, err := benchFlags(&cfg, strings.Fields(args), nil, &bytes.Buffer{}); err == nil {
			t.Errorf("bench %s passed", args)
		}
	}
}
