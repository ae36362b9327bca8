// Package mailtest is a mail server for tests: it speaks SMTP on a loopback port and keeps the letters it receives.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mail is a letter as received.
type Mail struct {
	From, To string // of the envelope
	Message  *netmail.Message
	Body     string // raw, both forms
	Secured  bool   // came over TLS
}

// Server receives mail. Change Answer only before the first letter.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool
	// Answer returns "" to accept a recipient, or the reply that refuses them, such as "450 4.2.1 later".
	Answer func(to string, count int) string

	mails chan Mail
	cert  tls.Certificate
	ln    net.Listener
	mu    sync.Mutex
	count int
	lines []net.Conn
	all   sync.WaitGroup
}

// Start starts a server that runs until the test ends. With starttls it offers TLS and refuses letters without it.
func Start(t testing.TB, starttls bool, answer func(to string, count int) string) *Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, Answer: answer, mails: make(chan Mail, 1000), ln: ln}
	if starttls {
		s.cert, s.Roots = certificate(t)
	}
	s.all.Go(s.serve)
	t.Cleanup(func() {
		ln.Close()
		s.mu.Lock()
		for _, c := range s.lines {
			c.Close()
		}
		s.mu.Unlock()
		s.all.Wait()
	})
	return s
}

// Next returns the next letter to arrive.
func (s *Server) Next(t testing.TB) Mail {
	t.Helper()
	select {
	case m := <-s.mails:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
		return Mail{}
	}
}

// None reports whether no letter has arrived that Next has not returned.
func (s *Server) None() bool { return len(s.mails) == 0 }

func (s *Server) serve() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.lines = append(s.lines, c)
		s.mu.Unlock()
		s.all.Go(func() {
			defer c.Close()
			s.talk(c)
		})
	}
}

// talk serves one connection with as much of SMTP as a client needs.
func (s *Server) talk(c net.Conn) {
	line := textproto.NewConn(c)
	var m Mail
	line.PrintfLine("220 mailtest")
	for {
		text, err := line.ReadLine()
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(text, " ")
		switch strings.ToUpper(word) {
		case "EHLO", "HELO":
			if s.Roots != nil && !m.Secured {
				line.PrintfLine("250-mailtest")
				line.PrintfLine("250 STARTTLS")
			} else {
				line.PrintfLine("250-mailtest")
				line.PrintfLine("250-8BITMIME")
				line.PrintfLine("250 ENHANCEDSTATUSCODES")
			}
		case "STARTTLS":
			line.PrintfLine("220 go on")
			secured := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{s.cert}})
			c, line, m.Secured = secured, textproto.NewConn(secured), true
		case "MAIL":
			if s.Roots != nil && !m.Secured {
				line.PrintfLine("530 5.7.0 TLS first")
				continue
			}
			m = Mail{From: address(rest), Secured: m.Secured}
			line.PrintfLine("250 yes")
		case "RCPT":
			s.mu.Lock()
			s.count++
			count := s.count
			s.mu.Unlock()
			if no := s.refusal(address(rest), count); no != "" {
				line.PrintfLine("%s", no)
				continue
			}
			m.To = address(rest)
			line.PrintfLine("250 yes")
		case "DATA":
			line.PrintfLine("354 go on")
			data, err := line.ReadDotBytes()
			if err != nil {
				return
			}
			if m.Message, err = netmail.ReadMessage(bytes.NewReader(data)); err == nil {
				body, _ := io.ReadAll(m.Message.Body)
				m.Body = string(body)
			}
			line.PrintfLine("250 taken")
			s.mails <- m
		case "QUIT":
			line.PrintfLine("221 bye")
			return
		default:
			line.PrintfLine("250 yes")
		}
	}
}

func (s *Server) refusal(to string, count int) string {
	if s.Answer == nil {
		return ""
	}
	return s.Answer(to, count)
}

func address(rest string) string {
	_, rest, _ = strings.Cut(rest, "<")
	text, _, _ := strings.Cut(rest, ">")
	return text
}

// certificate returns a self-signed certificate for 127.0.0.1.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
