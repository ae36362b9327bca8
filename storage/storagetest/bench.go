package storagetest

import (
	"fmt"
	"testing"
	"time"

	"quire/storage"
)

// BenchmarkAppend commits two ops to each of a hundred documents, again and again, and reports µs an op.
func BenchmarkAppend(b *testing.B, s storage.Store) {
	const documents, each = 100, 2
	batches := make([]storage.Batch, documents)
	for i := range batches {
		id := storage.DocumentID(fmt.Sprintf("document-%03d", i))
		if err := s.CreateDocument(b.Context(), storage.Document{ID: id, Owner: "ann", CreatedAt: noon}, nil); err != nil {
			b.Fatal(err)
		}
		batches[i] = storage.Batch{Document: id, Ops: opsOf("a-client-of-twenty-two", each)}
	}
	for b.Loop() {
		for i, err := range s.Append(b.Context(), batches) {
			if err != nil {
				b.Fatal(err)
			}
			batches[i].Base += each
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(time.Microsecond)/float64(b.N*documents*each), "µs/op-in-log")
}
