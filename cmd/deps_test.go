package cmd

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "quire/"

// mayImport is policy (design.md §2): which packages of ours a package may import. A key ending in /... is for all below
// it that have no line of their own; * allows everything. A failing build is a reason to move code, not to add a line here.
var mayImport = map[string]string{
	"cmd/...":         "*",
	"e2e/...":         "*",
	"server":          "storage/sealed collab collab/session collab/budget collab/delta collab/wire collab/access collab/history storage server/...",
	"server/...":      "storage/sealed collab collab/budget collab/delta collab/wire collab/access collab/history storage server/...",
	"server/problem":  "collab collab/delta collab/wire storage", // below the rest of server
	"server/audit":    "server/problem storage",
	"server/auth":     "storage/sealed collab collab/access server/audit server/events server/mail server/problem storage",
	"server/events":   "storage",
	"server/farewell": "collab collab/access server/audit server/events storage",
	"server/mail":     "storage/sealed",
	"server/quota":    "collab storage", // how much a document writes before it asks again,
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
	"storage/...":           "storage/sealed storage",
	// the suite compares every backend with the model and breaks it on purpose
	"storage/storagetest": "storage storage/memory",
	// a real Postgres for tests, migrated
	"storage/storagetest/pgtest":       "storage storage/postgres storage/storagetest/pgtest/pgbin migrations",
	"storage/storagetest/pgtest/pgbin": "",
	"migrations":                       "",
	// what holds a secret of the configuration; everybody who is configured with one may
	"storage/sealed": "",
	"frontend":       "",
}

// mayUse is policy for what is not ours: which of our packages may import it. What has no line may be used by nobody.
var mayUse = map[string]string{
	"github.com/gofiber/":            "server server/...",
	"github.com/valyala/fasthttp":    "server server/...",
	"github.com/fasthttp/websocket":  "server/socket",
	"github.com/danielgtaylor/huma/": "server/api server/problem",
	"github.com/golang-jwt/jwt/":     "server/auth",
	"github.com/MicahParks/jwkset":   "server/auth",
	"github.com/alexedwards/":        "server/auth",
	"github.com/wneessen/go-mail":    "server/mail",
	"github.com/coreos/go-oidc/":     "server/auth",
	"golang.org/x/oauth2":            "server/auth",
	"golang.org/x/image/webp":        "server/api",
	"github.com/jackc/pgx/":          "storage/postgres migrations",
	"modernc.org/sqlite":             "storage/sqlite",
	"github.com/pressly/goose/":      "migrations",
	"golang.org/x/time/rate":         "server/socket collab",
	"pgregory.net/rapid":             "storage/storagetest collab/sim",
	"github.com/google/uuid":         "",
	"github.com/alecthomas/kong":     "cmd/quire",
	"github.com/compose-spec/":       "",
	"github.com/moby/patternmatcher": "",
	"go.yaml.in/yaml/":               "",
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

func TestEveryRuleIsForSomething(t *testing.T) {
	known := packages(t)
	for rule := range mayImport {
		prefix, below := strings.CutSuffix(rule, "/...")
		if _, ok := known[rule]; !ok && !below {
			t.Errorf("mayImport has a line for %s, which does not exist", rule)
		}
		if below && !slices.ContainsFunc(slices.Collect(maps.Keys(known)), func(p string) bool { return strings.HasPrefix(p, prefix+"/") }) {
			t.Errorf("mayImport has a line for %s, and nothing is there", rule)
		}
	}
}

// packages gives, for each package of ours, what it imports outside its tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
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

// ruleOf finds the line for path: its own, else that of the nearest folder above it.
func ruleOf(path string) (string, bool) {
	if rule, ok := mayImport[path]; ok {
		return rule, true
	}
	for above := path; strings.Contains(above, "/"); {
		above = above[:strings.LastIndex(above, "/")]
		if rule, ok := mayImport[above+"/..."]; ok {
			return rule, true
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
	for prefix, users := range mayUse {
		if strings.HasPrefix(imported, prefix) && allowed(users, path) {
			return true
		}
	}
	return false
}
