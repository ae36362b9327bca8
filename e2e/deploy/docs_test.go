package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	mention = regexp.MustCompile("`([a-z0-9]+(?:/[a-z0-9_.]+)+/?)`")
)

// A document that points to what is gone is worse than none.
func TestDocsPointToWhatExists(t *testing.T) {
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "SELF-HOSTING.md", "SECURITY.md", "CHANGELOG.md"} {
		text := read(t, name)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
		for _, m := range mention.FindAllStringSubmatch(text, -1) {
			first, _, _ := strings.Cut(m[1], "/")
			if info, err := os.Stat(filepath.Join(root, first)); err != nil || !info.IsDir() || first == "bin" {
				continue // a path of something else
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s mentions %s: %v", name, m[1], err)
			}
		}
	}
}

var (
	checked  = regexp.MustCompile(`(?m)^\| [^|]+ \| ([^|]+) \|$`)
	testName = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	testFunc = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
)

// The checklists of SECURITY.md name the tests that hold them, or say that nothing does.
func TestTheSecurityChecklistsNameTestsThatExist(t *testing.T) {
	exists := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllStringSubmatch(string(text), -1) {
			exists[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, lists, _ := strings.Cut(read(t, "SECURITY.md"), "## Checklist: sockets")
	items := 0
	for _, row := range checked.FindAllStringSubmatch(lists, -1) {
		if row[1] == "held by" {
			continue
		}
		items++
		names := testName.FindAllStringSubmatch(row[1], -1)
		if len(names) == 0 && !strings.HasPrefix(row[1], "nothing: ") {
			t.Errorf("%s: names no test and does not say so", row[0])
		}
		for _, name := range names {
			if !exists[name[1]] {
				t.Errorf("%s: there is no %s", row[0], name[1])
			}
		}
	}
	if items < 25 {
		t.Errorf("SECURITY.md checks only %d items", items)
	}
}

var (
	tableRow    = regexp.MustCompile("(?m)^\\| (`[A-Z][^|]*) \\|")
	settingName = regexp.MustCompile("`([A-Z_]+)`")
)

// settingsTable gives the settings that SELF-HOSTING.md explains.
func settingsTable(t *testing.T) map[string]bool {
	t.Helper()
	explained := map[string]bool{}
	for _, row := range tableRow.FindAllStringSubmatch(read(t, "SELF-HOSTING.md"), -1) {
		for _, name := range settingName.FindAllStringSubmatch(row[1], -1) {
			explained[name[1]] = true
		}
	}
	if len(explained) < 15 {
		t.Fatalf("SELF-HOSTING.md explains only %v", explained)
	}
	return explained
}

// Both tell people what may be set; they must tell the same.
func TestSettingsAreExplainedTwice(t *testing.T) {
	explained := settingsTable(t)
	compose := map[string]bool{"POSTGRES_PASSWORD": true, "QUIRE_PORT": true, "QUIRE_IMAGE": true}
	examples := map[string]bool{}
	for _, m := range assigned.FindAllStringSubmatch(read(t, ".env.example"), -1) {
		examples[m[1]] = true
		if !explained[m[1]] && !compose[m[1]] {
			t.Errorf(".env.example has %s, which SELF-HOSTING.md does not explain", m[1])
		}
	}
	for name := range explained {
		if !examples[name] {
			t.Errorf("SELF-HOSTING.md explains %s, which .env.example lacks", name)
		}
	}
}
