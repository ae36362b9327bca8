package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"quire/e2e/bench/report"
	"quire/e2e/internal/quire"
	"quire/e2e/internal/tether"
	"quire/e2e/load"
)

// slack is what a load run may take beside warm-up and measuring: making documents, connecting, settling, checking.
const slack = 3 * time.Minute

// seconds writes a duration as the flags of quire bench take it.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// load runs `quire bench` against the server. Within bounds how long that may take.
func (b *bench) load(ctx context.Context, s *server, within time.Duration, args ...string) (load.Result, error) {
	var result load.Result
	ctx, cancel := context.WithTimeout(ctx, within+slack)
	defer cancel()
	args = append([]string{"bench", "--quiet", "--json", "-", "--url", s.url, "--server-pid", strconv.Itoa(s.program.pid())}, args...)
	if onPostgres(s.system) {
		args = append(args, "--database-pid", strconv.Itoa(b.postgres.Pid()))
	}
	cmd := exec.CommandContext(ctx, b.quire, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "JWT_SECRET=" + quire.Secret}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	tether.Tie(cmd)
	failed := cmd.Run()
	if ctx.Err() != nil {
		failed = fmt.Errorf("the load did not end within %v", within+slack)
	}
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		return result, errors.Join(failed, fmt.Errorf("quire bench: %w; it says %.500s", err, problems.String()))
	}
	if len(result.Errors) > 0 {
		return result, errors.New(strings.Join(result.Errors, "; "))
	}
	if failed == nil && !result.Checked {
		failed = errors.New("the documents were not checked")
	}
	return result, failed
}

// figures are what every row may want to tell of a load run.
func figures(r load.Result) report.Figure {
	f := report.Figure{
		report.AckP50: r.Ack.P50, report.AckP99: r.Ack.P99,
		report.PropagationP50: r.Propagation.P50, report.PropagationP99: r.Propagation.P99,
	}
	server, database := r.CPU.ServerPerOp, r.CPU.DatabasePerOp
	if server != nil {
		f[report.ServerPerOp], f[report.CPUPerOp] = *server, *server
		if r.CPU.LoadPerOp != nil && *r.CPU.LoadPerOp > 0 {
			f[report.ServerOverLoad] = *server / *r.CPU.LoadPerOp
		}
		if database != nil {
			f[report.DatabasePerOp] = *database
			f[report.CPUPerOp] += *database
		}
	}
	return f
}

// measured is a load run on a fresh store: the server is started for it and ended after it.
func (b *bench) measured(ctx context.Context, system string, settings []string, within time.Duration, args ...string) (load.Result, []float64, error) {
	var result load.Result
	store, err := b.newStore(ctx, system, settings...)
	if err != nil {
		return result, nil, err
	}
	defer store.drop()
	s, err := b.serve(ctx, store)
	if err != nil {
		return result, nil, err
	}
	defer s.stop()
	s.slowCommits() // of the migration
	result, err = b.load(ctx, s, within, args...)
	return result, s.slowCommits(), err
}

// slow adds what commits the disk held up.
func slow(f report.Figure, commits []float64) {
	if len(commits) > 0 {
		f[report.SlowCommits], f[report.SlowestCommit] = float64(len(commits)), slices.Max(commits)
	}
}
