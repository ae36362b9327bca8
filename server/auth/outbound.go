package auth

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds the bytes read of a response from a provider or key server, after decompression.
const maxAnswer = maxKeySet + 1 // readKeys tells one that is larger by name

// strictClient returns a client for requests to servers named in the configuration. It contacts only these: it ignores proxies from
// the environment (HTTP_PROXY set for a package manager must not get our secrets) and follows no redirects, because a redirected
// code exchange would take the client secret along. Responses are bounded in time and bytes. given may be nil.
func strictClient(given *http.Client, wait time.Duration) *http.Client {
	strict := http.Client{Transport: &http.Transport{ // asked now and then: no connection stays in between
		DisableKeepAlives: true, TLSHandshakeTimeout: wait, MaxResponseHeaderBytes: 64 << 10,
	}}
	if given != nil {
		strict = *given
	}
	if strict.Transport == nil {
		strict.Transport = http.DefaultTransport // given so
	}
	strict.Transport = bounded{strict.Transport}
	strict.Timeout = wait
	strict.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &strict
}

// bounded makes reading a response that is too long an error: cut off silently, it might still parse as a complete one.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(req)
	if err == nil {
		res.Body = &boundedBody{ReadCloser: res.Body, left: maxAnswer}
	}
	return res, err
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n + int(b.left), fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return n, err
}
