package main

import (
	"os/exec"
	"testing"

	"quire/e2e/tree"
)

// A bug whose code has changed must be planted anew, by whoever changed it.
func TestEveryBugCanBePlanted(t *testing.T) {
	tree.Watch(t, "../..")
	all, err := patches(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no bugs")
	}
	for _, p := range all {
		cmd := exec.Command("git", "apply", "--check", "e2e/planted/"+p.path)
		cmd.Dir = "../.."
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s can't be planted any more: %s", p.name, out)
		}
	}
}

// What counts as caught: the test itself failed. A package that does not build, or a test that is not there, shows nothing.
func TestOnlyATestThatFailsCatches(t *testing.T) {
	for _, c := range []struct {
		name, out string
		want      verdict
	}{
		{"failed", `{"Action":"run","Test":"TestA"}` + "\n" + `{"Action":"fail","Test":"TestA"}`, caught},
		{"passed", `{"Action":"run","Test":"TestA"}` + "\n" + `{"Action":"pass","Test":"TestA"}`, missed},
		{"another failed", `{"Action":"run","Test":"TestB"}` + "\n" + `{"Action":"fail","Test":"TestB"}`, broken},
		{"the process ended in it", `{"Action":"run","Test":"TestA"}` + "\n" + `{"Action":"fail"}`, caught},
		{"did not build", `{"Action":"build-output","Output":"undefined: x"}` + "\n" + `{"Action":"fail"}`, broken},
		{"skipped", `{"Action":"run","Test":"TestA"}` + "\n" + `{"Action":"skip","Test":"TestA"}`, broken},
	} {
		if got, _ := judgeGo([]byte(c.out), "TestA"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for report, want := range map[string]verdict{
		`{"testResults":[{"assertionResults":[{"status":"failed","fullName":"a"}]}]}`:  caught,
		`{"testResults":[{"assertionResults":[{"status":"passed","fullName":"a"}]}]}`:  missed,
		`{"testResults":[{"assertionResults":[{"status":"skipped","fullName":"a"}]}]}`: broken,
		`{"testResults":[]}`: broken,
	} {
		if got, _ := judgeVitest([]byte(report), "a"); got != want {
			t.Errorf("%s: %v, want %v", report, got, want)
		}
	}
}

func TestAPatchSaysWhatItIsAndWhatCatchesIt(t *testing.T) {
	for text, want := range map[string]patch{
		"What: a\nTest: go ./x TestY\n\ndiff --git a/x b/x\n":             {what: "a", tool: "go", dir: "./x", test: "TestY"},
		"What: a\nTest: vitest app src/a.test.ts b c d\n\ndiff --git a\n": {what: "a", tool: "vitest", dir: "app", file: "src/a.test.ts", test: "b c d"},
	} {
		if got, err := parse(text); err != nil || got != want {
			t.Errorf("parse(%q) = %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"diff --git a/x b/x\n", "What: a\n", "What: a\nTest: make it\n", "diff --git a b\nWhat: a\nTest: go ./x TestY\n"} {
		if p, err := parse(text); err == nil {
			t.Errorf("parse(%q) = %+v, want an error", text, p)
		}
	}
}
