package memory_test

import (
	"testing"

	"quire/storage"
	"quire/storage/memory"
	"quire/storage/storagetest"
)

func TestStore(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Store { return memory.New() })
}

func BenchmarkAppend(b *testing.B) { storagetest.BenchmarkAppend(b, memory.New()) }

func BenchmarkLoad(b *testing.B) { storagetest.BenchmarkLoad(b, memory.New()) }

func TestRaces(t *testing.T) { storagetest.Races(t, memory.New()) }

func BenchmarkHeldRoles(b *testing.B) { storagetest.BenchmarkHeldRoles(b, memory.New()) }
