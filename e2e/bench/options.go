package main

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
)

// options of a run, from flags; the Makefile hands on ROUNDS, ROWS, QUICK and TRACES.
type options struct {
	root   string
	quire  string
	rounds int
	only   []string // ids of rows; nil for all
	quick  bool
	traces string // folder of real editing sessions; "" for typing of the same shape
	into   string // folder for the results; "" for where they belong, if the run is a whole one
	list   bool
	render bool

	warmup, measure time.Duration // of one closed loop
}

func parse(args []string, known []row) (options, error) {
	var o options
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.root, "root", ".", "the module's `folder`")
	flags.StringVar(&o.quire, "quire", "bin/quire", "`path` of the binary")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds of each row; 1 with -quick")
	flags.StringVar(&only, "rows", "", "only these rows, as `id,id`; -list tells the ids")
	flags.BoolVar(&o.quick, "quick", false, "short runs, to see that all works; the figures mean little")
	flags.StringVar(&o.traces, "traces", "", "`folder` of real editing sessions")
	flags.StringVar(&o.into, "out", "", "`folder` for the results; without it a run of all rows in full length writes into e2e/bench")
	flags.BoolVar(&o.render, "render", false, "measure nothing; write RESULTS.md and results.svg anew from results.json")
	flags.BoolVar(&o.list, "list", false, "list the rows")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q: only flags are expected", flags.Args())
	}
	if o.rounds < 1 || o.rounds > 99 {
		return o, fmt.Errorf("-rounds %d: expected 1 to 99", o.rounds)
	}
	o.warmup, o.measure = 1500*time.Millisecond, 5*time.Second
	if o.quick {
		o.rounds, o.warmup, o.measure = 1, 500*time.Millisecond, 1500*time.Millisecond
	}
	var err error
	o.only, err = selection(only, known)
	return o, err
}

func selection(only string, known []row) ([]string, error) {
	if only == "" {
		return nil, nil
	}
	var ids []string
	var wrong []error
	for id := range strings.SplitSeq(only, ",") {
		id = strings.TrimSpace(id)
		if !slices.ContainsFunc(known, func(r row) bool { return r.id == id }) {
			wrong = append(wrong, fmt.Errorf("-rows: there is no row %q; -list tells the ids", id))
		}
		ids = append(ids, id)
	}
	return ids, errors.Join(wrong...)
}

func (o options) wants(id string) bool { return o.only == nil || slices.Contains(o.only, id) }

// partial says why the results are not those of a whole run; "" if they are.
func (o options) partial() string {
	switch {
	case o.quick:
		return "short runs (QUICK=1), to see that all works"
	case o.only != nil:
		return "only the rows " + strings.Join(o.only, ", ")
	case o.rounds < 3:
		return fmt.Sprintf("%d rounds instead of 3", o.rounds)
	}
	return ""
}
