package collab

import (
	"sync"

	"quire/collab/wire"
	"quire/storage"
)

// feed holds the frames of a document's newest committed ops, up to a number of bytes. They are encoded once and shared by all
// readers. Frame i takes the document from revision first+i to the next.
type feed struct {
	mu     sync.RWMutex
	first  storage.Revision
	frames []wire.Frame // oldest first; a frame never changes
	bytes  int
}

// reset empties the feed at a revision.
func (f *feed) reset(at storage.Revision) {
	f.mu.Lock()
	f.first, f.frames, f.bytes = at, nil, 0
	f.mu.Unlock()
}

// append adds frames and drops the oldest ones beyond limit bytes, but never the newest.
func (f *feed) append(frames []wire.Frame, limit int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range frames {
		f.bytes += frames[i].Len()
	}
	f.frames = append(f.frames, frames...)
	drop := 0
	for f.bytes > limit && drop < len(f.frames)-1 {
		f.bytes -= f.frames[drop].Len()
		drop++
	}
	if drop > 0 {
		// Readers hold frames but never this slice, so its memory may be reused.
		n := copy(f.frames, f.frames[drop:])
		clear(f.frames[n:])
		f.frames = f.frames[:n]
		f.first += storage.Revision(drop)
	}
}

// shrink drops the oldest frames beyond limit bytes, if need be all, and frees their memory.
func (f *feed) shrink(limit int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	drop := 0
	for f.bytes > limit && drop < len(f.frames) {
		f.bytes -= f.frames[drop].Len()
		drop++
	}
	f.frames = append([]wire.Frame(nil), f.frames[drop:]...)
	f.first += storage.Revision(drop)
}

// end returns the revision after the newest frame.
func (f *feed) end() storage.Revision {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.first + storage.Revision(len(f.frames))
}

// read appends the frames from revision from up to revision to: about budget bytes, but at least one. reached is the revision where
// it stopped. ok is false if the feed no longer holds from: then the log must be read.
func (f *feed) read(dst []wire.Frame, from, to storage.Revision, budget int) (frames []wire.Frame, reached storage.Revision, ok bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if from < f.first {
		return dst, from, false
	}
	to = min(to, f.first+storage.Revision(len(f.frames)))
	for ; from < to && budget > 0; from++ {
		frame := f.frames[from-f.first]
		dst = append(dst, frame)
		budget -= frame.Len()
	}
	return dst, from, true
}

func (f *feed) size() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.bytes
}
