package postgres

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"quire/storage"
)

// columns are the arguments of appendSQL in the server's binary format. Encoding them directly, into reused memory, costs 2 µs an op
// less than slices that pgx encodes.
type columns struct {
	documents, firsts, counts, bodies, bytes, updated, authors array
}

// keptColumn is how many bytes of a column's memory are kept for the next commit.
const keptColumn = 1 << 20

// reset empties the columns.
func (c *columns) reset() {
	c.documents.begin(pgtype.TextOID)
	c.firsts.begin(pgtype.Int8OID)
	c.counts.begin(pgtype.Int4OID)
	c.bodies.begin(pgtype.ByteaOID)
	c.bytes.begin(pgtype.Int8OID)
	c.updated.begin(pgtype.Int8OID)
	c.authors.begin(pgtype.TextOID)
}

func (c *columns) add(b storage.Batch) {
	grown := storage.Head{}.Grow(b.Ops)
	c.documents.text(string(b.Document))
	c.firsts.int64(int64(b.Base))
	c.counts.int32(int32(len(b.Ops)))
	c.bodies.row(b)
	c.bytes.int64(grown.Bytes)
	c.updated.int64(storage.ToUnix(grown.UpdatedAt))
	c.authors.text(id(grown.UpdatedBy))
}

// values are the parameters in the order of appendSQL. They are valid until the next reset.
func (c *columns) values() [][]byte {
	return [][]byte{c.documents.end(), c.firsts.end(), c.counts.end(), c.bodies.end(), c.bytes.end(), c.updated.end(), c.authors.end()}
}

// array is a one-dimensional array without nulls in Postgres' binary form: number of dimensions, whether there are nulls,
// the elements' type, then length and lower bound of the one dimension, and each element behind its length in bytes; all
// integers of 4 bytes, big-endian (array_recv in the server's arrayfuncs.c).
type array struct {
	buf []byte
	n   int
}

const arrayHead = 5 * 4

func (a *array) begin(element uint32) {
	if cap(a.buf) > keptColumn {
		a.buf = nil
	}
	a.n = 0
	a.buf = binary.BigEndian.AppendUint32(a.buf[:0], 1)
	a.buf = binary.BigEndian.AppendUint32(a.buf, 0)
	a.buf = binary.BigEndian.AppendUint32(a.buf, element)
	a.buf = binary.BigEndian.AppendUint32(a.buf, 0) // the length, known at the end
	a.buf = binary.BigEndian.AppendUint32(a.buf, 1)
}

func (a *array) end() []byte {
	binary.BigEndian.PutUint32(a.buf[arrayHead-8:], uint32(a.n))
	return a.buf
}

func (a *array) int64(v int64) {
	a.n++
	a.buf = binary.BigEndian.AppendUint32(a.buf, 8)
	a.buf = binary.BigEndian.AppendUint64(a.buf, uint64(v))
}

func (a *array) int32(v int32) {
	a.n++
	a.buf = binary.BigEndian.AppendUint32(a.buf, 4)
	a.buf = binary.BigEndian.AppendUint32(a.buf, uint32(v))
}

func (a *array) text(v string) {
	a.n++
	a.buf = binary.BigEndian.AppendUint32(a.buf, uint32(len(v)))
	a.buf = append(a.buf, v...)
}

// row adds the ops of b as package storage encodes them, in place.
func (a *array) row(b storage.Batch) {
	a.n++
	size := len(a.buf)
	a.buf = append(a.buf, 0, 0, 0, 0)
	a.buf = storage.AppendRow(a.buf, b.Document, b.Base, b.Ops)
	binary.BigEndian.PutUint32(a.buf[size:], uint32(len(a.buf)-size-4))
}

var binaryFormat = []int16{pgx.BinaryFormatCode} // a single code holds for all columns

// run executes appendSQL with c and returns the places, from 1, of the rows that were stored.
func (c *columns) run(ctx context.Context, conn *pgx.Conn) (stored []int64, err error) {
	result := conn.PgConn().ExecPrepared(ctx, appendName, c.values(), binaryFormat, binaryFormat)
	for result.NextRow() {
		v := result.Values()
		if len(v) != 1 || len(v[0]) != 8 {
			err = fmt.Errorf("an answer of %d columns", len(v))
			continue
		}
		stored = append(stored, int64(binary.BigEndian.Uint64(v[0])))
	}
	if _, closing := result.Close(); closing != nil {
		return nil, closing
	}
	return stored, err
}
