package main

import (
	"context"
	"strconv"
	"time"

	"quire/e2e/bench/report"
)

// row is one line of the goals' table, or a few that are measured at once.
type row struct {
	id, title, short string
	goals            []report.Goal
	workload
}

// workload measures a row, tells how, and how long it will take.
type workload interface {
	takes(options) time.Duration
	how(options) string
	run(context.Context, *bench, *report.Row) error
}

// rows are all there is, in the order in which they are measured.
func rows() []row {
	three := []string{report.ShareDBMemory, report.ShareDBPostgres, report.QuirePostgres}
	all := []string{report.ShareDBMemory, report.ShareDBPostgres, report.QuirePostgres, report.QuireSQLite}
	return []row{
		{
			id: "pairs", title: "100 documents × 2 writers, closed loop", short: "100 documents × 2 writers",
			goals: []report.Goal{
				report.TimesMore(report.OpsPerSecond, 24), report.AtLeast(report.OpsPerSecond, 22_000),
				report.AtMost(report.PropagationP99, 25),
				report.AtMost(report.CPUPerOp, 42), report.TimesLess(report.CPUPerOp, 35),
				on(report.QuireSQLite, report.AtLeast(report.OpsPerSecond, 18_000)), on(report.QuireSQLite, report.AtMost(report.CPUPerOp, 45)),
			},
			workload: closed{systems: all, args: []string{"--documents", "100", "--writers", "2"}},
		},
		{
			id: "ten", title: "One document, 10 writers, closed loop", short: "one document, 10 writers",
			goals: []report.Goal{
				report.TimesMore(report.OpsPerSecond, 32), report.AtMost(report.CPUPerOp, 110), report.AtMost(report.PropagationP99, 5),
			},
			workload: closed{systems: three, args: []string{"--documents", "1", "--writers", "10"}},
		},
		{
			id: "fifty", title: "One document, 50 writers, closed loop", short: "one document, 50 writers",
			goals: []report.Goal{
				report.TimesMore(report.OpsPerSecond, 180), report.AtMost(report.CPUPerOp, 75), report.AtMost(report.PropagationP99, 20),
			},
			workload: closed{systems: three, args: []string{"--documents", "1", "--writers", "50"}},
		},
		{
			id: "rich", title: "10 writers on a document of 1,000 formatting runs, closed loop", short: "10 writers, 1,000 runs",
			goals:    []report.Goal{asPlain("ten", 0.9)},
			workload: closed{systems: three, args: []string{"--documents", "1", "--writers", "10", "--text", "20000", "--runs", "1000"}},
		},
		{
			id: "people", title: "People at 3 keys/s, 3 a document: 1,800 keys/s", short: "1,800 keys/s",
			goals:    []report.Goal{report.AtMost(report.PropagationP50, 2), report.AtMost(report.PropagationP99, 10)},
			workload: closed{systems: three, args: []string{"--documents", "200", "--writers", "3", "--keys", "3"}, choose: keysFigures, least: 5},
		},
		{
			id: "most", title: "People at 3 keys/s, 3 a document: the most keys/s with propagation p99 < 100 ms", short: "most keys/s",
			goals: []report.Goal{report.AtLeast(report.MostKeys, 13_500)},
			workload: most{
				from: map[string]int{report.ShareDBMemory: 1800, report.ShareDBPostgres: 225, report.QuirePostgres: 9000},
				step: 8 * time.Second,
			},
		},
		{
			id: "fan", title: "1 writer, 1,000 readers", short: "1,000 readers",
			goals: []report.Goal{
				report.AtMost(report.PropagationP50, 10), report.AtMost(report.PropagationP99, 18), report.AtMost(report.AckP50, 3), fanCPU(),
			},
			workload: fan{closed{
				systems: three, choose: fanFigures,
				args: []string{"--documents", "1", "--writers", "1", "--readers", strconv.Itoa(readers), "--keys", strconv.Itoa(keysToMany)},
			}},
		},
		{
			id: "idle", title: "Memory of idle connections and documents", short: "idle",
			goals: []report.Goal{
				report.AtMost(report.KiBPerConnection, 9), report.AtMost(report.KiBPerDocument, 12),
				report.AtMost(report.BytesPerUnit, 3), report.AtLeast(report.Held, manyIdle),
			},
			workload: idle{},
		},
		{
			id: "open", title: "Opening a document cold", short: "cold open",
			goals:    []report.Goal{report.AtMost(report.OpenSmall, 3), report.AtMost(report.OpenLarge, 5)},
			workload: opens{},
		},
		{
			id: "paper", title: "A whole paper typed by one client, acknowledged key by key", short: "one writer, a paper",
			workload: paper{},
		},
		{
			id: "slow", title: "100 documents × 2 writers, each commit 5 ms slower", short: "100 × 2, commits of 5 ms",
			workload: slowCommit{closed{
				systems: []string{report.ShareDBPostgres, report.QuirePostgres}, args: []string{"--documents", "100", "--writers", "2"},
				settings: []string{"commit_delay=5000", "commit_siblings=0"},
			}},
		},
		{
			id: "engine", title: "The engine alone", short: "engine",
			goals: []report.Goal{
				on(report.Engine, report.AtMost(report.ApplyPaper, 20)), on(report.Engine, report.AtMost(report.TransformSmall, 80)),
				on(report.Engine, report.AtMost(report.TransformAllocs, 0)), on(report.Engine, report.AtMost(report.TransformLarge, 3)),
			},
			workload: engine{},
		},
		{
			id: "floor", title: "The machine's floor", short: "floor",
			workload: floor{},
		},
	}
}

// fanCPU: less than half of ShareDB's processor time for a delivery, or hardly more than the bare writes.
func fanCPU() report.Goal {
	g := report.AtMost(report.CPUPerDelivery, 0.47)
	g.Against = report.ShareDBPostgres
	bare := report.AtMost(report.CPUPerDelivery, 1.15)
	bare.Against = report.Floor
	g.Or = &bare
	return g
}

// on holds a goal for another system.
func on(system string, g report.Goal) report.Goal {
	g.System = system
	return g
}

// asPlain: the ops/s of another row of the same run, within a share of it.
func asPlain(id string, share float64) report.Goal {
	return report.Goal{Figure: report.OpsPerSecond, System: report.QuirePostgres, Against: report.QuirePostgres, Row: id, Bound: share}
}
