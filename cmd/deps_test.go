package cmd

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"quire/e2e/tree"
)

const module = "quire/"

// mayImport is policy, drawn in ARCHITECTURE.md: which packages of ours a package may import. A key ending in /... is for all below
// it that have no line of their own; * allows everything. A failing build is a reason to move code, not to add a line here.
var mayImport = map[string]string{
	"cmd/...":         "*",
	"e2e/...":         "*",
	"server":          "collab collab/session collab/budget storage server/...",
	"server/...":      "collab collab/budget collab/delta collab/wire collab/access storage server/...",
	"server/problem":  "collab collab/delta collab/wire storage", // below the rest of server
	"server/audit":    "server/problem storage",
	"server/auth":     "storage/sealed collab collab/access server/audit server/mail server/problem storage",
	"server/events":   "collab server/auth storage",
	"server/farewell": "collab collab/access server/audit server/sharing storage",
	"server/mail":     "storage/sealed",
	"server/quota":    "collab storage", // how much a document writes before it asks again
	"server/settings": "server/problem storage",
	"server/sharing":  "collab collab/access server/audit server/auth server/problem storage",
	"server/web":      "",
	// history folds the log into a document: one function for the live document and for the past, as pure as delta
	"collab": "storage/sealed collab/budget collab/delta collab/wire collab/access collab/order storage",
	// one connection; a document knows it as a collab.Reader, and never takes its lock
	"collab/session": "collab collab/access collab/budget collab/order collab/wire storage",
	// the rules alone: of storage the types of the log
	"collab/order":   "collab/delta collab/wire collab/history storage",
	"collab/wire":    "collab/delta",
	"collab/history": "collab/delta",
	"collab/sim":     "*", // for tests only: see onlyInTests
	"collab/delta":   "",
	// how encoding/json reads what delta and wire decode themselves, for their tests
	"collab/internal/plain": "",
	"collab/access":         "",
	"collab/budget":         "",
	"storage":               "",
	"storage/...":           "storage",
	// what a row of each table is read into, once for both
	"storage/postgres": "storage/sealed storage/tables storage",
	"storage/sqlite":   "storage/tables storage",
	// the suite compares every backend with the model and breaks it on purpose
	"storage/storagetest": "storage storage/memory",
	// a real Postgres for tests, migrated
	"storage/storagetest/pgtest":       "storage/postgres storage/storagetest/pgtest/pgbin migrations",
	"storage/storagetest/pgtest/pgbin": "",
	"migrations":                       "",
	// what holds a secret of the configuration; everybody who is configured with one may
	"storage/sealed": "",
	"frontend":       "",
}

// mayUse is policy for what is not ours: which of our packages may import it. What has no line may be used by nobody.
var mayUse = map[string]string{
	"github.com/gofiber/":            "server server/...",
	"github.com/valyala/fasthttp":    "server",
	"github.com/danielgtaylor/huma/": "server/api server/problem",
	"github.com/golang-jwt/jwt/":     "server/auth",
	"github.com/MicahParks/jwkset":   "server/auth",
	"github.com/alexedwards/":        "server/auth",
	"github.com/wneessen/go-mail":    "server/mail",
	"github.com/coreos/go-oidc/":     "server/auth",
	"golang.org/x/oauth2":            "server/auth",
	"golang.org/x/image/webp":        "server/api",
	"github.com/jackc/pgx/":          "storage/postgres",
	"modernc.org/sqlite":             "storage/sqlite",
	"github.com/pressly/goose/":      "migrations",
}

// onlyInTests are packages that no other package may import outside its tests.
var onlyInTests = []string{"collab/sim", "collab/internal/plain", "storage/storagetest", "storage/storagetest/pgtest", "server/mail/mailtest", "server/tlstest"}

