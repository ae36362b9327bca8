package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/e2e/bench/report"
)

const (
	machineTakes = 5 * time.Second
	probeFor     = 3 * time.Second
	mostProbes   = 2000
)

// machine tells where the figures come from.
func (b *bench) machine(ctx context.Context) []report.Fact {
	folder := b.postgres.Folder()
	return []report.Fact{
		{Name: "processor", Value: fmt.Sprintf("%s, %d cores", field("/proc/cpuinfo", `model name\s*: (.+)`), runtime.NumCPU())},
		{Name: "memory", Value: gibibytes(field("/proc/meminfo", `MemTotal:\s*(\d+) kB`))},
		{Name: "kernel", Value: output(ctx, "uname", "-srm")},
		{Name: "disk: fdatasync of 8 KiB appended, p50 / p99 / longest", Value: probe(folder)},
		{Name: "Quire", Value: output(ctx, b.quire, "version") + ", commit " + b.commit(ctx)},
		{Name: "Go", Value: runtime.Version()},
		{Name: "Node", Value: output(ctx, "node", "--version")},
		{Name: "Postgres", Value: b.postgresFacts(ctx)},
		{Name: "ShareDB", Value: b.peerVersions()},
		{Name: "taken at", Value: b.began.UTC().Format(time.RFC3339)},
	}
}

// field is what the first match in a file of the kernel's has in its group; "unknown" where there is no such file.
func field(file, pattern string) string {
	data, err := os.ReadFile(file)
	if m := regexp.MustCompile(pattern).FindSubmatch(data); err == nil && m != nil {
		return string(m[1])
	}
	return "unknown"
}

func gibibytes(kilobytes string) string {
	var n float64
	if _, err := fmt.Sscan(kilobytes, &n); err != nil {
		return kilobytes
	}
	return fmt.Sprintf("%.1f GiB", n/(1<<20))
}

func output(ctx context.Context, name string, args ...string) string {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// commit names what is measured; a plus sign says that the folder holds changes beside it.
func (b *bench) commit(ctx context.Context) string {
	return output(ctx, "git", "-C", b.root, "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*")
}

// postgresFacts tells the version and what it promises about durability.
func (b *bench) postgresFacts(ctx context.Context) string {
	address, err := b.postgres.NewDatabase()
	if err != nil {
		return "unknown"
	}
	defer b.dropDatabase(address)
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return "unknown"
	}
	defer conn.Close(ctx)
	var facts []string
	for _, name := range []string{"server_version", "fsync", "full_page_writes", "synchronous_commit", "wal_sync_method", "shared_buffers"} {
		var value string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return "unknown"
		}
		if name == "server_version" {
			facts = append(facts, value)
			continue
		}
		facts = append(facts, name+" "+value)
	}
	return strings.Join(facts, ", ") + "; one cluster, a fresh database for each round"
}

func (b *bench) peerVersions() string {
	var all []string
	for _, name := range []string{"sharedb", "sharedb-postgres", "rich-text", "quill-delta", "pg", "ws", "@teamwork/websocket-json-stream"} {
		version := field(filepath.Join(b.folder(), "node_modules", name, "package.json"), `"version": "([^"]+)"`)
		all = append(all, name+" "+version)
	}
	return strings.Join(all, ", ")
}

// probe appends to a file and waits for the disk each time, as a log does.
func probe(folder string) string {
	f, err := os.CreateTemp(folder, "probe-")
	if err != nil {
		return "unknown: " + err.Error()
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, 8<<10)
	var took []float64
	for begun := time.Now(); time.Since(begun) < probeFor && len(took) < mostProbes; {
		if _, err := f.Write(block); err != nil {
			return "unknown: " + err.Error()
		}
		before := time.Now()
		if err := dataSync(f); err != nil {
			return "unknown: " + err.Error()
		}
		took = append(took, time.Since(before).Seconds()*1000)
	}
	p50, _ := report.Quantile(took, 0.5)
	p99, _ := report.Quantile(took, 0.99)
	longest, _ := report.Quantile(took, 1)
	return fmt.Sprintf("%.2f / %.2f / %.1f ms of %d", p50, p99, longest, len(took))
}
