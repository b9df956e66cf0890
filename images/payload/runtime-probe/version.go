package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
)

// What the runtime says of itself to a kubelet.
type criVersion struct {
	Runtime    string `json:"runtime"`
	Version    string `json:"version"`
	APIVersion string `json:"apiVersion"`
}

// The one CRI request that needs no generated code: an empty message, answered by four texts
// (k8s.io/cri-api, pkg/apis/runtime/v1/api.proto, VersionResponse).
func askVersion(ctx context.Context, runtime *runtime, _ []string) (any, error) {
	var answer []byte
	err := runtime.Invoke(ctx, "/runtime.v1.RuntimeService/Version", []byte{}, &answer, grpc.ForceCodec(rawCodec{}))
	if err != nil {
		return nil, fmt.Errorf("CRI version: %w", err)
	}
	texts := map[protowire.Number]string{}
	for len(answer) > 0 {
		number, kind, size := protowire.ConsumeTag(answer)
		if size < 0 || kind != protowire.BytesType {
			return nil, fmt.Errorf("CRI version: the answer is malformed")
		}
		text, length := protowire.ConsumeBytes(answer[size:])
		if length < 0 {
			return nil, fmt.Errorf("CRI version: the answer is malformed")
		}
		texts[number] = string(text)
		answer = answer[size+length:]
	}
	return criVersion{Runtime: texts[2], Version: texts[3], APIVersion: texts[4]}, nil
}

// Passes messages on as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) ([]byte, error) {
	bytes, isRaw := message.([]byte)
	if !isRaw {
		return nil, fmt.Errorf("%T is not raw", message)
	}
	return bytes, nil
}

func (rawCodec) Unmarshal(bytes []byte, message any) error {
	target, isRaw := message.(*[]byte)
	if !isRaw {
		return fmt.Errorf("%T is not raw", message)
	}
	// grpc-go uses the buffer again.
	*target = append([]byte(nil), bytes...)
	return nil
}
