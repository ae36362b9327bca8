package auth

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"quire/storage/sealed"
)

func TestTheStrictClientAsksOnlyWhomItIsTold(t *testing.T) {
	for name, client := range map[string]*http.Client{
		"provider": newOIDCProvider(OIDCConfig{Issuer: "https://id.example"}, mustURL(t, "https://docs.example"), time.Now).client,
		"keys":     mustKeys(t, "https://app.example/keys").client,
	} {
		transport, ok := client.Transport.(bounded).next.(*http.Transport)
		if !ok || transport.Proxy != nil {
			t.Errorf("%s: goes through a proxy that the environment names", name)
		}
		if client.Timeout <= 0 || client.Timeout > 10*time.Second {
			t.Errorf("%s: may take %v", name, client.Timeout)
		}
		if err := client.CheckRedirect(nil, nil); !errors.Is(err, http.ErrUseLastResponse) {
			t.Errorf("%s: follows redirects: %v", name, err)
		}
	}
}

func mustKeys(t *testing.T, address string) *tokenKeys {
	t.Helper()
	k, err := newTokenKeys(TokenConfig{KeysURL: sealed.Of(address)}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestAnAnswerThatDoesNotComeIsGivenUp(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, silent.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = strictClient(nil, 20*time.Millisecond).Do(req); !os.IsTimeout(err) || ctx.Err() != nil {
		t.Errorf("asked: %v, want given up after 20 ms", err)
	}
}

// An answer of just the size passes whole; one that is longer is an error, never a part that reads like a whole.
func TestABodyIsWholeOrAnError(t *testing.T) {
	for _, size := range []int{0, 1, maxAnswer - 1, maxAnswer, maxAnswer + 1, 3 * maxAnswer} {
		body := &boundedBody{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", size))), left: maxAnswer}
		data, err := io.ReadAll(body)
		if (err != nil) != (size > maxAnswer) || len(data) != min(size, maxAnswer) {
			t.Errorf("of %d bytes: %d, %v", size, len(data), err)
		}
	}
}
