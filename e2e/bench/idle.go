package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quire/e2e/bench/report"
	"quire/e2e/load"
)

// idle is what waiting costs: sockets that only listen, documents that are only open.
type idle struct{}

// waiting is one such run.
type waiting struct {
	systems []string
	args    []string
	choose  func(load.Result) report.Figure
	takes   time.Duration
}

const (
	// How long memory is looked at, each of three times: a moment after a busy time a server gives back what it can, and 5 s
	// after its last op a document has fallen quiet.
	lookAtConnections, lookAtDocuments = "4", "8"
	largeUnits                         = 100_000
	manyIdle                           = 10_000
)

func (idle) runs(o options) []waiting {
	three := []string{report.ShareDBMemory, report.ShareDBPostgres, report.QuirePostgres}
	quire := three[2:]
	divide, connections, documents := 1, lookAtConnections, lookAtDocuments
	if o.quick {
		divide, connections, documents = 10, "1", "1"
	}
	n := func(n int) string { return strconv.Itoa(n / divide) }
	return []waiting{
		{three, []string{"--documents", "100", "--idle", n(5000), "--seconds", connections}, connectionOf(report.KiBPerConnection), 20 * time.Second},
		{quire, []string{"--documents", "100", "--idle", n(2000), "--seconds", connections}, connectionOf(report.KiBPerConnection2), 18 * time.Second},
		{quire, []string{"--documents", "100", "--idle", n(manyIdle), "--seconds", connections}, held(manyIdle / divide), 24 * time.Second},
		{quire, []string{"--documents", n(3000), "--idle", "10", "--seconds", documents}, documentOf, 32 * time.Second},
		{quire, []string{"--documents", n(200), "--idle", "10", "--text", strconv.Itoa(largeUnits), "--seconds", documents}, unitOf, 32 * time.Second},
	}
}

func (i idle) takes(o options) time.Duration {
	var all time.Duration
	for _, run := range i.runs(o) {
		all += time.Duration(len(run.systems)) * run.takes
	}
	return all
}

func (i idle) how(o options) string {
	var all []string
	for _, run := range i.runs(o) {
		all = append(all, fmt.Sprintf("`%s`", strings.Join(run.args, " ")))
	}
	return "`quire bench` with " + strings.Join(all, ", ") + ", one round: what the server's resident memory grew by, the least that was " +
		"seen in as many seconds. In the end a key typed into each document must reach every socket."
}

func (i idle) run(ctx context.Context, b *bench, r *report.Row) error {
	figures := map[string]report.Figure{}
	for _, run := range i.runs(b.options) {
		for _, system := range run.systems {
			result, _, err := b.measured(ctx, system, nil, run.takes, run.args...)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if figures[system] == nil {
				figures[system] = report.Figure{}
			}
			if err != nil {
				figures[system][report.Wrong]++
				b.note(r, "%s, %s failed: %v", report.Label(system), strings.Join(run.args, " "), err)
				continue
			}
			for name, v := range run.choose(result) {
				figures[system][name] = v
				b.say("  %s, %s: %s %.2f", report.Label(system), strings.Join(run.args, " "), name, v)
			}
		}
	}
	for system, f := range figures {
		r.Add(system, f)
	}
	return nil
}

func connectionOf(name string) func(load.Result) report.Figure {
	return func(r load.Result) report.Figure { return kibibytes(name, r.PerIdleConnection) }
}

func held(n int) func(load.Result) report.Figure {
	return func(r load.Result) report.Figure {
		f := kibibytes(report.KiBPerConnection10, r.PerIdleConnection)
		f[report.Held] = float64(n)
		return f
	}
}

func documentOf(r load.Result) report.Figure {
	return kibibytes(report.KiBPerDocument, r.PerIdleDocument)
}

// unitOf is what each unit of a large document takes, beyond the 4 kB that a document may take anyway.
func unitOf(r load.Result) report.Figure {
	if r.PerIdleDocument == nil {
		return report.Figure{}
	}
	return report.Figure{report.BytesPerUnit: max(*r.PerIdleDocument-4096, 0) / largeUnits}
}

func kibibytes(name string, bytes *float64) report.Figure {
	if bytes == nil {
		return report.Figure{}
	}
	return report.Figure{name: *bytes / 1024}
}
