package delta

import (
	"fmt"
	"testing"
)

// Set TRACES to a folder of editing sessions to measure real ones. The trace benchmarks report ns/op for a whole trace.

func BenchmarkApplyTrace(b *testing.B) {
	for _, tr := range traces(b) {
		ops := tr.ops(b)
		b.Run(tr.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				replay(b, tr.start, ops)
			}
			perEdit(b, len(ops))
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
			perEdit(b, len(tr.lines))
		})
	}
}

func BenchmarkDecodeTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, line := range tr.lines {
					if _, err := Decode(line, Limits{}); err != nil {
						b.Fatal(err)
					}
				}
			}
			perEdit(b, len(tr.lines))
		})
	}
}

func BenchmarkEncodeTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			ops := tr.ops(b)
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				for _, op := range ops {
					dst = op.AppendJSON(dst[:0])
				}
			}
			perEdit(b, len(ops))
		})
	}
}

// BenchmarkTransformTrace transforms each op of a trace over the one before it.
func BenchmarkTransformTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			ops := tr.ops(b)
			dst := make(Delta, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				for i := range ops[1:] {
					dst = TransformInto(dst, ops[i], ops[i+1], CommittedFirst)
				}
			}
			perEdit(b, len(ops)-1)
		})
	}
}

// BenchmarkComposeTrace composes the last 2,000 ops of a trace.
func BenchmarkComposeTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			ops := tr.ops(b)
			ops = ops[max(0, len(ops)-2000):]
			b.ReportAllocs()
			for b.Loop() {
				ComposeAll(ops)
			}
			perEdit(b, len(ops))
		})
	}
}

// BenchmarkDiffTrace compares the end of a trace with its state a tenth of the session before.
func BenchmarkDiffTrace(b *testing.B) {
	for _, tr := range traces(b) {
		b.Run(tr.name, func(b *testing.B) {
			ops := tr.ops(b)
			before := replay(b, tr.start, ops[:len(ops)*9/10]).Freeze().Delta()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Diff(before, tr.end); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func perEdit(b *testing.B, edits int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(edits), "ns/edit")
}

// BenchmarkComposeScattered composes 2,000 ops at random places of a long document.
func BenchmarkComposeScattered(b *testing.B) {
	ops := seeded(13).edits(1_000_000, 4000)
	for i := range ops {
		ops[i] = ops[i&^1] // inserts only: none undoes another
	}
	ops = ops[:2000]
	b.ReportAllocs()
	for b.Loop() {
		ComposeAll(ops)
	}
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
}

// BenchmarkTransformLargeOp transforms an op of 10,000 components over 1,000 and over 10,000 small ops (E5).
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
