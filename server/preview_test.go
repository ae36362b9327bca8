package server

import "testing"

// A list shows what was just written, not what the newest snapshot holds.
func TestAListShowsTheNewestText(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	preview := func() any {
		return ada.do("GET", "/documents", nil).want(200)["items"].([]any)[0].(map[string]any)["preview"]
	}
	id := ada.do("POST", "/documents", `{"text":"Six chairs"}`).want(201)["id"].(string)
	if got := preview(); got != "Six chairs" {
		t.Errorf("made with text: preview %q", got)
	}
	ada.do("POST", "/documents/"+id+"/ops", `{"base_revision":1,"op":[{"insert":"Eighty-"}]}`).want(200)
	if got := preview(); got != "Eighty-Six chairs" {
		t.Errorf("after an op: preview %q", got)
	}
}
