package request

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Failure is what the host gets when a request did not succeed.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Errno   string `json:"errno,omitempty"`
}

func (f *Failure) Error() string { return f.Message }

func invalid(format string, args ...any) error {
	return &Failure{Code: "invalid", Message: fmt.Sprintf(format, args...)}
}

// failureOf keeps the errno's name: the host decides by it, never by the text.
func failureOf(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Failure{Code: "deadline", Message: err.Error()}
	}
	if errors.Is(err, context.Canceled) {
		return &Failure{Code: "cancelled", Message: err.Error()}
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return &Failure{Code: "errno", Message: err.Error(), Errno: unix.ErrnoName(errno)}
	}
	return &Failure{Code: "failed", Message: err.Error()}
}
