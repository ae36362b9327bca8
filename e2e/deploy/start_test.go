package deploy

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"quire/e2e/internal/pg"
	"quire/e2e/internal/quire"
)

// The binary starts with exactly the environment that compose hands it; only the database is a file and the port another.
// It then prints the address of the first account, under the port that compose publishes, and the image's health check is
// content.
func TestServerStartsWithComposeEnvironment(t *testing.T) {
	quire.Full(t)
	env := handed(t, needed+"QUIRE_PORT=9000\nGOGC=200\n", "DATABASE_URL", "PORT")
	server := quire.New(t, "sqlite:"+filepath.Join(t.TempDir(), "quire.db"), env...)
	server.Start()
	check := exec.Command(server.Binary(), "healthcheck")
	check.Env = append(env, "PORT="+strconv.Itoa(server.Port), "DATABASE_URL=sqlite:unused.db")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("quire healthcheck: %v\n%s", err, out)
	}
	server.Stop() // and with it all that it printed is here: what is in the pipe comes later than the answer of /readyz
	if !regexp.MustCompile(`http://localhost:9000/setup/\S+`).MatchString(server.Log()) {
		t.Errorf("the first start printed no set-up address at the published port:\n%s", server.Log())
	}
	if err := exec.Command(server.Binary(), "healthcheck", "--port", strconv.Itoa(server.Port)).Run(); err == nil {
		t.Error("quire healthcheck is content with a server that has ended")
	}
}

// Compose cannot demand one of two settings; Quire does, at once and by name.
func TestServerDemandsASecretKey(t *testing.T) {
	quire.Full(t)
	for _, dotenv := range []string{"POSTGRES_PASSWORD=tulip\n", "POSTGRES_PASSWORD=tulip\nSECRET_KEY=\n"} {
		server := quire.New(t, "", append(handed(t, dotenv, "PORT"), "SECRET_KEY=")...)
		server.Launch()
		if code := server.Ended(); code == 0 || !strings.Contains(server.Log(), "SECRET_KEY: is required with Postgres") {
			t.Errorf("with %q it ended with code %d:\n%s", dotenv, code, server.Log())
		}
	}
}

// handed is the environment that compose hands to quire, but for what a test sets itself.
func handed(t *testing.T, dotenv string, but ...string) []string {
	t.Helper()
	var env []string
	for name, value := range given(loaded(t, dotenv)) {
		if !slices.Contains(but, name) {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// Whatever people choose as the database's password works: it does not become part of an address.
func TestAnyPasswordOfTheDatabaseWorks(t *testing.T) {
	quire.Full(t)
	postgres, err := pg.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postgres.Close)
	const password = `p/a@s:s#w?o%rd&$HOME"`
	if err := postgres.Lock("quire", password); err != nil {
		t.Fatal(err)
	}
	dotenv := "POSTGRES_PASSWORD='" + password + "'\nSECRET_KEY=0123456789abcdef0123456789abcdef\n"
	address := given(loaded(t, dotenv))["DATABASE_URL"]
	here := strings.Replace(address, "@postgres:5432/", "@127.0.0.1:"+strconv.Itoa(postgres.Port())+"/", 1)
	quire.New(t, here, handed(t, dotenv, "DATABASE_URL", "PORT")...).Start()
	wrong := quire.New(t, here, handed(t, needed, "DATABASE_URL", "PORT")...)
	wrong.Launch()
	if code := wrong.Ended(); code != 1 || !strings.Contains(wrong.Log(), "password authentication failed") {
		t.Errorf("with a wrong password it ended with code %d:\n%s", code, wrong.Log())
	}
}

// What the binary knows and what people are told must be the same settings.
func TestHelpNamesTheSettingsOfSelfHosting(t *testing.T) {
	quire.Full(t)
	server := quire.New(t, "sqlite:unused.db")
	out, err := exec.Command(server.Binary(), "--help").CombinedOutput()
	if err != nil {
		t.Fatalf("quire --help: %v\n%s", err, out)
	}
	explained, known := settingsTable(t), map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z][A-Z_]+) `).FindAllStringSubmatch(string(out), -1) {
		known[m[1]] = true
		if !explained[m[1]] {
			t.Errorf("quire --help names %s, which SELF-HOSTING.md does not explain", m[1])
		}
	}
	for name := range explained {
		if !known[name] {
			t.Errorf("SELF-HOSTING.md explains %s, which quire --help does not name", name)
		}
	}
}
