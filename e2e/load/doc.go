// Package load is the load generator behind `quire bench`, for any server that speaks ShareDB's protocol over a WebSocket.
//
// A run creates documents, opens writers and readers, lets the writers type through a warm-up and the measured window, waits
// until all is quiet, and then reads every document anew: what was acknowledged must be in it, once and in order.
package load
