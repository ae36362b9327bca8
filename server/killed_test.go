package server

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"quire/collab"
	"quire/server/socket"
)

// lives of killed lines, by how many at once.
const lives, atOnce = 160, 16

// P8: under load, from lines that end in every way at any moment, with a reset, in the middle of a frame, a message or an upload,
// every budget gets back what it gave: all of them are zero once all have left, while the server runs on.
func TestBudgetsAreZeroWhenAllWereKilledP8(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	h := newHouse(t, nil)
	ada := h.account("ada")
	docs := []string{ada.document("small"), ada.document(strings.Repeat("large ", 60_000)), ada.document(strings.Repeat("also large\n", 30_000))}
	var all sync.WaitGroup
	for worker := range uint64(atOnce) {
		r := rand.New(rand.NewPCG(seed, worker))
		all.Go(func() {
			for range lives / atOnce {
				if err := h.live(r, ada, docs[r.IntN(len(docs))]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := h.left(); got != "" {
		t.Errorf("P8: all were killed, and of %s", got)
	}
	ada.do("GET", "/me", nil).want(200)
}

// left waits until nothing of those who have left is in use, and tells what still is.
func (h *house) left() (still string) {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(soon); ; <-ticker.C {
		hub := h.hub.InUse()
		hub.Documents, hub.Memory, hub.Places = 0, 0, 0 // documents stay for a while
		shares, _, _ := h.hub.Usage(0)
		sockets, bodies := h.srv.sockets.InUse(), h.srv.bodies.shares.Used()
		switch {
		case hub != (collab.InUse{}):
			still = fmt.Sprintf("the hub %+v is in use", hub)
		case sockets != (socket.InUse{}):
			still = fmt.Sprintf("the sockets %+v is in use", sockets)
		case shares[0].Persons > 0:
			still = fmt.Sprintf("the hub %d persons hold places for documents", shares[0].Persons)
		case bodies != 0:
			still = fmt.Sprintf("bodies %d bytes are counted", bodies)
		default:
			return ""
		}
		if time.Now().After(end) {
			return still
		}
	}
}

// live is one line: what it sends, and how it ends.
func (h *house) live(r *rand.Rand, c *caller, doc string) error {
	if r.IntN(5) == 0 {
		return h.upload(r, c, doc)
	}
	dialer := websocket.Dialer{Jar: c.client.Jar, HandshakeTimeout: soon}
	conn, _, err := dialer.Dial(strings.Replace(h.base, "http", "ws", 1)+"/api/v1/socket", http.Header{"Origin": {h.base}})
	if err != nil {
		return err
	}
	defer conn.Close()
	frames := []string{
		`{"a":"hs","id":null,"protocol":1,"protocolMinor":2,"quire":1}`, fmt.Sprintf(`{"a":"s","c":"documents","d":%q}`, doc),
		fmt.Sprintf(`{"a":"ps","ch":"documents.%s","seq":1}`, doc), fmt.Sprintf(`{"a":"f","c":"documents","d":%q,"v":null}`, doc),
	}
	for seq := range 1 + r.IntN(20) {
		frames = append(frames, fmt.Sprintf(`{"a":"op","c":"documents","d":%q,"v":1,"seq":%d,"x":{},"op":[{"insert":"x"}]}`, doc, seq+1))
	}
	frames = frames[:1+r.IntN(len(frames))]
	for _, frame := range frames {
		if conn.WriteMessage(websocket.TextMessage, []byte(frame)) != nil {
			return nil // the server closed it, as it may
		}
	}
	conn.SetReadDeadline(time.Now().Add(soon))
	for range r.IntN(1 + min(len(frames), 2)) { // each of the first two is answered
		if _, _, err := conn.ReadMessage(); err != nil {
			break
		}
	}
	return end(r, conn)
}

// end ends a line in one of the ways that lines end.
func end(r *rand.Rand, conn *websocket.Conn) error {
	tcp, ok := conn.NetConn().(*net.TCPConn)
	if !ok {
		return errors.New("no TCP connection")
	}
	switch r.IntN(5) {
	case 0:
		conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(soon))
	case 1: // in the middle of a frame's head
		tcp.Write([]byte{0x81, 0xfe, 0x40})
	case 2: // of a frame of 16 KiB
		tcp.Write(append([]byte{0x81, 0xfe, 0x40, 0, 1, 2, 3, 4}, make([]byte, r.IntN(8000))...))
	case 3: // of a large message of many frames
		tcp.Write(append([]byte{0x01, 0xff, 0, 0, 0, 0, 0, 2, 0, 0, 1, 2, 3, 4}, make([]byte, 128<<10)...))
		tcp.Write([]byte{0x00, 0xfe, 0x40, 0, 1, 2, 3, 4, 5})
	}
	if r.IntN(2) == 0 {
		tcp.SetLinger(0) // a reset
	}
	return tcp.Close()
}

// upload begins to write a document's text, and breaks.
func (h *house) upload(r *rand.Rand, c *caller, doc string) error {
	conn, err := net.Dial("tcp", h.ln.Addr().String())
	if err != nil {
		return err
	}
	defer conn.Close()
	cookie := ""
	for _, one := range c.client.Jar.Cookies(mustURL(h.t, h.base)) {
		cookie += one.String() + ";"
	}
	rest := string(make([]byte, r.IntN(32<<10)))
	switch r.IntN(3) {
	case 0:
		rest = "Content-Length: 20000000\r\n\r\n" + rest
	case 1: // it breaks within that chunk
		rest = "Transfer-Encoding: chunked\r\n\r\n8000\r\n" + rest
	case 2: // between two
		rest = fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(rest)+1, rest+"x")
	}
	fmt.Fprintf(conn, "PUT /api/v1/documents/%s/content HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nCookie: %s\r\nContent-Type: text/plain\r\n%s",
		doc, h.base, cookie, rest)
	if r.IntN(2) == 0 {
		conn.(*net.TCPConn).SetLinger(0)
	}
	return nil
}
