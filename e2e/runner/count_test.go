package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

const goEvents = `{"Action":"start","Package":"quire/a"}
{"Action":"run","Package":"quire/a","Test":"TestLaws"}
{"Action":"run","Package":"quire/a","Test":"TestLaws/one"}
{"Action":"pass","Package":"quire/a","Test":"TestLaws/one"}
{"Action":"run","Package":"quire/a","Test":"TestLaws/two"}
{"Action":"output","Package":"quire/a","Test":"TestLaws/two","Output":"    laws_test.go:9: got 1, want 2\n"}
{"Action":"fail","Package":"quire/a","Test":"TestLaws/two"}
{"Action":"fail","Package":"quire/a","Test":"TestLaws"}
{"Action":"run","Package":"quire/a","Test":"TestPostgres"}
{"Action":"output","Package":"quire/a","Test":"TestPostgres","Output":"    p_test.go:3: no Postgres here\n"}
{"Action":"output","Package":"quire/a","Test":"TestPostgres","Output":"--- SKIP: TestPostgres\n"}
{"Action":"skip","Package":"quire/a","Test":"TestPostgres"}
{"Action":"fail","Package":"quire/a"}
{"Action":"run","Package":"quire/b","Test":"TestFine"}
{"Action":"output","Package":"quire/b","Test":"TestFine","Output":"    b_test.go:5: FIGURE 20 kills, seed 7\n"}
{"Action":"pass","Package":"quire/b","Test":"TestFine"}
{"Action":"pass","Package":"quire/b"}
{"ImportPath":"quire/c","Action":"build-output","Output":"c.go:1: undefined: x\n"}
{"Action":"fail","Package":"quire/c"}
`

func TestCountGo(t *testing.T) {
	var shown bytes.Buffer
	r, err := countGo(strings.NewReader(goEvents), &shown)
	if err != nil {
		t.Fatal(err)
	}
	if r.passed != 2 {
		t.Errorf("passed = %d, want the two leaves that passed", r.passed)
	}
	if want := []string{"quire/a.TestLaws/two", "quire/c: package failed"}; !slices.Equal(r.failures, want) {
		t.Errorf("failures = %q, want %q", r.failures, want)
	}
	if want := []string{"quire/a.TestPostgres: p_test.go:3: no Postgres here"}; !slices.Equal(r.skips, want) {
		t.Errorf("skips = %q, want %q", r.skips, want)
	}
	for _, want := range []string{"got 1, want 2", "undefined: x", "20 kills, seed 7"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q was not shown", want)
		}
	}
}

func TestCountVitest(t *testing.T) {
	r, err := countVitest(strings.NewReader(`{"testResults":[
		{"name":"a.test.ts","status":"failed","assertionResults":[
			{"fullName":"queue keeps order","status":"passed"},
			{"fullName":"queue forgets nothing","status":"failed"},
			{"fullName":"queue later","status":"pending"}]},
		{"name":"b.test.ts","status":"failed","message":"Cannot find module\nat x","assertionResults":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r.passed != 1 || !slices.Equal(r.failures, []string{"queue forgets nothing", "b.test.ts: Cannot find module"}) || len(r.skips) != 1 {
		t.Errorf("result = %+v", r)
	}
}

func TestCountPlaywright(t *testing.T) {
	r, err := countPlaywright(strings.NewReader(`{"suites":[{"title":"a.spec.ts","specs":[],"suites":[{"title":"two people","specs":[
		{"title":"one","file":"a.spec.ts","tests":[{"projectName":"sqlite","status":"expected"},{"projectName":"postgres","status":"unexpected"}]},
		{"title":"two","file":"a.spec.ts","tests":[{"projectName":"sqlite","status":"flaky","results":[{"error":{"message":"\u001b[31mError\u001b[39m: not\n\n  visible","location":{"file":"/x/a.spec.ts","line":7}}}]}]},
		{"title":"three","file":"a.spec.ts","tests":[{"projectName":"sqlite","status":"skipped","annotations":[{"type":"skip","description":"Postgres only"}]}]}
		]}]}],"errors":[{"message":"no browser\nat y"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.spec.ts › one [postgres] (unexpected)", "a.spec.ts › two [sqlite] (flaky)\n      a.spec.ts:7: Error: not | visible", "playwright: no browser"}
	if r.passed != 1 || !slices.Equal(r.failures, want) {
		t.Errorf("result = %+v, want failures %q", r, want)
	}
	if !slices.Equal(r.skips, []string{"a.spec.ts › three [sqlite]: Postgres only"}) {
		t.Errorf("skips = %q", r.skips)
	}
}

func TestReportClosesWithTheCount(t *testing.T) {
	var out bytes.Buffer
	passed, failed := report(&out, []result{
		{name: "go", took: 90 * time.Second, passed: 7, skips: []string{"x: why"}},
		{name: "browser", took: time.Minute, passed: 2, failures: []string{"y"}},
	}, 2*time.Minute, &memory{})
	if passed != 9 || failed != 1 {
		t.Errorf("report = %d, %d", passed, failed)
	}
	if !strings.HasSuffix(out.String(), "\n9 passed, 1 failed\n") || !strings.Contains(out.String(), "all              2.00") || !strings.Contains(out.String(), "\npeak of memory: ") {
		t.Errorf("report printed %q", out.String())
	}
}

// A part that ran nothing must not look like success.
func TestNothingRunIsAFailure(t *testing.T) {
	if r := needTests("go test", result{skips: []string{"all of it"}}); len(r.failures) != 1 {
		t.Errorf("needTests = %+v", r)
	}
	if _, err := countVitest(strings.NewReader("")); err != io.EOF {
		t.Errorf("an empty report gave %v", err)
	}
}

func TestTargetsArePickedFromTheList(t *testing.T) {
	got := targets(strings.NewReader("FuzzToken\nFuzzCookie\nok  \tquire/server\t0.03s\n"))
	if want := []string{"FuzzToken", "FuzzCookie"}; !slices.Equal(got, want) {
		t.Errorf("targets = %v, want %v", got, want)
	}
}

// What runs beside another part is reported like all else, and can be asked for alone.
func TestPartsRunBesideOthers(t *testing.T) {
	met := make(chan string)
	parts := []part{
		{name: "first", run: func(context.Context) result { return result{passed: 1} }},
		{name: "long", run: func(context.Context) result { return result{passed: len(<-met)} }, meanwhile: []part{
			{name: "short", run: func(context.Context) result { met <- "met"; return result{passed: 1} }},
			{name: "broken", run: func(context.Context) result { return failure("no") }},
		}},
	}
	results, err := runAll(context.Background(), parts)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range results {
		names = append(names, r.name)
	}
	if want := []string{"first", "short", "broken", "long"}; !slices.Equal(names, want) || results[3].passed != 3 || len(results[2].failures) != 1 {
		t.Errorf("ran %+v, want %v", results, want)
	}
	one, err := choose(parts, []string{"broken", "long"})
	if err != nil || len(one) != 2 || one[0].name != "broken" || len(one[1].meanwhile) != 0 {
		t.Errorf("chosen: %+v (%v)", one, err)
	}
}
