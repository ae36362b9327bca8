package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"quire/collab"
	"quire/collab/access"
	"quire/collab/delta"
	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Op describes one op of the log; exactly one of op, create and del is there.
type Op struct {
	Revision int64            `json:"revision" doc:"The document's, after this op"`
	Client   string           `json:"client" doc:"The open editor that sent it"`
	Seq      int64            `json:"seq"`
	Author   Nullable[Person] `json:"author" doc:"null: the server itself"`
	At       Time             `json:"at"`
	Op       []Component      `json:"op,omitempty" nullable:"false"`
	Create   any              `json:"create,omitempty"`
	Del      bool             `json:"del,omitempty"`
}

// OpPage is a page of the log.
type OpPage struct {
	Items      []Op             `json:"items" nullable:"false"`
	NextCursor Nullable[string] `json:"next_cursor" doc:"Pass it as cursor for the next page; null at the end"`
	NextFrom   Nullable[int64]  `json:"next_from" doc:"The same as a revision, for from"`
}

// SubmittedOp describes an op's place and form in the log.
type SubmittedOp struct {
	Revision int64       `json:"revision" doc:"The document's, after the op"`
	Op       []Component `json:"op" nullable:"false" doc:"As it was committed, after what was written meanwhile"`
}

type opsIn struct {
	DocumentPath
	From   int64  `query:"from" minimum:"0" default:"0" doc:"The revision to start from"`
	To     int64  `query:"to" minimum:"-1" default:"-1" doc:"The revision to reach; -1: the newest"`
	Cursor string `query:"cursor" maxLength:"20" doc:"next_cursor of the page before, instead of from"`
}

type submitIn struct {
	DocumentPath
	Key     string `header:"Idempotency-Key" maxLength:"200" doc:"Sent again with the same key, the op counts once"`
	RawBody []byte `contentType:"application/json"`
}

func (a *API) registerOps() {
	add(a, route{id: "list-ops", method: http.MethodGet, path: "/documents/{id}/ops", tag: "Content",
		summary: "The log", about: "The ops that turn revision from into revision to. For editors and owners.",
		responses: answers(http.StatusOK, "A page of the log", map[string]*huma.Schema{typeJSON: schemaOf[OpPage](a)})}, a.ops)
	add(a, route{id: "submit-op", bodyLimit: largeBody, method: http.MethodPost, path: "/documents/{id}/ops", tag: "Content",
		summary: "Submit an op", about: "It is transformed over what was committed since base_revision, as live typing is.",
		body: takes(map[string]*huma.Schema{typeJSON: {
			Type: huma.TypeObject, Required: []string{"base_revision", "op"}, Properties: map[string]*huma.Schema{
				"base_revision": {Type: huma.TypeInteger, Format: "int64"},
				"op":            {Type: huma.TypeArray, Items: schemaOf[Component](a)},
			}}}),
		responses: answers(http.StatusOK, "The op as committed", map[string]*huma.Schema{typeJSON: schemaOf[SubmittedOp](a)})},
		a.submitOp)
}

