// Package access is the one table of who may do what: roles × actions. It is pure and imports nothing of ours; REST, the
// socket and the generated tests read it. Claims, which bound what an application's token may do, are read here too, so
// that REST and the socket cannot differ on which ids a prefix covers.
package access
