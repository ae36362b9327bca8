package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"quire/collab/delta"
	"quire/e2e/internal/quire"
)

const desk = "desk-1" // the document that everybody writes in

// What the README and SELF-HOSTING.md tell people to type, on a real engine: the image is built, people write while Quire and
// Postgres are killed and the whole is taken down and up again, a dump is restored in place and on a new machine (P1, P2).
func TestComposeOnAnEngine(t *testing.T) {
	needEngine(t)
	s := newStack(t)
	begun := time.Now()
	s.run(typed(t, "README.md", "docker compose up -d --build"))
	built := time.Since(begun)
	if version := s.run("docker compose exec -T quire quire version"); !strings.HasPrefix(version, "src-") {
		t.Errorf("the image's version is %q", version)
	}
	sees(t, s.signUp(s.run(typed(t, "README.md", "docker compose logs"))), http.StatusCreated, "the first account")
	s.ready()

	crew := s.seat()
	for range 2 {
		crew.write(60)
		s.killQuire()
		crew.write(60)
		s.run("docker compose kill postgres") // by SIGKILL, after which the engine leaves it alone
		s.run("docker compose up -d")
		s.ready()
	}
	crew.write(60)
	s.run("docker compose down")
	s.run("docker compose up -d")
	s.ready()
	crew.write(60)
	acked := crew.leave()

	s.run(shown(t, "compose-backup"))
	dumped := s.text()
	holdsOnce(t, dumped, acked)
	s.append("Written after the dump.")
	s.run(shown(t, "compose-restore"))
	s.restored(dumped, "the dump restored in place")

	s.run("docker compose down -v")
	s.run(typed(t, "SELF-HOSTING.md", "docker compose up -d --wait postgres"))
	s.run(shown(t, "compose-restore"))
	s.restored(dumped, "the dump restored on a new machine")
	s.append("Written on the new machine.")
	t.Logf("FIGURE compose on an engine: built in %.0f s; %d tokens acknowledged through 2 kill -9 of each, down and up, 0 lost, 0 twice; %.0f s",
		built.Seconds(), len(acked), time.Since(begun).Seconds())
}

// killQuire kills the process; the engine starts it again by itself.
func (s *stack) killQuire() {
	s.t.Helper()
	restarts := func() string {
		return s.run("docker inspect --format '{{.RestartCount}} {{.State.StartedAt}}' $(docker compose ps --all --quiet quire)")
	}
	before := restarts()
	s.run("docker compose exec -T quire sh -c 'kill -9 $(pidof quire)' || true") // the shell in there may die with it
	s.until("the engine starts Quire again", func() bool { return restarts() != before })
	s.ready()
}

var setupAddress = regexp.MustCompile(`(http://\S+)/setup/(\S+)`)

// typed is a command that a document shows, by how it begins.
func typed(t *testing.T, document, begins string) string {
	t.Helper()
	line := regexp.MustCompile(regexp.QuoteMeta(begins) + "[^`\n]*").FindString(read(t, document))
	if line == "" {
		t.Fatalf("%s does not show %q", document, begins)
	}
	return line
}

// signUp makes the first account at the address that the log shows.
func (s *stack) signUp(log string) *http.Response {
	s.t.Helper()
	printed := setupAddress.FindStringSubmatch(log)
	if printed == nil || !strings.HasSuffix(printed[1], fmt.Sprintf(":%d", s.port)) {
		s.t.Fatalf("the log shows the address %q, published is %d", printed, s.port)
	}
	return s.post(printed[1], "/auth/signup", map[string]string{
		"name": "Ada", "email": "ada@example.org", "password": "a short sentence is easiest", "setup_code": printed[2],
	})
}

func (s *stack) post(origin, path string, body any) *http.Response {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, origin+"/api/v1"+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Origin", origin)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return res
}

func sees(t *testing.T, res *http.Response, want int, what string) {
	t.Helper()
	if res.StatusCode != want {
		t.Fatalf("%s: %s", what, res.Status)
	}
}

// api speaks for an application that owns the document.
func (s *stack) api() quire.API {
	return quire.API{URL: s.url(), Token: quire.Token("owner", "Owner", map[string]string{"desk-*": "owner"})}
}

func (s *stack) text() string {
	s.t.Helper()
	content, err := s.api().Content(s.ctx, desk)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := delta.Decode(content.Ops, delta.Limits{})
	if err != nil {
		s.t.Fatal(err)
	}
	return text.PlainText()
}

// append writes at the document's beginning, over REST.
func (s *stack) append(text string) {
	s.t.Helper()
	was, err := s.api().Content(s.ctx, desk)
	if err != nil {
		s.t.Fatal(err)
	}
	before := s.text()
	op := map[string]any{"base_revision": was.Revision, "op": []any{map[string]string{"insert": text}}}
	if err := s.api().Do(s.ctx, http.MethodPost, "/documents/"+desk+"/ops", op, nil); err != nil {
		s.t.Fatal(err)
	}
	if got := s.text(); got != text+before {
		s.t.Fatalf("after writing %q the document is %q", text, got)
	}
}

// restored checks that what was dumped is there again, and nothing else: the text, and the account.
func (s *stack) restored(dumped, what string) {
	s.t.Helper()
	s.ready()
	if got := s.text(); got != dumped {
		s.t.Errorf("%s: the document is\n%q\nwant\n%q", what, got, dumped)
	}
	res := s.post(s.url(), "/auth/signin", map[string]string{"email": "ada@example.org", "password": "a short sentence is easiest"})
	sees(s.t, res, http.StatusOK, what+", signing in")
}
