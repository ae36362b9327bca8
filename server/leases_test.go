package server

import (
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func headerOf(method, path string, size int, proof bool) *fasthttp.RequestHeader {
	h := &fasthttp.RequestHeader{}
	h.SetMethod(method)
	h.SetRequestURI(path)
	h.SetContentLength(size)
	if proof {
		h.Set("Cookie", "quire=x")
	}
	return h
}

func TestP8LargeBodiesAreBoundedTogether(t *testing.T) {
	now := time.Now()
	l := &leases{now: func() time.Time { return now }}
	const path = "/api/v1/documents/x/content"
	for _, c := range []struct {
		name   string
		header *fasthttp.RequestHeader
		want   int
	}{
		{"small", headerOf("PUT", path, 1000, true), smallBody},
		{"large", headerOf("PUT", path, 5<<20, true), 5 << 20},
		{"larger than allowed", headerOf("PUT", path, 500<<20, true), largeBody},
		{"of unknown size", headerOf("PUT", path, -1, true), largeBody},
		{"large, from nobody", headerOf("PUT", path, 5<<20, false), smallBody},
		{"large, elsewhere", headerOf("POST", "/api/v1/auth/signin", 5<<20, true), smallBody},
		{"large, but changes no text", headerOf("PATCH", path, 5<<20, true), smallBody},
	} {
		if got := l.receive(c.header).MaxRequestBodySize; got != c.want {
			t.Errorf("%s: %d bytes are read, want %d", c.name, got, c.want)
		}
	}
	granted := 0
	for range 100 {
		if l.receive(headerOf("PUT", path, largeBody, true)).MaxRequestBodySize == largeBody {
			granted++
		}
	}
	if l.taken > largeBodies || granted == 0 || granted > largeBodies/largeBody {
		t.Errorf("%d bodies of 64 MiB at once, %d bytes", granted, l.taken)
	}
	now = now.Add(largeTimeout + time.Second) // all lines broke
	if l.receive(headerOf("PUT", path, largeBody, true)).MaxRequestBodySize != largeBody || l.taken != largeBody || len(l.open) != 1 {
		t.Errorf("leases of lines that broke are kept: %d bytes", l.taken)
	}
}

func TestALargeTextIsWrittenAndItsLeaseEnds(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("short")
	large := make([]byte, 3<<20)
	for i := range large {
		large[i] = "abcdefghijklmnop\n"[i%17]
	}
	ada.do("PUT", "/documents/"+id+"/content", large, "If-Match", `"r1"`, "Content-Type", "text/plain", leaseHeader, "1").want(200)
	if got := len(ada.text(id)); got < len(large) {
		t.Errorf("%d bytes came back, want %d", got, len(large))
	}
	ada.do("GET", "/documents", nil).want(200) // the one before has ended
	h.srv.leases.mu.Lock()
	defer h.srv.leases.mu.Unlock()
	if h.srv.leases.taken != 0 || len(h.srv.leases.open) != 0 {
		t.Errorf("%d bytes are still leased", h.srv.leases.taken)
	}
}
