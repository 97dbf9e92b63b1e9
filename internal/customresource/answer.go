package customresource

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
)

const (
	answerTimeout  = 5 * time.Second // of one attempt
	answerAttempts = 3
	longestReason  = 1000 // bytes: an answer longer than 4,096 is refused ("Custom resource response objects")
)

// answer tells CloudFormation what happened. The URL is signed, so whoever has it may answer in our place: it is in no error
// and no log.
func (h Handler) answer(ctx context.Context, to string, response *cfn.Response) error {
	body, err := json.Marshal(response)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err = h.put(ctx, to, body); err == nil || attempt == answerAttempts {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(h.pause):
		}
	}
}

func (h Handler) put(ctx context.Context, to string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("answer: the request's ResponseURL is no URL")
	}
	response, err := h.client.Do(request)
	if told := (*url.Error)(nil); errors.As(err, &told) {
		return fmt.Errorf("answer: %w", told.Err)
	}
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("answer: %s", response.Status)
	}
	return nil
}
