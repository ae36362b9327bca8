package pgtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"quire/storage/storagetest/pgtest/pgbin"
)

// Server is a Postgres of ours.
type Server struct {
	bin    string
	data   string
	port   int
	safe   bool
	tls    bool
	attrs  *syscall.SysProcAttr // who runs it, and that it dies with us
	shared templates

	mu      sync.Mutex
	process *process // nil while it is stopped
}

// process is one run of the server.
type process struct {
	cmd   *exec.Cmd
	ready chan struct{} // closed when it accepts connections
	ended chan struct{} // closed when it is no more
	said  *bytes.Buffer // its log; to be read when it has ended
}

// startTime bounds how long a server may take until it accepts connections, after a crash too.
const startTime = 60 * time.Second

// Option changes what Start starts.
type Option func(*Server)

// Durable leaves fsync and full_page_writes on: for tests that kill the server.
func Durable(s *Server) { s.safe = true }

// newServer makes a database cluster; it does not run yet.
func newServer(options ...Option) (*Server, error) {
	bin, err := pgbin.Find()
	if err != nil {
		return nil, err
	}
	sweep()
	s := &Server{bin: bin, attrs: dieWithUs()}
	for _, option := range options {
		option(s)
	}
	if s.data, err = os.MkdirTemp("", fmt.Sprint(prefix, os.Getpid(), "-")); err != nil {
		return nil, err
	}
	if err := s.leaveRoot(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.data))
	}
	err = s.initdb()
	if err == nil && s.tls {
		err = s.certify()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.data))
	}
	return s, nil
}

// leaveRoot has Postgres run as another user where we are root, which it refuses.
func (s *Server) leaveRoot() error {
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return fmt.Errorf("root, and neither postgres nor nobody to run Postgres as: %w", err)
		}
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.attrs.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.data, int(uid), int(gid))
}

func (s *Server) initdb() error {
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8")
	cmd.Dir, cmd.SysProcAttr = s.data, s.attrs
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// Start runs the server on its data, and returns when it accepts connections.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return errors.New("pgtest: it runs already")
	}
	var err error
	for range 3 { // another process may take the port before Postgres does
		if s.port == 0 {
			if s.port, err = freePort(); err != nil {
				return err
			}
		}
		if s.process, err = s.run(); err == nil {
			return nil
		}
		s.process = nil
		if !strings.Contains(err.Error(), "could not bind") {
			break
		}
		s.port = 0
	}
	return fmt.Errorf("pgtest: start: %w", err)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (s *Server) run() (*process, error) {
	args := []string{"-D", s.data, "-p", fmt.Sprint(s.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
		"-c", "wal_retrieve_retry_interval=50ms"} // else a standby lets five seconds pass between two tries to receive
	if !s.safe {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	if s.tls {
		args = append(args, "-c", "ssl=on")
	}
	p := &process{cmd: exec.Command(filepath.Join(s.bin, "postgres"), args...), ready: make(chan struct{}), ended: make(chan struct{}), said: &bytes.Buffer{}}
	p.cmd.Dir, p.cmd.SysProcAttr = s.data, s.attrs
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error)
	go p.mind(stderr, started)
	if err := <-started; err != nil {
		return nil, err
	}
	select {
	case <-p.ready:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("it ended: %s", p.said)
	case <-time.After(startTime):
		p.end(syscall.SIGKILL)
		return nil, fmt.Errorf("not ready after %v: %s", startTime, p.said)
	}
}

// mind starts the process, reads its log and waits for its end. It keeps its thread: the process would get its
// Pdeathsig if the thread that started it ended.
func (p *process) mind(stderr io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer close(p.ended)
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	ready := false
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(p.said, lines.Text())
		if !ready && strings.Contains(lines.Text(), "ready to accept") {
			ready = true
			close(p.ready)
		}
	}
	p.cmd.Wait() // however it ended: its log tells
}

// end sends the signal and waits until the server, all its processes, is gone.
func (p *process) end(signal syscall.Signal) {
	children := childrenOf(p.cmd.Process.Pid)
	p.cmd.Process.Signal(signal) // it may have ended by itself
	if signal == syscall.SIGKILL {
		for _, pid := range children {
			syscall.Kill(pid, signal)
		}
	}
	<-p.ended // its log ends when the last of its processes has closed it
}

func childrenOf(pid int) []int {
	listed, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // without it they end by themselves, later
	var pids []int
	for _, field := range strings.Fields(string(listed)) {
		if child, err := strconv.Atoi(field); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}

func (s *Server) end(signal syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		s.process.end(signal)
		s.process = nil
	}
}

// Kill9 ends all its processes at once, as the kernel does when memory runs out.
func (s *Server) Kill9() { s.end(syscall.SIGKILL) }

// StopImmediate ends it without a checkpoint, as `pg_ctl stop -m immediate` does.
func (s *Server) StopImmediate() { s.end(syscall.SIGQUIT) }

// Stop ends it in good order, connections or not.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Remove stops it and removes its data.
func (s *Server) Remove() error {
	s.StopImmediate()
	return os.RemoveAll(s.data)
}

// URL is the address of a database of the server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}
