package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// served is a quire serve in a process of its own.
type served struct {
	cmd    *exec.Cmd
	base   string
	errors *os.File // what reads its log
	log    *told
	read   sync.WaitGroup
}

type told struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *told) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *told) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// serveUnder runs one by a shell, after limits.
func serveUnder(t *testing.T, limits string) *served {
	t.Helper()
	p := &served{log: &told{}}
	p.cmd = exec.Command("sh", "-c", limits+` exec "$0"`, os.Args[0])
	p.cmd.Env = append(os.Environ(), "QUIRE_TEST_COMMAND=serve --port 0", "HOST=127.0.0.1", "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "quire.db"))
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.errors, p.cmd.Stderr = reads, writes
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writes.Close()
	p.read.Go(func() { io.Copy(p.log, reads) })
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		reads.Close()
		p.read.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("quire serve: %v\n%s", err, p.log)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), " serves ")
	p.base = strings.Replace(address, "localhost", "127.0.0.1", 1)
	return p
}

// stop ends it as an operator would.
func (p *served) stop(t *testing.T) {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v\n%s", err, p.log)
	}
}

// answers asks until the server says 200, as a client that comes back would.
func (p *served) answers(t *testing.T) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for end := time.Now().Add(30 * time.Second); ; {
		res, err := client.Get(p.base + "/readyz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("no answer: %v\n%s", err, p.log)
		}
	}
}

// More connections than descriptors end nobody's work: newcomers are refused, those who are there go on and can save, and who
// comes when others have left is served.
func TestP8RunningOutOfDescriptorsEndsNothing(t *testing.T) {
	p := serveUnder(t, "ulimit -n 64;")
	client := &http.Client{Timeout: 30 * time.Second} // keeps its connection
	defer client.CloseIdleConnections()
	ask := func(method, path, body string) int {
		t.Helper()
		req, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", p.base)
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			t.Fatalf("%s: %v\n%s", path, err, p.log)
		}
		defer res.Body.Close()
		io.Copy(io.Discard, res.Body)
		return res.StatusCode
	}
	ask("GET", "/healthz", "")
	var crowd []net.Conn
	refused := 0
	for range 84 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if err != nil {
			t.Fatalf("%v\n%s", err, p.log)
		}
		defer conn.Close()
		crowd = append(crowd, conn)
	}
	for _, conn := range crowd[60:] { // there can be no descriptor for these
		conn.SetDeadline(time.Now().Add(30 * time.Second))
		if got, _ := io.ReadAll(conn); strings.HasPrefix(string(got), "HTTP/1.1 503 ") {
			refused++
		}
	}
	if refused != len(crowd)-60 {
		t.Errorf("%d of %d newcomers were told to come back later", refused, len(crowd)-60)
	}
	for i := range 3 { // each takes descriptors of the database
		body := fmt.Sprintf(`{"name":"Ann","email":"ann%d@example.org","password":"a short sentence is easiest"}`, i)
		if got := ask("POST", "/api/v1/auth/signup", body); got != 201 {
			t.Errorf("who is connected gets %d while there is no room, want 201\n%s", got, p.log)
		}
	}
	for _, conn := range crowd {
		conn.Close()
	}
	p.answers(t)
	p.stop(t)
	log := p.log.String()
	if strings.Count(log, "newcomers are refused") != 1 || !strings.Contains(log, "open_files=64") {
		t.Errorf("want one line about the shortage, and the limit told:\n%s", log)
	}
}

// The limit of open files is raised to what the process may have.
func TestTheSoftLimitOfDescriptorsIsRaised(t *testing.T) {
	p := serveUnder(t, "ulimit -Sn 64; ulimit -Hn 2000;")
	p.answers(t)
	p.stop(t)
	if log := p.log.String(); !strings.Contains(log, "open_files=1999") && !strings.Contains(log, "open_files=2000") { // Go leaves one
		t.Errorf("the log does not tell the raised limit:\n%s", log)
	}
}

// Whoever reads the log may go away.
func TestALogThatNobodyReadsEndsNothing(t *testing.T) {
	p := serveUnder(t, "")
	p.answers(t)
	p.errors.Close()
	for range 3 {
		p.answers(t)
	}
	p.stop(t)
}
