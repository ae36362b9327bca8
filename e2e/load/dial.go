package load

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

const (
	connectWithin = 30 * time.Second
	perSource     = 15_000 // sockets from one source address, below Quire's limit of 20,000 and the usual 28,000 ports
)

// target is where the server is.
type target struct {
	url     *url.URL
	address string // host:port
	token   func(connection int) string
	clock   func() time.Duration
}

func newTarget(cfg Config, clock func() time.Duration) (target, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return target{}, fmt.Errorf("--url %q: expected the like of ws://127.0.0.1:8080/api/v1/socket", cfg.URL)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"ws": "80", "wss": "443"}[u.Scheme]
	}
	return target{u, net.JoinHostPort(u.Hostname(), port), cfg.tokens(), clock}, nil
}

// loopback reports whether the server's address is an IPv4 loopback address, so that other source addresses are available.
func (t target) loopback() bool {
	ip, err := netip.ParseAddr(t.url.Hostname())
	return err == nil && ip.IsLoopback() && ip.Is4()
}

// dial opens one WebSocket. The number of the connection determines its token and source address.
func (t target) dial(ctx context.Context, number int) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	dialer := net.Dialer{}
	if t.loopback() {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+number/perSource))}
	}
	nc, err := dialer.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	if t.url.Scheme == "wss" {
		nc = tls.Client(nc, &tls.Config{ServerName: t.url.Hostname()})
	}
	stop := context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })
	s, err := t.upgrade(nc, number)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return s, nil
}

func (t target) upgrade(nc net.Conn, number int) (*socket, error) {
	nonce := make([]byte, 16)
	rand.Read(nonce)
	key := base64.StdEncoding.EncodeToString(nonce)
	auth := ""
	if token := t.token(number); token != "" {
		auth = "Authorization: Bearer " + token + "\r\n"
	}
	_, err := fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n", t.url.RequestURI(), t.url.Host, key, auth)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(nc, 4<<10)
	res, err := http.ReadResponse(r, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		return nil, refusal(res)
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if res.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]) {
		return nil, fmt.Errorf("%w: its answer to the upgrade does not match the request", errFrame)
	}
	early, _ := r.Peek(r.Buffered())
	return newSocket(nc, early, t.clock), nil
}

func refusal(res *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(res.Body, 300))
	advice := ""
	switch res.StatusCode {
	case http.StatusUnauthorized:
		advice = "; give --jwt-secret (the server's JWT_SECRET) or --token"
	case http.StatusTooManyRequests:
		advice = "; raise LIMIT_CONNECTIONS_USER or LIMIT_CONNECTIONS_ADDRESS of the server"
	}
	return fmt.Errorf("the server refused the connection with %s%s: %s", res.Status, advice, body)
}
