package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// sample has what rendering may stumble over: a name with every special character, a figure of one system only, a failed
// round, a row with nothing in it, a goal below all bars.
func sample() *Results {
	full := rowOf(OpsPerSecond, map[string][]float64{
		ShareDBMemory: {6000, 6400, 6100}, ShareDBPostgres: {1000, 900, 1100}, QuirePostgres: {31000, 33000, 29000}, QuireSQLite: {24000},
	})
	full.ID, full.Title, full.Short = "pairs", `100 documents × 2 writers | "a" <b> & c`, `100 × 2 <writers> & "more"`
	full.Goals = []Goal{TimesMore(OpsPerSecond, 24), AtLeast(OpsPerSecond, 22000), AtMost(PropagationP99, 25)}
	full.Notes = []string{"round 2, Quire + Postgres: a commit of 61 ms"}
	latency := rowOf(PropagationP99, map[string][]float64{ShareDBPostgres: {2150, 2600}, QuirePostgres: {13, 16}})
	latency.ID, latency.Goals = "slow", []Goal{AtMost(PropagationP99, 5)}
	latency.Outcomes[0].Rounds[0][Wrong] = 1
	empty := Row{ID: "empty", Title: "Nothing measured", Short: "nothing", Goals: []Goal{AtLeast(MostKeys, 13500)}}
	return &Results{
		Taken: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: 20 * time.Minute, Rounds: 3,
		Facts: []Fact{{"CPU", "a|b"}}, Rows: []Row{full, latency, empty},
	}
}

func TestMarkdownNamesEveryRowGoalAndNote(t *testing.T) {
	r := sample()
	text := Markdown(r)
	for _, want := range []string{
		`## 1. 100 documents × 2 writers`, "## 2. a row", "## 3. Nothing measured", "Not measured.",
		"31,000 (29,000–33,000)", "≥ 24× ShareDB + Postgres", "**missed**", "reached", "not measured",
		"a commit of 61 ms", "2026-01-02 03:04 UTC in 20m0s", "median of 3 rounds", "31 : 1", "1 : ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(text, "not a whole run") {
		t.Error("a whole run says that it is not")
	}
	r.Partial = "only pairs"
	if !strings.Contains(Markdown(r), "not a whole run:** only pairs") {
		t.Error("a partial run does not say so")
	}
}

// Every table has as many cells in each line as in its head, and lines of one length.
func TestTablesAreRectangular(t *testing.T) {
	pipes := regexp.MustCompile(`(^|[^\\])\|`)
	columns, width, tables := 0, 0, 0
	for line := range strings.Lines(Markdown(sample())) {
		if !strings.HasPrefix(line, "|") {
			columns = 0
			continue
		}
		n, w := len(pipes.FindAllString(line, -1)), utf8.RuneCountInString(line)
		if columns == 0 {
			columns, width = n, w
			tables++
		}
		if n != columns || w != width {
			t.Errorf("a line of %d cells and %d characters in a table of %d and %d:\n%s", n, w, columns, width, line)
		}
	}
	if tables != 4 {
		t.Errorf("%d tables, want goals, facts and two rows", tables)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	for name, r := range map[string]*Results{"sample": sample(), "nothing": {}} {
		text := SVG(r)
		classes := map[string]int{}
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, text)
			}
			if start, ok := token.(xml.StartElement); ok {
				checkAttributes(t, start, classes)
			}
		}
		if !strings.Contains(text, "prefers-color-scheme: dark") {
			t.Errorf("%s: a dark page is not thought of", name)
		}
		if name == "sample" && (classes["quire-postgres"] != 3 || classes["sharedb-memory"] != 2 || classes["goal"] != 3) {
			t.Errorf("marks with those of the legend: %v", classes)
		}
	}
}

func checkAttributes(t *testing.T, element xml.StartElement, classes map[string]int) {
	t.Helper()
	for _, a := range element.Attr {
		switch a.Name.Local {
		case "class":
			classes[a.Value]++
		case "x", "y", "x1", "x2", "y1", "y2", "width", "height":
			v, err := strconv.ParseFloat(a.Value, 64)
			if err != nil || math.IsNaN(v) || v < 0 || a.Name.Local[0] == 'x' && v > plotWidth {
				t.Errorf("<%s %s=%q> lies outside", element.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

// On a logarithmic axis ten times as much is one step, wherever it is.
func TestBarsAreLogarithmic(t *testing.T) {
	row := rowOf(OpsPerSecond, map[string][]float64{ShareDBMemory: {20}, ShareDBPostgres: {200}, QuirePostgres: {2000}})
	text := SVG(&Results{Rows: []Row{row}})
	var widths []float64
	for _, m := range regexp.MustCompile(`<rect class="[a-z-]+" x="250" y="\d+" width="([\d.]+)"`).FindAllStringSubmatch(text, -1) {
		w, _ := strconv.ParseFloat(m[1], 64)
		widths = append(widths, w)
	}
	if len(widths) != 3 || math.Abs((widths[2]-widths[1])-(widths[1]-widths[0])) > 0.2 || widths[1]-widths[0] < 50 {
		t.Errorf("bars of 20, 200 and 2,000 are %v wide", widths)
	}
}

func TestResultsSurviveJSON(t *testing.T) {
	r := sample()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Results
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*r, back) {
		t.Errorf("came back as\n%+v\nwent as\n%+v", back, *r)
	}
}
