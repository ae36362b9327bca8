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
	"syscall"
	"time"

	"quire/e2e/bench/report"
	"quire/e2e/internal/pg"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of the program.
type bench struct {
	options
	ctx      context.Context // of the whole run
	out      io.Writer
	began    time.Time
	scratch  string // folder on the disk that is measured
	postgres *pg.Postgres
	results  report.Results
}

func run(ctx context.Context, args []string, out io.Writer) error {
	known := rows()
	o, err := parse(args, known)
	if err != nil {
		return err
	}
	if o.list {
		for _, r := range known {
			fmt.Fprintf(out, "%-10s %s\n", r.id, r.title)
		}
		return nil
	}
	b := &bench{options: o, ctx: ctx, out: out, began: time.Now()}
	if o.render {
		return b.renderAgain()
	}
	if err := b.open(); err != nil {
		return err
	}
	defer b.close()
	b.measureAll(ctx, known)
	return errors.Join(b.write(), ctx.Err())
}

// open finds what is needed and starts Postgres, with the durability that it has unless told otherwise.
func (b *bench) open() error {
	var err error
	if b.quire, err = filepath.Abs(b.quire); err != nil {
		return err
	}
	if _, err := os.Stat(b.quire); err != nil {
		return fmt.Errorf("run `make bench`, which builds it: %w", err)
	}
	if b.into != "" { // a run whose results cannot be kept is not begun
		if err := os.MkdirAll(b.into, 0o755); err != nil {
			return err
		}
	}
	if err := raiseFiles(); err != nil {
		return err
	}
	if b.postgres, err = pg.Run("log_min_duration_statement=20", "log_parameter_max_length=0", "max_connections=100"); err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp("", "quire-bench-"); err != nil {
		b.postgres.Close()
	}
	return err
}

func (b *bench) close() {
	b.postgres.Close()
	os.RemoveAll(b.scratch)
}

// measureAll measures the rows that were asked for. When ctx ends early, or time runs out, the rest stays unmeasured, and the
// results say so.
func (b *bench) measureAll(ctx context.Context, known []row) {
	var wanted []row
	left := machineTakes
	for _, r := range known {
		if b.wants(r.id) {
			wanted = append(wanted, r)
			left += r.takes(b.options)
		}
	}
	fmt.Fprintf(b.out, "%d rows; this will take about %s. Nothing else should run meanwhile.\n", len(wanted), left.Round(time.Minute/2))
	b.results = report.Results{Taken: b.began, Rounds: b.rounds, Partial: b.partial()}
	b.results.Facts = b.machine(ctx)
	left -= machineTakes
	for i, r := range wanted {
		b.say("row %d of %d, %s; about %s left", i+1, len(wanted), r.title, left.Round(10*time.Second))
		left -= r.takes(b.options)
		measured := b.begin(r)
		if time.Since(b.began)+r.takes(b.options) > b.longest() {
			b.results.Partial = fmt.Sprintf("the machine was too slow to measure all within %s", b.longest())
			b.note(measured, "not measured: no time was left")
			continue
		}
		if err := r.run(ctx, b, measured); ctx.Err() != nil {
			b.results.Partial = "an interrupted run, up to the row " + r.id
			b.note(measured, "interrupted")
			break
		} else if err != nil {
			b.note(measured, "%v", err)
		}
		fmt.Fprintf(b.out, "\n%s\n", report.RowTable(measured))
	}
	b.results.Took = time.Since(b.began)
}

// longest is how long a run may take: 25 minutes for three rounds.
func (b *bench) longest() time.Duration {
	return 25 * time.Minute * time.Duration(max(b.rounds, 3)) / 3
}

func (b *bench) begin(r row) *report.Row {
	b.results.Rows = append(b.results.Rows, report.Row{ID: r.id, Title: r.title, Short: r.short, How: r.how(b.options), Goals: r.goals})
	return &b.results.Rows[len(b.results.Rows)-1]
}

// note keeps a remark on a row, and tells it at once.
func (b *bench) note(r *report.Row, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.Notes = append(r.Notes, text)
	b.say("%s", text)
}

// write tells the verdicts and stores the results: of a whole run where they belong.
func (b *bench) write() error {
	fmt.Fprintf(b.out, "%s\n", report.GoalTable(&b.results))
	folder := b.into
	if folder == "" && b.results.Partial == "" {
		folder = b.folder()
	}
	if folder == "" {
		b.say("done; not written down, because these are %s (OUT=folder writes all the same)", b.results.Partial)
		return nil
	}
	data, err := json.MarshalIndent(&b.results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "results.json"), append(data, '\n'), 0o644); err != nil {
		return err
	}
	return b.render(folder)
}

// render writes what is for readers.
func (b *bench) render(folder string) error {
	for name, text := range map[string]string{"RESULTS.md": report.Markdown(&b.results), "results.svg": report.SVG(&b.results)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	b.say("written: RESULTS.md and results.svg in %s", folder)
	return nil
}

// renderAgain reads results.json and measures nothing.
func (b *bench) renderAgain() error {
	folder := b.into
	if folder == "" {
		folder = b.folder()
	}
	data, err := os.ReadFile(filepath.Join(folder, "results.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &b.results); err != nil {
		return err
	}
	return b.render(folder)
}

// raiseFiles lets this process and its children open as many files as the system allows: each socket is one.
func raiseFiles() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}
