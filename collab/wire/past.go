package wire

import "strconv"

// FetchVersion asks for the document as it was after Version ops; NoVersion means now.
type FetchVersion struct {
	Request
	ID      string // of the request, as JSON, which the answer echoes
	Doc     string
	Version Version
}

// FetchTime asks for the document as it was at a time in milliseconds since 1970; NoTime means now.
type FetchTime struct {
	Request
	ID     string
	Doc    string
	Millis int64
}

// NoTime stands for an absent or null time.
const NoTime int64 = -1

func (f *fields) past(action Action) (Message, *Error) {
	doc, err := f.document()
	if err != nil {
		return nil, err
	}
	id := f.value[fieldID]
	if id == "" || len(id) > maxRequestID || id[0] != '"' && id[0] != '-' && id[0]-'0' > 9 {
		return nil, Errorf(CodeBadlyFormed, "Invalid id: expected the request's number")
	}
	if action == ActionFetchVersion {
		v, err := f.version(fieldV, "version")
		if err != nil {
			return nil, err
		}
		return &FetchVersion{Request{f.text}, f.keep(id), doc, v}, nil
	}
	ts, err := f.version(fieldTS, "timestamp")
	if err != nil {
		return nil, err
	}
	return &FetchTime{Request{f.text}, f.keep(id), doc, int64(ts)}, nil
}

// AppendPast appends the answer to nf and nt; id is the request's, as JSON.
func AppendPast(dst []byte, action Action, id string, s Snapshot) []byte {
	dst = appendAction(dst, action)
	dst = append(dst, `,"id":`...)
	dst = append(dst, id...)
	dst = append(dst, `,"v":`...)
	dst = strconv.AppendInt(dst, int64(s.Version), 10)
	dst = appendTypeAndData(dst, s.Content)
	return append(dst, `,"m":null}`...)
}
