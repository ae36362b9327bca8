package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	redirectTimeout = 10 * time.Second
	hstsHeader      = "max-age=15552000" // 180 days; other hosts of the domain are not ours to decide about
)

// ServeRedirect redirects requests on ln, a port without TLS, to https until Drain or Close is called; then it returns nil. It serves
// nothing else and ignores the content of requests sent without encryption.
func (s *Server) ServeRedirect(ln net.Listener) error {
	plain := &http.Server{
		Handler: http.HandlerFunc(s.redirect), ReadTimeout: redirectTimeout, WriteTimeout: redirectTimeout,
		IdleTimeout: redirectTimeout, MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.mu.Lock()
	closed := s.closed
	s.plain = plain
	s.mu.Unlock()
	if closed {
		return ln.Close()
	}
	if err := plain.Serve(patiently(ln, s.peers, true, s.log)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// redirect sends a browser to the same address by https. 308 keeps method and body.
func (s *Server) redirect(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Connection", "close") // so that a body need not be read
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // the app's address may change
	s.mu.Lock()
	ln := s.ln
	s.mu.Unlock()
	if ln == nil { // its port is not known yet, and browsers remember a wrong redirect
		h.Set("Retry-After", "1")
		http.Error(w, "Quire is starting.", http.StatusServiceUnavailable)
		return
	}
	base, ok := s.secureBase(r, ln.Addr())
	if !ok {
		http.Error(w, "This is not an address of Quire.", http.StatusMisdirectedRequest)
		return
	}
	h.Set("Location", base+r.URL.RequestURI())
	w.WriteHeader(http.StatusPermanentRedirect)
}

// secureBase returns the app's https URL: PUBLIC_URL or, without one, the requested host if our certificate is valid for it. The
// request can't cause a redirect to anywhere else.
func (s *Server) secureBase(r *http.Request, secure net.Addr) (string, bool) {
	if !strings.HasPrefix(r.RequestURI, "/") {
		return "", false
	}
	if own := s.cfg.Auth.PublicURL; own != nil {
		return strings.TrimSuffix(own.String(), "/"), true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "" || s.certificate == nil || s.certificate.leaf().VerifyHostname(host) != nil {
		return "", false
	}
	port := ""
	if tcp, ok := secure.(*net.TCPAddr); ok && tcp.Port != 443 {
		port = strconv.Itoa(tcp.Port)
	}
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return "https://" + host, true
}

// closeRedirect ends ServeRedirect.
func (s *Server) closeRedirect(ctx context.Context) error {
	s.mu.Lock()
	plain := s.plain
	s.mu.Unlock()
	if plain == nil {
		return nil
	}
	return plain.Shutdown(ctx)
}

// strict reports whether to set HSTS: the request came by https and the configuration says that the app stays on https. It never does
// for loopback hosts, whose names other servers on the machine share.
func (s *Server) strict(c *fiber.Ctx) bool {
	own := s.cfg.Auth.PublicURL
	if c.Protocol() != "https" || s.certificate == nil && own == nil || own != nil && own.Scheme != "https" {
		return false
	}
	host := c.Hostname()
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return !ip.Unmap().IsLoopback()
	}
	return host != "localhost" && !strings.HasSuffix(host, ".localhost")
}
