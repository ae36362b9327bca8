package rarely

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestALineIsDueOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var line Line
		for i, want := range []bool{true, false, false, true, false} {
			if got := line.Due(); got != want {
				t.Errorf("call %d: Due = %v, want %v", i, got, want)
			}
			time.Sleep(25 * time.Second)
		}
	})
}
