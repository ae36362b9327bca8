package delta

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"
)

// formatted returns a document with a new run every 20 units.
func (g *generator) formatted(units int) Delta {
	var d Delta
	for n := 0; n < units; n += 20 {
		c := Insert("twenty units of text")
		if n%40 == 0 {
			c = c.With(newAttributes([]attribute{{"bold", "true"}}))
		}
		d = append(d, c)
	}
	return d
}

// edits returns pairs of a random insert and the delete that undoes it, so that a document keeps its size.
func (g *generator) edits(units, count int) []Delta {
	ops := make([]Delta, count)
	for i := 0; i < count; i += 2 {
		at := 1 + g.IntN(units-1)
		ops[i], ops[i+1] = Delta{Retain(at), Insert("x")}, Delta{Retain(at), Delete(1)}
	}
	return ops
}

// formats returns pairs of a random format and its removal.
func (g *generator) formats(units, count int) []Delta {
	ops := make([]Delta, count)
	for i := 0; i < count; i += 2 {
		at := Retain(1 + g.IntN(units-21))
		ops[i] = Delta{at, Retain(20).With(newAttributes([]attribute{{"italic", "true"}}))}
		ops[i+1] = Delta{at, Retain(20).With(newAttributes([]attribute{{"italic", "null"}}))}
	}
	return ops
}

// applyAll times each op for p50 and p99, which include about 40 ns of the clock itself.
func applyAll(b *testing.B, doc *Document, ops []Delta, before func()) {
	b.Helper()
	took := make([]time.Duration, 0, 1<<18)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		before()
		start := time.Now()
		err := doc.Apply(ops[i%len(ops)])
		if len(took) < cap(took) {
			took = append(took, time.Since(start))
		}
		if err != nil {
			b.Fatal(err)
		}
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
}

// BenchmarkSize measures cost by a document's size in units, with a new run every 20 units.
func BenchmarkSize(b *testing.B) {
	for _, units := range []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000} {
		content := seeded(7).formatted(units)
		ops := seeded(8).edits(units, 4096)
		nothing := func() {}
		size := "/" + strconv.Itoa(units)
		b.Run("apply"+size, func(b *testing.B) { applyAll(b, newDocument(b, content), ops, nothing) })
		b.Run("apply after freeze"+size, func(b *testing.B) {
			doc := newDocument(b, content)
			applyAll(b, doc, ops, func() { doc.Freeze() })
		})
		b.Run("fork and try"+size, func(b *testing.B) {
			doc := newDocument(b, content)
			b.ReportAllocs()
			for b.Loop() {
				apply(b, doc.Fork(), ops[0])
			}
		})
		b.Run("refuse"+size, func(b *testing.B) {
			doc, op := newDocument(b, content), Delta{Retain(units), Delete(1)}
			b.ReportAllocs()
			for b.Loop() {
				if doc.Apply(op) == nil {
					b.Fatal("an op past the end was applied")
				}
			}
		})
	}
}

// BenchmarkRich measures documents of many runs. Whatever reads all of a document costs more with more runs; an op must not.
func BenchmarkRich(b *testing.B) {
	for _, runs := range []int{5_000, 20_000, 50_000} {
		units := 20 * runs
		content := seeded(7).formatted(units)
		json := content.AppendJSON(nil)
		edits, formats := seeded(8).edits(units, 4096), seeded(9).formats(units, 4096)
		nothing := func() {}
		for _, one := range []struct {
			name string
			run  func(b *testing.B)
		}{
			{"apply edits", func(b *testing.B) { applyAll(b, newDocument(b, content), edits, nothing) }},
			{"apply formats", func(b *testing.B) { applyAll(b, newDocument(b, content), formats, nothing) }},
			{"transform 100 formats", func(b *testing.B) {
				one, other := scatter(formats[:200]), scatter(seeded(10).formats(units, 200))
				dst := make(Delta, 0, 1000)
				b.ReportAllocs()
				for b.Loop() {
					dst = TransformInto(dst, one, other, CommittedFirst)
				}
			}},
			{"compose 2,000 ops", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ComposeAll(formats[:2000])
				}
			}},
			{"decode", func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(json)))
				for b.Loop() {
					must(b, string(json))
				}
			}},
			{"load", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					newDocument(b, content)
				}
			}},
			{"encode", func(b *testing.B) {
				frozen := newDocument(b, content).Freeze()
				var dst []byte
				b.ReportAllocs()
				b.SetBytes(int64(len(json)))
				for b.Loop() {
					dst = frozen.AppendJSON(dst[:0])
				}
			}},
			{"diff", func(b *testing.B) {
				changed := Compose(content, scatter(formats[:200]))
				changed = Compose(changed, scatter(edits[:200]))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Diff(content, changed); err != nil {
						b.Fatal(err)
					}
				}
			}},
		} {
			b.Run(fmt.Sprintf("%s/%d runs", one.name, runs), one.run)
		}
	}
}

// scatter composes the first op of each pair into one.
func scatter(pairs []Delta) Delta {
	var firsts []Delta
	for i := 0; i < len(pairs); i += 2 {
		firsts = append(firsts, pairs[i])
	}
	return ComposeAll(firsts)
}
