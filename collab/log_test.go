package collab_test

import (
	"reflect"
	"testing"

	"quire/collab"
	"quire/storage/storagetest"
)

// Every call that the engine makes of its store can go wrong in these tests and in the simulation: On panics for one that
// cannot. Rewinds asks nobody.
func TestEveryCallOfTheEngineCanBeFaulted(t *testing.T) {
	calls := reflect.TypeFor[collab.Log]()
	for i := range calls.NumMethod() {
		if name := calls.Method(i).Name; name != "Rewinds" {
			storagetest.On(storagetest.Refuse, name)
		}
	}
}
