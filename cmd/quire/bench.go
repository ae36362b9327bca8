package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	loadgen "quire/e2e/load"
)

// bench puts load on a server. It has flags of its own, since it configures no server.
func (a *app) bench(ctx context.Context) error {
	cfg := loadgen.Default()
	given, err := benchFlags(&cfg, a.args, a.environ, a.out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if !given.quiet {
		cfg.Progress = a.err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // so that a second signal ends the process
	result, failed := loadgen.Run(ctx, cfg)
	if result.URL == "" {
		return failed
	}
	return errors.Join(given.write(a.out, result), failed)
}

// benchOutput says where the result goes.
type benchOutput struct {
	json  string
	quiet bool
}

func benchFlags(cfg *loadgen.Config, args []string, environ map[string]string, help io.Writer) (benchOutput, error) {
	var out benchOutput
	f := flag.NewFlagSet("quire bench", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&cfg.URL, "url", cfg.URL, "socket of the `server`: Quire, or ShareDB over ws")
	f.StringVar(&cfg.JWTSecret, "jwt-secret", cfg.JWTSecret, "the server's JWT_`SECRET`; better given in the environment")
	f.StringVar(&cfg.Token, "token", "", "or one `token` that owns the documents bench-*")
	f.IntVar(&cfg.Documents, "documents", cfg.Documents, "how many")
	f.IntVar(&cfg.Writers, "writers", cfg.Writers, "of each document")
	f.IntVar(&cfg.Readers, "readers", 0, "of each document, which only subscribe")
	f.Float64Var(&cfg.Keys, "keys", 0, "keys a second of each writer; 0 for the next op as soon as the last is acknowledged")
	f.IntVar(&cfg.Text, "text", cfg.Text, "characters of a document at first")
	f.IntVar(&cfg.Runs, "runs", 0, "formatting runs of a document at first")
	f.IntVar(&cfg.Idle, "idle", 0, "nobody types: the memory of so many subscribed sockets over all documents")
	seconds := f.Float64("seconds", cfg.Measure.Seconds(), "how long to measure")
	warmup := f.Float64("warmup", cfg.Warmup.Seconds(), "seconds before that")
	f.IntVar(&cfg.Ops, "ops", 0, "measure so many ops instead, without a warm-up")
	f.Int64Var(&cfg.Seed, "seed", cfg.Seed, "decides what is typed where")
	f.StringVar(&cfg.Trace, "trace", "", "one writer types this session: a file, or its `name` in the folder TRACES")
	f.BoolVar(&cfg.Shadow, "shadow", false, "one more reader of each document rebuilds its text, which the check compares")
	f.IntVar(&cfg.ServerPID, "server-pid", 0, "`process` whose CPU time and memory to tell, with its children")
	f.IntVar(&cfg.DatabasePID, "database-pid", 0, "the `process` of the database, likewise")
	f.StringVar(&out.json, "json", "", "write JSON into this `file`; -: to standard output, without a table")
	f.BoolVar(&out.quiet, "quiet", false, "say nothing until the end")
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(help, "quire bench [FLAG …] puts load on a server and tells what it bears.\n"+
			"It makes documents bench-…, which stay: use a database of its own.")
		f.SetOutput(help)
		f.PrintDefaults()
		return out, err
	case err != nil:
		return out, fmt.Errorf("%w; quire bench --help lists the flags", err)
	case f.NArg() > 0:
		return out, fmt.Errorf("%q: bench takes only flags; quire bench --help lists them", f.Arg(0))
	}
	cfg.Measure = time.Duration(*seconds * float64(time.Second))
	cfg.Warmup = time.Duration(*warmup * float64(time.Second))
	switch {
	case cfg.Token != "":
		cfg.JWTSecret = ""
	case cfg.JWTSecret == "": // not the flag's default, which --help prints
		cfg.JWTSecret = environ["JWT_SECRET"]
	}
	cfg.Trace, err = traceFile(cfg.Trace, environ["TRACES"])
	return out, err
}

// traceFile returns the path of a trace: name itself if it is a path, else a file in folder.
func traceFile(name, folder string) (string, error) {
	if name == "" || strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	if folder == "" {
		return "", fmt.Errorf("--trace %s: the variable TRACES must name the folder of the traces", name)
	}
	return filepath.Join(folder, name+".ndjson.gz"), nil
}

// write writes the result as a table, as JSON, or both.
func (o benchOutput) write(stdout io.Writer, result loadgen.Result) error {
	if o.json == "" {
		return result.WriteTable(stdout)
	}
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if o.json == "-" {
		_, err = stdout.Write(text)
		return err
	}
	return errors.Join(os.WriteFile(o.json, text, 0o644), result.WriteTable(stdout))
}
