package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// kind is what a setting's value may be, and so how a secret may come to stand in it.
type kind int

const (
	plain   kind = iota // words, numbers, names, paths
	secret              // a secret, and no address
	host                // a host's name, which is asked of name servers
	address             // an address, before whose host some write a user and a password
)

// kinds decides for every setting. A new one has to be decided on, too.
var kinds = map[string]kind{
	"DATABASE_URL": address, "JWT_JWKS_URL": address, "OIDC_ISSUER": address, "PUBLIC_URL": address, "ALLOWED_ORIGINS": address,
	"SECURITY_CONTACT": address,
	"NATS_URL":         address, "CLUSTER_ROUTES": address, "BLOBS": address, "CLUSTER_LISTEN": address,
	"HOST": host, "SMTP_HOST": host, "ALLOWED_HOSTS": host,
	"SECRET_KEY": secret, "JWT_SECRET": secret, "SMTP_PASSWORD": secret, "OIDC_CLIENT_SECRET": secret,
	"PORT": plain, "QUIRE_PORT": plain, "SIGNUP": plain, "PEOPLE_LIST": plain, "JWT_ISSUER": plain, "JWT_AUDIENCE": plain,
	"TLS_CERT": plain, "TLS_KEY": plain, "TLS_REDIRECT_PORT": plain, "TRUST_PROXY": plain, "QUOTA_USER": plain,
	"QUOTA_APPLICATION": plain, "QUOTA_DOCUMENT": plain, "TRASH_DAYS": plain, "AUDIT_DAYS": plain, "AUDIT_LOG": plain, "LOG_LEVEL": plain, "FORMATS": plain,
	"ALLOW_UNSAFE_POSTGRES": plain, "SMTP_PORT": plain, "SMTP_SECURITY": plain, "SMTP_USERNAME": plain, "SMTP_FROM_EMAIL": plain, "INVITATION_LETTERS": plain,
	"OIDC_CLIENT_ID": plain, "OIDC_SCOPES": plain, "OIDC_DISPLAY_NAME": plain,
}

// malformed are values with a password in a place where it is not expected, or not written as it has to be.
var malformed = map[kind][]string{
	plain:  {"u:hunter2@h", "https://u:hunter2@h/p"},
	secret: {"hunter2", "u:hunter2@h", "hunter2\n", "https://u:hunter2@h"},
	host:   {"u:hunter2@h", "smtp://u:hunter2@h:587", "hunter2@h", "u:hunter2@h:25", "h:25", "u:hunter2/@h", "x/h", "u%40h"},
	address: {
		"SCHEME://u:hunter2@h:port", "SCHEME://u:1/hunter2@h", "SCHEME://u:hunter2/x@h", "SCHEME://u:1?hunter2@h", "SCHEME://u:1#hunter2@h", "u:hunter2@h",
		"SCHEME://u:hunter2%zz@h", "SCHEME://u:hunter2@[::1", "SCHEME:u:hunter2@h", "SCHEME://u:hunter2#@h",
	},
}

// A setting that is wrong is named, and what may be a password in it is told to nobody: not in a message, and no name server is
// asked for it, since what is refused is not used.
func TestNoWrongSettingTellsASecret(t *testing.T) {
	for _, s := range settings() {
		what, decided := kinds[s.name]
		if strings.HasPrefix(s.name, "LIMIT_") {
			decided = true // numbers
		}
		if !decided {
			t.Errorf("%s: say in kinds what its value may be", s.name)
		}
		values := malformed[what]
		if what == address && s.name != "DATABASE_URL" {
			values = append(values, "SCHEME://u:hunter2@h") // where there is none
		}
		for _, value := range values {
			scheme := "https"
			if s.name == "DATABASE_URL" {
				scheme = "postgres"
			}
			value = strings.ReplaceAll(value, "SCHEME", scheme)
			for _, where := range []struct {
				args    []string
				environ []string
			}{{nil, []string{s.name + "=" + value}}, {[]string{"--" + s.flag(), value}, nil}} {
				flags, _, err := parseFlags(where.args)
				if err == nil {
					_, err = load(flags, append(where.environ, "SECRET_KEY_FILE="))
				}
				if err != nil && strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%s=%s: %v", s.name, value, err)
				}
				if err == nil && (what == address || what == host) {
					t.Errorf("%s=%s is taken", s.name, value)
				} else if (what == address || what == host) && !strings.Contains(err.Error(), s.name) && !strings.Contains(err.Error(), s.flag()) {
					t.Errorf("%s=%s: %v, which does not name it", s.name, value, err)
				}
			}
		}
	}
	if err := run(context.Background(), []string{"https://u:hunter2@h"}, nil, io.Discard, io.Discard); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("as a command: %v", err)
	}
}

// What is right is taken.
func TestHostsAndAddressesThatAreTaken(t *testing.T) {
	for _, line := range []string{
		"HOST=0.0.0.0", "HOST=::1", "HOST=localhost", "SMTP_HOST=mail.example.org", "SMTP_HOST=2001:db8::1", "OIDC_ISSUER=https://id.example.org/realms/a",
		"JWT_JWKS_URL=https://app.example.org/keys?x=a@b", "ALLOWED_ORIGINS=https://a.example.org, http://b.example.org:81",
		"ALLOWED_HOSTS=a.example, b.example", "SECURITY_CONTACT=security@example.org, https://example.org/security",
	} {
		_, err := load(nil, []string{line})
		if err != nil && strings.Contains(err.Error(), strings.Split(line, "=")[0]+"=") {
			t.Errorf("%s: %v", line, err)
		}
	}
}
