package api

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quire/collab/access"
	"quire/collab/delta"
	"quire/server/problem"
	"quire/storage"
)

const (
	typeJSON = "application/json"
	typeText = "text/plain; charset=utf-8"
)

// Content describes a document's content in the OpenAPI document; collab/delta encodes it.
type Content struct {
	Revision int64       `json:"revision"`
	Ops      []Component `json:"ops" nullable:"false" doc:"Inserts only"`
}

// Revision is the result of a write.
type Revision struct {
	Revision int64 `json:"revision" doc:"The document's, with the change in it"`
}

type contentIn struct {
	DocumentPath
	Format   string `query:"format" enum:"delta,text" default:"delta"`
	Revision int64  `query:"revision" minimum:"-1" default:"-1" doc:"An older one, for editors and owners; -1: the newest"`
	IfNone   string `header:"If-None-Match"`
}

// rawOut is a response that the handler encodes itself.
type rawOut struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Body        []byte
}

type putContentIn struct {
	DocumentPath
	IfMatch string `header:"If-Match" doc:"The ETag of the content you changed, also as a proxy made it weak; * or several: what is there now"`
	Key     string `header:"Idempotency-Key" maxLength:"200"`
	RawBody []byte `contentType:"application/json"`
}

func (a *API) registerContent() {
	content := schemaOf[Content](a)
	text := &huma.Schema{Type: huma.TypeString}
	body := takes(map[string]*huma.Schema{typeJSON: {OneOf: []*huma.Schema{
		{Type: huma.TypeObject, Required: []string{"ops"}, Properties: map[string]*huma.Schema{
			"ops": {Type: huma.TypeArray, Items: schemaOf[Component](a)}}},
		{Type: huma.TypeArray, Items: schemaOf[Component](a)},
	}}, "text/plain": text})
	body.Required = false // no bytes are an empty text
	contents := answers(http.StatusOK, "The content", map[string]*huma.Schema{typeJSON: content, "text/plain": text})
	contents["304"] = &huma.Response{Description: "It is still the revision in If-None-Match"}
	add(a, route{id: "get-content", method: http.MethodGet, path: "/documents/{id}/content", tag: "Content",
		summary: "The text, at any revision", about: "format=text gives plain text, each embed as U+FFFC.",
		responses: contents}, a.content)
	add(a, route{id: "put-content", bodyLimit: largeBody, method: http.MethodPut, path: "/documents/{id}/content", tag: "Content",
		summary: "Write the whole text",
		about: "Compared with the revision in If-Match; what differs is merged with what others write meanwhile. Plain " +
			"text keeps the formats of what it keeps. Sending the same again changes nothing.",
		body: body}, a.putContent)
}

