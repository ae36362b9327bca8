package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrServed means that another process serves the file.
var ErrServed = errors.New("sqlite: served by another process")

// Lock is held while a process serves a file. SQLite itself would let several do so, but none would learn what the others write.
type Lock struct{ file *os.File }

// Serve takes the lock beside the file, or returns ErrServed with who has it. The lock ends with the process, however that ends.
func Serve(path string) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sqlite: make the folder: %w", err)
	}
	file, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sqlite: lock: %w", err)
	}
	if err := lock(file); err != nil {
		holder := holderOf(file)
		file.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("another Quire (%s) serves %s; SQLite is for one server, several need Postgres: %w", holder, path, ErrServed)
		}
		return nil, fmt.Errorf("sqlite: lock %s.lock: %w", path, err)
	}
	holder := fmt.Sprintf("pid %d, since %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	if err := errors.Join(file.Truncate(0), write(file, holder)); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: lock: %w", err), file.Close())
	}
	return &Lock{file}, nil
}

func write(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

// holderOf reads what the holder of the lock wrote into it.
func holderOf(file *os.File) string {
	said := make([]byte, 200)
	n, _ := file.ReadAt(said, 0) // the file is shorter than said, so there is always io.EOF
	if holder, _, whole := strings.Cut(string(said[:n]), "\n"); whole {
		return holder
	}
	return "just starting"
}

// Release lets another process serve the file. The lock file stays: otherwise two could lock two files of one name.
func (l *Lock) Release() error { return l.file.Close() }
