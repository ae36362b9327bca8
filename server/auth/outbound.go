package auth

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds what is read of an answer: of a provider or of a key set, after decompression.
const maxAnswer = maxKeySet + 1 // readKeys tells one that is larger by name

// strictClient is the client with which we ask servers that were named in the configuration. It goes where the
// configuration says and nowhere else: not through a proxy that the environment names (who sets HTTP_PROXY for a package
// manager does not mean our secrets), and not where an answer points to, because a redirected exchange of a code takes the
// client's secret along. What the answer may cost is bounded in time and bytes. given may be nil.
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

// bounded ends an answer that is too long with an error: cut off, it could still be read as a whole one.
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
