package wire

// DocVersion is one document of a bulk request, with the version that the client has.
type DocVersion struct {
	Doc     string
	Version Version // NoVersion if b is a list
}

// BulkFetch is many Fetches in one message. Docs holds each document once.
type BulkFetch struct {
	Request
	Docs     []DocVersion
	Versions bool   // b maps ids to versions, answered by ops and an echo of b; else it is a list, answered by snapshots
	B        string // b as received
}

// BulkSubscribe is many Subscribes in one message; its fields are those of BulkFetch.
type BulkSubscribe struct {
	Request
	Docs     []DocVersion
	Versions bool
	B        string
}

// BulkUnsubscribe is many Unsubscribes in one message.
type BulkUnsubscribe struct {
	Request
	Docs []DocVersion
	B    string
}

func (f *fields) bulk(action Action) (Message, *Error) {
	if err := f.collection(); err != nil {
		return nil, err
	}
	b := f.value[fieldB]
	docs, versions, err := f.bulkDocs(b)
	if err != nil {
		return nil, err
	}
	switch action {
	case ActionBulkFetch:
		return &BulkFetch{Request{f.text}, docs, versions, b}, nil
	case ActionBulkSubscribe:
		return &BulkSubscribe{Request{f.text}, docs, versions, b}, nil
	}
	return &BulkUnsubscribe{Request{f.text}, docs, b}, nil
}

func (f *fields) bulkDocs(b string) (docs []DocVersion, versions bool, err *Error) {
	list := bulkList{limit: f.limits.Bulk}
	switch {
	case b != "" && b[0] == '[':
		for e := elementsOf(b); ; {
			raw, more, _ := e.next()
			if !more {
				return list.docs, false, list.err
			}
			list.add(f.listed(raw), NoVersion)
		}
	case b != "" && b[0] == '{':
		for m := membersOf(b); ; {
			id, raw, more, _ := m.next()
			if !more {
				return list.docs, true, list.err
			}
			v, ok := wholeNumber(raw)
			if !ok && list.err == nil {
				list.err = Errorf(CodeBadlyFormed, "Invalid version: expected a whole number from 0 to 2^53-1")
			}
			list.add(f.keep(id), Version(v))
		}
	}
	return nil, false, Errorf(CodeBadlyFormed, "Invalid b: expected a list of ids or a map of ids to versions")
}

// listed returns an element of a list of ids, or "" if it is not a string.
func (f *fields) listed(raw string) string {
	if raw[0] != '"' {
		return ""
	}
	return f.keep(unquote(raw))
}

// bulkList collects each document once; of duplicates the last version counts, as with duplicate keys in JSON.
type bulkList struct {
	docs  []DocVersion
	index map[string]int
	limit int
	err   *Error
}

func (l *bulkList) add(id string, v Version) {
	if l.err != nil {
		return
	}
	if !ValidID(id) {
		l.err = errInvalidID()
		return
	}
	if at, ok := l.index[id]; ok {
		l.docs[at].Version = v
		return
	}
	if len(l.docs) == l.limit {
		l.err = Errorf(CodeBadlyFormed, "Invalid b: more than %d documents", l.limit)
		return
	}
	if l.index == nil {
		l.index = make(map[string]int)
	}
	l.index[id] = len(l.docs)
	l.docs = append(l.docs, DocVersion{id, v})
}

// AppendBulkReply appends the answer to bu, and to bf and bs with versions: it echoes b.
func AppendBulkReply(dst []byte, action Action, b string) []byte {
	dst = appendAction(dst, action)
	dst = append(dst, `,"c":"`+Collection+`","b":`...)
	dst = append(dst, b...)
	return append(dst, '}')
}

// BeginBulk begins the answer to bf and bs with a list. Call AppendBulkSnapshot or AppendBulkRefusal for each document, then
// EndBulk.
func BeginBulk(dst []byte, action Action) []byte {
	dst = appendAction(dst, action)
	return append(dst, `,"c":"`+Collection+`","data":{`...)
}

// AppendBulkSnapshot appends one document to an answer begun by BeginBulk.
func AppendBulkSnapshot(dst []byte, doc string, s Snapshot) []byte {
	dst = appendBulkKey(dst, doc)
	return appendSnapshotObject(dst, s)
}

// AppendBulkRefusal appends the refusal of one document to an answer begun by BeginBulk.
func AppendBulkRefusal(dst []byte, doc string, e *Error) []byte {
	dst = appendBulkKey(dst, doc)
	dst = append(dst, `{"error":`...)
	dst = appendErrorObject(dst, e)
	return append(dst, '}')
}

func appendBulkKey(dst []byte, doc string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendQuoted(dst, doc), ':')
}

// EndBulk ends an answer begun by BeginBulk.
func EndBulk(dst []byte) []byte { return append(dst, '}', '}') }
