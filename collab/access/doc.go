// Package access is the one table of who may do what: roles × actions. It is pure and imports nothing of ours; REST and the
// socket both use it. The documents claim of an application's token is evaluated here too, so that REST and the socket cannot
// disagree about which ids a prefix covers.
package access
