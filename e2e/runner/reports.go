package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
)

// countVitest reads Vitest's JSON report.
func countVitest(in io.Reader) (result, error) {
	var report struct {
		TestResults []struct {
			Name, Status, Message string
			AssertionResults      []struct {
				FullName, Status string
			}
		}
	}
	if err := json.NewDecoder(in).Decode(&report); err != nil {
		return result{}, err
	}
	var r result
	for _, file := range report.TestResults {
		if file.Status == "failed" && len(file.AssertionResults) == 0 { // it could not be loaded
			r.failures = append(r.failures, file.Name+": "+firstLine(file.Message))
		}
		for _, test := range file.AssertionResults {
			switch test.Status {
			case "passed":
				r.passed++
			case "failed":
				r.failures = append(r.failures, test.FullName)
			default:
				r.skips = append(r.skips, test.FullName+": "+test.Status)
			}
		}
	}
	return r, nil
}

// suite is one level of Playwright's JSON report: a file or a describe block.
type suite struct {
	Title  string
	File   string
	Suites []suite
	Specs  []struct {
		Title string
		File  string
		Tests []struct {
			ProjectName string
			Status      string // expected, unexpected, flaky, skipped
			Annotations []struct{ Type, Description string }
			Results     []struct {
				Error *struct {
					Message  string
					Location struct {
						File string
						Line int
					}
				}
			}
		}
	}
}

func countPlaywright(in io.Reader) (result, error) {
	var report struct {
		Suites []suite
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(in).Decode(&report); err != nil {
		return result{}, err
	}
	var r result
	for _, s := range report.Suites {
		r.takeSuite(s)
	}
	for _, e := range report.Errors {
		r.failures = append(r.failures, "playwright: "+firstLine(e.Message))
	}
	return r, nil
}

func (r *result) takeSuite(s suite) {
	for _, spec := range s.Specs {
		for _, test := range spec.Tests {
			name := fmt.Sprintf("%s › %s [%s]", spec.File, spec.Title, test.ProjectName)
			switch test.Status {
			case "expected":
				r.passed++
			case "skipped":
				why := "no reason given"
				for _, a := range test.Annotations {
					if a.Description != "" {
						why = a.Description
					}
				}
				r.skips = append(r.skips, name+": "+why)
			default: // a flaky test is a failed one
				failure := name + " (" + test.Status + ")"
				for _, one := range test.Results {
					if e := one.Error; e != nil {
						failure += fmt.Sprintf("\n      %s:%d: %s", filepath.Base(e.Location.File), e.Location.Line, brief(e.Message))
					}
				}
				r.failures = append(r.failures, failure)
			}
		}
	}
	for _, inner := range s.Suites {
		r.takeSuite(inner)
	}
}

// brief is a message's first lines without the terminal's colours: what was expected, where, and what there was.
func brief(message string) string {
	var lines []string
	for _, line := range strings.Split(colours.ReplaceAllString(message, ""), "\n") {
		if line = strings.TrimSpace(line); line != "" && len(lines) < 8 {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " | ")
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
