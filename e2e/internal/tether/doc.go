// Package tether ends the programs that a test has started when the test itself is killed, so that no server, database or client
// is left running. It works on Linux; elsewhere a killed test leaves its children running.
package tether
