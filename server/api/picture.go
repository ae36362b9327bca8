package api

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg" // formats of pictures
	_ "image/png"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	_ "golang.org/x/image/webp"

	"quire/server/auth"
	"quire/server/problem"
	"quire/storage"
)

// Bounds of a picture. The sides bound the memory that browsers need to decode it; the bytes do not.
const (
	pictureBytes = 256 << 10
	pictureSide  = 2048
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
	add(a, route{id: "set-picture", bodyLimit: 4 * pictureBytes, method: http.MethodPut, path: "/me/picture", tag: "Me", personal: true,
		summary: "Set my picture", about: "PNG, JPEG or WebP, at most 256 KiB and 2,048 pixels a side.", body: takes(pictures)},
		a.setPicture)
	add(a, route{id: "remove-picture", method: http.MethodDelete, path: "/me/picture", tag: "Me", personal: true,
		status: http.StatusNoContent, summary: "Remove my picture"}, a.removePicture)
	add(a, route{id: "get-picture", method: http.MethodGet, path: "/users/{id}/picture", tag: "Me",
		summary: "Somebody's picture", responses: answers(http.StatusOK, "The picture", pictures)},
		a.picture)
}

func (a *API) setPicture(ctx context.Context, req *request, in *putPictureIn) (*bodyOf[User], error) {
	if req.who.Guest {
		return nil, problem.Forbidden("Make an account to have a picture.")
	}
	contentType, err := checkPicture(in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := a.store.SetPicture(ctx, req.who.User, contentType, in.RawBody, auth.RandomID()); err != nil {
		return nil, err
	}
	user, err := a.auth.Me(ctx, req.who)
	if err != nil {
		return nil, err
	}
	return &bodyOf[User]{userOf(user)}, nil
}

// checkPicture returns a picture's type from its bytes, whatever the header says.
func checkPicture(data []byte) (string, error) {
	if len(data) > pictureBytes {
		return "", problem.TooLarge("A picture has at most 256 KiB.").In("body", "has more than 262,144 bytes")
	}
	size, form, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return "", problem.UnsupportedMedia("A picture is a PNG, JPEG or WebP.").In("body", "is none of these")
	}
	if size.Width > pictureSide || size.Height > pictureSide || size.Width < 1 || size.Height < 1 {
		return "", problem.Invalid("A picture has at most 2,048 pixels a side.").In("body", "has more")
	}
	return "image/" + form, nil
}

func (a *API) removePicture(ctx context.Context, req *request, _ *struct{}) (*none, error) {
	return nil, a.store.SetPicture(ctx, req.who.User, "", nil, "")
}

func (a *API) picture(ctx context.Context, _ *request, in *pictureIn) (*pictureOut, error) {
	contentType, body, version, err := a.store.Picture(ctx, storage.UserID(in.ID))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, problem.NotFound()
	} else if err != nil {
		return nil, err
	}
	out := &pictureOut{ContentType: contentType, CacheControl: "private, no-cache", Body: body}
	if in.Version == version {
		out.CacheControl = "private, max-age=31536000, immutable"
	}
	return out, nil
}
