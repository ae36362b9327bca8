package pgtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// TLS has the server, and its standbys, speak TLS to whoever asks for it, with a certificate that it signed itself.
func TLS(s *Server) { s.tls = true }

// certify writes the certificate and its key where Postgres looks for them.
func (s *Server) certify() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(24 * time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(s.keep("server.crt", "CERTIFICATE", certificate), s.keep("server.key", "PRIVATE KEY", secret))
}

// keep writes a file that only the server may read.
func (s *Server) keep(name, kind string, content []byte) error {
	path := filepath.Join(s.data, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		return err
	}
	if s.attrs.Credential == nil {
		return nil
	}
	return os.Chown(path, int(s.attrs.Credential.Uid), int(s.attrs.Credential.Gid))
}
