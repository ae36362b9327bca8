package server

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quire/server/api"
)

// runFetch reads samples from its input, runs each as a page of Quire's or a program would, and prints the answers.
const runFetch = `
const fs = require('fs')
const jobs = JSON.parse(fs.readFileSync(0, 'utf8'))
const picture = fs.readFileSync('file.png')
const AsyncFunction = (async () => {}).constructor
;(async () => {
  const answers = []
  for (const { source, quire, token, cookie, ids } of jobs) {
    const own = (url, options = {}) => url.startsWith('/') // the browser would add these on Quire's own pages
      ? fetch(quire + url, { redirect: 'manual', ...options, headers: { ...options.headers, cookie, origin: quire } })
      : fetch(url, { redirect: 'manual', ...options })
    const names = Object.keys(ids)
    const run = new AsyncFunction('quire', 'token', 'file', 'fetch', ...names, source + '\nreturn response')
    const response = await run(quire, token, picture, own, ...names.map((name) => ids[name]))
    answers.push({ status: response.status, body: await response.text() })
  }
  console.log(JSON.stringify(answers))
})()`

// The examples of /api/docs are run as they stand: what they send is understood everywhere, whatever else is in the way.
func TestTheExamplesOfTheDescriptionAreUnderstood(t *testing.T) {
	for _, tool := range []string{"curl", "node"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on PATH: the examples of /api/docs are not run", tool)
		}
	}
	h := newHouse(t, nil)
	h.account("admin")
	raw, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			ID      string `json:"operationId"`
			Samples []struct{ Label, Source string }
		}
	}
	raw = bytes.ReplaceAll(raw, []byte(`"x-codeSamples"`), []byte(`"Samples"`))
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	type job struct {
		Source string            `json:"source"`
		Quire  string            `json:"quire"`
		Token  string            `json:"token"`
		Cookie string            `json:"cookie"`
		IDs    map[string]string `json:"ids"`
	}
	var fetches []job
	var names []string
	dir := t.TempDir()
	writePicture(t, dir)
	ada := h.account("ada")
	ids := map[string]string{"id": ada.document("text"), "userId": "nobody", "groupId": "none", "linkId": "none", "invitationId": "none", "signinId": "none", "tokenId": "none"}
	token := ada.do("POST", "/me/tokens", map[string]any{"name": "samples", "scope": "write", "expires_in_days": 1}).want(201)["token"].(string)
	cookies := filepath.Join(dir, "cookies")
	for path, methods := range spec.Paths {
		for _, op := range methods {
			if ofDocument := strings.Contains(path, "/documents/{id}") || strings.Contains(path, "/transfers/{id}"); len(op.Samples) > 0 && strings.Contains(op.Samples[0].Source, "$ID") != ofDocument {
				t.Errorf("%s %s: ID is a document's id, but its example is %s", op.ID, path, op.Samples[0].Source)
			}
			who := h.account("of-" + op.ID).cookieOnly() // many of them end their own sign-in
			if err := os.WriteFile(cookies, []byte(netscape(h, who.header["Cookie"])), 0o600); err != nil {
				t.Fatal(err)
			}
			if len(op.Samples) != 2 {
				t.Fatalf("%s has %d examples, want curl and fetch", op.ID, len(op.Samples))
			}
			cmd := exec.Command("sh", "-euc", strings.Replace(op.Samples[0].Source, "curl ", `curl -sS -o answer -w '%{http_code}' `, 1))
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "QUIRE="+h.base, "TOKEN="+token)
			for name, value := range ids {
				cmd.Env = append(cmd.Env, strings.ToUpper(strings.TrimSuffix(name, "Id"))+strings.Repeat("_ID", strings.Count(name, "Id"))+"="+value)
			}
			out, err := cmd.CombinedOutput()
			answer, _ := os.ReadFile(filepath.Join(dir, "answer"))
			if err != nil {
				t.Errorf("%s: %v\n%s", op.ID, err, out)
				continue
			}
			understood(t, op.ID+" by curl", answer)
			fetches = append(fetches, job{op.Samples[1].Source, h.base, token, h.account("by-" + op.ID).cookieOnly().header["Cookie"], ids})
			names = append(names, op.ID)
		}
	}
	input, err := json.Marshal(fetches)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "-e", runFetch)
	node.Dir = dir
	node.Stdin, node.Stderr = bytes.NewReader(input), os.Stderr
	out, err := node.Output()
	var answers []struct{ Body string }
	if err == nil {
		err = json.Unmarshal(out, &answers)
	}
	if err != nil || len(answers) != len(fetches) {
		t.Fatalf("fetch examples: %v in %s", err, out)
	}
	for i, a := range answers {
		understood(t, names[i]+" by fetch", []byte(a.Body))
	}
}

// understood fails the test if the answer says that the request itself was wrong.
func understood(t *testing.T, what string, body []byte) {
	t.Helper()
	kind := response{body: body}.kind()
	if slices.Contains([]string{"malformed", "invalid", "unsupported-media-type", "signed-out", "foreign-origin", "no-such-path",
		"method-not-allowed", "too-large", "internal"}, kind) && !expected[what+" "+kind] {
		t.Errorf("%s was answered %s", what, body)
	}
	if kind == "forbidden" && bytes.Contains(body, []byte("token")) {
		t.Errorf("%s shows a token where none counts: %s", what, body)
	}
}

// expected are answers that lie in what the examples cannot know.
var expected = map[string]bool{
	"transfer-document by curl invalid": true, "transfer-document by fetch invalid": true, // to nobody who has a role on it
}

// netscape is the form in which curl keeps cookies.
func netscape(h *house, header string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(h.base, "http://"), ":")
	name, value, _ := strings.Cut(header, "=")
	return strings.Join([]string{host, "FALSE", "/", "FALSE", "0", name, value}, "\t") + "\n"
}

func writePicture(t *testing.T, dir string) {
	t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file.png", "file.jpeg", "file.webp"} {
		if err := os.WriteFile(filepath.Join(dir, name), picture.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
