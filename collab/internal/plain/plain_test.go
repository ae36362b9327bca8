package plain

import (
	"math"
	"testing"
)

// TestHalvesAreKeptApart: a pair is one character, a lone half its own, however both are written.
func TestHalvesAreKeptApart(t *testing.T) {
	for text, want := range map[string]string{
		`"\ud83d\ude00"`:       "😀",
		`"\ud83d"`:             "\U000fd83d",
		`"\ude00\ud83d"`:       "\U000fde00\U000fd83d",
		`"\ud83d\ud83d\uDE00"`: "\U000fd83d😀",
		`"\\ud83d"`:            `\ud83d`,
		`"\\\ud83dx"`:          "\\\U000fd83dx",
		`"\ud83d\n"`:           "\U000fd83d\n",
		`"\u0000é"`:            "\x00é",
	} {
		if got, err := JSON([]byte(text)); got != want || err != nil {
			t.Errorf("JSON(%s) = %q, %v; want %q", text, got, err, want)
		}
	}
	if got, err := JSON([]byte(`{"a":[1.50,-1e999],"a":[2e3,1e999]}`)); err != nil || got.(map[string]any)["a"].([]any)[1] != math.Inf(1) {
		t.Errorf("JSON = %v, %v; want the last a, with an infinite number", got, err)
	}
	if _, err := JSON([]byte(`"\u12`)); err == nil {
		t.Error("a string that is cut is read")
	}
	if got, want := Text("퟿\xed\xa0\xbd😀\xed\xb8\x80"), "퟿\U000fd83d😀\U000fde00"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}
