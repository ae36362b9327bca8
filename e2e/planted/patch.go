package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// patch is a bug and the test that catches it.
type patch struct {
	name string // of the file, without .patch
	path string // of the file
	what string
	tool string // go or vitest
	dir  string // the package, or the workspace of frontend
	file string // vitest's
	test string // as the tool names it
}

// patches reads all bugs below a folder, in the order of their names.
func patches(dir string) ([]patch, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil {
		return nil, err
	}
	var all []patch
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		p, err := parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		p.name, p.path = strings.TrimSuffix(filepath.Base(path), ".patch"), path
		all = append(all, p)
	}
	return all, nil
}

// parse reads what stands above the diff.
func parse(text string) (patch, error) {
	var p patch
	var test string
	for line := range strings.Lines(text) {
		if what, ok := strings.CutPrefix(line, "What: "); ok {
			p.what = strings.TrimSpace(what)
		}
		if t, ok := strings.CutPrefix(line, "Test: "); ok {
			test = strings.TrimSpace(t)
		}
		if strings.HasPrefix(line, "diff --git ") {
			break
		}
	}
	if p.what == "" || test == "" {
		return p, fmt.Errorf("the lines What: and Test: must stand above the diff")
	}
	words := strings.SplitN(test, " ", 4)
	switch {
	case words[0] == "go" && len(words) == 3:
		p.tool, p.dir, p.test = words[0], words[1], words[2]
	case words[0] == "vitest" && len(words) == 4:
		p.tool, p.dir, p.file, p.test = words[0], words[1], words[2], words[3]
	default:
		return p, fmt.Errorf("the line Test: %s: want `go PACKAGE NAME` or `vitest WORKSPACE FILE NAME`", test)
	}
	return p, nil
}
