package storage

import "encoding/binary"

// SignRow gives row its checksum.
func SignRow(doc DocumentID, first Revision, count int, row []byte) []byte {
	return binary.BigEndian.AppendUint32(row[:len(row):len(row)], rowSum(appendPlace(nil, doc, first, count), row))
}
