package load

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// meddling decides what a broken server does to a message: what it forwards instead, and what it sends back to the sender; ""
// means nothing. client is the id that the server assigned to the connection.
type meddling func(fromServer bool, client, frame string, m message) (onward, back string)

const cut = "\x00"

// between starts a proxy between the generator and a real server that meddles with messages, one at a time, and returns its
// address.
func between(t *testing.T, address string, meddle meddling) string {
	t.Helper()
	server, err := newTarget(small(address), func() time.Duration { return 0 })
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	wg.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return // the test is over
			}
			wg.Go(func() {
				defer nc.Close()
				in, err := accept(nc)
				if err != nil {
					t.Errorf("the upgrade: %v", err)
					return
				}
				s, err := server.dial(t.Context(), 0)
				if err != nil {
					t.Errorf("the server behind: %v", err)
					return
				}
				pass(nc, in, s, func(fromServer bool, client, frame string, m message) (string, string) {
					mu.Lock()
					defer mu.Unlock()
					return meddle(fromServer, client, frame, m)
				})
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		wg.Wait()
	})
	return ln.Addr().String()
}

func accept(nc net.Conn) (*bufio.Reader, error) {
	in := bufio.NewReader(nc)
	req, err := http.ReadRequest(in)
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	return in, err
}

// pass forwards messages until either end is gone.
func pass(nc net.Conn, in *bufio.Reader, s *socket, meddle meddling) {
	var mu sync.Mutex
	client := ""
	name := func() string {
		mu.Lock()
		defer mu.Unlock()
		return client
	}
	tell := func(text string) {
		for part := range strings.SplitSeq(text, cut) {
			if part != "" {
				nc.Write([]byte(ofServer(whole, part)))
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer nc.Close()
		for {
			frame, err := s.next()
			if err != nil {
				return
			}
			m, _ := scan(frame, false)
			if string(m.action) == "hs" {
				mu.Lock()
				client = string(m.id)
				mu.Unlock()
			}
			onward, _ := meddle(true, name(), string(frame), m)
			tell(onward)
		}
	}()
	for {
		_, frame, err := ofClient(in)
		if err != nil {
			break
		}
		m, _ := scan([]byte(frame), false)
		onward, back := meddle(false, name(), frame, m)
		tell(back)
		if onward != "" && s.send(append(s.begin(), onward...)) != nil {
			break
		}
	}
	s.nc.Close()
	<-done
}
