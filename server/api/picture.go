package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type putPictureIn struct {
	RawBody []byte `contentType:"image/png"`
}

type pictureIn struct {
	ID      string `path:"id"`
	Version string `query:"v" maxLength:"64" doc:"Of the picture; with it the answer may be kept"`
}

type pictureOut struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (a *API) registerPicture() {
	binary := &huma.Schema{Type: huma.TypeString, ContentEncoding: "binary"}
	pictures := map[string]*huma.Schema{"image/png": binary, "image/jpeg": binary, "image/webp": binary}
	add(a, route{id: "set-picture", method: http.MethodPut, path: "/me/picture", tag: "Me", personal: true,
		summary: "Set my picture", about: "PNG, JPEG or WebP, at most 256 KiB and 2,048 pixels a side.", body: takes(pictures)},
		soon[putPictureIn, bodyOf[User]])
	add(a, route{id: "remove-picture", method: http.MethodDelete, path: "/me/picture", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "Remove my picture"}, soon[struct{}, none])
	add(a, route{id: "get-picture", method: http.MethodGet, path: "/users/{id}/picture", tag: "Me",
		summary: "Somebody's picture", responses: answers(http.StatusOK, "The picture", pictures)},
		soon[pictureIn, pictureOut])
}
