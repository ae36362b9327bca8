package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"quire/e2e/bench/report"
	"quire/e2e/load"
)

// overhead of a load run: a fresh database, a server's start and end, documents, connections, the check.
const overhead = 4 * time.Second

// closed is a row in which every writer sends the next op as soon as the last is acknowledged, or in which people type at
// a given speed: the same load for each system, by turns.
type closed struct {
	systems  []string
	args     []string // of quire bench
	settings []string // of the database
	choose   func(load.Result) report.Figure
	least    int // rounds of Quire on Postgres, if the options say fewer
}

// rounds are those of all systems, more those that follow for Quire alone.
func (c closed) rounds(o options) (all, more int) {
	if o.quick {
		return o.rounds, 0
	}
	return o.rounds, max(c.least-o.rounds, 0)
}

func (c closed) takes(o options) time.Duration {
	all, more := c.rounds(o)
	return time.Duration(all*len(c.systems)+more) * (o.warmup + o.measure + overhead)
}

// how tells the exact load.
func (c closed) how(o options) string {
	text := fmt.Sprintf("`quire bench %s --warmup %s --seconds %s`", strings.Join(c.args, " "), seconds(o.warmup), seconds(o.measure))
	if len(c.settings) > 0 {
		text += " on a database with `" + strings.Join(c.settings, "`, `") + "`"
	}
	if all, more := c.rounds(o); more > 0 {
		text += fmt.Sprintf(", %d rounds of Quire", all+more)
	}
	return text + "."
}

func (c closed) run(ctx context.Context, b *bench, r *report.Row) error {
	all, more := c.rounds(b.options)
	for round := range all + more {
		if round == all {
			c.systems = []string{report.QuirePostgres}
		}
		if err := c.round(ctx, b, r, round, all+more); err != nil {
			return err
		}
	}
	return nil
}

func (c closed) round(ctx context.Context, b *bench, r *report.Row, round, rounds int) error {
	for _, system := range c.systems {
		if err := c.one(ctx, b, r, system, round, rounds); err != nil {
			return err
		}
	}
	return nil
}

// one is a system's turn in a round. Only the end of the whole run is an error: a failed turn is noted.
func (c closed) one(ctx context.Context, b *bench, r *report.Row, system string, round, rounds int) error {
	args := append([]string{"--warmup", seconds(b.warmup), "--seconds", seconds(b.measure), "--seed", fmt.Sprint(round + 1)}, c.args...)
	result, commits, err := b.measured(ctx, system, c.settings, b.warmup+b.measure, args...)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	name := fmt.Sprintf("round %d of %d, %s", round+1, rounds, report.Label(system))
	if err != nil {
		r.Add(system, report.Figure{report.Wrong: 1})
		b.note(r, "%s failed: %v", name, err)
		return nil
	}
	choose := c.choose
	if choose == nil {
		choose = opsFigures
	}
	f := choose(result)
	slow(f, commits)
	r.Add(system, f)
	b.say("  %s: %.0f ops/s, propagation p50 %.1f p99 %.1f ms%s", name, result.OpsPerSecond, result.Propagation.P50, result.Propagation.P99, slowText(commits))
	return nil
}

func slowText(commits []float64) string {
	if len(commits) == 0 {
		return ""
	}
	var text []string
	for _, ms := range commits[:min(len(commits), 5)] {
		text = append(text, fmt.Sprintf("%.0f", ms))
	}
	return fmt.Sprintf("; %d commits over 20 ms: %s …", len(commits), strings.Join(text, ", "))
}

func opsFigures(r load.Result) report.Figure {
	f := figures(r)
	f[report.OpsPerSecond] = r.OpsPerSecond
	return f
}

func keysFigures(r load.Result) report.Figure {
	f := figures(r)
	f[report.KeysPerSecond] = r.KeysTypedPerSecond
	return f
}

// fanFigures are per delivery: with 1,000 readers an op is 1,000 deliveries.
func fanFigures(r load.Result) report.Figure {
	f := report.Figure{
		report.AckP50: r.Ack.P50, report.AckP99: r.Ack.P99,
		report.PropagationP50: r.Propagation.P50, report.PropagationP99: r.Propagation.P99,
	}
	if server := r.CPU.ServerPerDelivery; server != nil {
		f[report.CPUPerDelivery] = *server
		if database := r.CPU.DatabasePerDelivery; database != nil {
			f[report.CPUPerDelivery] += *database
		}
		if own := r.CPU.LoadPerDelivery; own != nil && *own > 0 {
			f[report.ServerOverLoad] = *server / *own
		}
	}
	return f
}
