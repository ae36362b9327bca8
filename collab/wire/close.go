package wire

// CloseCode is why the server closed a socket. After 4000 to 4499 a client reconnects, after 4500 and above it does not (W3).
type CloseCode uint16

const (
	CloseBadFrame    CloseCode = 1002 // a frame that violates RFC 6455
	CloseInvalidText CloseCode = 1007 // a text frame that is not UTF-8
	CloseTooBig      CloseCode = 1009 // a message too large to be answered by an error
	CloseInternal    CloseCode = 1011 // a fault of ours

	CloseRestarting   CloseCode = 4000
	CloseSlow         CloseCode = 4001
	CloseResync       CloseCode = 4002
	CloseTokenExpired CloseCode = 4003
	CloseUnavailable  CloseCode = 4004
	CloseTimeout      CloseCode = 4005
	CloseOverloaded   CloseCode = 4006

	CloseSignedOut     CloseCode = 4500
	CloseForbidden     CloseCode = 4501
	CloseDeleted       CloseCode = 4502
	CloseProtocolError CloseCode = 4503
	CloseUnsupported   CloseCode = 4504
)

// Close is one row of the table that this package and the frontend share as testdata/close.json.
type Close struct {
	Code    CloseCode `json:"code"`
	Name    string    `json:"name"`
	Back    bool      `json:"back"` // the client should reconnect by itself
	Meaning string    `json:"meaning"`
}

// Closes returns the table, in the order of the codes.
func Closes() []Close {
	return []Close{
		{CloseBadFrame, "bad-frame", false, "a frame was not as RFC 6455 says"},
		{CloseInvalidText, "invalid-text", false, "a text frame was not valid UTF-8"},
		{CloseTooBig, "too-big", false, "a message was larger than the server reads at all"},
		{CloseInternal, "internal", true, "the server failed; what was acknowledged is safe"},
		{CloseRestarting, "restarting", true, "the server is about to restart"},
		{CloseSlow, "slow", true, "the client read too slowly; it resumes by revision"},
		{CloseResync, "resync", true, "the server asks for a fresh start of this connection"},
		{CloseTokenExpired, "token-expired", true, "the token's time is over; come back with a new one"},
		{CloseUnavailable, "unavailable", true, "the database cannot be reached; nothing was refused"},
		{CloseTimeout, "timeout", true, "no answer to a ping, or no first message, in time"},
		{CloseOverloaded, "overloaded", true, "the server has too much to do; come back later"},
		{CloseSignedOut, "signed-out", false, "the sign-in ended"},
		{CloseForbidden, "forbidden", false, "access to the document was taken away"},
		{CloseDeleted, "deleted", false, "the document was put into the trash or deleted"},
		{CloseProtocolError, "protocol-error", false, "the client does not speak the protocol"},
		{CloseUnsupported, "unsupported", false, "the client's version is no longer served"},
	}
}

// String returns the code's name in the table, or "other".
func (c CloseCode) String() string {
	for _, row := range Closes() {
		if row.Code == c {
			return row.Name
		}
	}
	return "other"
}
