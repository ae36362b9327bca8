//go:build unix

package server

import (
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"quire/server/tlstest"
)

// A pair that cannot be read while there are no descriptors left is tried again, though its files are the same.
func TestACertificateThatCouldNotBeReadIsTriedAgain(t *testing.T) {
	authority, folder := tlstest.NewAuthority(t), t.TempDir()
	cert, key := authority.Issue(t, "127.0.0.1").Files(t, folder)
	var clock atomic.Int64
	now := func() time.Time { return time.Unix(1_800_000_000+clock.Load(), 0) }
	c, err := newCertificate(TLSFiles{cert, key}, now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	before := c.leaf().SerialNumber
	authority.Issue(t, "127.0.0.1").Files(t, folder)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	clock.Add(2)
	none := limit
	none.Cur = 1
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	pair, _ := c.get(nil)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if pair.Leaf.SerialNumber.Cmp(before) != 0 {
		t.Fatal("the new pair was read without a descriptor")
	}
	clock.Add(int64(certificateAgain/time.Second) + 1)
	if pair, _ = c.get(nil); pair.Leaf.SerialNumber.Cmp(before) == 0 {
		t.Error("the pair that could not be read is never tried again")
	}
}
