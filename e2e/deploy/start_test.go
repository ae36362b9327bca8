package deploy

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"quire/e2e/internal/quire"
)

// The binary starts with exactly the environment that compose hands it, empty values and all; only the database is a file
// and the port another. It then prints the address of the first account, and the image's health check is content.
func TestServerStartsWithComposeEnvironment(t *testing.T) {
	quire.Full(t)
	var env []string
	for name, value := range loaded(t).Services["quire"].Environment {
		if name != "DATABASE_URL" && name != "PORT" && value != nil {
			env = append(env, name+"="+*value)
		}
	}
	server := quire.New(t, "sqlite:"+filepath.Join(t.TempDir(), "quire.db"), env...)
	server.Start()
	check := exec.Command(server.Binary(), "healthcheck")
	check.Env = append(env, "PORT="+strconv.Itoa(server.Port))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("quire healthcheck: %v\n%s", err, out)
	}
	server.Stop() // and with it all that it printed is here: what is in the pipe comes later than the answer of /readyz
	if !regexp.MustCompile(`http://\S+/setup/\S+`).MatchString(server.Log()) {
		t.Errorf("the first start printed no set-up address:\n%s", server.Log())
	}
	if err := exec.Command(server.Binary(), "healthcheck", "--port", strconv.Itoa(server.Port)).Run(); err == nil {
		t.Error("quire healthcheck is content with a server that has ended")
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
