// Package crash kills things while people type, and then looks for what was acknowledged: the server by `kill -9` on
// SQLite and on Postgres, Postgres itself by `kill -9` of all its processes, and Postgres stopped for half a minute under
// unmodified ShareDB clients.
//
// Every typist puts unique tokens ⟦name:n⟧ into a document, one op in flight at a time, and remembers which were
// acknowledged. After each restart what was acknowledged before must be there exactly once (P1, P2); at the end every
// token, in its author's order (P5), and the fold of the log, snapshot + tail, REST and every typist must be one text
// (P3, P4). The seed is printed; QUIRE_SEED repeats it, as far as moments of killing can be repeated.
package crash
