package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Markdown is the whole report.
func Markdown(r *Results) string {
	var b strings.Builder
	b.WriteString("# Quire beside ShareDB, measured\n\n")
	fmt.Fprintf(&b, "Written by `make bench` on %s in %s: do not edit. Every figure is the median of %s, in brackets the least and "+
		"the most; ratios are taken within a round, in which the systems ran one after the other under the same load, and then the median.\n",
		r.Taken.UTC().Format("2006-01-02 15:04 MST"), r.Took.Round(time.Second), plural(r.Rounds, "round"))
	if r.Partial != "" {
		fmt.Fprintf(&b, "\n**This is not a whole run:** %s.\n", r.Partial)
	}
	b.WriteString("\n![Throughput, CPU per op and latency of the systems, row by row](results.svg)\n\n## Goals\n\n")
	b.WriteString(GoalTable(r))
	b.WriteString("\n## Machine and versions\n\n")
	b.WriteString(factTable(r.Facts))
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(&b, "\n## %d. %s\n\n", i+1, row.Title)
		if row.How != "" {
			b.WriteString(row.How + "\n\n")
		}
		b.WriteString(RowTable(row))
		for _, note := range row.Notes {
			fmt.Fprintf(&b, "\n- %s", note)
		}
		if len(row.Notes) > 0 {
			b.WriteString("\n")
		}
	}
	b.WriteString("\n" + reading)
	return b.String()
}

const reading = `## How to read this

- The host's speed moves by half from hour to hour: compare ratios, and server's CPU ÷ load generator's, not absolute numbers.
- One commit that the disk holds up for 50 ms or more sets the p99 of a run of seconds. Such commits are listed with each row.
- Server, database and load generator share the same cores. What the generator spends, the server cannot have.
- Every round ends with a check that each acknowledged edit is in the final documents. A round that fails it is a failed round.
- ShareDB's memory store keeps nothing: it is here as the bound of what ShareDB could do with a faster database.
`

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// GoalTable lists every goal with its verdict.
func GoalTable(r *Results) string {
	lines := [][]string{{"row", "goal", "measured", "verdict"}}
	for i := range r.Rows {
		row := &r.Rows[i]
		for _, goal := range row.Goals {
			verdict := string(goal.Judge(r, row))
			if verdict == string(Missed) {
				verdict = "**missed**"
			}
			lines = append(lines, []string{row.Short, goal.text(), goal.measured(r, row), verdict})
		}
	}
	return table(lines)
}

// RowTable has a line for each figure, a column for each system, and the ratio of Quire to ShareDB, both with Postgres.
func RowTable(row *Row) string {
	present := row.systems()
	if len(present) == 0 {
		return "Not measured.\n"
	}
	head := []string{""}
	for _, system := range present {
		head = append(head, Label(system))
	}
	compared := len(row.rounds(QuirePostgres)) > 0 && len(row.rounds(ShareDBPostgres)) > 0
	if compared {
		head = append(head, "Quire : ShareDB")
	}
	lines := [][]string{head}
	for _, f := range figures() {
		line, some := []string{f.label}, false
		for _, system := range present {
			cell := spread(row.Of(system, f.name))
			some = some || cell != ""
			line = append(line, cell)
		}
		if !some {
			continue
		}
		if compared {
			line = append(line, ratio(Ratios(row, f.name, QuirePostgres, row, ShareDBPostgres), f.name))
		}
		lines = append(lines, line)
	}
	return table(lines)
}

func ratio(values []float64, name string) string {
	m, ok := Median(values)
	if !ok || name == SlowCommits || name == SlowestCommit || name == Wrong {
		return ""
	}
	if m > 0 && m < 1 {
		return "1 : " + number(1/m)
	}
	return number(m) + " : 1"
}

// systems are those that have an outcome, in the order of columns.
func (r *Row) systems() []string {
	var present []string
	for _, system := range systems() {
		if len(r.rounds(system)) > 0 {
			present = append(present, system)
		}
	}
	return present
}

func factTable(facts []Fact) string {
	lines := [][]string{{"what", "value"}}
	for _, f := range facts {
		lines = append(lines, []string{f.Name, f.Value})
	}
	return table(lines)
}

// table writes Markdown whose columns line up, so that it can be read in a terminal too.
func table(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(escape(cell)))
		}
	}
	var b strings.Builder
	for n, line := range lines {
		for i, cell := range line {
			cell = escape(cell)
			b.WriteString("| " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)) + " ")
		}
		b.WriteString("|\n")
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

func escape(cell string) string { return strings.ReplaceAll(cell, "|", `\|`) }
