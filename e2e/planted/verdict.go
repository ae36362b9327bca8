package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
)

// verdict is what came of a bug's test.
type verdict int

const (
	caught verdict = iota
	missed         // the test passed
	broken         // there is no such test, or it did not build: nothing is shown
)

// judgeGo reads what `go test -json` printed.
func judgeGo(out []byte, test string) (verdict, error) {
	type event struct{ Action, Test string }
	passed, ran := false, false
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Test != test {
			continue
		}
		switch e.Action {
		case "run":
			ran = true
		case "pass":
			passed = true
		case "fail":
			return caught, nil
		case "skip":
			return broken, fmt.Errorf("%s was skipped", test)
		}
	}
	switch {
	case passed:
		return missed, nil
	case ran: // the process ended in it: a panic of another goroutine, or time was up
		return caught, nil
	}
	return broken, fmt.Errorf("%s did not run: %s", test, tail(out))
}

// judgeVitest reads what Vitest's JSON reporter wrote.
func judgeVitest(report []byte, test string) (verdict, error) {
	var r struct {
		TestResults []struct {
			AssertionResults []struct{ Status, FullName string }
		}
	}
	if err := json.Unmarshal(report, &r); err != nil {
		return broken, fmt.Errorf("vitest wrote no report: %w", err)
	}
	found := false
	for _, file := range r.TestResults {
		for _, t := range file.AssertionResults {
			if t.Status == "failed" {
				return caught, nil
			}
			found = found || t.Status == "passed"
		}
	}
	if !found {
		return broken, fmt.Errorf("no test is named %q", test)
	}
	return missed, nil
}

// tail is the end of what a tool printed, where it says what is wrong.
func tail(out []byte) string {
	const most = 600
	return string(out[max(0, len(out)-most):])
}
