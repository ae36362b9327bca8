// Package memory keeps everything in maps: the model that the other backends are compared with, and the store of tests.
// It keeps the whole contract but the one that matters in production: nothing survives the process.
//
// One mutex guards all; every method holds it for its whole duration, so each is atomic. Bytes are copied on their way
// in and out. Deliberately absent: any cleverness.
package memory
