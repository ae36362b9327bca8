package quire

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"quire/server/tlstest"
)

// NewTLS prepares a server that does TLS itself. Its certificate is valid only for clients that trust the authority in CA.
func NewTLS(t testing.TB, databaseURL string, env ...string) *Server {
	t.Helper()
	authority, folder := tlstest.NewAuthority(t), t.TempDir()
	certificate, key := authority.Issue(t, "127.0.0.1").Files(t, folder)
	s := New(t, databaseURL, append([]string{"TLS_CERT=" + certificate, "TLS_KEY=" + key}, env...)...)
	s.URL = strings.Replace(s.URL, "http:", "https:", 1)
	s.CA = filepath.Join(folder, "authority.pem")
	tlstest.Write(t, s.CA, authority.PEM)
	transport := &http.Transport{TLSClientConfig: authority.Client()}
	t.Cleanup(transport.CloseIdleConnections)
	s.Client = &http.Client{Transport: transport}
	return s
}
