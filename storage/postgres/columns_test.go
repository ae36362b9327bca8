package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"quire/storage"
)

// The arguments of a commit, read by a decoder that is not ours, are what was put in; and no second commit allocates.
func TestColumnsAreArraysOfTheServer(t *testing.T) {
	batch := func(doc string, base storage.Revision, n int) storage.Batch {
		b := storage.Batch{Document: storage.DocumentID(doc), Base: base}
		for i := range n {
			b.Ops = append(b.Ops, storage.Op{Client: "c", Seq: int64(i), Author: "ann", At: time.UnixMilli(5).UTC(), Body: []byte{0, byte(i)}})
		}
		return b
	}
	batches := []storage.Batch{batch("a", 0, 1), batch("b-ü", 1<<40, 3)}
	var c columns
	fill := func() {
		c.reset()
		for _, b := range batches {
			c.add(b)
		}
	}
	fill() // over what the first one left
	fill()
	var documents, authors []string
	var firsts, bytes, updated []int64
	var counts []int32
	var bodies [][]byte
	types := pgtype.NewMap()
	for i, field := range []struct {
		oid uint32
		dst any
	}{
		{pgtype.TextArrayOID, &documents}, {pgtype.Int8ArrayOID, &firsts}, {pgtype.Int4ArrayOID, &counts}, {pgtype.ByteaArrayOID, &bodies},
		{pgtype.Int8ArrayOID, &bytes}, {pgtype.Int8ArrayOID, &updated}, {pgtype.TextArrayOID, &authors},
	} {
		if err := types.Scan(field.oid, pgtype.BinaryFormatCode, c.values()[i], field.dst); err != nil {
			t.Fatalf("column %d: %v", i, err)
		}
	}
	if got, want := fmt.Sprint(documents, firsts, counts, updated, authors), "[a b-ü] [0 1099511627776] [1 3] [5 5] [ann ann]"; got != want {
		t.Errorf("columns = %s, want %s", got, want)
	}
	for i, b := range batches {
		if grown := (storage.Head{}).Grow(b.Ops); bytes[i] != grown.Bytes {
			t.Errorf("bytes of %s = %d, want %d", b.Document, bytes[i], grown.Bytes)
		}
		ops, err := storage.DecodeRow(b.Document, b.Base, len(b.Ops), bodies[i])
		if err != nil || fmt.Sprint(ops) != fmt.Sprint(b.Ops) {
			t.Errorf("row of %s = %v, %v; want %v", b.Document, ops, err, b.Ops)
		}
	}
	if n := testing.AllocsPerRun(100, fill); n > 0 {
		t.Errorf("filling the columns again allocates %v times, want never", n)
	}
}