func (a *API) ops(ctx context.Context, req *request, in *opsIn) (*rawOut, error) {
	s, err := a.see(ctx, req, in.ID, access.ReadHistory)
	if err != nil {
		return nil, err
	}
	head, err := a.store.Head(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	begin, err := fromCursor(in.Cursor, in.From)
	if err != nil {
		return nil, err
	}
	from, to := storage.Revision(begin), storage.Revision(in.To)
	if to == storage.Newest || to > head.Revision {
		to = head.Revision
	}
	if from > to {
		return nil, problem.Invalid("from is beyond to, or beyond the document's head.").
			In("query.from", "is beyond revision "+strconv.FormatInt(int64(to), 10))
	}
	var list []storage.Op
	if from < to {
		if list, err = a.store.Read(ctx, s.ID, from, to, a.cfg.Bounds.OpsPage); err != nil {
			return nil, err
		}
	}
	body, err := a.appendOps(ctx, nil, from, list)
	if err != nil {
		return nil, err
	}
	if next := from + storage.Revision(len(list)); next < to {
		body = append(strconv.AppendInt(append(body, `,"next_cursor":"`...), int64(next), 10), '"')
		body = append(strconv.AppendInt(append(body, `,"next_from":`...), int64(next), 10), '}')
	} else {
		body = append(body, `,"next_cursor":null,"next_from":null}`...)
	}
	return &rawOut{Status: http.StatusOK, ContentType: typeJSON, Body: body}, nil
}

// appendOps writes a page of the log. An op's body is stored as the JSON it has here.
func (a *API) appendOps(ctx context.Context, dst []byte, from storage.Revision, list []storage.Op) ([]byte, error) {
	ids := make([]storage.UserID, 0, len(list))
	for _, op := range list {
		ids = append(ids, op.Author)
	}
	people, err := a.people(ctx, ids)
	if err != nil {
		return nil, err
	}
	dst = append(dst, `{"items":[`...)
	for i, op := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		author := Nullable[Person]{}
		if op.Author != "" {
			author = some(personOf(people[op.Author]))
		}
		meta, err := json.Marshal(struct {
			Revision int64            `json:"revision"`
			Client   string           `json:"client"`
			Seq      int64            `json:"seq"`
			Author   Nullable[Person] `json:"author"`
			At       Time             `json:"at"`
		}{int64(from) + int64(i) + 1, op.Client, op.Seq, author, Time(op.At)})
		if err != nil {
			return nil, err
		}
		dst = append(append(dst, meta[:len(meta)-1]...), ',')
		dst = append(append(dst, op.Body...), '}')
	}
	return append(dst, ']'), nil
}

func (a *API) submitOp(ctx context.Context, req *request, in *submitIn) (*rawOut, error) {
	s, err := a.see(ctx, req, in.ID, access.Write)
	if err != nil {
		return nil, err
	}
	var body struct {
		BaseRevision *int64          `json:"base_revision"`
		Op           json.RawMessage `json:"op"`
	}
	if err := splitBody(in.RawBody, &body); err != nil {
		return nil, err
	}
	if body.BaseRevision == nil || *body.BaseRevision < 0 {
		return nil, problem.Invalid("Say for which revision the op was made.").In("body.base_revision", "is missing or negative")
	}
	if body.Op == nil {
		return nil, problem.Invalid("There is no op.").In("body.op", "is missing")
	}
	op, err := decode(body.Op, a.cfg.Bounds.Delta, "body.op")
	if err != nil {
		return nil, err
	}
	key := in.Key
	if key == "" {
		key = auth.RandomID()
	}
	done, err := a.submit(ctx, req, s, key, storage.Revision(*body.BaseRevision), op)
	if err != nil {
		return nil, err
	}
	out := strconv.AppendInt([]byte(`{"revision":`), int64(done.Revision), 10)
	out = append(done.Op.AppendJSON(append(out, `,"op":`...)), '}')
	return &rawOut{Status: http.StatusOK, ContentType: typeJSON, ETag: etag(done.Revision), Body: out}, nil
}

// submit passes an op to the engine. Its client id is made of key and the user, so the log itself recognizes an op sent before (P2).
func (a *API) submit(ctx context.Context, req *request, s seen, key string, base storage.Revision, op delta.Delta) (collab.Submitted, error) {
	if err := a.quota(ctx, s.Document, len(op.AppendJSON(nil))); err != nil {
		return collab.Submitted{}, err
	}
	ctx, stop := context.WithTimeout(ctx, 15*time.Second)
	defer stop()
	return a.hub.Submit(ctx, s.ID, collab.Submission{
		Who: req.who, Client: clientOf(key, req.who.User), Seq: 1, Base: base, Op: op,
	})
}

func clientOf(key string, user storage.UserID) string {
	return "rest-" + base64.RawURLEncoding.EncodeToString(digest([]byte(string(user)+"\x00"+key)))
}

func digest(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}
