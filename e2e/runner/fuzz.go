package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

// edge is the package whose fuzz targets get their time in every run: what anybody may send before they are known.
const edge = "./server"

// fuzz gives each target of the edge QUIRE_FUZZTIME, as go test takes it, or 30 s; the targets of the engine and of the wire have
// their seeds in every run and their time in `make fuzz`. A failing input is kept by go test in the package's testdata. What
// is new is hardly made smaller: a server's coverage differs from run to run, and the time would go into that.
func fuzz(ctx context.Context, root string) result {
	var out bytes.Buffer
	list := command(ctx, root, nil, "go", "test", "-list", "^Fuzz", edge)
	list.Stdout, list.Stderr = &out, os.Stderr
	if err := list.Run(); err != nil {
		return failure("fuzz: listing the targets: %v", err)
	}
	forTime := os.Getenv("QUIRE_FUZZTIME")
	if forTime == "" {
		forTime = "30s"
	}
	var r result
	for _, name := range targets(&out) {
		r.add(step(ctx, name, root, "go", "test", "-run", "^$", "-fuzz", "^"+name+"$", "-fuzztime", forTime, "-fuzzminimizetime", "10x", edge))
	}
	return needTests("fuzz", r)
}

// targets picks the names out of what `go test -list` prints.
func targets(out io.Reader) []string {
	var names []string
	for {
		var word string
		if _, err := fmt.Fscan(out, &word); err != nil {
			return names
		}
		if strings.HasPrefix(word, "Fuzz") {
			names = append(names, word)
		}
	}
}
