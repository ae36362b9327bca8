package main

import (
	"maps"
	"testing"

	"quire/e2e/bench/report"
)

func TestEngineFiguresAreReadFromGoTest(t *testing.T) {
	out := `goos: linux
BenchmarkApplyTrace/automerge-paper-2         	      90	  12345678 ns/op	        47.5 ns/edit	 1000 B/op	      10 allocs/op
BenchmarkApplyTrace/sveltecomponent-2         	      90	  1 ns/op
BenchmarkTransformSmall/reused-2         	19512412	        54.3 ns/op	       0 B/op	       3 allocs/op
BenchmarkTransformLargeOp/1000 	      76	  2500000 ns/op	 2551485 B/op	     259 allocs/op
PASS`
	want := report.Figure{report.ApplyPaper: 12.345678, report.TransformSmall: 54.3, report.TransformAllocs: 3, report.TransformLarge: 2.5}
	if got := engineFigures([]byte(out)); !maps.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if got := engineFigures([]byte("ok  	quire/collab/delta	0.1s [no tests to run]")); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestHoldsComparesTheWholeText(t *testing.T) {
	for frame, ok := range map[string]bool{
		`{"a":"s","data":{"v":3,"type":"t","data":{"ops":[{"insert":"ab"},{"insert":"c\n","attributes":{"bold":true}}]}}}`: true,
		`{"a":"s","data":{"v":3,"type":"t","data":[{"insert":"abc\n"}]}}`:                                                  true,
		`{"a":"s","data":{"v":3,"type":"t","data":[{"insert":"abx\n"}]}}`:                                                  false,
		`{"a":"s","data":{"v":3,"type":"t","data":[{"insert":"abc"}]}}`:                                                    false,
		`{"a":"s","data":{"v":0,"type":null}}`:                                                                             false,
	} {
		if err := holds([]byte(frame), "abc\n"); (err == nil) != ok {
			t.Errorf("%s: %v", frame, err)
		}
	}
}
