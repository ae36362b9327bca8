package migrations

import (
	"io/fs"
	"path"
	"testing/fstest"
)

// UpSteps is Up with other steps.
var UpSteps = up

// FirstSteps are the first n steps of a dialect, for UpSteps.
func FirstSteps(dialect Dialect, n int) (fs.FS, error) {
	names, err := fs.Glob(files, string(dialect)+"/*.sql")
	if err != nil {
		return nil, err
	}
	first := fstest.MapFS{}
	for _, name := range names[:n] {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		first[path.Base(name)] = &fstest.MapFile{Data: data}
	}
	return first, nil
}
