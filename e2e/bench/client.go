package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/fasthttp/websocket"

	"quire/e2e/internal/quire"
)

const (
	answerWithin = time.Minute
	richText     = "http://sharejs.org/types/rich-text/v1"
)

// client is one connection that opens documents and writes histories. It is not for measuring load: `quire bench` is.
type client struct {
	conn *websocket.Conn
	seq  int64
}

// dial connects and shakes hands.
func dial(url string) (*client, error) {
	token := quire.Token("bench", "Bench", map[string]string{"*": "owner"})
	conn, _, err := websocket.DefaultDialer.Dial(url, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return nil, err
	}
	c := &client{conn: conn}
	if err := c.send(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`); err != nil {
		return nil, err
	}
	_, err = c.receive("hs")
	return c, err
}

func (c *client) close() { c.conn.Close() }

func (c *client) send(format string, args ...any) error {
	return c.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...))
}

// receive waits for a frame of this action; it is answered in order, so nothing else matters.
func (c *client) receive(action string) ([]byte, error) {
	c.conn.SetReadDeadline(time.Now().Add(answerWithin))
	mark := fmt.Appendf(nil, `"a":%q`, action)
	for {
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			return nil, err
		}
		if bytes.Contains(frame[:min(len(frame), 200)], []byte(`"error"`)) {
			return nil, fmt.Errorf("refused: %.300s", frame)
		}
		if bytes.Contains(frame, mark) {
			return frame, nil
		}
	}
}

// open subscribes and returns the snapshot's frame and how long that took.
func (c *client) open(document string) ([]byte, time.Duration, error) {
	begun := time.Now()
	if err := c.send(`{"a":"s","c":"documents","d":%q,"v":null}`, document); err != nil {
		return nil, 0, err
	}
	frame, err := c.receive("s")
	return frame, time.Since(begun), err
}

// write makes a document, subscribes to it and sends the history, a batch at a time: its ops stand in an order in which none
// moves another's place, so all may be sent at once, at the revision before the first. Nobody else may write meanwhile.
func (c *client) write(h history) error {
	data, err := json.Marshal([]map[string]string{{"insert": h.before}})
	if err != nil {
		return err
	}
	create := fmt.Appendf(nil, `"create":{"type":%q,"data":%s}`, richText, data)
	if err := c.batch(h.id, 0, [][]byte{create}); err != nil {
		return err
	}
	if _, _, err := c.open(h.id); err != nil { // so that each op comes once, in its place
		return err
	}
	revision := 1
	for _, ops := range h.batches {
		bodies := make([][]byte, len(ops))
		for i, op := range ops {
			bodies[i] = append([]byte(`"op":`), op...)
		}
		if err := c.batch(h.id, revision, bodies); err != nil {
			return err
		}
		revision += len(ops)
	}
	return c.leave(h.id)
}

// batch sends what is to be done at a revision and waits for an answer to each.
func (c *client) batch(document string, revision int, bodies [][]byte) error {
	for _, body := range bodies {
		c.seq++
		if err := c.send(`{"a":"op","c":"documents","d":%q,"v":%d,"seq":%d,"x":{},%s}`, document, revision, c.seq, body); err != nil {
			return err
		}
	}
	for range bodies {
		if _, err := c.receive("op"); err != nil {
			return fmt.Errorf("%s at revision %d: %w", document, revision, err)
		}
	}
	return nil
}

func (c *client) leave(document string) error {
	if err := c.send(`{"a":"u","c":"documents","d":%q}`, document); err != nil {
		return err
	}
	_, err := c.receive("u")
	return err
}
