// Package problem is how this server says no: one shape for every refused request (RFC 9457, application/problem+json),
// whoever refuses it, be it a handler, the validator, Fiber's router or a recovered panic.
//
// A problem's type is a stable name a program can branch on; its title and detail are sentences for people; errors name
// the fields at fault, never their values, because a value may be a password. From turns any error into a problem; what
// it does not know is "internal" to the caller, and the caller logs it.
//
// Deliberately absent: instance URIs, stack traces, translations.
package problem
