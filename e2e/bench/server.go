package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"quire/e2e/bench/report"
	"quire/e2e/internal/quire"
)

// server is a system that runs.
type server struct {
	system  string
	url     string // of its socket
	program *program
	bench   *bench
}

// serve starts the system that the store is for.
func (b *bench) serve(ctx context.Context, s *store) (*server, error) {
	if s.system == report.QuirePostgres || s.system == report.QuireSQLite {
		return b.serveQuire(ctx, s)
	}
	cmd := exec.Command("node", "peer.mjs", "memory")
	if s.system == report.ShareDBPostgres {
		cmd = exec.Command("node", "peer.mjs", "postgres", s.address)
	}
	cmd.Dir = b.folder()
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	p, port, err := launch(ctx, s.system, cmd, regexp.MustCompile(`(?m)^ready (\d+)$`))
	if err != nil {
		return nil, err
	}
	return &server{s.system, "ws://127.0.0.1:" + port + "/", p, b}, nil
}

// serveQuire runs it as it comes, with application tokens allowed, and with its log of slow commits.
func (b *bench) serveQuire(ctx context.Context, s *store) (*server, error) {
	cmd := exec.Command(b.quire, "serve")
	cmd.Dir = b.scratch
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.scratch, "HOST=127.0.0.1", "PORT=0", "DATABASE_URL=" + s.address,
		"SECRET_KEY=" + quire.Key, "JWT_SECRET=" + quire.Secret, "LOG_LEVEL=debug",
	}
	p, port, err := launch(ctx, s.system, cmd, regexp.MustCompile(`serves http://[^\s:]+:(\d+)`))
	if err != nil {
		return nil, err
	}
	return &server{s.system, "ws://127.0.0.1:" + port + "/api/v1/socket", p, b}, nil
}

func (s *server) stop() {
	if err := s.program.stop(); err != nil {
		s.bench.say("%v", err)
	}
}

// slowCommits are those over 20 ms since the last call, in ms: as Postgres logged them, or Quire on SQLite.
func (s *server) slowCommits() []float64 {
	if onPostgres(s.system) {
		return durations(postgresSlow, s.bench.postgres.TakeLog())
	}
	return durations(quireSlow, s.program.log.Take())
}

var (
	postgresSlow = regexp.MustCompile(`duration: ([\d.]+ ms)`)
	quireSlow    = regexp.MustCompile(`msg="slow commit" took=(\S+)`)
)

// durations finds what the log says took long.
func durations(pattern *regexp.Regexp, log string) []float64 {
	var found []float64
	for _, m := range pattern.FindAllStringSubmatch(log, -1) {
		if ms, ok := milliseconds(m[1]); ok {
			found = append(found, ms)
		}
	}
	return found
}

// milliseconds reads "34.5 ms" and Go's "34.5ms" or "1.2s".
func milliseconds(text string) (float64, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return d.Seconds() * 1000, true
	}
	number, isMS := strings.CutSuffix(text, " ms")
	v, err := strconv.ParseFloat(number, 64)
	return v, isMS && err == nil
}

// folder is this package's, where the peers are.
func (b *bench) folder() string { return filepath.Join(b.root, "e2e", "bench") }

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.out, "[%s] %s\n", time.Since(b.began).Round(time.Second), fmt.Sprintf(format, args...))
}
