package delta

import (
	"fmt"
	"testing"
)

// Set TRACES to a folder of editing sessions for figures on real ones. ns/op of the trace benchmarks is for a whole trace.

func BenchmarkApplyTrace(b *testing.B) {
	for _, tr := range traces(b) {
		ops := tr.ops(b)
		b.Run(tr.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				replay(b, tr.start, ops)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(ops)), "ns/edit")
		})
	}
}

func replay(t testing.TB, start Delta, ops []Delta) *Document {
	doc := newDocument(t, start)
	for _, op := range ops {
		if err := doc.Apply(op); err != nil {
			t.Fatal(err)
		}
	}
	return doc
}

func BenchmarkDecodeAndApplyTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				doc := newDocument(b, tr.start)
				for _, line := range tr.lines {
					op, err := Decode(line, Limits{})
					if err == nil {
						err = doc.Apply(op)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(tr.lines)), "ns/edit")
		})
	}
}

// BenchmarkApplyAnywhere edits at random places of formatted documents, undoing each edit so that the size stays.
func BenchmarkApplyAnywhere(b *testing.B) {
	for _, units := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(units), func(b *testing.B) {
			g := seeded(7)
			doc := newDocument(b, g.formatted(units))
			ops := make([]Delta, 4096)
			for i := 0; i < len(ops); i += 2 {
				at := 1 + g.IntN(units-1)
				ops[i], ops[i+1] = Delta{Retain(at), Insert("x")}, Delta{Retain(at), Delete(1)}
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := doc.Apply(ops[i%len(ops)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// formatted has a run of its own every 20 units.
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

func BenchmarkTransformSmall(b *testing.B) {
	committed, op := Delta{Retain(1000), Insert("a")}, Delta{Retain(1010), Insert("b")}
	b.Run("reused", func(b *testing.B) {
		b.ReportAllocs()
		dst := make(Delta, 0, 8)
		for b.Loop() {
			dst = TransformInto(dst, committed, op, CommittedFirst)
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = Transform(committed, op, CommittedFirst)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, op := range map[string]string{
		"typing":    `[{"retain":22061},{"insert":"r"}]`,
		"formatted": `[{"retain":2206},{"insert":"word","attributes":{"bold":true,"color":"#ff0000"}},{"delete":3}]`,
		"astral":    `[{"retain":2206},{"insert":"😀 déjà"}]`,
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(op)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(data, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	op := must(b, `[{"retain":2206},{"insert":"word","attributes":{"bold":true,"color":"#ff0000"}},{"delete":3}]`)
	b.Run("op", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst = op.AppendJSON(dst[:0])
		}
	})
	b.Run("document of 100,000", func(b *testing.B) {
		b.ReportAllocs()
		frozen := newDocument(b, seeded(7).formatted(100_000)).Freeze()
		var dst []byte
		for b.Loop() {
			dst = frozen.AppendJSON(dst[:0])
		}
	})
}

// BenchmarkTransformLargeOp brings 10,000 components over 1,000 small ops and over 10,000 (E5).
func BenchmarkTransformLargeOp(b *testing.B) {
	for _, ops := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(ops), func(b *testing.B) {
			g := seeded(11)
			var op Delta
			for range 5000 {
				op = append(op, Retain(3), Insert("x"))
			}
			history := make([]Delta, ops)
			for i := range history {
				history[i] = Delta{Retain(1 + g.IntN(14_990)), pick(g, []Component{Insert("y"), Delete(2)})}
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = TransformAll(history, op, CommittedFirst)
			}
		})
	}
}
