package load

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"quire/e2e/internal/tether"
)

// A database works in children of one process. Their time counts while they live and after they have ended.
func TestTheCPUTimeOfChildrenCounts(t *testing.T) {
	before := inspect(os.Getpid())
	cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo; read line")
	tether.Tie(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // it has used its time and is alive
		t.Fatal(err)
	}
	alive := inspect(os.Getpid())
	in.Close()
	cmd.Wait() // it ends because its read fails
	ended := inspect(os.Getpid())
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if took < 5*clockTick {
		t.Fatalf("the child took %v only", took)
	}
	if !before.ok || !alive.ok || !ended.ok {
		t.Fatal("this process cannot be looked at")
	}
	const slack = 2 * clockTick
	if got := alive.cpu - before.cpu; got < took-slack {
		t.Errorf("with a child of %v alive %v are counted", took, got)
	}
	if got := ended.cpu - before.cpu; got < took-slack {
		t.Errorf("with a child of %v ended %v are counted", took, got)
	}
	if own := ownCPU(); own <= 0 || own > time.Hour {
		t.Errorf("own time %v", own)
	}
	if alive.resident < 1<<20 {
		t.Errorf("%d bytes of memory", alive.resident)
	}
	if inspect(0).ok || inspect(-1).ok || inspect(1<<30).ok {
		t.Error("a process that there is not was seen")
	}
}
