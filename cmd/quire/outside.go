package main

import (
	"errors"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	"quire/server/mail"
	"quire/storage/sealed"
)

// mailSettings returns the settings for the mail server.
func mailSettings() []setting {
	return []setting{
		{name: "SMTP_HOST", help: "the mail server; without it no mail is sent", set: func(c *config, v string) (err error) {
			c.mail.Host, err = hostOf(v)
			return err
		}},
		{name: "SMTP_PORT", fallback: "587", help: "its port", set: func(c *config, v string) error {
			var other config
			err := setPort(&other, v)
			c.mail.Port = other.port
			return err
		}},
		{name: "SMTP_SECURITY", help: "starttls (plain at first, then TLS or nothing), tls (from the start; for port 465 without being " +
			"told), none (for a relay on this machine)", set: setSecurity},
		{name: "SMTP_USERNAME", help: "where the mail server asks for one", set: func(c *config, v string) error {
			c.mail.Username = v
			return nil
		}},
		{name: "SMTP_PASSWORD", secret: true, help: "likewise", set: func(c *config, v string) error {
			c.mail.Password = sealed.Of(v)
			return nil
		}},
		{name: "INVITATION_LETTERS", fallback: "5", help: "letters of invitation that one address gets a day, of all senders together", set: func(c *config, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > 10_000 {
				return errors.New("is not a number from 1 to 10000")
			}
			c.invited = n
			return nil
		}},
		{name: "SMTP_FROM_EMAIL", help: "the sender, as in quire@example.org or Quire <quire@example.org>", set: func(c *config, v string) error {
			c.mail.From = v
			if _, err := netmail.ParseAddress(v); err != nil {
				return errors.New("is not an e-mail address")
			}
			return nil
		}},
	}
}

func setSecurity(c *config, v string) error {
	switch s := mail.Security(v); s {
	case mail.StartTLS, mail.TLS, mail.Plain:
		c.mail.Security = s
		return nil
	}
	return errors.New("there are starttls, tls and none")
}

// oidcSettings returns the settings for the provider that people can sign in through.
func oidcSettings() []setting {
	text := func(field func(*config) *string) func(*config, string) error {
		return func(c *config, v string) error {
			*field(c) = v
			return nil
		}
	}
	return []setting{
		{name: "OIDC_ISSUER", help: "the provider that people can sign in through, as its tokens name it, as in https://id.example.org",
			set: setIssuer},
		{name: "OIDC_CLIENT_ID", help: "Quire's name there", set: text(func(c *config) *string { return &c.oidc.ClientID })},
		{name: "OIDC_CLIENT_SECRET", secret: true, help: "Quire's secret there", set: func(c *config, v string) error {
			c.oidc.ClientSecret = sealed.Of(v)
			return nil
		}},
		{name: "OIDC_SCOPES", fallback: "openid email profile", help: "what is asked of it, separated by spaces", set: func(c *config, v string) error {
			c.oidc.Scopes = strings.Fields(strings.ReplaceAll(v, ",", " "))
			return nil
		}},
		{name: "OIDC_DISPLAY_NAME", help: "its name on the button; else its host", set: text(func(c *config) *string { return &c.oidc.Name })},
	}
}

func setIssuer(c *config, v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || unencoded(v) {
		return errors.New("is not an address as in https://id.example.org, without user and password")
	}
	c.oidc.Issuer = v
	return nil
}

// checkOutside returns what is wrong with the combination of settings for mail and for signing in through a provider.
func (c config) checkOutside() []error {
	var wrong []error
	if c.mail.Host == "" && (c.mail.Username != "" || c.mail.Password.IsSet() || c.mail.From != "" || c.mail.Security != "") {
		wrong = append(wrong, errors.New("SMTP_SECURITY, SMTP_USERNAME, SMTP_PASSWORD, SMTP_FROM_EMAIL: mean nothing without SMTP_HOST"))
	}
	if c.mail.Host != "" && c.mail.From == "" {
		wrong = append(wrong, errors.New("SMTP_FROM_EMAIL: is required with SMTP_HOST: who letters are from"))
	}
	if c.mail.Host != "" && c.publicURL == nil {
		wrong = append(wrong, errors.New("PUBLIC_URL: is required with SMTP_HOST: the addresses in letters can't be taken from whoever asks for one"))
	}
	if c.oidc.Issuer == "" && (c.oidc.ClientID != "" || c.oidc.ClientSecret.IsSet()) {
		wrong = append(wrong, errors.New("OIDC_CLIENT_ID, OIDC_CLIENT_SECRET: mean nothing without OIDC_ISSUER"))
	}
	if c.oidc.Issuer != "" && c.oidc.ClientID == "" {
		wrong = append(wrong, errors.New("OIDC_CLIENT_ID: is required with OIDC_ISSUER"))
	}
	if c.oidc.Issuer != "" && c.publicURL == nil {
		wrong = append(wrong, errors.New("PUBLIC_URL: is required with OIDC_ISSUER: the provider sends browsers back to it"))
	}
	return wrong
}

// post returns the mail configuration; on port 465 security is TLS unless told otherwise.
func (c config) post() mail.Config {
	m := c.mail
	if m.Security == "" && m.Port == 465 {
		m.Security = mail.TLS
	}
	return m
}
