package auth

import (
	"context"
	"hash/fnv"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"quire/collab"
	"quire/server/problem"
	"quire/storage"
)

// Colors is the number of colours for people. A colour is an index, so that each theme can have its own shade.
const Colors = 12

const (
	maxName  = 100 // characters
	maxEmail = 254 // bytes
)

// colorOf returns the colour of a new person.
func colorOf(id storage.UserID) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % Colors)
}

// cleanName returns name as one line of visible characters, cut off at maxName.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) && r != '\u200d': // control and format characters would fool other readers; emoji need the joiner
			return -1
		}
		return r
	}, storage.Text(name))
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = strings.TrimSpace(string([]rune(name)[:maxName]))
	}
	return name
}

// CheckName returns a name in the form to store, or a problem; field is its place in the request.
func CheckName(name, field string) (string, error) {
	if utf8.RuneCountInString(name) > maxName {
		return "", problem.Invalid("A name has at most 100 characters.").In(field, "has more than 100 characters")
	}
	if name = cleanName(name); name == "" {
		return "", problem.Invalid("A name has at least one character that can be seen.").In(field, "is empty")
	}
	return name, nil
}

func checkEmail(email, field string) (string, error) {
	email = strings.TrimSpace(email)
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > maxEmail || email != storage.Text(email) {
		return "", problem.Invalid("This is not an e-mail address.").In(field, "is not an e-mail address")
	}
	return email, nil
}

// Me returns the stored user of who.
func (s *Service) Me(ctx context.Context, who collab.Identity) (storage.User, error) {
	user, err := s.store.User(ctx, who.User)
	if err != nil {
		return user, unavailable(err)
	}
	return user, nil
}

// ChangeMe changes the name and the colour, each if not nil.
func (s *Service) ChangeMe(ctx context.Context, who collab.Identity, name *string, color *int) (storage.User, error) {
	if name != nil {
		checked, err := CheckName(*name, "body.name")
		if err != nil {
			return storage.User{}, err
		}
		name = &checked
	}
	user, err := s.store.ChangeUser(ctx, who.User, storage.UserChange{Name: name, Color: color})
	if err != nil {
		return user, unavailable(err)
	}
	return user, nil
}
