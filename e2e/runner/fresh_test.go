package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quire/e2e/tree"
)

// root is the repository's.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// askedOfGo runs the parts that test Go with a go that only writes down its arguments, a line for each call.
func askedOfGo(t *testing.T, parts []part) string {
	t.Helper()
	folder := t.TempDir()
	asked := filepath.Join(folder, "asked")
	script := "#!/bin/sh\necho \"$*\" >> '" + asked + "'\n"
	if err := os.WriteFile(filepath.Join(folder, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	for _, p := range parts {
		if !slices.Contains([]string{"format", "frontend", "e2e-types", "browser", "fuzz"}, p.name) { // no tests of Go's, or generated
			p.run(t.Context())
		}
	}
	data, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A run of make test runs everything: a result from Go's cache is of another day's machine.
func TestATestRunTakesNothingFromGosCache(t *testing.T) {
	t.Setenv("QUIRE_BIN", "unused")
	parts, err := testParts(t.Context(), root(t))
	if err != nil {
		t.Fatal(err)
	}
	asked := askedOfGo(t, parts)
	runs := 0
	for line := range strings.Lines(asked) {
		if strings.HasPrefix(line, "test ") {
			runs++
			if !strings.Contains(line, " -count=1 ") {
				t.Errorf("go %s", line)
			}
		}
	}
	if runs < 4 {
		t.Errorf("only %d runs of go test were seen:\n%s", runs, asked)
	}
}

// What make check tests without the race detector must still be tested, and once.
func TestACheckTestsEveryPackageOnce(t *testing.T) {
	tree.Watch(t, root(t))
	all, err := packagesBut(t.Context(), root(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := checkParts(t.Context(), root(t))
	if err != nil {
		t.Fatal(err)
	}
	asked := strings.Fields(askedOfGo(t, parts))
	for _, path := range all {
		times := 0
		for _, pattern := range asked {
			dir, below := strings.CutSuffix(strings.TrimPrefix(pattern, "./"), "/...")
			_, rel, _ := strings.Cut(path, "/")
			if pattern == path || below && (rel == dir || strings.HasPrefix(rel, dir+"/")) {
				times++
			}
		}
		if times != 1 {
			t.Errorf("%s is tested %d times", path, times)
		}
	}
}
