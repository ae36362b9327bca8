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
