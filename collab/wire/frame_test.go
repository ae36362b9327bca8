package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// The form of the header changes between 125 and 126 bytes and between 65535 and 65536.
func TestAFrameIsFramedOnce(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			payload := bytes.Repeat([]byte("x"), size)
			f := NewFrame(payload)
			framed := f.Framed()
			if framed[0] != 0x81 {
				t.Errorf("first byte %#x, want a final text frame", framed[0])
			}
			length, header := int(framed[1]), 2
			switch length {
			case 126:
				length, header = int(binary.BigEndian.Uint16(framed[2:])), 4
			case 127:
				length, header = int(binary.BigEndian.Uint64(framed[2:])), 10
			}
			if size > 125 && size <= 65535 && header != 4 || size > 65535 && header != 10 || length != size {
				t.Errorf("a header of %d bytes for %d, want the shortest for %d", header, length, size)
			}
			if !bytes.Equal(framed[header:], payload) || !bytes.Equal(f.JSON(), payload) || f.Len() != header+size {
				t.Error("the payload is not behind the header")
			}
		})
	}
}

func TestTheZeroFrameIsNoMessage(t *testing.T) {
	if f := (Frame{}); f.JSON() != nil || f.Framed() != nil || f.Len() != 0 {
		t.Errorf("zero frame holds %q", f.JSON())
	}
}

func TestCloseTableIsTheSharedOne(t *testing.T) {
	data, err := os.ReadFile("testdata/close.json")
	if err != nil {
		t.Fatal(err)
	}
	var want []Close
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if got := Closes(); !reflect.DeepEqual(got, want) {
		t.Errorf("Closes = %v, want testdata/close.json: %v", got, want)
	}
}

func TestTheTableOfFormatsCanBeRead(t *testing.T) {
	table, err := Formats()
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Check(mustDecode(t, `[{"insert":"x","attributes":{"bold":true}}]`)); err != nil {
		t.Errorf("bold is not in it: %v", err)
	}
}

func TestW3TheBandSaysWhetherToComeBack(t *testing.T) {
	for _, c := range Closes() {
		if c.Code >= 4000 && c.Back != (c.Code < 4500) {
			t.Errorf("%d %s: back %v contradicts its range", c.Code, c.Name, c.Back)
		}
	}
}

func TestW1ClientIDsAreOneUsersOnly(t *testing.T) {
	secret := []byte("a secret of thirty-two bytes ....")
	id := NewClientID(secret, "ann")
	if !ValidID(id) || len(id) != 32 {
		t.Errorf("id %q, want 32 characters safe in a URL", id)
	}
	if !VerifyClientID(secret, "ann", id) {
		t.Error("ann's own id does not verify")
	}
	last := id[:31] + "A"
	if last == id {
		last = id[:31] + "B"
	}
	for name, ok := range map[string]bool{
		"another user":     VerifyClientID(secret, "bob", id),
		"another secret":   VerifyClientID([]byte("x"), "ann", id),
		"a changed id":     VerifyClientID(secret, "ann", last),
		"a shorter id":     VerifyClientID(secret, "ann", id[:31]),
		"nothing":          VerifyClientID(secret, "ann", ""),
		"no base64":        VerifyClientID(secret, "ann", strings.Repeat("!", 32)),
		"the server's own": VerifyClientID(secret, "ann", "quire"),
	} {
		if ok {
			t.Errorf("%s verifies", name)
		}
	}
	if NewClientID(secret, "ann") == id {
		t.Error("two ids are the same")
	}
}
