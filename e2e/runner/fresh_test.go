package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A run of make test runs everything: a result from Go's cache is of another day's machine.
func TestATestRunTakesNothingFromGosCache(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	asked := filepath.Join(folder, "asked")
	script := "#!/bin/sh\necho \"$*\" >> '" + asked + "'\n"
	if err := os.WriteFile(filepath.Join(folder, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	t.Setenv("QUIRE_BIN", "unused")
	ctx := context.Background()
	parts, err := testParts(ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if !slices.Contains([]string{"format", "frontend", "e2e-types", "browser", "fuzz"}, p.name) { // no tests of Go's, or generated
			p.run(ctx)
		}
	}
	data, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "test ") {
			runs++
			if !strings.Contains(line, " -count=1 ") {
				t.Errorf("go %s", line)
			}
		}
	}
	if runs < 4 {
		t.Errorf("only %d runs of go test were seen:\n%s", runs, data)
	}
}
