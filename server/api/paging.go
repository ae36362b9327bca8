package api

import (
	"strconv"

	"quire/server/problem"
)

// numberCursor returns the cursor of a list that goes on at a number.
func numberCursor(number int64) Nullable[string] { return some(strconv.FormatInt(number, 10)) }

// fromCursor returns the number that a cursor of such a list stands for; without a cursor, otherwise.
func fromCursor(cursor string, otherwise int64) (int64, error) {
	if cursor == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(cursor, 10, 62)
	if err != nil {
		return 0, problem.Invalid("The cursor is not one that this server gave.").In("query.cursor", "is not a cursor of this server")
	}
	return int64(n), nil
}
