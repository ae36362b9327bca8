// Package web serves the built web app from memory: files under assets/, whose names carry a hash of what they hold, for
// ever; everything else with an ETag that is asked for each time. A browser that opens any address of the app (/, /d/…,
// /s/…, /i/…, /setup/…) gets index.html. Files that the build compressed (.br, .gz) are sent as they are.
//
// Deliberately absent: compressing at run time, directory listings, and anything under /api/.
package web
