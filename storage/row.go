package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// The row codec: the ops that one document commits at once are one row of the database, one byte string of the form below. So a
// commit of two ops costs the database about as much as a commit of one: row header, index entry and client name are there once.
//
//	row  = rowFormat, op…, CRC-32C of place and all before (4 bytes, big-endian)
//	op   = flags, [client], [author], seq, at, body    texts: uvarint length, bytes; body: the same
//	seq  = varint, the difference to the op before (0 before the first)
//	at   = varint, ms since 1970, the difference to the op before (0 before the first)
//
// The place (document, first revision, count) is not in the row but in its checksum, so that a misplaced row is noticed.

const (
	rowFormat = 1

	sameClient = 1 << 0 // as the op before
	sameAuthor = 1 << 1
	knownFlags = sameClient | sameAuthor

	rowSumBytes   = 4
	leastOpBytes  = 4 // flags, seq, at, empty body
	leastRowBytes = 1 + leastOpBytes + rowSumBytes
)

// AppendRow appends the row of ops to dst. The first of them applies to revision first of doc.
func AppendRow(dst []byte, doc DocumentID, first Revision, ops []Op) []byte {
	start := len(dst)
	dst = append(dst, rowFormat)
	var before Op
	at := int64(0)
	for i, op := range ops {
		flags := byte(0)
		if i > 0 && op.Client == before.Client {
			flags |= sameClient
		}
		if i > 0 && op.Author == before.Author {
			flags |= sameAuthor
		}
		dst = append(dst, flags)
		if flags&sameClient == 0 {
			dst = appendBytes(dst, op.Client)
		}
		if flags&sameAuthor == 0 {
			dst = appendBytes(dst, string(op.Author))
		}
		now := ToUnix(op.At)
		dst = binary.AppendVarint(dst, op.Seq-before.Seq) // may overflow; decoding then overflows back
		dst = binary.AppendVarint(dst, now-at)
		dst = appendBytes(dst, op.Body)
		before, at = op, now
	}
	end := len(dst)
	dst = appendPlace(dst, doc, first, len(ops)) // temporarily in dst: a buffer on the stack would escape to the heap
	sum := rowSum(dst[end:], dst[start:end])
	return binary.BigEndian.AppendUint32(dst[:end], sum)
}

func appendBytes[T string | []byte](dst []byte, b T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

func appendPlace(dst []byte, doc DocumentID, first Revision, count int) []byte {
	dst = append(append(dst, doc...), 0)
	dst = binary.BigEndian.AppendUint64(dst, uint64(first))
	return binary.BigEndian.AppendUint64(dst, uint64(count))
}

func rowSum(place, row []byte) uint32 {
	return crc32.Update(crc32.Checksum(place, castagnoli), castagnoli, row)
}

// DecodeRow returns the count ops of a row at revision first of doc. Their bodies share row's memory. ErrDamaged for anything that
// AppendRow did not write there.
func DecodeRow(doc DocumentID, first Revision, count int, row []byte) ([]Op, error) {
	d := rowDecoder{rest: row}
	ops, err := d.decode(doc, first, count, row)
	if err != nil {
		return nil, fmt.Errorf("row doc=%s revision=%d: %w: %w", doc, first, ErrDamaged, err)
	}
	return ops, nil
}

type rowDecoder struct {
	rest []byte
	err  error
}

func (d *rowDecoder) decode(doc DocumentID, first Revision, count int, row []byte) ([]Op, error) {
	if len(row) < leastRowBytes {
		return nil, fmt.Errorf("%d bytes", len(row))
	}
	if row[0] != rowFormat {
		return nil, fmt.Errorf("format %d: written by a newer Quire?", row[0])
	}
	body := row[:len(row)-rowSumBytes]
	if binary.BigEndian.Uint32(row[len(body):]) != rowSum(appendPlace(nil, doc, first, count), body) {
		return nil, errors.New("wrong checksum")
	}
	if count < 1 || count > len(body)/leastOpBytes {
		return nil, fmt.Errorf("%d ops in %d bytes", count, len(body))
	}
	d.rest = body[1:]
	ops := make([]Op, count)
	var before Op
	at := int64(0)
	for i := range ops {
		before = d.op(before, &at, i == 0)
		ops[i] = before
	}
	if d.err == nil && len(d.rest) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(d.rest))
	}
	return ops, d.err
}

func (d *rowDecoder) op(before Op, at *int64, first bool) Op {
	flags := d.byte()
	if flags&^knownFlags != 0 || first && flags != 0 {
		d.fail(fmt.Errorf("flags %#x", flags))
	}
	op := Op{Client: before.Client, Author: before.Author}
	if flags&sameClient == 0 {
		op.Client = string(d.bytes())
	}
	if flags&sameAuthor == 0 {
		op.Author = UserID(d.bytes())
	}
	op.Seq = before.Seq + d.varint()
	*at += d.varint()
	op.At = FromUnix(*at)
	op.Body = d.bytes()
	return op
}

func (d *rowDecoder) fail(err error) {
	if d.err == nil {
		d.err, d.rest = err, nil
	}
}

func (d *rowDecoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail(errShort)
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *rowDecoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *rowDecoder) bytes() []byte {
	size, n := binary.Uvarint(d.rest)
	if n <= 0 || size > math.MaxInt32 || size > uint64(len(d.rest)-n) {
		d.fail(errShort)
		return nil
	}
	b := d.rest[n : n+int(size) : n+int(size)]
	d.rest = d.rest[n+int(size):]
	return b
}

var errShort = errors.New("ends too early")
