package collab

import (
	"sync"

	"quire/collab/wire"
	"quire/storage"
)

// feed holds a document's recent op frames, encoded once and shared by all its readers, bounded in bytes. Frame i takes the
// document from revision first+i to the next. Only committed ops get here.
type feed struct {
	mu     sync.RWMutex
	first  storage.Revision
	frames []wire.Frame // oldest first; never changed in place once appended
	bytes  int
}

// reset empties the feed at a revision.
func (f *feed) reset(at storage.Revision) {
	f.mu.Lock()
	f.first, f.frames, f.bytes = at, nil, 0
	f.mu.Unlock()
}

// append adds frames and drops the oldest beyond limit bytes, but never all: the newest stays whatever its size.
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
		// Readers hold frames, never this slice, so its memory may be reused.
		n := copy(f.frames, f.frames[drop:])
		clear(f.frames[n:])
		f.frames = f.frames[:n]
		f.first += storage.Revision(drop)
	}
}

// shrink gives memory back when nobody reads: all but what fits limit bytes goes.
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

// end is the revision after the newest frame.
func (f *feed) end() storage.Revision {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.first + storage.Revision(len(f.frames))
}

// read appends the frames of the ops from revision from to revision to, about budget bytes but at least one. reached is
// where it stopped; ok is false if the feed no longer holds from, so that the log must be asked.
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
