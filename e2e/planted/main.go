package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ok, err := run(ctx, strings.Join(os.Args[1:], " "))
	if err != nil {
		fmt.Fprintln(os.Stderr, "planted:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run tries all bugs whose name holds part, and reports whether each was caught.
func run(ctx context.Context, part string) (bool, error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return false, err
	}
	all, err := patches(filepath.Join(root, "e2e", "planted"))
	if err != nil {
		return false, err
	}
	tree, err := plant(ctx, root)
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tree.dir)
	tried, slipped := 0, 0
	for _, p := range all {
		if !strings.Contains(p.name, part) {
			continue
		}
		tried++
		begun := time.Now()
		v, err := tree.try(ctx, p)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		took := time.Since(begun).Seconds()
		switch v {
		case caught:
			fmt.Printf("caught  %5.1f s  %-44s %s\n", took, p.name, p.test)
		case missed:
			slipped++
			fmt.Printf("MISSED  %5.1f s  %-44s %s: %s\n", took, p.name, p.test, p.what)
		case broken:
			slipped++
			fmt.Printf("BROKEN  %5.1f s  %-44s %v\n", took, p.name, err)
		}
	}
	if tried == 0 {
		return false, fmt.Errorf("no bug is named %q", part)
	}
	fmt.Printf("%d bugs planted, %d caught\n", tried, tried-slipped)
	return slipped == 0, nil
}

// ground is a copy of the tree in which bugs are planted.
type ground struct{ dir string }

// plant copies what git knows of the tree, as it lies there, and links what npm installed.
func plant(ctx context.Context, root string) (ground, error) {
	dir, err := os.MkdirTemp("", "quire-planted-")
	if err != nil {
		return ground{}, err
	}
	g := ground{dir}
	script := `git ls-files -z --cached --others --exclude-standard | xargs -0 -r ls -d 2>/dev/null | tar -cf - -T - | tar -xf - -C "$0"
mkdir -p "$0/frontend/dist" && cp -R frontend/dist/. "$0/frontend/dist/" 2>/dev/null || true
for modules in frontend/node_modules frontend/app/node_modules frontend/client/node_modules e2e/node_modules; do
	if [ -d "$modules" ]; then ln -s "$PWD/$modules" "$0/$modules"; fi
done
git -C "$0" init -q`
	cmd := exec.CommandContext(ctx, "bash", "-euc", script, dir)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	if err := cmd.Run(); err != nil {
		os.RemoveAll(dir)
		return g, fmt.Errorf("copy the tree: %w", err)
	}
	return g, nil
}

// try plants one bug, runs its test, and takes the bug away.
func (g ground) try(ctx context.Context, p patch) (verdict, error) {
	if err := g.git(ctx, "apply", p.path); err != nil {
		return broken, err
	}
	v, err := g.test(ctx, p)
	if back := g.git(ctx, "apply", "--reverse", p.path); back != nil {
		return broken, back
	}
	return v, err
}

func (g ground) git(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, out)
	}
	return nil
}

// test runs a bug's test.
func (g ground) test(ctx context.Context, p patch) (verdict, error) {
	if p.tool == "go" {
		cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout", "5m", "-run", "^"+p.test+"$", p.dir)
		cmd.Dir = g.dir
		out, _ := cmd.CombinedOutput() // a test that fails is what we want
		return judgeGo(out, p.test)
	}
	report := filepath.Join(g.dir, "vitest.json")
	cmd := exec.CommandContext(ctx, "npx", "vitest", "run", p.file, "-t", p.test, "--reporter=json", "--outputFile="+report)
	cmd.Dir = filepath.Join(g.dir, "frontend", p.dir)
	_ = cmd.Run()
	written, err := os.ReadFile(report)
	if err != nil {
		return broken, fmt.Errorf("vitest wrote no report: %w", err)
	}
	defer os.Remove(report)
	return judgeVitest(written, p.test)
}
