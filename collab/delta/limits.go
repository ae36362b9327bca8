package delta

// MaxLength is the largest length, or sum of lengths, in an op: JavaScript does not represent all integers beyond it exactly.
const MaxLength = 1<<53 - 1

// DefaultComponents is the default of Limits.Components.
const DefaultComponents = 100_000

// Limits bounds what Decode accepts. A field that is zero or negative means its default.
type Limits struct {
	Components     int // components of one op or document; default DefaultComponents
	Depth          int // nesting of arrays and objects, including the op's own array; default 32
	Attributes     int // attributes of one component; default 64
	AttributeBytes int // one attribute value as minified JSON; default 64 KiB
	EmbedBytes     int // one embedded value as minified JSON; default 1 MiB
}

func (l Limits) orDefaults() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&l.Components, DefaultComponents)
	set(&l.Depth, 32)
	set(&l.Attributes, 64)
	set(&l.AttributeBytes, 64<<10)
	set(&l.EmbedBytes, 1<<20)
	return l
}
