package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json`).
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Output     string
	Elapsed    float64
}

// goTest runs `go test -json` with args and counts its leaves: a test with subtests counts through them.
func goTest(ctx context.Context, dir string, env []string, args ...string) result {
	cmd := command(ctx, dir, env, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return failure("go test: %v", err)
	}
	if err := cmd.Start(); err != nil {
		return failure("go test: %v", err)
	}
	r, err := countGo(out, os.Stdout)
	if ended := cmd.Wait(); err == nil && ended != nil && len(r.failures) == 0 {
		err = ended
	}
	if err != nil {
		r.failures = append(r.failures, fmt.Sprintf("go test: %v", err))
	}
	return needTests("go test", r)
}

// tests is what is known of one package while its events come in.
type tests struct {
	output  map[string][]string // by test, "" is the package's own
	parents map[string]bool
	failed  bool
}

// countGo reads events until EOF. It shows one line per package, and the whole output of what failed or printed figures.
func countGo(in io.Reader, show io.Writer) (result, error) {
	var r result
	packages := map[string]*tests{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				fmt.Fprint(show, line) // not an event: go's own words
			} else {
				r.take(e, packages, show)
			}
		}
		if err == io.EOF {
			return r, nil
		}
		if err != nil {
			return r, err
		}
	}
}

func (r *result) take(e event, packages map[string]*tests, show io.Writer) {
	if e.Action == "build-output" {
		fmt.Fprint(show, e.Output)
		return
	}
	p := packages[e.Package]
	if p == nil {
		p = &tests{output: map[string][]string{}, parents: map[string]bool{}}
		packages[e.Package] = p
	}
	name := e.Package + "." + e.Test
	switch e.Action {
	case "run":
		if i := strings.LastIndexByte(e.Test, '/'); i >= 0 {
			p.parents[e.Test[:i]] = true
		}
	case "output":
		p.output[e.Test] = append(p.output[e.Test], e.Output)
	case "skip":
		if e.Test != "" && !p.parents[e.Test] {
			r.skips = append(r.skips, name+": "+reason(p.output[e.Test]))
		}
	case "pass":
		if e.Test == "" {
			fmt.Fprintf(show, "ok    %s %.1f s\n", e.Package, e.Elapsed)
		} else if !p.parents[e.Test] {
			r.passed++
		}
		showFigures(show, p.output[e.Test])
	case "fail":
		r.fail(e, p, name, show)
	}
	if e.Test != "" && e.Action != "run" && e.Action != "output" {
		delete(p.output, e.Test)
	}
}

func (r *result) fail(e event, p *tests, name string, show io.Writer) {
	switch {
	case e.Test == "" && !p.failed: // it did not compile, or died outside a test
		r.failures = append(r.failures, e.Package+": package failed")
	case e.Test != "" && !(p.parents[e.Test] && p.failed):
		r.failures = append(r.failures, name)
	}
	p.failed = true
	if e.Test == "" {
		fmt.Fprintf(show, "FAIL  %s %.1f s\n", e.Package, e.Elapsed)
	}
	for _, line := range p.output[e.Test] {
		fmt.Fprint(show, line)
	}
}

// reason is the last line a skipped test logged.
func reason(output []string) string {
	for i := len(output) - 1; i >= 0; i-- {
		line := strings.TrimSpace(output[i])
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			return line
		}
	}
	return "no reason given"
}

// figure marks the lines of a passing test that are worth reading: seeds, counts, times.
const figure = "FIGURE "

func showFigures(show io.Writer, output []string) {
	for _, line := range output {
		if i := strings.Index(line, figure); i >= 0 {
			fmt.Fprintf(show, "      %s", line[i+len(figure):])
		}
	}
}
