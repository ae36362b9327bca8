package storage

// ThinSnapshots returns which of the snapshots at the revisions kept, in ascending order, to delete (L6). The two newest stay. An
// older one is deleted if the gap that it leaves is no longer than the distance from the gap's end to the newest. So gaps double
// with age, about 2·log2(n) snapshots remain, and replaying an old revision takes no more ops than have been written since.
func ThinSnapshots(kept []Revision) []Revision {
	var drop []Revision
	if len(kept) < 3 {
		return nil
	}
	newest := kept[len(kept)-1]
	newer := kept[len(kept)-2] // the next newer one that stays
	for i := len(kept) - 3; i >= 0; i-- {
		var older Revision // revision 0, the empty document, counts as a snapshot
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
