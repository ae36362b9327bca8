package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"quire/e2e/bench/report"
)

// engine runs the benchmarks of collab/delta that the goals name.
type engine struct{}

const engineBench = `^(BenchmarkApplyTrace|BenchmarkTransformSmall|BenchmarkTransformLargeOp)$/^(automerge-paper|reused|1000)$`

func (engine) takes(o options) time.Duration {
	return time.Duration(o.rounds)*12*time.Second + 10*time.Second
}

func (engine) how(o options) string {
	text := fmt.Sprintf("`go test -run '^$' -bench '%s' ./collab/delta`", engineBench)
	if o.traces == "" {
		text += "; the session automerge-paper is missing, because TRACES was not set"
	}
	return text + "."
}

func (engine) run(ctx context.Context, b *bench, r *report.Row) error {
	for range b.rounds {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", engineBench, "./collab/delta")
		cmd.Dir, cmd.Env = b.root, append(os.Environ(), "TRACES="+b.traces)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("go test -bench: %w\n%.1000s", err, out)
		}
		f := engineFigures(out)
		if len(f) == 0 {
			return fmt.Errorf("go test -bench measured nothing:\n%.1000s", out)
		}
		r.Add(report.Engine, f)
	}
	return nil
}

var benchLine = regexp.MustCompile(`(?m)^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(?:.*?\s(\d+) allocs/op)?`)

// engineFigures reads what go test prints.
func engineFigures(out []byte) report.Figure {
	f := report.Figure{}
	for _, m := range benchLine.FindAllSubmatch(out, -1) {
		ns, err := strconv.ParseFloat(string(m[2]), 64)
		if err != nil {
			continue
		}
		switch string(m[1]) {
		case "BenchmarkApplyTrace/automerge-paper":
			f[report.ApplyPaper] = ns / 1e6
		case "BenchmarkTransformLargeOp/1000":
			f[report.TransformLarge] = ns / 1e6
		case "BenchmarkTransformSmall/reused":
			f[report.TransformSmall] = ns
			if allocs, err := strconv.ParseFloat(string(bytes.TrimSpace(m[3])), 64); err == nil {
				f[report.TransformAllocs] = allocs
			}
		}
	}
	return f
}