func TestArrowsPointOneWay(t *testing.T) {
	for path, imports := range packages(t) {
		rule, ok := ruleOf(path)
		if !ok {
			t.Errorf("%s: no rule says what it may import", path)
		}
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			switch {
			case isOurs && !allowed(rule, ours):
				t.Errorf("%s imports %s: may import only [%s]", path, ours, rule)
			case isOurs && slices.Contains(onlyInTests, ours) && !strings.HasPrefix(path, "e2e/") && !slices.Contains(onlyInTests, path):
				t.Errorf("%s imports %s outside its tests", path, ours)
			case !isOurs && strings.Contains(strings.Split(imported, "/")[0], ".") && !mayUseIt(path, imported):
				t.Errorf("%s imports %s, which is not for it", path, imported)
			}
		}
	}
}

// A line that allows what nobody does hides the day when somebody begins to.
func TestEveryRuleIsForSomething(t *testing.T) {
	usedBy := map[string]map[string]bool{} // by rule: what its packages import
	users := map[string]map[string]bool{}  // by what is not ours: who imports it
	for path, imports := range packages(t) {
		rule, _ := nearest(path)
		for _, imported := range imports {
			if ours, isOurs := strings.CutPrefix(imported, module); isOurs {
				note(usedBy, rule, ours)
			} else if !strings.HasPrefix(path, "e2e/") {
				note(users, outside(imported), path)
			}
		}
		note(usedBy, rule, "") // that it is there at all
	}
	for rule, imports := range mayImport {
		if usedBy[rule] == nil {
			t.Errorf("mayImport has a line for %s, and nothing is there", rule)
		}
		unused(t, "mayImport", rule, imports, usedBy[rule])
	}
	for prefix, who := range mayUse {
		if who == "" {
			t.Errorf("mayUse has a line for %s that allows it to nobody, as no line would", prefix)
		}
		unused(t, "mayUse", prefix, who, users[prefix])
	}
}

func note(all map[string]map[string]bool, key, what string) {
	if all[key] == nil {
		all[key] = map[string]bool{}
	}
	all[key][what] = true
}

// unused tells each word of a line that allows none of what there is.
func unused(t *testing.T, table, line, words string, used map[string]bool) {
	t.Helper()
	for word := range strings.FieldsSeq(words) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(used)), func(path string) bool { return allowed(word, path) }) {
			t.Errorf("%s: the line for %s allows %s, and nothing needs it", table, line, word)
		}
	}
}

// packages gives, for each package of ours, what it imports outside its tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	tree.Watch(t, "..")
	cmd := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.Contains(fields[0], "node_modules") {
			continue
		}
		if path, ours := strings.CutPrefix(fields[0], module); ours && path != "cmd" {
			found[path] = fields[1:]
		}
	}
	if len(found) < 10 {
		t.Fatalf("go list found %d packages only", len(found))
	}
	return found
}

// ruleOf returns what path may import.
func ruleOf(path string) (string, bool) {
	key, ok := nearest(path)
	return mayImport[key], ok
}

// nearest finds the key of the line for path: its own, else that of the nearest folder above it.
func nearest(path string) (string, bool) {
	if _, ok := mayImport[path]; ok {
		return path, true
	}
	for above := path; strings.Contains(above, "/"); {
		above = above[:strings.LastIndex(above, "/")]
		if _, ok := mayImport[above+"/..."]; ok {
			return above + "/...", true
		}
	}
	return "", false
}

func allowed(rule, path string) bool {
	return slices.ContainsFunc(strings.Fields(rule), func(r string) bool {
		prefix, below := strings.CutSuffix(r, "/...")
		return r == "*" || r == path || below && strings.HasPrefix(path, prefix+"/")
	})
}

func mayUseIt(path, imported string) bool {
	if strings.HasPrefix(path, "e2e/") {
		return true // tools, not in the product
	}
	return allowed(mayUse[outside(imported)], path)
}

// outside finds the key of the line for a package that is not ours.
func outside(imported string) string {
	for prefix := range mayUse {
		if strings.HasPrefix(imported, prefix) {
			return prefix
		}
	}
	return ""
}
