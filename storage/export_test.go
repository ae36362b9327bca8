package storage

import "encoding/binary"

// SignRow returns row with its checksum appended.
func SignRow(doc DocumentID, first Revision, count int, row []byte) []byte {
	return binary.BigEndian.AppendUint32(row[:len(row):len(row)], rowSum(appendPlace(nil, doc, first, count), row))
}
