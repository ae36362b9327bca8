package delta

import (
	"math"
	"runtime"
	"strings"
	"testing"
)

const openUnits = 100_000 // in the larger documents

// openDocument is one kind of open document, and how many bytes per unit it may take in addition to 4 kB.
type openDocument struct {
	name string
	most float64
	make func(g *generator) *Document
}

// openDocuments returns the kinds of documents. They share memory only with ascii, cyrillic and typed, which must outlive the
// measurement.
func openDocuments(t *testing.T, ascii, cyrillic string, typed trace, keys []Delta) []openDocument {
	insertAnywhere := func(g *generator, doc *Document, text string) {
		for range openUnits {
			apply(t, doc, Delta{Retain(1 + g.IntN(doc.Len()-1)), Insert(text)})
		}
	}
	halve := func(g *generator, doc *Document) {
		for range doc.Len() / 2 {
			apply(t, doc, Delta{Retain(g.IntN(doc.Len() - 1)), Delete(1)})
		}
	}
	return []openDocument{
		{"empty", 0, func(*generator) *Document { return newDocument(t, nil) }},
		{"a line", 3, func(*generator) *Document { return newDocument(t, FromText(cyrillic[:40])) }},
		{"a page", 1.1, func(*generator) *Document { return newDocument(t, FromText(ascii[:2000])) }},
		{"ASCII as loaded", 1.3, func(*generator) *Document { return newDocument(t, FromText(ascii)) }},
		{"Cyrillic as loaded", 2.3, func(*generator) *Document { return newDocument(t, FromText(cyrillic)) }},
		{"typed", 1.7, func(*generator) *Document { return replay(t, typed.start, keys) }},
		{"inserts anywhere", 1.6, func(g *generator) *Document {
			doc := newDocument(t, FromText(ascii))
			insertAnywhere(g, doc, "x")
			return doc
		}},
		{"one Cyrillic letter here and there", 3, func(g *generator) *Document {
			doc := newDocument(t, FromText(ascii))
			for range openUnits / 300 {
				apply(t, doc, Delta{Retain(1 + g.IntN(doc.Len()-1)), Insert("я")})
			}
			return doc
		}},
		{"Cyrillic inserts anywhere", 2.7, func(g *generator) *Document {
			doc := newDocument(t, FromText(cyrillic))
			insertAnywhere(g, doc, "я")
			return doc
		}},
		{"then half of it deleted", 3, func(g *generator) *Document {
			doc := newDocument(t, FromText(cyrillic))
			insertAnywhere(g, doc, "я")
			halve(g, doc)
			return doc
		}},
		{"most of it deleted", 3, func(g *generator) *Document {
			doc := newDocument(t, FromText(cyrillic))
			for range 3 {
				halve(g, doc)
			}
			return doc
		}},
		{"5,000 runs", 2.4, func(g *generator) *Document { return newDocument(t, g.formatted(openUnits)) }},
	}
}

// TestP8MemoryOfAnOpenDocument checks that an open document takes at most 3 bytes per unit and 4 kB, whatever edits it has had.
// Each run takes 16 bytes more, so a document with a run for each word is larger.
func TestP8MemoryOfAnOpenDocument(t *testing.T) {
	ascii := strings.Repeat("plain ASCII text of some forty units....", openUnits/40)
	cyrillic := strings.Repeat("текст из сорока единиц, кириллицей, да..", openUnits/40)
	typed := typing(60_000)
	keys := typed.ops(t)
	for _, one := range openDocuments(t, ascii, cyrillic, typed, keys) {
		t.Run(one.name, func(t *testing.T) {
			var n int
			took := int64(math.MaxInt64)
			for range 3 { // the runtime itself sometimes allocates some KB
				g := seeded(3)
				before := heapInUse()
				doc := one.make(g)
				took = min(took, int64(heapInUse())-int64(before))
				n = doc.Len()
				runtime.KeepAlive(doc)
			}
			if n > 1000 {
				t.Logf("%d units, %.2f bytes each", n, float64(took)/float64(n))
			} else {
				t.Logf("%d units, %d bytes", n, took)
			}
			if most := int64(one.most*float64(n)) + 4000; took > most {
				t.Errorf("%d bytes for %d units, want at most %d", took, n, most)
			}
		})
	}
	runtime.KeepAlive(ascii)
	runtime.KeepAlive(cyrillic)
	runtime.KeepAlive(keys)
}

// heapInUse returns the heap in use after a garbage collection, in bytes.
func heapInUse() uint64 {
	var m runtime.MemStats
	for range 2 { // the second collection frees what pools hold
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func apply(t testing.TB, doc *Document, op Delta) {
	t.Helper()
	if err := doc.Apply(op); err != nil {
		t.Fatal(err)
	}
}
