package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quire/e2e/internal/quire"
)

var (
	link    = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	mention = regexp.MustCompile("`([a-z0-9]+(?:/[a-z0-9_.]+)+/?)`")
)

// A document that points to what is gone is worse than none.
func TestDocsPointToWhatExists(t *testing.T) {
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SELF-HOSTING.md", "SECURITY.md", "CHANGELOG.md"} {
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

// settingsTable returns the settings that SELF-HOSTING.md explains.
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
	others := map[string]bool{ // compose's and the Go runtime's own
		"POSTGRES_PASSWORD": true, "QUIRE_IMAGE": true, "QUIRE_NETWORK": true, "COMPOSE_PROFILES": true, "GOGC": true, "GOMEMLIMIT": true,
	}
	examples := map[string]bool{}
	for _, m := range assigned.FindAllStringSubmatch(read(t, ".env.example"), -1) {
		examples[m[1]] = true
		if !explained[m[1]] && !others[m[1]] {
			t.Errorf(".env.example has %s, which SELF-HOSTING.md does not explain", m[1])
		}
	}
	for name := range explained {
		if !examples[name] {
			t.Errorf("SELF-HOSTING.md explains %s, which .env.example lacks", name)
		}
	}
}

// shown is an example of SELF-HOSTING.md: the block after its comment.
func shown(t *testing.T, name string) string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, "SELF-HOSTING.md"), "<!-- example: "+name+" -->\n```")
	_, rest, _ = strings.Cut(rest, "\n") // the fence's language
	block, _, ended := strings.Cut(rest, "\n```")
	if !found || !ended {
		t.Fatalf("SELF-HOSTING.md has no example %q", name)
	}
	return block + "\n"
}

var (
	commandLine = regexp.MustCompile("(?m)(?:^ *|`|\\$ |rm |exec |#   )(?:docker compose |quire )([a-z][a-z-]*)([^`\n]*)")
	subcommand  = regexp.MustCompile(`(?m)^  ([a-z]+) `)
)

// What people are told to type exists: quire's own commands, and of compose those that the test of the image runs.
func TestDocsNameCommandsThatExist(t *testing.T) {
	quire.Full(t)
	out, err := exec.Command(quire.New(t, "sqlite:unused.db").Binary(), "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range subcommand.FindAllStringSubmatch(string(out), -1) {
		known[m[1]] = true
	}
	for _, name := range []string{"README.md", "SELF-HOSTING.md", ".env.example"} {
		for _, m := range commandLine.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(m[0], "docker compose ") {
				if !slices.Contains([]string{"up", "down", "logs", "exec", "stop", "run"}, m[1]) {
					t.Errorf("%s: no test runs %q", name, m[0])
				}
			} else if !known[m[1]] {
				t.Errorf("%s: there is no %q", name, m[0])
			}
		}
	}
}
