package readback

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
)

// ampersands repairs the XML of an emulator that writes texts into it as they are: an access string names channels by &.
type ampersands struct{ http.RoundTripper }

var ampersand = regexp.MustCompile(`&(amp;|lt;|gt;|quot;|apos;|#)?`)

func (a ampersands) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := a.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	body = ampersand.ReplaceAllFunc(body, func(found []byte) []byte {
		if len(found) > 1 {
			return found
		}
		return []byte("&amp;")
	})
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return response, nil
}
