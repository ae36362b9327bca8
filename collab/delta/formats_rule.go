package delta

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// rule decides which JSON values a format or embed may have.
type rule interface{ allows(value string) bool }

// ruleJSON is the JSON form of a rule.
type ruleJSON struct {
	Type     string     `json:"type"`
	Values   []string   `json:"values"`
	Min      int        `json:"min"`
	Max      int        `json:"max"`
	Pattern  string     `json:"pattern"`
	Schemes  []string   `json:"schemes"`
	Relative string     `json:"relative"`
	Exact    []string   `json:"exact"`
	Rules    []ruleJSON `json:"rules"`
}

func (r ruleJSON) compile() (rule, error) {
	switch r.Type {
	case "true":
		return trueRule{}, nil
	case "enum":
		return enumRule{r.Values}, nil
	case "integer":
		return integerRule{r.Min, r.Max}, nil
	case "string":
		return stringRule{max: r.Max}, nil
	case "pattern":
		re, err := regexp.Compile(`\A(?:` + r.Pattern + `)\z`)
		return stringRule{max: r.Max, matches: re}, err
	case "url":
		if !slices.Contains([]string{"", "none", "path", "any"}, r.Relative) {
			return nil, fmt.Errorf("relative is %q", r.Relative)
		}
		return urlRule{r}, nil
	case "any":
		var all anyRule
		for _, one := range r.Rules {
			compiled, err := one.compile()
			if err != nil {
				return nil, err
			}
			all = append(all, compiled)
		}
		return all, nil
	}
	return nil, fmt.Errorf("unknown rule type %q", r.Type)
}

type trueRule struct{}

func (trueRule) allows(value string) bool { return value == "true" }

type enumRule struct{ values []string }

func (r enumRule) allows(value string) bool {
	return value[0] == '"' && slices.Contains(r.values, stringOf(value))
}

type integerRule struct{ min, max int }

// allows relies on this package writing integers without fraction or exponent.
func (r integerRule) allows(value string) bool {
	n, err := strconv.Atoi(value)
	return err == nil && n >= r.min && n <= r.max
}

type stringRule struct {
	max     int // UTF-16 units
	matches *regexp.Regexp
}

func (r stringRule) allows(value string) bool {
	if value[0] != '"' {
		return false
	}
	s := stringOf(value)
	return unitsOf(s) <= r.max && (r.matches == nil || r.matches.MatchString(s))
}

type anyRule []rule

func (r anyRule) allows(value string) bool {
	return slices.ContainsFunc(r, func(one rule) bool { return one.allows(value) })
}

type urlRule struct{ ruleJSON }

func (r urlRule) allows(value string) bool {
	if value[0] != '"' {
		return false
	}
	s := stringOf(value)
	if s == "" || unitsOf(s) > r.Max || s[0] == ' ' || s[len(s)-1] == ' ' || strings.ContainsFunc(s, control) {
		return false
	}
	if slices.Contains(r.Exact, s) {
		return true
	}
	if scheme, ok := schemeOf(s); ok {
		return slices.Contains(r.Schemes, scheme)
	}
	switch r.Relative {
	case "any":
		return true
	case "path":
		return s[0] == '/' && (len(s) == 1 || s[1] != '/' && s[1] != '\\')
	}
	return false
}

// control reports whether r is a control character. Browsers drop some of them inside a URL, where they could hide a scheme.
func control(r rune) bool { return r < 0x20 || r == 0x7F }

// schemeOf returns the scheme of a URL in lower case, without its colon.
func schemeOf(url string) (string, bool) {
	for i := range len(url) {
		c := url[i] | 0x20
		switch {
		case url[i] == ':' && i > 0:
			return strings.ToLower(url[:i]), true
		case c >= 'a' && c <= 'z':
		case i > 0 && (url[i] >= '0' && url[i] <= '9' || strings.IndexByte("+-.", url[i]) >= 0):
		default:
			return "", false
		}
	}
	return "", false
}