func (a *API) content(ctx context.Context, req *request, in *contentIn) (*rawOut, error) {
	s, err := a.see(ctx, req, in.ID, access.Read)
	if err != nil {
		return nil, err
	}
	at := storage.Revision(in.Revision)
	if at != storage.Newest && !access.Allows(s.role, access.ReadHistory) {
		head, err := a.store.Head(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		if at < head.Revision { // W8
			return nil, problem.Forbidden(access.TooLow(s.role, access.ReadHistory))
		}
	}
	content, at, err := a.hub.Content(ctx, req.who.User, s.ID, at)
	if err != nil {
		return nil, err
	}
	out := &rawOut{Status: http.StatusOK, ETag: etag(at)}
	if matches(in.IfNone, at) {
		out.Status = http.StatusNotModified
		return out, nil
	}
	if in.Format == "text" {
		out.ContentType, out.Body = typeText, []byte(delta.ToUTF8(content.PlainText()))
		return out, nil
	}
	out.ContentType = typeJSON
	out.Body = append(out.Body, `{"revision":`...)
	out.Body = strconv.AppendInt(out.Body, int64(at), 10)
	out.Body = append(out.Body, `,"ops":`...)
	out.Body = append(content.AppendJSON(out.Body), '}')
	return out, nil
}

func (a *API) putContent(ctx context.Context, req *request, in *putContentIn) (*bodyOf[Revision], error) {
	s, err := a.see(ctx, req, in.ID, access.Write)
	if err != nil {
		return nil, err
	}
	base, err := a.ifMatch(ctx, s.ID, in.IfMatch)
	if err != nil {
		return nil, err
	}
	old, _, err := a.hub.Content(ctx, req.who.User, s.ID, base)
	if err != nil {
		return nil, err
	}
	op, err := a.difference(old, req.fiber.Get(fiber.HeaderContentType), in.RawBody)
	if err != nil {
		return nil, err
	}
	if len(op) == 0 {
		head, err := a.store.Head(ctx, s.ID)
		return &bodyOf[Revision]{Revision{int64(head.Revision)}}, err
	}
	key := in.Key
	if key == "" { // a PUT is idempotent anyway: the same text over the same revision is the same op
		key = fmt.Sprintf("put %d %x", base, digest(in.RawBody))
	}
	done, err := a.submit(ctx, req, s, key, base, op)
	if err != nil {
		return nil, err
	}
	return &bodyOf[Revision]{Revision{int64(done.Revision)}}, nil
}

// difference returns the op that turns old into the content in body.
func (a *API) difference(old delta.Delta, contentType string, body []byte) (delta.Delta, error) {
	media, parameters, err := mime.ParseMediaType(contentType)
	if charset := parameters["charset"]; err == nil && charset != "" && !slices.Contains(charsets, strings.ToLower(charset)) {
		return nil, problem.UnsupportedMedia("The text is sent as UTF-8.").In("header.Content-Type", "names a charset other than UTF-8")
	}
	switch media {
	case typeJSON:
		next, err := decode(body, a.cfg.Bounds.Delta, "body.ops")
		if err != nil {
			return nil, err
		}
		if err := a.fits(next.Len()); err != nil {
			return nil, err
		}
		if !next.IsDocument() {
			return nil, problem.Invalid("A document holds inserts only.").In("body.ops", "is not all inserts")
		}
		return delta.Diff(old, next)
	case "text/plain":
		return a.textDifference(old, string(body))
	}
	return nil, problem.UnsupportedMedia("The text is sent as text/plain, or as application/json with ops.").
		In("header.Content-Type", "is neither text/plain nor application/json")
}

// charsets are the accepted names of UTF-8, and of ASCII, its subset.
var charsets = []string{"utf-8", "utf8", "us-ascii"}

// textDifference compares text with old as format=text shows it, so that unchanged parts keep their formats, embeds and lone
// surrogates. Both forms have the same length.
func (a *API) textDifference(old delta.Delta, text string) (delta.Delta, error) {
	if delta.ToUTF8(text) != text {
		return nil, problem.Malformed("The text is not UTF-8.").In("body", "is not UTF-8")
	}
	text = a.lines(text)
	if !a.cfg.AnyFormats && !strings.HasSuffix(text, "\n") {
		text += "\n" // E6: else the last one would be deleted only to be put back
	}
	next := delta.FromText(text)
	if err := a.fits(next.Len()); err != nil {
		return nil, err
	}
	return delta.Diff(delta.FromText(delta.ToUTF8(old.PlainText())), next)
}

// lines ends every line of a plain text as a document does, however the file it comes from did. Where any text is taken it
// stays as it is: there a document may hold the other ends too.
func (a *API) lines(text string) string {
	if a.cfg.AnyFormats || !strings.Contains(text, "\r") {
		return text
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}

// fits returns a problem if a text is too long for any document, before it is compared with one.
func (a *API) fits(units int) error {
	if most := a.cfg.Bounds.Document; units > most {
		return problem.TooLarge(fmt.Sprintf("A document has at most %d UTF-16 units; this text has %d.", most, units))
	}
	return nil
}

// ifMatch returns the revision that a write is based on. A single tag names it and may be older than the head: the write is then
// merged. Of several tags one must be the head; then, and for *, the head is returned.
func (a *API) ifMatch(ctx context.Context, doc storage.DocumentID, header string) (storage.Revision, error) {
	if strings.TrimSpace(header) == "" {
		return 0, problem.PreconditionRequired("Send the ETag of the content you changed as If-Match; without it, what "+
			"others wrote meanwhile would be lost.").In("header.If-Match", "is missing")
	}
	revisions, any := parseETags(header)
	switch {
	case len(revisions) == 1 && !any:
		return revisions[0], nil
	case len(revisions) == 0 && !any:
		return 0, problem.PreconditionFailed(`If-Match takes ETags of this document, as in "r12", or *.`).
			In("header.If-Match", `is not of the form "r12"`)
	}
	head, err := a.store.Head(ctx, doc)
	if err != nil {
		return 0, err
	}
	if !any && !slices.Contains(revisions, head.Revision) {
		return 0, problem.PreconditionFailed("The document is at none of these revisions. Name the one you changed: it is merged.").
			In("header.If-Match", "names several, none of which is the newest")
	}
	return head.Revision, nil
}

// matches reports whether If-None-Match names the revision at.
func matches(header string, at storage.Revision) bool {
	revisions, any := parseETags(header)
	return any || slices.Contains(revisions, at)
}

// parseETags parses a list of tags. It returns the revisions it names, each once, and whether it contains a *. Tags that are not ours
// are ignored.
func parseETags(header string) (revisions []storage.Revision, any bool) {
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimSpace(tag)
		any = any || tag == "*"
		if r, ok := parseETag(tag); ok && !slices.Contains(revisions, r) {
			revisions = append(revisions, r)
		}
	}
	return revisions, any
}

// parseETag parses one tag, of a content or a document, also as changed by a compressing proxy: weak, or with the coding appended.
func parseETag(tag string) (storage.Revision, bool) {
	digits, ok := strings.CutPrefix(strings.TrimPrefix(tag, "W/"), `"r`)
	digits, closed := strings.CutSuffix(digits, `"`)
	if before, coding, found := strings.Cut(digits, "-"); found {
		digits, closed = before, closed && slices.Contains([]string{"gzip", "br", "zstd", "deflate"}, coding)
	}
	digits, _, _ = strings.Cut(digits, ".") // of the title
	n, err := strconv.ParseUint(digits, 10, 62)
	return storage.Revision(n), ok && closed && err == nil
}
