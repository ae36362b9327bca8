package audit

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var written = regexp.MustCompile(`Action:\s*"([a-z.]+)"`)

// The administrators' page has a sentence and a filter for every action that is recorded anywhere.
func TestEveryActionHasWordsInTheApp(t *testing.T) {
	text, err := os.ReadFile("../../frontend/app/src/admin/audit-words.ts")
	if err != nil {
		t.Fatal(err)
	}
	words := string(text)
	actions := map[string]string{}
	for _, root := range []string{"../../server", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, found := range written.FindAllStringSubmatch(string(source), -1) {
				actions[found[1]] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(actions) < 25 {
		t.Fatalf("only %d actions found: %v", len(actions), actions)
	}
	for action, path := range actions {
		if !strings.Contains(words, "\n  '"+action+"': ") {
			t.Errorf("%s, of %s, has no words in audit-words.ts", action, path)
		}
		kind, _, _ := strings.Cut(action, ".")
		if !strings.Contains(words, "value: '"+kind+".'") {
			t.Errorf("%s, of %s, is under no filter in audit-words.ts", action, path)
		}
	}
}
