package server

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quire/server/web"
)

// madeWithASecret finds where an address is made of a page's name and a secret.
var madeWithASecret = regexp.MustCompile(`"/([a-z]+)/"\s*\+|%s/([a-z]+)/%s`)

// Whatever address is handed out with a secret in it, by letter, in an answer or on the command line, is on the one list by which
// pages are kept from being referred to; and the nginx of the documents leaves the same out of its log.
func TestEveryAddressWithASecretIsOnTheList(t *testing.T) {
	found := map[string]bool{}
	for _, pattern := range []string{"auth/*.go", "api/*.go", "../cmd/quire/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files (%v)", pattern, len(files), err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, m := range madeWithASecret.FindAllStringSubmatch(string(source), -1) {
				page := m[1] + m[2]
				found[page] = true
				if !slices.Contains(web.SecretPages, page) && !slices.Contains([]string{"d", "documents"}, page) { // ids are no secrets
					t.Errorf("%s makes an address /%s/… that is not on the list", name, page)
				}
			}
		}
	}
	for _, page := range web.SecretPages {
		if !found[page] {
			t.Errorf("nothing makes an address /%s/…, which is on the list", page)
		}
	}
	manual, err := os.ReadFile("../SELF-HOSTING.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "~^/(" + strings.Join(web.SecretPages, "|") + ")/ "; !strings.Contains(string(manual), want) {
		t.Errorf("the nginx of SELF-HOSTING.md does not leave %q out of its log", want)
	}
}
