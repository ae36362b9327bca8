package main

import (
	"fmt"
	"io"
	"time"
)

// report prints what was skipped and why, what failed, the table of minutes, the peak of memory, and the closing line. took
// is what all took together, which is less than their sum where some ran at one time.
func report(w io.Writer, results []result, took time.Duration, peak *memory) (passed, failed int) {
	skipped := 0
	for _, r := range results {
		passed += r.passed
		failed += len(r.failures)
		skipped += len(r.skips)
	}
	section(w, "Skipped", results, func(r result) []string { return r.skips })
	section(w, "Failed", results, func(r result) []string { return r.failures })
	fmt.Fprintf(w, "\n%-12s %8s %8s %8s %9s\n", "part", "minutes", "passed", "failed", "skipped")
	for _, r := range results {
		row(w, r.name, r.took, r.passed, len(r.failures), len(r.skips))
	}
	row(w, "all", took, passed, failed, skipped)
	fmt.Fprintf(w, "\n%s\n", peak)
	fmt.Fprintf(w, "\n%d passed, %d failed\n", passed, failed)
	return passed, failed
}

func row(w io.Writer, name string, took time.Duration, passed, failed, skipped int) {
	fmt.Fprintf(w, "%-12s %8.2f %8d %8d %9d\n", name, took.Minutes(), passed, failed, skipped)
}

func section(w io.Writer, title string, results []result, lines func(result) []string) {
	shown := false
	for _, r := range results {
		for _, line := range lines(r) {
			if !shown {
				fmt.Fprintf(w, "\n%s:\n", title)
				shown = true
			}
			fmt.Fprintf(w, "  [%s] %s\n", r.name, line)
		}
	}
}
