// Package problem has one form for every refused request (RFC 9457, application/problem+json), whether a handler, the
// validator, Fiber's router or a recovered panic refuses it.
//
// A problem's type is a stable name that programs can branch on; its title and detail are sentences for people; its errors name
// the invalid fields but never their values, because a value may be a password. From turns any error into a problem. An error
// that it does not know becomes "internal"; the error itself is only for the log.
//
// Deliberately absent: instance URIs, stack traces, translations.
package problem
