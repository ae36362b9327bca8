package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var (
	assigned  = regexp.MustCompile(`(?m)^#?([A-Z][A-Z_]+)=`)
	reference = regexp.MustCompile(`\$\{([A-Z_]+)`)
	copied    = regexp.MustCompile(`(?m)^COPY (.+)$`)
)

// Whatever compose reads from .env is explained there.
func TestEnvExampleExplainsWhatComposeReads(t *testing.T) {
	explained := map[string]bool{}
	for _, m := range assigned.FindAllStringSubmatch(read(t, ".env.example"), -1) {
		explained[m[1]] = true
	}
	for _, m := range reference.FindAllStringSubmatch(read(t, "docker-compose.yml"), -1) {
		if !explained[strings.TrimSuffix(m[1], "_FILE")] {
			t.Errorf("docker-compose.yml reads %s, which .env.example does not mention", m[1])
		}
	}
}

// A copied .env.example must not start with somebody else's secret.
func TestEnvExampleHoldsNoSecret(t *testing.T) {
	for line := range strings.Lines(read(t, ".env.example")) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(name, "#") && value != "" {
			t.Errorf(".env.example sets %s", strings.TrimSpace(line))
		}
	}
}

func TestDockerfile(t *testing.T) {
	file := read(t, "Dockerfile")
	stages := strings.Split(file, "\nFROM ")
	final := stages[len(stages)-1]
	for _, want := range []string{"\nUSER 10001", `HEALTHCHECK`, `CMD ["quire", "healthcheck"]`, "HOST=0.0.0.0", "VOLUME /data", `ENTRYPOINT ["quire"]`} {
		if !strings.Contains(final, want) {
			t.Errorf("the image's last stage lacks %q", strings.TrimSpace(want))
		}
	}
	if strings.Contains(final, "\nRUN ") {
		t.Error("the image's last stage runs something, which on another architecture needs an emulator")
	}
	if strings.Contains(final, "DATABASE_URL=") {
		t.Error("the image sets DATABASE_URL, beside which DATABASE_URL_FILE would be refused")
	}
	for _, want := range []string{"GOOS=$TARGETOS", "GOARCH=$TARGETARCH", "--platform=$BUILDPLATFORM"} {
		if !strings.Contains(file, want) {
			t.Errorf("Dockerfile lacks %q: it must build for amd64 and arm64", want)
		}
	}
}

// .dockerignore lets in only what is named, so a folder that is copied but not named would be missing in the image.
func TestDockerfileCopiesWhatExists(t *testing.T) {
	for _, m := range copied.FindAllStringSubmatch(read(t, "Dockerfile"), -1) {
		if strings.Contains(m[1], "--from=") {
			continue
		}
		parts := strings.Fields(m[1])
		for _, source := range parts[:len(parts)-1] {
			if _, err := os.Stat(filepath.Join(root, source)); err != nil {
				t.Errorf("COPY %s: %v", m[1], err)
			}
		}
	}
}
