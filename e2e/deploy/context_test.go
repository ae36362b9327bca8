package deploy

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"quire/e2e/tree"
)

// ignored reads .dockerignore as the engine does.
func ignored(t *testing.T) *patternmatcher.PatternMatcher {
	t.Helper()
	patterns, err := ignorefile.ReadAll(strings.NewReader(read(t, ".dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	return matcher
}

// reaches fails the test if the file, named from the root, would be missing in the image's build.
func reaches(t *testing.T, matcher *patternmatcher.PatternMatcher, file string) {
	t.Helper()
	out, err := matcher.MatchesOrParentMatches(file)
	if err != nil {
		t.Fatal(err)
	}
	if out {
		t.Errorf(".dockerignore keeps %s out of the image's build", file)
	}
}

// builtFrom lists what `go build ./cmd/quire` reads of ours, from the root, embedded files too.
func builtFrom(t *testing.T) []string {
	t.Helper()
	tree.Watch(t, root)
	list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module,GoFiles,OtherFiles,EmbedFiles", "./cmd/quire")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"go.mod", "go.sum", "cmd/version.sh"}
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Dir                             string
			Module                          *struct{ Main bool }
			GoFiles, OtherFiles, EmbedFiles []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Module == nil || !p.Module.Main {
			continue
		}
		folder, err := filepath.Rel(top, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, names := range [][]string{p.GoFiles, p.OtherFiles, p.EmbedFiles} {
			for _, name := range names {
				files = append(files, filepath.Join(folder, name))
			}
		}
	}
}

func TestTheImageIsBuiltFromAllThatTheBinaryNeeds(t *testing.T) {
	matcher := ignored(t)
	files := builtFrom(t)
	if len(files) < 200 {
		t.Fatalf("the binary is built from only %d files", len(files))
	}
	for _, file := range files {
		if strings.HasPrefix(file, "frontend/dist/") && file != "frontend/dist/.gitkeep" {
			continue // built in the image's first stage
		}
		reaches(t, matcher, file)
	}
}

// The web app is built there, too: from its sources, and from what it shares with the server.
func TestTheImageIsBuiltFromAllThatTheWebAppNeeds(t *testing.T) {
	matcher, count := ignored(t), 0
	for _, folder := range []string{"frontend", "collab/wire/testdata"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "fuzz") {
				return filepath.SkipDir
			}
			if err == nil && !d.IsDir() {
				reaches(t, matcher, strings.TrimPrefix(path, root+"/"))
				count++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < 100 {
		t.Errorf("the web app has only %d files", count)
	}
}

// What a machine has beside the sources is not sent to the engine: it may be secret, large, or of another machine.
func TestTheImageIsNotBuiltFromWhatIsBeside(t *testing.T) {
	matcher := ignored(t)
	for _, file := range []string{".env", "data/quire.db", "data/secret.key", "bin/quire", ".git/config", "frontend/node_modules/vite/package.json",
		"frontend/dist/index.html", "frontend/client/dist/index.js", "e2e/node_modules/ws/package.json", "tls/privkey.pem"} {
		if out, err := matcher.MatchesOrParentMatches(file); err != nil || !out {
			t.Errorf("%s goes into the image's build (%v)", file, err)
		}
	}
}

// Where there is no git, as in the image's build, a build is named by its sources.
func TestABuildIsNamedByItsSources(t *testing.T) {
	name := func(file, text string) string {
		folder := t.TempDir()
		for _, path := range []string{"go.mod", "go.sum", "collab/a", "e2e/load/a", "frontend/a", "migrations/a", "server/a", "storage/a", file} {
			write(t, filepath.Join(folder, path), text)
		}
		write(t, filepath.Join(folder, "cmd/version.sh"), read(t, "cmd/version.sh"))
		out, err := exec.Command("sh", filepath.Join(folder, "cmd/version.sh")).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	one := name("server/a", "one")
	if !strings.HasPrefix(one, "src-") || len(one) != len("src-")+12 {
		t.Errorf("a build without git is called %q", one)
	}
	if again := name("server/a", "one"); again != one {
		t.Errorf("the same sources are called %q and %q", one, again)
	}
	if other := name("server/a", "two"); other == one {
		t.Errorf("other sources are called %q, too", other)
	}
	if beside := name("frontend/node_modules/b/c", "one"); beside != one {
		t.Errorf("a package that is not ours changes %q to %q", one, beside)
	}
	for _, folder := range []string{"collab", "e2e/load", "frontend", "migrations", "storage", "cmd"} {
		if other := name(folder+"/new", "one"); other == one {
			t.Errorf("a file more in %s leaves %q", folder, one)
		}
	}
}

var named = regexp.MustCompile(`(?m)^RUN (.+) > /version$`)

// What the image's build is called by: VERSION, or the sources. If neither can be had the build fails; it would be called nothing.
func TestTheImageIsCalledBySomething(t *testing.T) {
	line := named.FindStringSubmatch(read(t, "Dockerfile"))
	if line == nil {
		t.Fatal("the Dockerfile makes no /version")
	}
	called := func(script, version string) (string, error) {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "cmd/version.sh"), script) // not executable: a file system may know no such thing
		cmd := exec.Command("sh", "-c", line[1])
		cmd.Dir, cmd.Env = folder, append(os.Environ(), "VERSION="+version)
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
	if got, err := called("exit 1", "1.2.3"); got != "1.2.3" || err != nil {
		t.Errorf("with VERSION=1.2.3 it is called %q (%v)", got, err)
	}
	if got, err := called("echo src-1", ""); got != "src-1" || err != nil {
		t.Errorf("without VERSION it is called %q (%v)", got, err)
	}
	if got, err := called("exit 1", ""); err == nil {
		t.Errorf("where the sources cannot be read it is called %q", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
