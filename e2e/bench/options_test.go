package main

import (
	"slices"
	"strings"
	"testing"
)

func TestOptions(t *testing.T) {
	known := rows()
	for _, c := range []struct {
		args    string
		partial string
		wrong   string
	}{
		{"", "", ""},
		{"-rounds=5", "", ""},
		{"-rounds=1", "1 rounds", ""},
		{"-quick", "QUICK=1", ""},
		{"-rows=ten,pairs", "only the rows ten, pairs", ""},
		{"-rows=ten,none,nor", "", `no row "none"`},
		{"-rounds=0", "", "1 to 99"},
		{"pairs", "", "only flags"},
	} {
		o, err := parse(strings.Fields(c.args), known)
		switch {
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%q: %v, want a word of %q", c.args, err, c.wrong)
		case c.wrong == "" && (err != nil || (c.partial == "") != (o.partial() == "") || !strings.Contains(o.partial(), c.partial)):
			t.Errorf("%q: %v, partial %q, want %q", c.args, err, o.partial(), c.partial)
		}
	}
}

// A whole run ends within the 25 minutes that `make help` tells, whatever rows are added.
func TestAWholeRunIsBounded(t *testing.T) {
	o, err := parse(nil, rows())
	if err != nil {
		t.Fatal(err)
	}
	left := machineTakes
	ids := []string{}
	for _, r := range rows() {
		left += r.takes(o)
		if slices.Contains(ids, r.id) || r.title == "" || r.short == "" || r.how(o) == "" {
			t.Errorf("row %q: its id is taken, or it has no title, no name in the plot, or does not say how", r.id)
		}
		ids = append(ids, r.id)
		t.Logf("%-10s %v", r.id, r.takes(o))
	}
	if left.Minutes() > 24 {
		t.Errorf("a whole run would take %v", left)
	}
}

func TestSlowCommitsAreReadFromBothLogs(t *testing.T) {
	postgres := "2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 34.125 ms  execute stmtcache_1: \n" +
		"\tWITH batch AS (SELECT 1)\n[7] LOG:  checkpoint complete\nLOG:  duration: 1203.000 ms  statement: COMMIT\n"
	if got := durations(postgresSlow, postgres); !slices.Equal(got, []float64{34.125, 1203}) {
		t.Errorf("in Postgres' log: %v", got)
	}
	quire := `time=… level=DEBUG msg="slow commit" took=61.5ms documents=3 ops=9` + "\n" +
		`level=DEBUG msg=http message=x` + "\n" + `level=DEBUG msg="slow commit" took=1.2s documents=1 ops=1`
	if got := durations(quireSlow, quire); !slices.Equal(got, []float64{61.5, 1200}) {
		t.Errorf("in Quire's log: %v", got)
	}
}
