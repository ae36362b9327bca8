package quire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"quire/e2e/internal/tail"
	"quire/e2e/internal/tether"
)

const (
	// Secret signs application tokens; Key signs everything else of the servers started here.
	Secret = "a secret of the tests, at least 32 bytes long"
	Key    = "the signing key of the tests, 32 bytes or more"

	readyWithin = 30 * time.Second
	stopWithin  = 20 * time.Second
)

// Full skips the test, with a message, unless the expensive tests were asked for, as `make test` does.
func Full(t *testing.T) {
	t.Helper()
	if os.Getenv("QUIRE_FULL") == "" {
		t.Skip("needs the built binary and takes long: runs in `make test` (QUIRE_FULL=1)")
	}
}

// Server is a Quire that can be started again and again on the same port and data.
type Server struct {
	URL    string
	Port   int
	CA     string       // the file of the certificate authority to trust; "" without TLS
	Client *http.Client // nil: http.DefaultClient

	t    testing.TB
	bin  string
	env  []string
	log  *tail.Tail
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
}

// New prepares a server on a free port, without starting it. env overrides the environment set here.
func New(t testing.TB, databaseURL string, env ...string) *Server {
	t.Helper()
	bin := os.Getenv("QUIRE_BIN")
	if bin == "" {
		t.Fatal("QUIRE_BIN is not set: run `make test`, or `make build` and set it to the path of bin/quire")
	}
	bin, err := filepath.Abs(bin)
	if err != nil {
		t.Fatal(err)
	}
	port := FreePort(t)
	s := &Server{
		URL: "http://127.0.0.1:" + strconv.Itoa(port), Port: port,
		t: t, bin: bin, log: tail.New(1 << 20),
		env: append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
			"HOST=127.0.0.1", "PORT=" + strconv.Itoa(port),
			"DATABASE_URL=" + databaseURL, "SECRET_KEY=" + Key, "JWT_SECRET=" + Secret,
			"ALLOW_UNSAFE_POSTGRES=1",
		}, env...),
	}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.log)
		}
	})
	return s
}

// Start starts the server and waits until it is ready.
func (s *Server) Start() {
	s.t.Helper()
	s.Launch()
	s.WaitReady()
}

// Launch starts the server without waiting.
func (s *Server) Launch() {
	s.t.Helper()
	cmd := exec.Command(s.bin, "serve")
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, s.log, s.log
	tether.Tie(cmd)
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("start %s: %v", s.bin, err)
	}
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		close(done)
	}()
	s.cmd, s.done = cmd, done
}

// WaitReady waits until /readyz says that the server is ready. It fails the test if the process ends or takes too long.
func (s *Server) WaitReady() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	for {
		if got, err := status(ctx, s.Client, s.URL+"/readyz"); err == nil && got == http.StatusOK {
			return
		}
		select {
		case <-s.done:
			s.t.Fatalf("the server ended with %v:\n%s", s.cmd.ProcessState, s.log)
		case <-ctx.Done():
			s.t.Fatalf("the server was not ready within %v:\n%s", readyWithin, s.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill does `kill -9` and waits for the end of the process. It does nothing if the server does not run.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	<-s.done
	s.cmd = nil
}

// Strike sends the signal of Kill without waiting. Any goroutine may call it while the server runs. Kill must follow.
func (s *Server) Strike() { s.cmd.Process.Kill() }

// Stop asks the server to end, as a restart does, and fails the test if it does not end in time or ends with an error.
func (s *Server) Stop() {
	s.t.Helper()
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(stopWithin):
		s.t.Fatalf("the server did not end within %v of SIGTERM:\n%s", stopWithin, s.log)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Fatalf("the server ended with code %d after SIGTERM:\n%s", code, s.log)
	}
	s.cmd = nil
}

// Ended waits until the server ends by itself and returns its exit code. It fails the test if that takes too long.
func (s *Server) Ended() int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(readyWithin):
		s.t.Fatalf("the server did not end within %v:\n%s", readyWithin, s.log)
	}
	code := s.cmd.ProcessState.ExitCode()
	s.cmd = nil
	return code
}

// Binary returns the path of the binary.
func (s *Server) Binary() string { return s.bin }

// Log returns what the server has written so far, at most the last MiB.
func (s *Server) Log() string { return s.log.String() }

// Status requests a URL and returns the HTTP status.
func Status(ctx context.Context, url string) (int, error) { return status(ctx, nil, url) }

func status(ctx context.Context, client *http.Client, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	res, err := cmp.Or(client, http.DefaultClient).Do(req)
	if err != nil {
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}

// FreePort returns a loopback port that was free a moment ago.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

var errStatus = errors.New("unexpected status")

func statusError(res *http.Response, body []byte) error {
	return fmt.Errorf("%w: %s %s: %s %.300s", errStatus, res.Request.Method, res.Request.URL.Path, res.Status, body)
}
