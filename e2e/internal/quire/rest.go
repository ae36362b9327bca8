package quire

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// API calls REST with one token.
type API struct {
	URL    string
	Token  string
	Client *http.Client // nil: http.DefaultClient
}

// Do sends body (nil for none) as JSON and decodes the answer into out (nil to ignore it). Any status but 2xx is an error.
func (a API) Do(ctx context.Context, method, path string, body, out any) error {
	data, err := a.raw(ctx, method, path, body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (a API) raw(ctx context.Context, method, path string, body any) ([]byte, error) {
	var send io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		send = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.URL+"/api/v1"+path, send)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := cmp.Or(a.Client, http.DefaultClient).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode/100 != 2 {
		return nil, statusError(res, data)
	}
	return data, nil
}

// Create creates a document under an id of the caller's choice, which its token must cover.
func (a API) Create(ctx context.Context, id, text string) error {
	return a.Do(ctx, http.MethodPost, "/documents", map[string]any{"id": id, "title": id, "text": text}, nil)
}

// Content is a document at a revision.
type Content struct {
	Revision int64           `json:"revision"`
	Ops      json.RawMessage `json:"ops"` // a list of inserts
}

func (a API) Content(ctx context.Context, id string) (Content, error) {
	var c Content
	err := a.Do(ctx, http.MethodGet, "/documents/"+id+"/content?format=delta", nil, &c)
	return c, err
}

// Entry is one row of a document's log.
type Entry struct {
	Revision int64           `json:"revision"`
	Client   string          `json:"client"`
	Seq      int64           `json:"seq"`
	Op       json.RawMessage `json:"op"`
	Create   *struct {
		Data json.RawMessage `json:"data"`
	} `json:"create"`
	Delete bool `json:"del"`
}

// Ops reads the whole log, page by page.
func (a API) Ops(ctx context.Context, id string) ([]Entry, error) {
	var all []Entry
	for from := int64(0); ; {
		var page struct {
			Items    []Entry `json:"items"`
			NextFrom *int64  `json:"next_from"`
		}
		if err := a.Do(ctx, http.MethodGet, fmt.Sprintf("/documents/%s/ops?from=%d", id, from), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.NextFrom == nil {
			return all, nil
		}
		from = *page.NextFrom
	}
}
