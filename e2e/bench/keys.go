package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quire/e2e/bench/report"
)

const (
	within    = 100.0 // ms of propagation p99 that a step may take
	eachTypes = 9     // keys/s of a document: 3 people at 3 keys/s
	mostSteps = 8
)

// ladder holds the rates that are tried, in keys/s.
func ladder() []int {
	return []int{225, 450, 900, 1350, 1800, 2700, 3600, 5400, 7200, 9000, 10_800, 12_150, 13_500, 15_300, 17_100, 18_900, 21_600, 25_200}
}

// most searches, for each system, the highest rate at which edits still arrive in time.
type most struct {
	from map[string]int // the rate to begin with
	step time.Duration  // expected
}

func (m most) systems() []string {
	return []string{report.ShareDBMemory, report.ShareDBPostgres, report.QuirePostgres}
}

func (m most) takes(o options) time.Duration {
	return time.Duration(5*len(m.systems())) * (o.warmup + o.measure + m.step)
}

func (m most) how(o options) string {
	return fmt.Sprintf("`quire bench --writers 3 --keys 3 --documents N --warmup %s --seconds %s`, with N rising or falling until propagation "+
		"p99 is no longer, or for the first time, below %.0f ms. A step has failed only when it failed twice: one stall of the disk sets the p99.",
		seconds(o.warmup), seconds(o.measure), within)
}

func (m most) run(ctx context.Context, b *bench, r *report.Row) error {
	for _, system := range m.systems() {
		var steps []string
		var reached report.Figure
		best, err := climb(ladder(), m.from[system], mostSteps, func(rate int) (bool, error) {
			for range 2 {
				f, p99, err := m.try(ctx, b, system, rate)
				if ctx.Err() != nil {
					return false, ctx.Err()
				}
				steps = append(steps, fmt.Sprintf("%d → %s", rate, p99))
				b.say("  %s, %d keys/s: propagation p99 %s", report.Label(system), rate, p99)
				if err == nil && f[report.PropagationP99] < within {
					reached = f
					return true, nil
				}
			}
			return false, nil
		})
		if err != nil {
			return err
		}
		b.note(r, "%s, keys/s → propagation p99: %s", report.Label(system), strings.Join(steps, "; "))
		if best > 0 {
			reached[report.MostKeys] = float64(best)
			r.Add(system, reached)
		}
	}
	return nil
}

// try takes one rate once.
func (m most) try(ctx context.Context, b *bench, system string, rate int) (report.Figure, string, error) {
	result, commits, err := b.measured(ctx, system, nil, b.warmup+b.measure,
		"--documents", strconv.Itoa(rate/eachTypes), "--writers", "3", "--keys", "3",
		"--warmup", seconds(b.warmup), "--seconds", seconds(b.measure))
	if err != nil {
		return nil, fmt.Sprintf("failed (%.100v)", err), err
	}
	return figures(result), fmt.Sprintf("%.0f ms%s", result.Propagation.P99, slowText(commits)), nil
}

// climb finds the highest rate that passes: from the start upwards while rates pass, or downwards until one does. 0: none.
func climb(rates []int, start, steps int, passes func(rate int) (bool, error)) (best int, err error) {
	at := 0
	for at < len(rates)-1 && rates[at] < start {
		at++
	}
	direction := 0
	for ; steps > 0 && at >= 0 && at < len(rates); steps-- {
		ok, err := passes(rates[at])
		if err != nil {
			return 0, err
		}
		if ok {
			best = rates[at]
		}
		switch {
		case direction == 0 && ok:
			direction = 1
		case direction == 0:
			direction = -1
		case (direction > 0) != ok: // the first failure above, or the first pass below
			return best, nil
		}
		at += direction
	}
	return best, nil
}
