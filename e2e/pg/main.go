// Command pg runs a real Postgres for tests that are not Go: it answers each line "database" on standard input with the
// address of a fresh, empty database, and ends, Postgres with it, when standard input ends.
package main

import (
	"bufio"
	"fmt"
	"os"

	"quire/e2e/internal/pg"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "pg:", err)
		os.Exit(1)
	}
}

func run() error {
	postgres, err := pg.Run()
	if err != nil {
		return err
	}
	defer postgres.Close()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		url, err := postgres.NewDatabase()
		if err != nil {
			return err
		}
		fmt.Println(url)
	}
	return lines.Err()
}
