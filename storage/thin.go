package storage

// ThinSnapshots returns the revisions whose snapshot is dropped, of those kept in ascending order (L6). The two newest
// stay. Of the older ones one goes when the gap it leaves is no longer than the way from the gap's end to the newest:
// so gaps double with age, about 2·log2(n) snapshots remain, and an old revision is replayed over no more ops than have
// been written since.
func ThinSnapshots(kept []Revision) []Revision {
	var drop []Revision
	if len(kept) < 3 {
		return nil
	}
	newest := kept[len(kept)-1]
	newer := kept[len(kept)-2] // the nearest newer one that stays
	for i := len(kept) - 3; i >= 0; i-- {
		var older Revision // the empty document is a snapshot too
		if i > 0 {
			older = kept[i-1]
		}
		if newer-older <= newest-newer {
			drop = append(drop, kept[i])
			continue
		}
		newer = kept[i]
	}
	return drop
}
