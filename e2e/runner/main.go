package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "runner:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: runner check|test [part ...]")
	}
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	var parts []part
	switch args[0] {
	case "check":
		if parts, err = checkParts(ctx, root); err != nil {
			return err
		}
	case "test":
		if parts, err = testParts(ctx, root); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown level %q: check or test", args[0])
	}
	if parts, err = choose(parts, args[1:]); err != nil {
		return err
	}
	begun := time.Now()
	peak := &memory{proc: "/proc"}
	go peak.watch(ctx)
	results, err := runAll(ctx, peak.noting(parts))
	if err != nil {
		return err
	}
	if passed, failed := report(os.Stdout, results, time.Since(begun), peak); failed > 0 || passed == 0 {
		os.Exit(1) // the table has said everything
	}
	return nil
}

// choose keeps the named parts, one after another, or all parts as they are if none is named.
func choose(parts []part, names []string) ([]part, error) {
	if len(names) == 0 {
		return parts, nil
	}
	var all, chosen []part
	for _, p := range parts {
		all = append(append(all, p.meanwhile...), part{name: p.name, says: p.says, run: p.run})
	}
	for _, name := range names {
		i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// runAll runs the parts one after another, each with those that it has beside it.
func runAll(ctx context.Context, parts []part) ([]result, error) {
	var results []result
	for _, p := range parts {
		beside := make(chan []result, 1)
		go func() {
			done, _ := runAll(ctx, p.meanwhile) // stopped, if so, like this one
			beside <- done
		}()
		own := runOne(ctx, p)
		results = append(append(results, <-beside...), own)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("stopped during %s", p.name)
		}
	}
	return results, nil
}

func runOne(ctx context.Context, p part) result {
	fmt.Printf("\n==> %s: %s\n", p.name, p.says)
	begun := time.Now()
	r := p.run(ctx)
	r.name, r.took = p.name, time.Since(begun)
	fmt.Printf("<== %s: %d passed, %d failed, %d skipped in %.1f s\n", p.name, r.passed, len(r.failures), len(r.skips), r.took.Seconds())
	return r
}
