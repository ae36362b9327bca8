package deploy

import (
	"strings"
	"testing"
)

// fixed are the settings that compose sets whatever .env says.
var fixed = map[string]bool{"HOST": true, "PORT": true}

// A setting that .env.example offers, and its file, reaches Quire; one that does not would be ignored without a word.
func TestEverySettingReachesQuire(t *testing.T) {
	names := []string{"GOGC", "GOMEMLIMIT"}
	for name := range settingsTable(t) {
		if !fixed[name] {
			names = append(names, name)
		}
	}
	var values, files []string
	for _, name := range names {
		values, files = append(values, name+"=9"), append(files, name+"_FILE=/run/secrets/x")
	}
	password := "POSTGRES_PASSWORD=tulip"
	lines := given(loaded(t, strings.Join(append(values, password), "\n")))
	shell := given(loaded(t, "", append(values, password)...))
	named := given(loaded(t, strings.Join(append(files, password), "\n")))
	for _, name := range names {
		if lines[name] != "9" {
			t.Errorf("%s=9 in .env reaches Quire as %q", name, lines[name])
		}
		if shell[name] != "9" {
			t.Errorf("%s=9 in the shell reaches Quire as %q", name, shell[name])
		}
		if got := named[name+"_FILE"]; got != "/run/secrets/x" {
			t.Errorf("%s_FILE in .env reaches Quire as %q", name, got)
		}
	}
}

// SECRET_KEY may come from a file, and then nothing else may stand beside it: Quire refuses two.
func TestTheSecretKeyMayComeFromAFile(t *testing.T) {
	env := given(loaded(t, "POSTGRES_PASSWORD=tulip\nSECRET_KEY_FILE=/run/secrets/key\n"))
	if env["SECRET_KEY"] != "" || env["SECRET_KEY_FILE"] != "/run/secrets/key" {
		t.Errorf("SECRET_KEY = %q, SECRET_KEY_FILE = %q", env["SECRET_KEY"], env["SECRET_KEY_FILE"])
	}
	env = given(loaded(t, needed+"DATABASE_URL=\nDATABASE_URL_FILE=/run/secrets/database\n"))
	if env["DATABASE_URL"] != "" || env["DATABASE_URL_FILE"] == "" {
		t.Errorf("DATABASE_URL = %q, DATABASE_URL_FILE = %q", env["DATABASE_URL"], env["DATABASE_URL_FILE"])
	}
}

// The port that people open is the one that is printed.
func TestThePublishedPortIsToldToQuire(t *testing.T) {
	for dotenv, want := range map[string]string{"": "8080", "QUIRE_PORT=9000\n": "9000"} {
		project := loaded(t, needed+dotenv)
		if got, ports := given(project)["QUIRE_PORT"], project.Services["quire"].Ports; got != want || ports[0].Published != want {
			t.Errorf("with %q Quire is told %q and published at %+v", dotenv, got, ports)
		}
	}
}
