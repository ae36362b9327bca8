package server

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"quire/server/api"
)

// answered are the kinds of problem that operations answered with in the tests of this run, and their statuses, by method and path.
var answered struct {
	sync.Mutex
	kinds    map[string]map[string]bool // "GET /documents/x" → {"not-found": true}
	statuses map[string]map[int]bool    // "GET /documents/x" → {404: true}
}

func noteStatus(method, path string, status int) {
	answered.Lock()
	defer answered.Unlock()
	key := method + " " + path
	if answered.statuses == nil {
		answered.statuses = map[string]map[int]bool{}
	}
	if answered.statuses[key] == nil {
		answered.statuses[key] = map[int]bool{}
	}
	answered.statuses[key][status] = true
}

func noteProblem(method, path, kind string) {
	answered.Lock()
	defer answered.Unlock()
	key := method + " " + path
	if answered.kinds == nil {
		answered.kinds = map[string]map[string]bool{}
	}
	if answered.kinds[key] == nil {
		answered.kinds[key] = map[string]bool{}
	}
	answered.kinds[key][kind] = true
}

// described runs the tests, then holds what the API's description says of problems against all that came.
type described struct{ m *testing.M }

func (t described) Run() int {
	code := t.m.Run()
	set := func(name string) bool { return flag.Lookup(name).Value.String() != "" }
	whole := !set("test.run") && !set("test.list") && !set("test.skip") && !testing.Short()
	if wrong := untold(whole); code == 0 && len(wrong) > 0 {
		fmt.Fprintf(os.Stderr, "The API's description is not what the API does (see ownProblems in api/problems.go):\n%s\n", strings.Join(wrong, "\n"))
		return 1
	}
	return code
}

// untold lists problems that came and are not described and, after a whole run, those of single operations that never came.
func untold(whole bool) (wrong []string) {
	raw, err := api.Spec()
	if err != nil {
		return []string{err.Error()}
	}
	var spec struct {
		Anywhere []string `json:"x-problems-anywhere"`
		Paths    map[string]map[string]struct {
			ID        string              `json:"operationId"`
			Problems  []string            `json:"x-problems"`
			Responses map[string]struct{} `json:"responses"`
		}
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		return []string{err.Error()}
	}
	templates := slices.Collect(maps.Keys(spec.Paths))
	for asked, statuses := range answered.statuses {
		method, path, _ := strings.Cut(asked, " ")
		op, ok := spec.Paths[matching(templates, path)][strings.ToLower(method)]
		for status := range statuses {
			if _, declared := op.Responses[strconv.Itoa(status)]; ok && !declared {
				wrong = append(wrong, fmt.Sprintf("  %s answered with the status %d", op.ID, status))
			}
		}
	}
	came := map[string]map[string]bool{} // by operation
	for asked, kinds := range answered.kinds {
		method, path, _ := strings.Cut(asked, " ")
		op, ok := spec.Paths[matching(templates, path)][strings.ToLower(method)]
		if !ok {
			continue // not one of the API's
		}
		for kind := range kinds {
			if !slices.Contains(op.Problems, kind) && !slices.Contains(spec.Anywhere, kind) {
				wrong = append(wrong, fmt.Sprintf("  %s answered %s", op.ID, kind))
			}
		}
		if came[op.ID] == nil {
			came[op.ID] = map[string]bool{}
		}
		maps.Copy(came[op.ID], kinds)
	}
	if whole {
		for id, kinds := range api.OwnProblems() {
			for _, kind := range kinds {
				if !came[id][kind] {
					wrong = append(wrong, fmt.Sprintf("  %s never answered %s", id, kind))
				}
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// What a writer over REST is told whose revision is missing, or not there.
func TestAWriteOverAnUnusableRevisionIsRefusedByName(t *testing.T) {
	ada := newHouse(t, nil).account("ada")
	doc := ada.document("text")
	content, plain := "/documents/"+doc+"/content", []string{"Content-Type", "text/plain"}
	ada.do("PUT", content, "new", plain...).problem(428, "precondition-required")
	ada.do("PUT", content, "new", append(plain, "If-Match", `"r99"`)...).problem(412, "precondition-failed")
	ada.do("POST", "/documents/"+doc+"/ops", `{"base_revision":99,"op":[{"insert":"y"}]}`).problem(412, "precondition-failed")
	if got := ada.text(doc); got != "text\n" {
		t.Errorf("the text is %q", got)
	}
}

// matching is the template of a path: the one with the fewest parameters.
func matching(templates []string, path string) (best string) {
	parts := strings.Split(path, "/")
	for _, template := range templates {
		of := strings.Split(template, "/")
		fits := len(of) == len(parts)
		for i := 0; fits && i < len(of); i++ {
			fits = of[i] == parts[i] || strings.HasPrefix(of[i], "{")
		}
		if fits && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best = template
		}
	}
	return best
}
