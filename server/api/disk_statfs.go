//go:build linux || darwin

package api

import "syscall"

// diskOf measures the disk that holds folder: what it has and what is left for this process.
func diskOf(folder string) (total, free int64, known bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return 0, 0, false
	}
	block := int64(st.Bsize)
	return int64(st.Blocks) * block, int64(st.Bavail) * block, true
}
