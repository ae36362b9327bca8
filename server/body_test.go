package server

import (
	"encoding/base64"
	"runtime"
	"strings"
	"testing"
)

// bomb is 2 GiB of zeros, packed three times by gzip: 272 bytes.
const bomb = "H4sIAAAAAAACA5Pv5mAAASbmt3cW5k1OlGh7WF+iyJuUzMR60qJnpurcgxMVZqjJMDwUiNi0wMDUuu+sgmDx5B1569gdBERDT3O9TfzzvXSl//" +
	"5PJ6f//nG85EaV2c/i3du//y80rN/1z7rWEGS2cvnHAsubfYyHb599dLe9GCiS8MZOXu7Ne7fG4/7rz89hBoq4vf/98uTpu/yNV7fr/z7HCBRZ" +
	"/D1r75y32xp2nz2/uP8dWKRcXwJknmYTiHdBCczRBXMElJE4ozKjMqMyozKjMqMyozKjMqMyozKjMqMyg0Um/PXTGmvWM3X5Yuf38+WaH559df" +
	"332/FC/xneh7n5FtyUZwAAsloknZUNAAA="

// A limit on what arrives says nothing of what it unfolds to, so nothing is unpacked: by nobody, in no form, on no address.
func TestP8ABodyIsNeverUnpacked(t *testing.T) {
	h := newHouse(t, nil)
	packed, err := base64.StdEncoding.DecodeString(bomb)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, path := range []string{"/auth/signin", "/auth/signup", "/links/claim", "/documents", "/nope", "!/healthz", "!/"} {
		for _, coding := range []string{
			"gzip, gzip, gzip", "gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "none of these",
		} {
			res := h.nobody().do("POST", path, packed, "Content-Encoding", coding)
			if fields := res.problem(415, "unsupported-media-type"); len(fields) != 1 || fields[0] != "header.Content-Encoding" {
				t.Errorf("%s in %s names %v", path, coding, fields)
			}
			if got := res.header.Get("Accept-Encoding"); got != "identity" {
				t.Errorf("%s in %s: Accept-Encoding %q", path, coding, got)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("refusing took %d MiB", took>>20)
	}
	res := h.nobody().do("POST", "/auth/signin", `{"email":"x@example.org","password":"hunter2hunter2"}`, "Content-Encoding", " Identity,")
	res.problem(401, "wrong-credentials")
}

// What cannot be unpacked is an error, not a text.
func TestADamagedUploadLeavesTheDocument(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("What was there")
	packed, err := base64.StdEncoding.DecodeString(bomb)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{"not gzip": []byte("plain"), "cut off": packed[:40], "empty": {}} {
		for _, coding := range []string{"gzip", "deflate", "br"} {
			res := ada.do("PUT", "/documents/"+id+"/content", body, "If-Match", `"r1"`, "Content-Type", "text/plain", "Content-Encoding", coding)
			if res.status != 415 {
				t.Errorf("%s, said to be %s = %d %s, want 415", name, coding, res.status, res.body)
			}
		}
	}
	if got := ada.text(id); got != "What was there\n" {
		t.Errorf("the document is now %q", got)
	}
}

// A form is none of our bodies: it reaches the handler as the bytes that came, which refuses its media type, and no part of it
// becomes a file.
func TestAFormIsNotReadAsAText(t *testing.T) {
	h := newHouse(t, nil)
	ada := h.account("ada")
	id := ada.document("What was there")
	for name, form := range map[string]string{
		"whole": "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n", "broken": "--x\r\nno form",
	} {
		res := ada.do("PUT", "/documents/"+id+"/content", form, "If-Match", `"r1"`, "Content-Type", "multipart/form-data; boundary=x")
		if fields := res.problem(415, "unsupported-media-type"); strings.Join(fields, " ") != "header.Content-Type" {
			t.Errorf("a %s form names %v", name, fields)
		}
	}
	if got := ada.text(id); got != "What was there\n" {
		t.Errorf("the document is now %q", got)
	}
}
