package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// decoded adapts a typed probe to a handler: strict JSON, unknown fields refused, an empty input read as {}.
func decoded[Input, Output any](run func(context.Context, Input) (Output, error)) handler {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var input Input
		if err := decodeStrict(raw, &input); err != nil {
			return nil, fmt.Errorf("the input is not what the probe takes: %w", err)
		}
		return run(ctx, input)
	}
}

func decodeStrict(raw json.RawMessage, into any) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = json.RawMessage("{}")
	}
	if bytes.TrimSpace(raw)[0] != '{' {
		return errors.New("expected a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}
