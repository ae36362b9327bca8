package pg

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"quire/e2e/internal/tail"
	"quire/e2e/internal/tether"
	"quire/storage/storagetest/pgtest/pgbin"
)

const startWithin = 60 * time.Second

// Postgres is a cluster with its own data folder and port.
type Postgres struct {
	bin    string
	folder string
	data   string
	port   int
	as     *syscall.Credential // the user it runs as; nil: our own
	cmd    *exec.Cmd
	done   chan struct{}
	log    *tail.Tail
	extra  []string // settings of the form name=value
	number atomic.Int32
}

// Run creates a cluster and starts it. settings are of the form name=value. If Postgres is not installed, the error says where Run
// looked for it.
func Run(settings ...string) (*Postgres, error) {
	bin, err := pgbin.Find()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "quire-pg-") // t.TempDir is below folders that other users may not enter
	if err != nil {
		return nil, err
	}
	p := &Postgres{bin: bin, folder: folder, data: filepath.Join(folder, "data"), log: tail.New(1 << 20), extra: settings}
	if err := p.initialize(); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.Start(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Postgres) initialize() error {
	var err error
	if p.port, err = freePort(); err != nil {
		return err
	}
	if os.Getuid() == 0 { // Postgres refuses root
		if p.as, err = ordinary(); err != nil {
			return err
		}
		if err := os.Chown(p.folder, int(p.as.Uid), int(p.as.Gid)); err != nil {
			return err
		}
	}
	init := p.command("initdb", "-D", p.data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-locale", "-E", "UTF8")
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

// Close kills it and deletes its data.
func (p *Postgres) Close() {
	p.Kill()
	os.RemoveAll(p.folder)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// ordinary returns a user who may run Postgres: postgres, else nobody.
func ordinary() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("Postgres does not run as root, and there is neither a user postgres nor nobody")
}

func (p *Postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir = filepath.Dir(p.data)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	tether.Tie(cmd)
	return cmd
}

// Start starts it and waits until it answers. After Kill it recovers first.
func (p *Postgres) Start() error {
	p.log.Take()
	args := []string{"-D", p.data, "-p", strconv.Itoa(p.port)}
	for _, setting := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=50"}, p.extra...) {
		args = append(args, "-c", setting)
	}
	cmd := p.command("postgres", args...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		close(done)
	}()
	p.cmd, p.done = cmd, done
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, p.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-done:
			return fmt.Errorf("Postgres ended: %v\n%s", cmd.ProcessState, p.log.String())
		case <-ctx.Done():
			return fmt.Errorf("Postgres did not answer within %v: %w", startWithin, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Pid returns the id of the postmaster, whose children all other processes are.
func (p *Postgres) Pid() int { return p.cmd.Process.Pid }

// Folder returns the folder that holds everything it writes.
func (p *Postgres) Folder() string { return p.folder }

// TakeLog returns what it has logged since the last call, at most the last MiB.
func (p *Postgres) TakeLog() string { return p.log.Take() }

// Stop shuts it down in order, as an administrator does: connections are closed and everything is written.
func (p *Postgres) Stop() {
	p.cmd.Process.Signal(syscall.SIGINT)
	<-p.done
	p.cmd = nil
}

// Strike sends the signals of Kill without waiting. Any goroutine may call it while Postgres runs. Kill must follow.
func (p *Postgres) Strike() {
	for _, pid := range append(children(p.cmd.Process.Pid), p.cmd.Process.Pid) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// Kill does `kill -9` to the postmaster and all its children at once, and waits for their end. It does nothing if none runs.
func (p *Postgres) Kill() {
	if p.cmd == nil {
		return
	}
	pids := append(children(p.cmd.Process.Pid), p.cmd.Process.Pid)
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.done
	for _, pid := range pids { // while a child holds the shared memory, Postgres does not start
		for syscall.Kill(pid, 0) == nil && !zombie(pid) {
			time.Sleep(time.Millisecond)
		}
	}
	p.cmd = nil
}

// children lists the processes whose parent is pid.
func children(pid int) []int {
	var found []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		state, parent := stat(file)
		if state != "" && parent == pid {
			if n, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				found = append(found, n)
			}
		}
	}
	return found
}

func zombie(pid int) bool {
	state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state == "" || state == "Z"
}

// stat reads a process's state and parent from /proc: "pid (name) state parent …", where name may contain any character.
func stat(file string) (state string, parent int) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", 0
	}
	_, rest, _ := strings.Cut(string(data[bytes.LastIndexByte(data, ')')+1:]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return "", 0
	}
	parent, _ = strconv.Atoi(fields[1])
	return fields[0], parent
}

func (p *Postgres) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", p.port, database)
}

// NewDatabase creates an empty database and returns its URL.
func (p *Postgres) NewDatabase() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	name := fmt.Sprintf("quire%d", p.number.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return p.url(name), nil
}
