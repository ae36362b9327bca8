package report

import "time"

// The systems that are measured.
const (
	ShareDBMemory   = "sharedb-memory"
	ShareDBPostgres = "sharedb-postgres"
	QuirePostgres   = "quire-postgres"
	QuireSQLite     = "quire-sqlite"
	Floor           = "floor" // no system: what the machine can do
	Engine          = "engine"
)

// systems in the order of columns and bars.
func systems() []string {
	return []string{ShareDBMemory, ShareDBPostgres, QuirePostgres, QuireSQLite, Floor, Engine}
}

// Label names a system for readers.
func Label(system string) string {
	switch system {
	case ShareDBMemory:
		return "ShareDB, memory"
	case ShareDBPostgres:
		return "ShareDB + Postgres"
	case QuirePostgres:
		return "Quire + Postgres"
	case QuireSQLite:
		return "Quire + SQLite"
	case Floor:
		return "the machine alone"
	case Engine:
		return "collab/delta"
	}
	return system
}

// Results is everything of one run.
type Results struct {
	Taken   time.Time     `json:"taken"`
	Took    time.Duration `json:"took_ns"`
	Rounds  int           `json:"rounds"`
	Partial string        `json:"partial,omitempty"` // why this is not the whole run
	Facts   []Fact        `json:"facts"`
	Rows    []Row         `json:"rows"`
}

// Fact is a line about the machine or a version.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Row is one workload.
type Row struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Short    string    `json:"short"` // its name in the plot
	How      string    `json:"how"`
	Outcomes []Outcome `json:"outcomes"`
	Goals    []Goal    `json:"goals"`
	Notes    []string  `json:"notes,omitempty"`
}

// Outcome is what one system did, round by round.
type Outcome struct {
	System string   `json:"system"`
	Rounds []Figure `json:"rounds"`
}

// Figure holds the numbers of one round by their names (see figures.go). What was not measured is absent.
type Figure map[string]float64

// Row finds a row by its id; nil if it was not measured.
func (r *Results) Row(id string) *Row {
	for i := range r.Rows {
		if r.Rows[i].ID == id {
			return &r.Rows[i]
		}
	}
	return nil
}

// Of returns a figure of a system, one value per round that has it.
func (r *Row) Of(system, figure string) []float64 {
	var values []float64
	for _, round := range r.rounds(system) {
		if v, ok := round[figure]; ok {
			values = append(values, v)
		}
	}
	return values
}

func (r *Row) rounds(system string) []Figure {
	if r == nil {
		return nil
	}
	for _, o := range r.Outcomes {
		if o.System == system {
			return o.Rounds
		}
	}
	return nil
}

// Add appends a round's figures to a system's.
func (r *Row) Add(system string, f Figure) {
	for i := range r.Outcomes {
		if r.Outcomes[i].System == system {
			r.Outcomes[i].Rounds = append(r.Outcomes[i].Rounds, f)
			return
		}
	}
	r.Outcomes = append(r.Outcomes, Outcome{System: system, Rounds: []Figure{f}})
}
