package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"

	"quire/e2e/bench/report"
)

// What stands in the repository is what results.json says.
func TestResultsAreWhatWasMeasured(t *testing.T) {
	data, err := os.ReadFile("results.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no run has been recorded yet: make bench does it")
	} else if err != nil {
		t.Fatal(err)
	}
	var r report.Results
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"RESULTS.md": report.Markdown(&r), "results.svg": report.SVG(&r)} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is not what results.json says (%v): go run ./e2e/bench -render", name, err)
		}
	}
}
