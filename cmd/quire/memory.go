package main

import (
	"os"
	"strconv"
	"strings"
)

// memoryAdvice returns what GOMEMLIMIT should be, nine tenths of the container's limit; "" if it is set or there is no limit. Without
// it Go lets its heap grow until the kernel kills the process.
func memoryAdvice(environ func(string) string, cgroup string) string {
	if environ("GOMEMLIMIT") != "" {
		return ""
	}
	data, err := os.ReadFile(cgroup)
	if err != nil {
		return ""
	}
	limit, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64) // "max" where there is no bound
	if err != nil || limit <= 0 {
		return ""
	}
	return strconv.FormatInt(limit/10*9>>20, 10) + "MiB"
}
