package report

// Goal is a bound on a figure, or on its ratio to another system's in the same round.
type Goal struct {
	Figure  string  `json:"figure"`
	System  string  `json:"system"`
	Against string  `json:"against,omitempty"` // a ratio to this system's figure
	Row     string  `json:"row,omitempty"`     // which stands in this row, if not in the same
	Less    bool    `json:"less,omitempty"`    // the ratio is turned over: how many times less
	AtMost  bool    `json:"at_most,omitempty"`
	Bound   float64 `json:"bound"`
	Or      *Goal   `json:"or,omitempty"` // it is enough to reach this one
}

// Verdict on a goal.
type Verdict string

const (
	Reached     Verdict = "reached"
	Missed      Verdict = "missed"
	NotMeasured Verdict = "not measured"
)

// AtLeast and AtMost bound a figure of Quire with Postgres.
func AtLeast(figure string, bound float64) Goal {
	return Goal{Figure: figure, System: QuirePostgres, Bound: bound}
}

func AtMost(figure string, bound float64) Goal {
	return Goal{Figure: figure, System: QuirePostgres, Bound: bound, AtMost: true}
}

// TimesMore and TimesLess bound how much more, or less, it is than that of ShareDB with Postgres.
func TimesMore(figure string, bound float64) Goal {
	return Goal{Figure: figure, System: QuirePostgres, Against: ShareDBPostgres, Bound: bound}
}

func TimesLess(figure string, bound float64) Goal {
	return Goal{Figure: figure, System: QuirePostgres, Against: ShareDBPostgres, Less: true, Bound: bound}
}

// values are what the bound is held against, one per round.
func (g Goal) values(all *Results, row *Row) []float64 {
	if g.Against == "" {
		return row.Of(g.System, g.Figure)
	}
	other := row
	if g.Row != "" {
		other = all.Row(g.Row)
	}
	if g.Less {
		return Ratios(other, g.Figure, g.Against, row, g.System)
	}
	return Ratios(row, g.Figure, g.System, other, g.Against)
}

// Judge holds the median against the bound.
func (g Goal) Judge(all *Results, row *Row) Verdict {
	verdict := g.alone(all, row)
	if g.Or == nil || verdict == Reached {
		return verdict
	}
	if other := g.Or.Judge(all, row); other != NotMeasured {
		return other
	}
	return verdict
}

func (g Goal) alone(all *Results, row *Row) Verdict {
	m, ok := Median(g.values(all, row))
	switch {
	case len(row.Of(g.System, Wrong)) > 0: // a round that did not end with the right text
		return Missed
	case !ok:
		return NotMeasured
	case g.AtMost && m <= g.Bound, !g.AtMost && m >= g.Bound:
		return Reached
	}
	return Missed
}

// text says what the goal is, measured what came out.
func (g Goal) text() string {
	s := describe(g.Figure).label
	if g.System != QuirePostgres && g.System != Engine && g.System != Floor {
		s = Label(g.System) + ", " + s
	}
	if g.Against != "" {
		s += ":"
	}
	s += " " + g.bound()
	if g.Or != nil {
		s += ", or " + g.Or.bound()
	}
	return s
}

func (g Goal) bound() string {
	s := "≥ " + number(g.Bound)
	if g.AtMost {
		s = "≤ " + number(g.Bound)
	}
	switch {
	case g.Against == "":
		return s
	case g.Less:
		return s + "× less than " + g.opponent()
	}
	return s + "× " + g.opponent()
}

func (g Goal) opponent() string {
	if g.Row != "" {
		return Label(g.Against) + " in row " + g.Row
	}
	return Label(g.Against)
}

func (g Goal) measured(all *Results, row *Row) string {
	s := spread(g.values(all, row))
	if s != "" && g.Against != "" {
		s += "×"
	}
	if g.Or == nil {
		return s
	}
	if other := g.Or.measured(all, row); other != "" {
		return s + "; " + other
	}
	return s
}
