package mail

import (
	"os"
	"regexp"
	"testing"
)

// A letter looks like Quire: it uses only the app's colours, and no serif typeface, as the app does.
func TestALetterHasTheAppsColours(t *testing.T) {
	text, err := os.ReadFile("../../frontend/app/src/styles/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light := regexp.MustCompile(`(?s)^.*?\n}`).FindString(string(text)) // the first rule
	own := map[string][]string{}                                        // some colours have several names
	for _, found := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(light, -1) {
		own[found[2]] = append(own[found[2]], found[1])
	}
	shown := map[string]bool{}
	for _, colour := range regexp.MustCompile(`#[0-9a-f]{6}`).FindAllString(layout, -1) {
		if own[colour] == nil {
			t.Errorf("%s is not a colour of the app", colour)
		}
		for _, name := range own[colour] {
			shown[name] = true
		}
	}
	if !shown["accent"] || !shown["desk"] {
		t.Errorf("a letter shows %v, want the accent on the button and the desk around", shown)
	}
	if regexp.MustCompile(`Georgia`).MatchString(layout) {
		t.Error("a letter is set in a serif, the app in none")
	}
}
