package main

import (
	"context"
	"io"
	"net"
	"runtime"
	"time"

	"quire/e2e/bench/report"
)

// pair is two ends of a loopback connection.
func pair() (near, far *net.TCPConn, err error) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	if far, err = listener.AcceptTCP(); err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn.(*net.TCPConn), far, nil
}

// roundTrip is the median time in µs of a frame there and back.
func roundTrip() (float64, error) {
	near, far, err := pair()
	if err != nil {
		return 0, err
	}
	defer near.Close()
	go func() { // ends when near is closed
		defer far.Close()
		buf := make([]byte, frameBytes)
		for {
			n, err := far.Read(buf)
			if err != nil {
				return
			}
			if _, err := far.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	var took []float64
	frame := make([]byte, frameBytes)
	for begun := time.Now(); time.Since(begun) < floorFor/2; {
		at := time.Now()
		if _, err := near.Write(frame); err != nil {
			return 0, err
		}
		if _, err := near.Read(frame); err != nil {
			return 0, err
		}
		took = append(took, float64(time.Since(at).Nanoseconds())/1000)
	}
	p50, _ := report.Median(took)
	return p50, nil
}

// frameCost is the processor time in µs that one thread spends on a frame to each of so many loopback sockets: a bare
// write, which no server that tells its readers can go below. Between two rounds over all sockets it waits for the pause.
// 0 where that cannot be told.
func frameCost(ctx context.Context, sockets int, pause time.Duration) (float64, error) {
	var conns []*net.TCPConn
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
	}()
	for range sockets {
		near, far, err := pair()
		if err != nil {
			return 0, err
		}
		conns = append(conns, near)
		go func() { // ends when near is closed
			defer far.Close()
			io.Copy(io.Discard, far)
		}()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	frame := make([]byte, frameBytes)
	before, _ := threadTime()
	written := 0
	for begun := time.Now(); time.Since(begun) < floorFor && ctx.Err() == nil; {
		for _, conn := range conns {
			if _, err := conn.Write(frame); err != nil {
				return 0, err
			}
		}
		written += len(conns)
		time.Sleep(pause)
	}
	after, _ := threadTime()
	return float64((after - before).Nanoseconds()) / 1000 / float64(written), nil
}
