package migrations

import (
	"io/fs"
	"path"
	"testing/fstest"
)

// UpSteps is Up with other steps.
var UpSteps = up

// FirstSteps are the first n steps of a dialect, for UpSteps, of all there are.
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
