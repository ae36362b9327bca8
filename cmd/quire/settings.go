package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// setting is one variable of the configuration: how it is read and what it changes.
type setting struct {
	name     string // of the environment variable; the flag is the same in small letters with dashes
	secret   bool   // its value is never printed
	several  bool   // has several values, one a line
	fallback string // the value when nobody sets one
	help     string
	set      func(c *config, value string) error // nil: this build does not have it, so setting it is an error
}

func (s setting) flag() string { return strings.ReplaceAll(strings.ToLower(s.name), "_", "-") }

// given is a setting's value, and where it came from, for messages.
type given struct {
	value, from string
	fallback    bool // nobody set it
}

// load reads all settings. Its error names every wrong one, not only the first.
func load(flags map[string]string, environ []string) (config, error) {
	env := environment(environ)
	c := config{explicit: map[string]bool{}}
	var wrong []error
	for _, s := range settings() {
		value, err := s.find(flags, env)
		if err == nil {
			err = s.apply(&c, value)
			c.explicit[s.name] = !value.fallback && value.value != ""
		}
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) == 0 {
		wrong = append(wrong, c.check()...)
	}
	return c, errors.Join(wrong...)
}

// find returns the setting's value from its flag, its variable, the file that NAME_FILE names, or else the fallback.
func (s setting) find(flags, env map[string]string) (given, error) {
	if value, ok := flags[s.flag()]; ok {
		return given{value: value, from: "--" + s.flag()}, nil
	}
	value, file := env[s.name], env[s.name+"_FILE"]
	switch {
	case value != "" && file != "":
		return given{}, fmt.Errorf("%s and %s_FILE are both set; keep one", s.name, s.name)
	case value != "":
		return given{value: value, from: s.name}, nil
	case file != "":
		return s.readFile(file)
	}
	return given{s.fallback, s.name, true}, nil
}

// readFile reads a setting from a file, as containers pass secrets. Unless the setting has several values, the file must have one.
func (s setting) readFile(path string) (given, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return given{}, fmt.Errorf("%s_FILE: %w", s.name, err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\r\n"), "\n")
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) != "" && !s.several {
			return given{}, fmt.Errorf("%s_FILE %s line %d: one value is expected, on the first line", s.name, path, i+2)
		}
	}
	value := strings.TrimSpace(lines[0])
	if s.several {
		value = strings.TrimSpace(string(data))
	}
	if value == "" {
		return given{}, fmt.Errorf("%s_FILE %s line 1: is empty", s.name, path)
	}
	return given{value: value, from: fmt.Sprintf("%s_FILE %s line 1", s.name, path)}, nil
}

func (s setting) apply(c *config, g given) error {
	if s.set == nil {
		if g.value != s.fallback {
			return fmt.Errorf("%s: this build does not have it yet; unset it, so that nobody relies on it", g.from)
		}
		return nil
	}
	if g.value == "" {
		return nil
	}
	if err := s.set(c, g.value); err != nil {
		if s.secret {
			return fmt.Errorf("%s: %w", g.from, err)
		}
		return fmt.Errorf("%s%s: %w", g.from, unsecret("=", g.value), err)
	}
	return nil
}

// unsecret returns mark and a wrong value for a message, or nothing if the value has an @ and so may contain a password.
func unsecret(mark, value string) string {
	if strings.Contains(value, "@") {
		return ""
	}
	return mark + value
}

func environment(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		env[name] = strings.TrimSpace(value)
	}
	return env
}

// parseFlags takes settings, --name=value and --name value, from args and returns the other arguments, in order.
func parseFlags(args []string) (flags map[string]string, rest []string, err error) {
	flags = map[string]string{}
	known := settings()
	for i := 0; i < len(args); i++ {
		name, ok := strings.CutPrefix(args[i], "--")
		if !ok || name == "" {
			rest = append(rest, args[i])
			continue
		}
		name, value, inline := strings.Cut(name, "=")
		if slices.Contains([]string{"help", "version", "admin", "revoke", "shared"}, name) {
			rest = append(rest, args[i])
			continue
		}
		if !slices.ContainsFunc(known, func(s setting) bool { return s.flag() == name }) {
			return nil, nil, fmt.Errorf("--%s: there is no such flag; quire --help lists them", name)
		}
		if !inline {
			if i++; i == len(args) {
				return nil, nil, fmt.Errorf("--%s: a value is missing", name)
			}
			value = args[i]
		}
		if _, twice := flags[name]; twice {
			return nil, nil, fmt.Errorf("--%s: is given twice", name)
		}
		flags[name] = value
	}
	return flags, rest, nil
}
