package wire

import (
	"errors"
	"unicode/utf8"
)

// Collection is the only ShareDB collection that Quire serves.
const Collection = "documents"

// TypeURI and TypeName name the type of every document. Clients may send either; the server sends the URI.
const (
	TypeURI  = "http://sharejs.org/types/rich-text/v1"
	TypeName = "rich-text"
)

// Version is a document's version on the wire: the number of ops applied to it. NoVersion stands for absent or null.
type Version int64

// NoVersion means "I have nothing yet". Version 0 means "I have the state before the first op".
const NoVersion Version = -1

// Action is a message's type, its member a.
type Action string

const (
	ActionHandshake           Action = "hs"
	ActionFetch               Action = "f"
	ActionSubscribe           Action = "s"
	ActionUnsubscribe         Action = "u"
	ActionOp                  Action = "op"
	ActionBulkFetch           Action = "bf"
	ActionBulkSubscribe       Action = "bs"
	ActionBulkUnsubscribe     Action = "bu"
	ActionFetchVersion        Action = "nf"
	ActionFetchTime           Action = "nt"
	ActionPresenceSubscribe   Action = "ps"
	ActionPresenceUnsubscribe Action = "pu"
	ActionPresence            Action = "p"
	ActionPresenceRequest     Action = "pr"
	ActionPing                Action = "pp"
)

// Message is one message from a client: *Handshake, *Fetch, *Op … or, together with an error, *Refused.
type Message interface {
	// Raw returns the request's text, which an error reply echoes.
	Raw() string
	message()
}

// Request is embedded in every message and holds the text of its frame.
type Request struct{ raw string }

// Raw returns the request's text, one JSON object.
func (r Request) Raw() string { return r.raw }

func (Request) message() {}

// Refused is a request that is not accepted but can be answered, with the *Error that Decode returns with it.
type Refused struct {
	Request
	Action Action
	Doc    string // "" if it could not be read
}

// ErrNotMessage reports that a frame is not one JSON object in valid UTF-8 with an action, so that no reply could be matched to
// it. The socket is closed with CloseProtocolError.
var ErrNotMessage = errors.New("wire: not a JSON object with an action")

// Decode decodes one text frame. A request that must be refused is returned as a *Refused with an *Error, the reply; a frame that
// is no message returns nil and ErrNotMessage. The result never refers to frame's memory.
func Decode(frame []byte, limits Limits) (Message, error) {
	if !utf8.Valid(frame) {
		return nil, ErrNotMessage
	}
	f := fields{frame: frame, text: string(frame), limits: limits.orDefault()}
	if err := f.read(); err != nil {
		if errors.Is(err, errDepth) {
			return refusePrefix(frame, Errorf(CodeBadlyFormed, "JSON is nested deeper than %d levels", f.limits.Depth))
		}
		return nil, ErrNotMessage
	}
	action, ok := f.str(fieldA)
	if !ok {
		return nil, ErrNotMessage
	}
	m, err := f.message(Action(action))
	if err != nil {
		doc, _ := f.str(fieldD)
		return &Refused{Request{f.text}, Action(action), doc}, err
	}
	return m, nil
}

func (f *fields) message(action Action) (Message, *Error) {
	switch action {
	case ActionOp:
		return f.op()
	case ActionPresence:
		return f.presence()
	case ActionHandshake:
		return f.handshake()
	case ActionFetch, ActionSubscribe, ActionUnsubscribe:
		return f.single(action)
	case ActionBulkFetch, ActionBulkSubscribe, ActionBulkUnsubscribe:
		return f.bulk(action)
	case ActionFetchVersion, ActionFetchTime:
		return f.past(action)
	case ActionPresenceSubscribe, ActionPresenceUnsubscribe, ActionPresenceRequest:
		return f.channel(action)
	case ActionPing:
		return &Ping{Request{f.text}}, nil
	case "qf", "qs", "qu":
		return nil, Errorf(CodeNotServed, "queries are not served")
	}
	return nil, Errorf(CodeBadlyFormed, "Invalid or unknown message: action %.32q", action)
}

// Ping asks for a Pong in the application's protocol, not for WebSocket's.
type Ping struct{ Request }

// AppendPong appends the answer to a Ping.
func AppendPong(dst []byte) []byte { return append(dst, `{"a":"pp"}`...) }
