package wire

import "fmt"

// Code names why a request was refused. Where ShareDB has a code for it, this is ShareDB's: stock clients show it.
type Code string

const (
	CodeBadlyFormed       Code = "ERR_MESSAGE_BADLY_FORMED"
	CodeOpBadlyFormed     Code = "ERR_OT_OP_BADLY_FORMED"
	CodeOpNotApplied      Code = "ERR_OT_OP_NOT_APPLIED"
	CodeOpNotProvided     Code = "ERR_OT_OP_NOT_PROVIDED"
	CodeNewerThanHead     Code = "ERR_OP_VERSION_NEWER_THAN_CURRENT_SNAPSHOT"
	CodeAlreadyCreated    Code = "ERR_DOC_ALREADY_CREATED"
	CodeDoesNotExist      Code = "ERR_DOC_DOES_NOT_EXIST"
	CodeWasDeleted        Code = "ERR_DOC_WAS_DELETED"
	CodeTypeNotRecognized Code = "ERR_DOC_TYPE_NOT_RECOGNIZED"
	CodeOpsNotFound       Code = "ERR_SUBMIT_TRANSFORM_OPS_NOT_FOUND"
	CodeOpRejected        Code = "ERR_OP_SUBMIT_REJECTED"
	CodeSeqOverflow       Code = "ERR_CONNECTION_SEQ_INTEGER_OVERFLOW"
	CodeNotServed         Code = "ERR_DATABASE_METHOD_NOT_IMPLEMENTED"
	CodeProtocolVersion   Code = "ERR_PROTOCOL_VERSION_NOT_SUPPORTED"
	CodeUnknown           Code = "ERR_UNKNOWN_ERROR"

	// Quire's own.
	CodeForbidden   Code = "ERR_FORBIDDEN"       // no role, or too low a one; the same whether the document exists or not (W9)
	CodeTooLarge    Code = "ERR_FRAME_TOO_LARGE" // a frame, document, log or presence over its limit, or a used-up quota
	CodeTwinDiffers Code = "ERR_OP_TWIN_DIFFERS" // another op has this (src, seq), with other content or another author (L3, W1)
)

// Error is why a request was refused: Code for programs, Message for people.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf returns an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// SealError returns AppendError's reply as a Frame.
func SealError(raw string, e *Error) Frame {
	return Seal(AppendError(Begin(len(raw)+len(e.Message)+64), raw, e))
}

// AppendError appends the reply that refuses a request: raw, the request's own text (Message.Raw), with the error added
// before its last brace.
func AppendError(dst []byte, raw string, e *Error) []byte {
	end := len(raw)
	for end > 0 && raw[end-1] != '}' {
		end--
	}
	if end == 0 { // nothing to echo
		raw, end = "{}", 2
	}
	dst = append(dst, raw[:end-1]...)
	if !isEmptyObject(raw[:end]) {
		dst = append(dst, ',')
	}
	dst = append(dst, `"error":`...)
	dst = appendErrorObject(dst, e)
	return append(dst, '}')
}

func appendErrorObject(dst []byte, e *Error) []byte {
	dst = append(dst, `{"code":`...)
	dst = appendQuoted(dst, string(e.Code))
	dst = append(dst, `,"message":`...)
	dst = appendQuoted(dst, e.Message)
	return append(dst, '}')
}

// isEmptyObject reports whether text, a JSON object, has no members.
func isEmptyObject(text string) bool {
	for i := len(text) - 2; i >= 0; i-- {
		if !isSpace(text[i]) {
			return text[i] == '{' && i == indexNonSpace(text)
		}
	}
	return false
}

func indexNonSpace(text string) int {
	for i := range len(text) {
		if !isSpace(text[i]) {
			return i
		}
	}
	return len(text)
}
