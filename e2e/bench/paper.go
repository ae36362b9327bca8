package main

import (
	"context"
	"time"

	"quire/e2e/bench/report"
)

// paper is one person who types a whole paper, each key only when the one before is committed.
type paper struct{}

func (paper) takes(o options) time.Duration {
	if o.quick {
		return 10 * time.Second
	}
	return 170 * time.Second
}

func (paper) how(o options) string {
	return o.paperSource() + ": `quire bench --trace`, one client, one op in flight, each acknowledged when it is committed. One round, Quire " +
		"alone: ShareDB writes the whole text with each of its ops, and would take an hour."
}

func (p paper) run(ctx context.Context, b *bench, r *report.Row) error {
	typing, err := b.paper()
	if err != nil {
		return err
	}
	result, commits, err := b.measured(ctx, report.QuirePostgres, nil, 3*p.takes(b.options),
		"--documents", "1", "--writers", "1", "--trace", typing.file)
	if err != nil {
		return err
	}
	f := opsFigures(result)
	delete(f, report.PropagationP50) // nobody reads
	delete(f, report.PropagationP99)
	f[report.Seconds] = result.Seconds
	slow(f, commits)
	r.Add(report.QuirePostgres, f)
	return nil
}
