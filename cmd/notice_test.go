package cmd

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayBeLinked are the licences that what we give out may have: they ask for their text and names to be kept, and no more.
var mayBeLinked = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "0BSD", "Unlicense", "CC0-1.0", "OFL-1.1"}

// NOTICE names each module in the binary and each package in the web app with its licence, and nothing that is gone.
func TestTheNoticeNamesAllThatIsGivenOut(t *testing.T) {
	text, err := os.ReadFile("../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "  ") && len(fields) > 1 {
			named[fields[0]] = strings.Join(fields[1:], " ")
		}
	}
	linked := modulesLinked(t)
	maps.Copy(linked, packagesBundled(t))
	if len(linked) < 60 {
		t.Fatalf("only %d modules and packages found", len(linked))
	}
	for _, name := range slices.Sorted(maps.Keys(linked)) {
		licences := linked[name]
		for _, one := range licences {
			if !slices.Contains(mayBeLinked, one) {
				t.Errorf("%s has the licence %q, which is not among those we give out", name, one)
			}
		}
		if want := strings.Join(licences, ", "); named[name] != want {
			t.Errorf("NOTICE says %q of %s, want the line:   %s %s", named[name], name, name, want)
		}
	}
	for name := range named {
		if linked[name] == nil {
			t.Errorf("NOTICE names %s, which nothing of ours holds", name)
		}
	}
}

// modulesLinked returns the modules whose code is in the binary, with the licences of each.
func modulesLinked(t *testing.T) map[string][]string {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", "quire/cmd/quire")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok && found[path] == nil {
			found[path] = licencesIn(t, dir)
		}
	}
	return found
}

// licencesIn reads the licence file of a module, by the sentences that each licence has to itself.
func licencesIn(t *testing.T, dir string) (licences []string) {
	files, err := filepath.Glob(filepath.Join(dir, "LICENSE*"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s has no licence", dir)
		return nil
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(data)), " ")
	if strings.Contains(text, "Apache License Version 2.0") {
		licences = append(licences, "Apache-2.0")
	}
	if strings.Contains(text, "Redistribution and use in source and binary forms") {
		if strings.Contains(text, "endorse or promote") {
			licences = append(licences, "BSD-3-Clause")
		} else {
			licences = append(licences, "BSD-2-Clause")
		}
	}
	if strings.Contains(text, "Permission is hereby granted, free of charge") {
		licences = append(licences, "MIT")
	}
	if licences == nil {
		licences = []string{"unknown"}
	}
	return licences
}

// packagesBundled returns the npm packages that the web app is built from, with the licence of each.
func packagesBundled(t *testing.T) map[string][]string {
	data, err := os.ReadFile("../frontend/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Dev, DevOptional, Link bool
			License                string
		}
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for path, p := range lock.Packages {
		if name, ok := strings.CutPrefix(path, "node_modules/"); ok && !p.Dev && !p.DevOptional && !p.Link {
			licence, _, _ := strings.Cut(strings.Trim(p.License, "()"), " OR ") // any of them may be chosen
			if inside := strings.LastIndex(name, "/node_modules/"); inside >= 0 {
				name = name[inside+len("/node_modules/"):]
			}
			found[name] = []string{licence}
		}
	}
	return found
}
