package main

import (
	"context"
	"strings"
	"time"

	"quire/e2e/bench/report"
)

const (
	readers    = 1000
	keysToMany = 10 // a second: a person who types fast; faster, two cores cannot serve so many readers
)

// fan is one writer whom many read: the load by turns, and in each round the bare writes that nobody can save.
type fan struct{ closed }

func (f fan) takes(o options) time.Duration {
	return f.closed.takes(o) + time.Duration(o.rounds)*(floorFor+time.Second)
}

func (f fan) how(o options) string {
	return strings.TrimSuffix(f.closed.how(o), ".") + ": an op every 100 ms. The machine alone: one thread writes a frame of this size into " +
		"each of 1,000 loopback sockets, every 100 ms. A goal by ShareDB's CPU stands beside one by these bare writes: reaching either is enough."
}

func (f fan) run(ctx context.Context, b *bench, r *report.Row) error {
	for round := range b.rounds {
		if err := f.round(ctx, b, r, round, b.rounds); err != nil {
			return err
		}
		cost, err := frameCost(ctx, readers, time.Second/keysToMany)
		if err != nil {
			return err
		}
		bare := report.Figure{}
		set(bare, report.CPUPerDelivery, cost)
		r.Add(report.Floor, bare)
	}
	return nil
}
