package deploy

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"quire/e2e/internal/quire"
)

const (
	buildWithin   = 20 * time.Minute // on two busy cores, everything fetched anew
	commandWithin = 5 * time.Minute
	comesUpWithin = 2 * time.Minute
)

// awkward is a password as people may choose one: in an address it would have to be encoded.
const awkward = `p/a@s:s#w?o%rd&$HOME"`

// stack is Quire as the README starts it, in a folder of its own with the sources and an .env, and under a project, an
// image, a port and a network of its own: nothing that this machine has already is touched.
type stack struct {
	t       *testing.T
	ctx     context.Context // ends before the test is made to, so that what was started is still taken away
	project string
	folder  string
	port    int
}

// needEngine skips, saying why, where no containers can be had.
func needEngine(t *testing.T) {
	t.Helper()
	if os.Getenv("QUIRE_LONG") == "" {
		t.Skip("builds the image and runs it, which takes minutes: runs in `make test-long` (QUIRE_LONG=1), where `docker info` answers")
	}
	for _, command := range []string{"docker compose version", "docker info"} {
		if out, err := within(t.Context(), time.Minute, "", "sh", "-c", command); err != nil {
			t.Skipf("there is no container engine: %s: %v: %s", command, err, lastLine(out))
		}
	}
	for _, image := range baseImages(t) {
		if _, err := within(t.Context(), time.Minute, "", "docker", "image", "inspect", image); err == nil {
			continue
		}
		if out, err := within(t.Context(), commandWithin, "", "docker", "pull", "--quiet", image); err != nil {
			t.Skipf("the image %s is not here and cannot be had: %v: %s", image, err, lastLine(out))
		}
	}
}

var (
	from   = regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`)
	pulled = regexp.MustCompile(`(?m)^    image: ([^$\s]+)$`)
)

// baseImages are those that the Dockerfile and docker-compose.yml take from elsewhere.
func baseImages(t *testing.T) []string {
	t.Helper()
	var images []string
	for _, m := range append(from.FindAllStringSubmatch(read(t, "Dockerfile"), -1), pulled.FindAllStringSubmatch(read(t, "docker-compose.yml"), -1)...) {
		images = append(images, m[1])
	}
	if len(images) < 5 {
		t.Fatalf("only the images %v are found", images)
	}
	return images
}

// newStack lays the sources out; nothing runs yet. Whatever is started is taken away in the end, with its data.
func newStack(t *testing.T) *stack {
	t.Helper()
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	if end, set := t.Deadline(); set {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Minute))
		t.Cleanup(cancel)
	}
	port := quire.FreePort(t)
	s := &stack{t: t, ctx: ctx, project: fmt.Sprintf("quire-test-%d", port), folder: t.TempDir(), port: port}
	s.copySources()
	dotenv := read(t, ".env.example")
	for name, value := range map[string]string{"POSTGRES_PASSWORD": "'" + awkward + "'", "SECRET_KEY": quire.Key} {
		dotenv = strings.Replace(dotenv, "\n"+name+"=\n", "\n"+name+"="+value+"\n", 1)
	}
	write(t, filepath.Join(s.folder, ".env"), dotenv+fmt.Sprintf(
		"COMPOSE_PROJECT_NAME=%s\nQUIRE_IMAGE=%s\nQUIRE_PORT=127.0.0.1:%d\nQUIRE_NETWORK=10.87.%d\nJWT_SECRET='%s'\n",
		s.project, s.project, port, port%256, quire.Secret))
	t.Cleanup(func() {
		defer stop()
		if t.Failed() {
			out, _ := s.sh(context.Background(), "docker compose ps --all; docker compose logs --tail 100")
			t.Logf("the containers, and the end of their logs:\n%s", out)
		}
		s.takeAway()
	})
	return s
}

// takeAway ends the stack and checks that nothing of it stays.
func (s *stack) takeAway() {
	if out, err := s.sh(context.Background(), "docker compose down -v --timeout 10; docker image rm --force "+s.project); err != nil {
		s.t.Errorf("docker compose down -v: %v\n%s", err, out)
	}
	mine := "--filter label=com.docker.compose.project=" + s.project
	left, err := s.sh(context.Background(), "docker ps --all --quiet "+mine+"; docker volume ls --quiet "+mine+"; docker network ls --quiet "+mine)
	if err != nil || left != "" {
		s.t.Errorf("docker compose down -v left %q (%v)", left, err)
	}
}

// copySources copies what git knows, as a clone has it, with what is not committed yet.
func (s *stack) copySources() {
	s.t.Helper()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		s.t.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		} else if err != nil {
			s.t.Fatal(err)
		}
		write(s.t, filepath.Join(s.folder, name), read(s.t, name))
		if err := os.Chmod(filepath.Join(s.folder, name), info.Mode()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// run types a command line in the folder, as the documents show it, and returns what it printed; it must succeed.
func (s *stack) run(line string) string {
	s.t.Helper()
	out, err := s.sh(s.ctx, line)
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", strings.TrimSpace(line), err, out)
	}
	return out
}

func (s *stack) sh(ctx context.Context, line string) (string, error) {
	limit := commandWithin
	if strings.Contains(line, "--build") {
		limit = buildWithin
	}
	return within(ctx, limit, s.folder, "sh", "-ec", line)
}

// within runs a program. No setting of this shell's reaches compose, which would count more than .env.
func within(ctx context.Context, limit time.Duration, folder, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.WaitDelay = folder, 10*time.Second
	example, err := os.ReadFile(filepath.Join(root, ".env.example"))
	if err != nil {
		return "", err
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "COMPOSE_") && !regexp.MustCompile(`(?m)^#?`+regexp.QuoteMeta(name)+`(_FILE)?=`).Match(example) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

func (s *stack) url() string { return fmt.Sprintf("http://127.0.0.1:%d", s.port) }

// ready returns when Quire takes requests, by way of the published port.
func (s *stack) ready() {
	s.t.Helper()
	s.until("/readyz is 200", func() bool {
		got, err := quire.Status(s.ctx, s.url()+"/readyz")
		return err == nil && got == http.StatusOK
	})
}

// until looks again and again.
func (s *stack) until(what string, holds func() bool) {
	s.t.Helper()
	for end := time.Now().Add(comesUpWithin); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) || s.ctx.Err() != nil {
			s.t.Fatalf("not within %v: %s (%v)", comesUpWithin, what, s.ctx.Err())
		}
	}
}
