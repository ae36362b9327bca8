//go:build linux || darwin

package api

import "syscall"

// diskOf returns the size of folder's disk and the space left for this process, in bytes.
func diskOf(folder string) (total, free int64, known bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return 0, 0, false
	}
	block := int64(st.Bsize)
	return int64(st.Blocks) * block, int64(st.Bavail) * block, true
}
