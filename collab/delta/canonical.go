package delta

import "slices"

// composite reports whether the JSON value is an object or array.
func composite(value string) bool {
	return value[0] == '{' || value[0] == '['
}

// canonicalValue returns value, JSON that this package wrote, with the keys of all objects sorted, so that deep equality is
// equality of strings.
func canonicalValue(value string) string {
	if !composite(value) {
		return value
	}
	w := sorter{in: value}
	return string(w.value(nil))
}

// sorter rewrites JSON that this package wrote, so it need not check for errors.
type sorter struct {
	in string
	i  int
}

func (w *sorter) value(dst []byte) []byte {
	switch w.in[w.i] {
	case '{':
		return w.object(dst)
	case '[':
		dst = append(dst, '[')
		w.i++
		for w.in[w.i] != ']' {
			if w.in[w.i] == ',' {
				w.i++
				dst = append(dst, ',')
			}
			dst = w.value(dst)
		}
		w.i++
		return append(dst, ']')
	}
	return append(dst, w.scalar()...)
}

func (w *sorter) scalar() string {
	start := w.i
	if w.in[w.i] != '"' {
		for w.i < len(w.in) && w.in[w.i] != ',' && w.in[w.i] != '}' && w.in[w.i] != ']' {
			w.i++
		}
		return w.in[start:w.i]
	}
	for w.i++; w.in[w.i] != '"'; w.i++ {
		if w.in[w.i] == '\\' {
			w.i++
		}
	}
	w.i++
	return w.in[start:w.i]
}

func (w *sorter) object(dst []byte) []byte {
	var members []attribute
	for w.i++; w.in[w.i] != '}'; {
		if w.in[w.i] == ',' {
			w.i++
		}
		key := w.scalar()
		w.i++
		members = append(members, attribute{key, string(w.value(nil))})
	}
	w.i++
	slices.SortFunc(members, func(a, b attribute) int {
		if a.name < b.name {
			return -1
		}
		return 1 // keys of one object differ
	})
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, m.name...), ':'), m.value...)
	}
	return append(dst, '}')
}
