package socket

import "sync"

const (
	readSize  = 4 << 10  // what a connection reads into while something arrives
	largeSize = 64 << 10 // what a large message is read with, and how much is written at once
)

// buffers are shared by all connections; an idle one holds none.
type buffers struct {
	small sync.Pool // of *[]byte, readSize
	large sync.Pool // of *[]byte, largeSize
	outs  sync.Pool // of *outgoing
}

func (b *buffers) getSmall() *[]byte { return getBytes(&b.small, readSize) }
func (b *buffers) getLarge() *[]byte { return getBytes(&b.large, largeSize) }

func (b *buffers) put(buf *[]byte) {
	switch len(*buf) {
	case readSize:
		b.small.Put(buf)
	case largeSize:
		b.large.Put(buf)
	}
}

func getBytes(pool *sync.Pool, size int) *[]byte {
	if buf, ok := pool.Get().(*[]byte); ok {
		return buf
	}
	buf := make([]byte, size)
	return &buf
}
