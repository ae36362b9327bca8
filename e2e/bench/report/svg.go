package report

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	plotWidth = 960
	plotLeft  = 250 // where bars begin
	plotRight = 840 // where they end; their numbers stand to the right of them
	barHeight = 15
	groupGap  = 14
)

// panel is one axis of the plot and what stands on it.
type panel struct {
	title   string
	figures []string
}

func panels() []panel {
	return []panel{
		{"Acknowledged ops per second: more is better", []string{OpsPerSecond, MostKeys}},
		{"CPU of server and database per op or delivery, µs: less is better", []string{CPUPerOp, CPUPerDelivery}},
		{"Propagation p99, ms: less is better", []string{PropagationP99}},
		{"Resident memory per idle connection or document, KiB: less is better", []string{KiBPerConnection, KiBPerDocument}},
		{"Cold open, ms: less is better", []string{OpenSmall, OpenLarge}},
	}
}

// bar is a figure of a system in a row.
type bar struct {
	system            string
	middle, low, high float64
	goal              float64 // 0: none
}

type group struct {
	name string
	bars []bar
}

// SVG draws each figure as bars on logarithmic axes, readable on a light and on a dark page.
func SVG(r *Results) string {
	var body strings.Builder
	y := 74
	for _, p := range panels() {
		groups := p.groups(r)
		if len(groups) > 0 {
			y = p.draw(&body, groups, y) + 34
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`+"\n",
		plotWidth, y, plotWidth, y)
	b.WriteString(`<title id="t">Quire beside ShareDB, measured</title>` + "\n")
	fmt.Fprintf(&b, `<desc id="d">Bars on logarithmic axes: %s. The figures stand in RESULTS.md.</desc>`+"\n", "throughput, CPU, latency and memory of each system")
	b.WriteString(style)
	fmt.Fprintf(&b, `<rect class="page" width="%d" height="%d"/>`+"\n", plotWidth, y)
	legend(&b)
	b.WriteString(body.String())
	b.WriteString("</svg>\n")
	return b.String()
}

const style = `<style>
  svg { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
  .page { fill: #ffffff; } text { fill: #1f2328; } .faint { fill: #59636e; } .grid { stroke: #d1d9e0; stroke-width: 1; }
  .head { font-weight: 600; font-size: 15px; } .range { stroke: #1f2328; stroke-width: 1.5; } .goal { stroke: #cf222e; stroke-width: 3; }
  .sharedb-memory { fill: #a8b3c0; } .sharedb-postgres { fill: #d9822b; } .quire-postgres { fill: #2f6fdb; } .quire-sqlite { fill: #2a9d8f; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; } text { fill: #e6edf3; } .faint { fill: #9198a1; } .grid { stroke: #30363d; }
    .range { stroke: #e6edf3; } .goal { stroke: #ff7b72; }
    .sharedb-memory { fill: #6e7b8a; } .sharedb-postgres { fill: #e39a4b; } .quire-postgres { fill: #5b93f0; } .quire-sqlite { fill: #4fb8ab; }
  }
</style>
`

func legend(b *strings.Builder) {
	fmt.Fprintf(b, `<text class="head" x="16" y="28">Quire beside ShareDB, measured</text>`+"\n")
	x := 16
	for _, system := range []string{ShareDBMemory, ShareDBPostgres, QuirePostgres, QuireSQLite} {
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="42" width="13" height="13"/><text x="%d" y="53">%s</text>`+"\n", system, x, x+19, escaped(Label(system)))
		x += 34 + 8*len(Label(system))
	}
	fmt.Fprintf(b, `<line class="goal" x1="%d" y1="41" x2="%d" y2="56"/><text x="%d" y="53">goal for Quire</text>`+"\n", x+6, x+6, x+16)
	x += 116
	fmt.Fprintf(b, `<line class="range" x1="%d" y1="49" x2="%d" y2="49"/><text x="%d" y="53">rounds, least to most</text>`+"\n", x, x+20, x+28)
}

// groups are the rows that have one of the panel's figures.
func (p panel) groups(r *Results) []group {
	var found []group
	for i := range r.Rows {
		row := &r.Rows[i]
		for _, figure := range p.figures {
			g := group{name: row.Short}
			if figure == MostKeys || figure == KiBPerDocument || figure == OpenLarge || figure == KiBPerConnection || figure == OpenSmall {
				g.name = describe(figure).short()
			}
			for _, system := range []string{ShareDBMemory, ShareDBPostgres, QuirePostgres, QuireSQLite} {
				if values := row.Of(system, figure); len(values) > 0 && slices.Min(values) > 0 {
					middle, _ := Median(values)
					g.bars = append(g.bars, bar{system, middle, slices.Min(values), slices.Max(values), row.bound(system, figure)})
				}
			}
			if len(g.bars) > 0 {
				found = append(found, g)
			}
		}
	}
	return found
}

// bound is the absolute goal of a figure; 0 if there is none.
func (r *Row) bound(system, figure string) float64 {
	for _, g := range r.Goals {
		if g.System == system && g.Figure == figure && g.Against == "" {
			return g.Bound
		}
	}
	return 0
}

func (f figure) short() string {
	switch f.name {
	case MostKeys:
		return "most keys/s, p99 < 100 ms"
	case KiBPerConnection:
		return "idle connection"
	case KiBPerDocument:
		return "idle document"
	case OpenSmall:
		return "22,000 characters, 20,000 ops"
	}
	return "100 kB, 260,000 ops"
}

// draw puts the panel below y and returns where it ends.
func (p panel) draw(b *strings.Builder, groups []group, y int) int {
	fmt.Fprintf(b, `<text class="head" x="16" y="%d">%s</text>`+"\n", y+16, escaped(p.title))
	top := y + 28
	bottom := top
	for _, g := range groups {
		bottom += len(g.bars)*barHeight + groupGap
	}
	from, to := decades(groups)
	scale := func(v float64) float64 {
		return plotLeft + (math.Log10(v)-float64(from))/float64(to-from)*(plotRight-plotLeft)
	}
	for power := from; power <= to; power++ {
		x := scale(math.Pow10(power))
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`, x, top, x, bottom)
		fmt.Fprintf(b, `<text class="faint" x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x, bottom+16, number(math.Pow10(power)))
	}
	at := top
	for _, g := range groups {
		middle := at + groupGap/2 + len(g.bars)*barHeight/2
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotLeft-10, middle+5, escaped(g.name))
		for i, one := range g.bars {
			one.draw(b, scale, at+groupGap/2+i*barHeight)
		}
		at += len(g.bars)*barHeight + groupGap
	}
	return bottom + 16
}

func (one bar) draw(b *strings.Builder, scale func(float64) float64, y int) {
	end := scale(one.middle)
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`, one.system, plotLeft, y+1, max(end-plotLeft, 1), barHeight-2)
	if one.high > one.low {
		fmt.Fprintf(b, `<line class="range" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, scale(one.low), float64(y)+barHeight/2.0, scale(one.high), float64(y)+barHeight/2.0)
	}
	label := max(end, scale(one.high))
	if one.goal > 0 {
		x := scale(one.goal)
		fmt.Fprintf(b, `<line class="goal" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`, x, y-1, x, y+barHeight+1)
		if x > label-2 && x < label+60 { // the number would stand on the mark
			label = x
		}
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d">%s</text>`+"\n", label+6, y+12, number(one.middle))
}

// decades are the powers of ten between which all bars and goals lie.
func decades(groups []group) (from, to int) {
	least, most := math.Inf(1), 0.0
	for _, g := range groups {
		for _, one := range g.bars {
			least, most = min(least, one.low), max(most, one.high)
			if one.goal > 0 {
				least, most = min(least, one.goal), max(most, one.goal)
			}
		}
	}
	from, to = int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	if math.Pow10(from) == least { // a bar of no length says nothing
		from--
	}
	return from, max(to, from+1)
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder does not fail
	}
	return b.String()
}
