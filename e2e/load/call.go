package load

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"quire/collab/delta"
)

const answerWithin = time.Minute

// open dials, does the handshake, and returns the client id that the server assigned.
func (t target) open(ctx context.Context, number int) (*socket, string, error) {
	s, err := t.dial(ctx, number)
	if err != nil {
		return nil, "", err
	}
	m, err := s.ask(`{"a":"hs","id":null,"protocol":1,"protocolMinor":2}`, func(m message) bool {
		return string(m.action) == "hs"
	})
	if err == nil && len(m.id) == 0 {
		err = fmt.Errorf("the server gave no client id")
	}
	if err != nil {
		s.nc.Close()
		return nil, "", fmt.Errorf("handshake: %w", err)
	}
	return s, string(m.id), nil
}

// ask sends a request and returns its answer. It ignores other messages, so nothing else may use the socket meanwhile.
func (s *socket) ask(request string, isAnswer func(message) bool) (message, error) {
	s.nc.SetDeadline(time.Now().Add(answerWithin))
	defer s.nc.SetDeadline(time.Time{})
	if err := s.send(append(s.begin(), request...)); err != nil {
		return message{}, err
	}
	for {
		frame, err := s.next()
		if err != nil {
			return message{}, err
		}
		m, err := scan(frame, false)
		if err != nil {
			return m, err
		}
		if m.failure != nil {
			return m, fmt.Errorf("the server refused %.200q: %s", request, m.failure)
		}
		if isAnswer(m) {
			return m, nil
		}
	}
}

// create creates a document and returns its revision.
func (s *socket) create(id string, f first, client string, seq *int64) (int64, error) {
	revision := int64(0)
	for i, op := range f.ops {
		*seq++
		body := `"op":` + op.String()
		if i == 0 {
			body = `"create":{"type":"` + typeURI + `","data":` + op.String() + `}`
		}
		request := fmt.Sprintf(`{"a":"op","c":"%s","d":"%s","v":%d,"seq":%d,"x":{},%s}`, collection, id, revision, *seq, body)
		m, err := s.ask(request, func(m message) bool {
			return string(m.action) == "op" && m.seq == *seq && string(m.src) == client
		})
		if err != nil {
			return 0, fmt.Errorf("create %s: %w", id, err)
		}
		if m.v != revision {
			return 0, fmt.Errorf("create %s: acknowledged at revision %d, expected %d", id, m.v, revision)
		}
		revision++
	}
	return revision, nil
}

// snapshot is a document as the server sends it.
type snapshot struct {
	revision int64
	ops      delta.Delta // the content; nil if it was not asked for
}

// read subscribes ("s") or fetches ("f"), and returns the snapshot. It decodes the content only if text is set.
func (s *socket) read(action, id string, text bool) (snapshot, error) {
	var got snapshot
	m, err := s.ask(`{"a":"`+action+`","c":"`+collection+`","d":"`+id+`","v":null}`, func(m message) bool {
		return string(m.action) == action && string(m.doc) == id
	})
	if err != nil {
		return got, err
	}
	var typ, data []byte
	got.revision = -1
	c := cursor{b: m.data}
	if c.open('{') {
		for more := !c.close('}'); more && !c.bad; more = c.more('}') {
			key, _ := c.key()
			value := c.value()
			switch string(key) {
			case "v":
				got.revision = number(value, -1)
			case "type":
				typ = unquote(value)
			case "data":
				data = value
			}
		}
	}
	if c.bad || got.revision < 0 || string(typ) != typeURI {
		return got, fmt.Errorf("%s of %s: no rich-text document in %.200q", action, id, m.data)
	}
	if text {
		if got.ops, err = delta.Decode(data, unlimited()); err != nil {
			return got, fmt.Errorf("%s of %s: %w", action, id, err)
		}
	}
	return got, nil
}

// unlimited returns limits for decoding what the server sends, which the bench itself has bounded.
func unlimited() delta.Limits { return delta.Limits{Components: 1 << 30} }

// appendOp appends an op's frame. head is its part before the revision.
func appendOp(buf, head []byte, revision, seq int64, op delta.Delta) []byte {
	buf = append(buf, head...)
	buf = strconv.AppendInt(buf, revision, 10)
	buf = append(buf, `,"seq":`...)
	buf = strconv.AppendInt(buf, seq, 10)
	buf = append(buf, `,"x":{},"op":`...)
	buf = op.AppendJSON(buf)
	return append(buf, '}')
}
