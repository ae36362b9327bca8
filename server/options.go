package server

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// options answers OPTIONS on every address with the methods it has, and completes the list that comes with 405. What a browser asks
// before a request to another site is answered by cors.
func (s *Server) options(c *fiber.Ctx) error {
	asked := c.Method() == fiber.MethodOptions && c.Get(fiber.HeaderAccessControlRequestMethod) == ""
	if asked && !strings.HasPrefix(c.Path(), "/api/") { // pages and files
		c.Set(fiber.HeaderAllow, "GET, HEAD, OPTIONS")
		return c.SendStatus(fiber.StatusNoContent)
	}
	err := c.Next()
	if !errors.Is(err, fiber.ErrMethodNotAllowed) {
		return err
	}
	c.Set(fiber.HeaderAllow, allowed(c.GetRespHeader(fiber.HeaderAllow)))
	if asked {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return err
}

// allowed adds to a list of methods those that every address has, and HEAD, which stands for GET.
func allowed(routed string) string {
	methods := strings.Split(strings.ReplaceAll(routed, " ", ""), ",")
	if slices.Contains(methods, fiber.MethodGet) {
		methods = append(methods, fiber.MethodHead)
	}
	methods = append(methods, fiber.MethodOptions)
	slices.Sort(methods)
	return strings.Join(slices.Compact(methods), ", ")
}
