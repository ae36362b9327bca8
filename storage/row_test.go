package storage_test

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"quire/storage"
)

var rowOps = []storage.Op{
	{Client: "c", Seq: 1, Author: "ann", At: time.UnixMilli(1_795_000_000_123).UTC(), Body: []byte(`"op":[{"insert":"a"}]`)},
	{Client: "c", Seq: 2, Author: "ann", At: time.UnixMilli(1_795_000_000_120).UTC(), Body: []byte("a\x00b\x00")},
	{Client: "", Seq: math.MinInt64, Author: "", Body: []byte{}},
	{Client: "\x00\xff", Seq: math.MaxInt64, Author: "\x00", At: time.UnixMilli(-1).UTC(), Body: bytes.Repeat([]byte{0}, 300)},
	{Client: "\x00\xff", Seq: 0, Author: "bob", At: time.UnixMilli(1).UTC(), Body: []byte{0}},
}

func sameOp(a, b storage.Op) bool {
	return a.Client == b.Client && a.Seq == b.Seq && a.Author == b.Author && a.At == b.At && bytes.Equal(a.Body, b.Body)
}

func TestRowComesBackAsItWas(t *testing.T) {
	for n := 1; n <= len(rowOps); n++ {
		row := storage.AppendRow([]byte("before"), "doc", 7, rowOps[:n])[len("before"):]
		got, err := storage.DecodeRow("doc", 7, n, row)
		if err != nil || len(got) != n {
			t.Fatalf("DecodeRow of %d = %d ops, %v", n, len(got), err)
		}
		for i := range got {
			if !sameOp(got[i], rowOps[i]) {
				t.Errorf("op %d of %d\n got %+v\nwant %+v", i, n, got[i], rowOps[i])
			}
		}
	}
}

// Only the unchanged row in its own place can be decoded.
func TestRowNoticesEveryDamage(t *testing.T) {
	row := storage.AppendRow(nil, "doc", 7, rowOps)
	damaged := func(what string, doc storage.DocumentID, first storage.Revision, count int, row []byte) {
		t.Helper()
		if _, err := storage.DecodeRow(doc, first, count, row); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%s: DecodeRow = %v, want ErrDamaged", what, err)
		}
	}
	damaged("another document", "dox", 7, len(rowOps), row)
	damaged("another revision", "doc", 8, len(rowOps), row)
	damaged("another count", "doc", 7, len(rowOps)-1, row)
	damaged("no row", "doc", 7, 1, nil)
	for i := range row {
		for bit := range 8 {
			flipped := bytes.Clone(row)
			flipped[i] ^= 1 << bit
			damaged("a flipped bit", "doc", 7, len(rowOps), flipped)
		}
		damaged("cut short", "doc", 7, len(rowOps), row[:i])
	}
}

// A row that decodes is the row that its ops make, whatever the bytes; and no bytes cause a panic or much memory.
func FuzzDecodeRow(f *testing.F) {
	for n := 1; n <= len(rowOps); n++ {
		row := storage.AppendRow(nil, "d", 3, rowOps[:n])
		f.Add(row[:len(row)-4], uint16(n))
	}
	f.Add([]byte{1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 127}, uint16(60_000))
	f.Fuzz(func(t *testing.T, unsigned []byte, count uint16) {
		row := storage.SignRow("d", 3, int(count), unsigned) // with a wrong checksum nothing else would be tested
		ops, err := storage.DecodeRow("d", 3, int(count), row)
		if err != nil {
			if !errors.Is(err, storage.ErrDamaged) {
				t.Fatalf("DecodeRow = %v", err)
			}
			return
		}
		again, err := storage.DecodeRow("d", 3, int(count), storage.AppendRow(nil, "d", 3, ops))
		if err != nil || len(again) != int(count) {
			t.Fatalf("again: %d ops, %v", len(again), err)
		}
		for i := range ops {
			if !sameOp(ops[i], again[i]) {
				t.Fatalf("op %d\n got %+v\nthen %+v", i, ops[i], again[i])
			}
		}
	})
}
