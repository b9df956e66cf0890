package probe

import "errors"

// callError names the system call that failed.
type callError struct {
	call string
	err  error
}

func (e *callError) Error() string { return e.call + ": " + e.err.Error() }
func (e *callError) Unwrap() error { return e.err }

func inCall(call string, err error) error {
	if err == nil {
		return nil
	}
	return &callError{call: call, err: err}
}

// failedCall gives the name of the call that failed, "" where err names none.
func failedCall(err error) string {
	var failed *callError
	if errors.As(err, &failed) {
		return failed.call
	}
	return ""
}
