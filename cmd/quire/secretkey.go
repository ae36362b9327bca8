package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"quire/storage/sealed"
)

// secretKey returns SECRET_KEY or, with SQLite, the key in a file beside the database, which the first start makes. A copy of the data
// folder has both. Without the key, addresses of share links no longer work; documents are not affected.
func (a *app) secretKey() (sealed.Text, error) {
	if a.config.secret.IsSet() {
		return a.config.secret, nil
	}
	path := filepath.Join(filepath.Dir(a.config.sqlitePath()), "secret.key")
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := writeKey(path); err != nil {
		return sealed.Text{}, fmt.Errorf("keep the secret key: %w", err)
	}
	return readKey(path) // and not the one just made: another process may have been first
}

func readKey(path string) (sealed.Text, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return sealed.Text{}, err
	}
	key, err := secretOf(strings.TrimSpace(string(data)))
	if err != nil {
		return sealed.Text{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// writeKey makes the file, whole or not at all, readable by its owner only. It leaves an existing file alone.
func writeKey(path string) error {
	var random [32]byte
	rand.Read(random[:])
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(hex.EncodeToString(random[:]) + "\n")
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
