package migrations

import (
	"io/fs"
	"path"
	"testing/fstest"
)

// UpSteps is Up with given steps.
var UpSteps = up

// FirstSteps returns the first n steps of a dialect, for UpSteps, and how many steps there are.
func FirstSteps(dialect Dialect, n int) (steps fs.FS, all int, err error) {
	names, err := fs.Glob(files, string(dialect)+"/*.sql")
	if err != nil {
		return nil, 0, err
	}
	first := fstest.MapFS{}
	for _, name := range names[:n] {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, 0, err
		}
		first[path.Base(name)] = &fstest.MapFile{Data: data}
	}
	return first, len(names), nil
}
