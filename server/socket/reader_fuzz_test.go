package socket_test

import (
	"runtime"
	"testing"

	"quire/server/socket"
)

// FuzzBytesAfterTheHandshake checks that any input, in any pieces, has the model's outcome and a defined close code, and that it
// takes no memory beyond the limits.
func FuzzBytesAfterTheHandshake(f *testing.F) {
	limits := socket.Limits{Frame: 1000, Discard: 5000}
	for _, c := range readerCases() {
		if len(c.input) < 8000 {
			f.Add(c.input, uint8(len(c.input)))
		}
	}
	r := newReader(f, limits)
	f.Fuzz(func(t *testing.T, input []byte, size uint8) {
		if len(input) > 20_000 {
			t.Skip("longer inputs teach nothing more")
		}
		want := model(input, limits)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r.check(t, "in one piece", input, want, r.inMemory(t, nil, input))
		runtime.ReadMemStats(&after)
		// Refilling pools that the garbage collector has just emptied costs about 500 KB. Trusting a length before it is checked
		// would cost far more.
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(2<<20+20*len(input)); took > most {
			t.Errorf("%d bytes were allocated for %d, want at most %d", took, len(input), most)
		}
		r.check(t, "in pieces", input, want, r.inMemory(t, nil, pieces(input, 1+int(size))...))
		if len(input) <= 600 {
			r.check(t, "byte by byte", input, want, r.inMemory(t, nil, pieces(input, 1)...))
		}
		early := min(len(input), 16*int(size))
		r.check(t, "begun with the handshake", input, want, r.inMemory(t, input[:early], input[early:]))
		// A client that sends after its close frame, or more than linger reads, may not get the answer: the kernel resets such a
		// connection.
		if int64(want.used) <= limits.Discard {
			r.check(t, "over TCP", input, want, r.overTCP(t, input[:want.used]))
		}
		if n := r.sockets.InUse().Assembling; n != 0 {
			t.Errorf("%d bytes of unfinished messages are still counted", n)
		}
	})
}
