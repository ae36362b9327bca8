// Package tree is for tests whose answer another program finds in the repository, such as go list or git apply. Go keeps the
// result of a test until a file that the test itself opened has changed, and knows nothing of what its programs read.
package tree

import (
	"io/fs"
	"path/filepath"
	"slices"
	"testing"
)

// ours are the folders of the repository that hold sources.
var ours = []string{"cmd", "collab", "e2e", "frontend", "migrations", "server", "storage"}

// others are folders in them that hold what was fetched or made.
var others = []string{"node_modules", "dist", ".cache", "test-results"}

// Watch makes the test's result last only while no file of ours below root has changed, come or gone.
func Watch(t testing.TB, root string) {
	t.Helper()
	for _, folder := range ours {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && slices.Contains(others, entry.Name()) {
				return filepath.SkipDir
			}
			return err // WalkDir has opened it if it is a folder, which counts as each file's size and time
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
