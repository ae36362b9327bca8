package delta

// MaxLength is the largest length or sum of lengths an op may carry: integers beyond it are not exact in JavaScript.
const MaxLength = 1<<53 - 1

// DefaultComponents is how many components one op or document may have where nothing else is set.
const DefaultComponents = 100_000

// Limits bounds what Decode accepts. A zero field takes its default.
type Limits struct {
	Components     int // components of one op or document; DefaultComponents
	Depth          int // nesting of arrays and objects, counted from the op's own; 32
	Attributes     int // attributes of one component; 64
	AttributeBytes int // one attribute value as minified JSON; 64 KiB
	EmbedBytes     int // one embedded value as minified JSON; 1 MiB
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
