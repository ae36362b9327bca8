// Package memory keeps everything in maps: the model that the other backends are compared with, and the store of tests.
// It keeps the whole contract except what matters in production: nothing survives the process.
//
// One mutex guards everything, and every method holds it from begin to end, so each is atomic. Bytes are copied when they
// come in and go out. Deliberately absent: any cleverness.
package memory
