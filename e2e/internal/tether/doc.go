// Package tether ends the programs a test has started when the test itself is killed, so that no server, database or typing
// client is left behind. It holds on Linux; elsewhere a killed test leaves its children.
package tether
