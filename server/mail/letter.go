package mail

import (
	"bytes"
	_ "embed"
	"html/template"
	netmail "net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Letter is the content of a letter.
type Letter struct {
	Kind    string // one word for the log: verify, reset, invitation …
	To      string // an address, without a name
	Subject string
	Lines   []string // paragraphs
	Words   string   // the button's text; "" for no button
	Link    string   // the button's address
	After   []string // paragraphs below the button
}

const maxSubject = 150 // characters

//go:embed letter.html
var layout string

// compose returns the letter as a message from a sender.
func (l Letter) compose(from *netmail.Address) (*gomail.Msg, error) {
	to, err := netmail.ParseAddress(l.To)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	m.ToMailAddress(&netmail.Address{Address: to.Address})
	m.Subject(oneLine(l.Subject, maxSubject))
	m.SetDate()
	m.SetMessageID()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that no out-of-office reply comes back
	m.SetBodyString(gomail.TypeTextPlain, l.text())
	page, err := l.html()
	if err != nil {
		return nil, err
	}
	m.AddAlternativeString(gomail.TypeTextHTML, page)
	return m, nil
}

func (l Letter) text() string {
	parts := append([]string(nil), l.Lines...)
	if l.Link != "" {
		parts = append(parts, l.Link)
	}
	return strings.Join(append(parts, l.After...), "\n\n") + "\n"
}

func (l Letter) html() (string, error) {
	page, err := template.New("letter").Parse(layout)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = page.Execute(&b, l)
	return b.String(), err
}

// oneLine reduces a text that users may have written, such as a document's title, to one line of at most that many characters.
func oneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) > most {
		text = strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
	}
	return text
}
