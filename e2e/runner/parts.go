package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// checkParts need no browser, no Postgres and, after the first download, no network.
func checkParts(ctx context.Context, root string) ([]part, error) {
	all, err := packagesBut(ctx, root, nil)
	if err != nil {
		return nil, err
	}
	var unraced, raced []string
	for _, path := range all {
		if _, dir, _ := strings.Cut(path, "/"); slices.Contains(plain, dir) {
			unraced = append(unraced, path)
		} else {
			raced = append(raced, path)
		}
	}
	return []part{
		formatPart(root),
		// What is beside it waits more than it works, and measures no time.
		{name: "plain", says: "go test -short, without the race detector, what is many times as slow with it", run: func(ctx context.Context) result {
			return goTest(ctx, root, nil, append([]string{"-short", "-vet=off"}, unraced...)...)
		}, meanwhile: []part{frontendPart(root, nil), e2eTypesPart(root)}},
		{name: "go", says: "go test -race -short, every other package", run: func(ctx context.Context) result {
			return goTest(ctx, root, nil, append([]string{"-race", "-short", "-vet=off"}, raced...)...)
		}},
	}, nil
}

// plain are the packages that the race detector makes four to ten times as slow: arithmetic, and all that runs much of SQLite,
// which is C in Go's words, or whole servers over and over. `make check` does without it there; `make test` runs them under it.
var plain = []string{"cmd/quire", "collab/delta", "e2e/load", "migrations", "server", "storage/sqlite"}

func formatPart(root string) part {
	return part{name: "format", says: "gofmt, go vet, staticcheck", run: func(ctx context.Context) result { return formatAndVet(ctx, root) }}
}

func frontendPart(root string, env []string) part {
	return part{name: "frontend", says: "biome, tsc, unit tests", run: func(ctx context.Context) result { return frontend(ctx, root, env) }}
}

func e2eTypesPart(root string) part {
	return part{name: "e2e-types", says: "biome and tsc over e2e, redocly over the API's description", run: func(ctx context.Context) result { return e2eTypes(ctx, root) }}
}

// separate are the Go packages that are parts of their own: each starts servers and wants the machine to itself.
var separate = []string{"e2e/compat", "e2e/crash"}

func testParts(ctx context.Context, root string) ([]part, error) {
	if os.Getenv("QUIRE_BIN") == "" {
		return nil, fmt.Errorf("QUIRE_BIN is not set: run `make test`")
	}
	env := []string{"QUIRE_FULL=1", "REQUIRE_POSTGRES=1"}
	packages, err := packagesBut(ctx, root, separate)
	if err != nil {
		return nil, err
	}
	parts := []part{
		formatPart(root),
		{name: "go", says: "every Go package, on memory, SQLite and a real Postgres, with the race detector", run: func(ctx context.Context) result {
			return goTest(ctx, root, env, append([]string{"-race", "-count=1", "-p", "2", "-timeout", timeout()}, packages...)...)
		}},
		{name: "costs", says: "allocations and memory, without the race detector's own", run: func(ctx context.Context) result {
			return goTest(ctx, root, nil, "-run", "Allocat|Costs|Memory", "-count=1", "./collab/...", "./server/socket")
		}},
		// Fuzzing takes its time however much of the machine it has, and what is beside it measures none.
		{name: "fuzz", says: "what comes in before anybody is known, 30 s a target", run: func(ctx context.Context) result {
			return fuzz(ctx, root)
		}, meanwhile: []part{frontendPart(root, env), e2eTypesPart(root)}},
	}
	for _, dir := range separate {
		if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
			return nil, err
		}
		name := filepath.Base(dir)
		parts = append(parts, part{name: name, says: "go test ./" + dir, run: func(ctx context.Context) result {
			return goTest(ctx, root, env, "-race", "-count=1", "-p", "1", "-timeout", timeout(), "./"+dir+"/...")
		}})
	}
	return append(parts, part{name: "browser", says: "Playwright on Chromium against the binary", run: func(ctx context.Context) result {
		return browser(ctx, root, env)
	}}), nil
}

// timeout is how long one package's tests may take, as go test takes it: with QUIRE_LONG some make millions of cases.
func timeout() string {
	if os.Getenv("QUIRE_LONG") != "" {
		return "2h"
	}
	return "15m"
}

func formatAndVet(ctx context.Context, root string) result {
	var r result
	files, err := goFiles(root)
	if err != nil {
		return failure("gofmt: %v", err)
	}
	r.add(silent(ctx, "gofmt", root, "gofmt", append([]string{"-l"}, files...)...))
	r.add(step(ctx, "go vet", root, "go", "vet", "./..."))
	r.add(step(ctx, "staticcheck", root, "go", "tool", "staticcheck", "./..."))
	return r
}

// goFiles lists our Go files; packages of npm's may carry Go files of their own.
func goFiles(root string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".git")) {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".go" {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

func frontend(ctx context.Context, root string, env []string) result {
	dir := filepath.Join(root, "frontend")
	var r result
	r.add(step(ctx, "biome and tsc", dir, "npm", "run", "--silent", "check"))
	for _, workspace := range []string{"client", "app"} {
		report := filepath.Join(root, "e2e", ".cache", "vitest-"+workspace+".json")
		r.add(reported(ctx, "vitest in "+workspace, filepath.Join(dir, workspace), env, countVitest, report,
			"npx", "vitest", "run", "--reporter=default", "--reporter=json", "--outputFile.json="+report))
	}
	return r
}

func e2eTypes(ctx context.Context, root string) result {
	dir := filepath.Join(root, "e2e")
	var r result
	r.add(step(ctx, "biome", dir, "npm", "run", "--silent", "lint"))
	r.add(step(ctx, "tsc", dir, "npm", "run", "--silent", "types"))
	r.add(step(ctx, "redocly", dir, "npm", "run", "--silent", "openapi")) // of the file that cmd/quire's tests hold against the server
	return r
}

func browser(ctx context.Context, root string, env []string) result {
	dir := filepath.Join(root, "e2e")
	report := filepath.Join(dir, ".cache", "playwright.json")
	return reported(ctx, "playwright", dir, append(env, "PLAYWRIGHT_JSON_OUTPUT_NAME="+report), countPlaywright, report,
		"npx", "playwright", "test", "--reporter=list,json")
}

// packagesBut lists the module's packages outside the given folders.
func packagesBut(ctx context.Context, root string, folders []string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "./...")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []string
next:
	for _, path := range strings.Fields(string(out)) {
		_, rel, _ := strings.Cut(path, "/")
		for _, folder := range folders {
			if rel == folder || strings.HasPrefix(rel, folder+"/") {
				continue next
			}
		}
		packages = append(packages, path)
	}
	return packages, nil
}
