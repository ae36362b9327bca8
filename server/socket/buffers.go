package socket

import "sync"

const (
	readSize  = 4 << 10  // bytes of the buffer a connection reads into
	largeSize = 64 << 10 // bytes of the buffer for large messages, and the most that is written at once
)

// buffers are the pools shared by all connections. An idle connection holds no buffer.
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
