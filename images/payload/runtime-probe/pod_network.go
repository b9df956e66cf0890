package main

import (
	"context"
	"fmt"
	"net"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const podPort = "8080"

// Two pods with a network of their own, of which one asks the other.
type netFacts struct {
	Error string `json:"error"`
	// Of both pods.
	Addresses []string `json:"addresses"`
	// The name of the pod that serves, what it said to the node, and what to the other pod.
	Name   string `json:"name"`
	ToNode string `json:"toNode"`
	ToPod  ending `json:"toPod"`
}

func (p *pods) tryNetwork(ctx context.Context, isTried bool) netFacts {
	found := netFacts{Addresses: []string{}, Name: "net-server"}
	if !isTried {
		return found
	}
	if err := p.connectPods(ctx, &found); err != nil {
		found.Error = err.Error()
	}
	return found
}

func (p *pods) connectPods(ctx context.Context, found *netFacts) error {
	var server, client *pod
	var serverErr, clientErr error
	atOnce(
		func() { server, serverErr = p.run(ctx, found.Name, cri.NamespaceMode_POD) },
		func() { client, clientErr = p.run(ctx, "net-client", cri.NamespaceMode_POD) },
	)
	for _, err := range []error{serverErr, clientErr} {
		if err != nil {
			return err
		}
	}
	for _, each := range []*pod{server, client} {
		address, err := p.addressOf(ctx, each)
		if err != nil {
			return err
		}
		found.Addresses = append(found.Addresses, address)
	}
	if _, err := p.start(ctx, server, "server", []string{"serve", ":" + podPort}, nil); err != nil {
		return err
	}
	url := "http://" + net.JoinHostPort(found.Addresses[0], podPort) + "/"
	var err error
	// The node reaches it where the network is a bridge; that it serves is known then, and the other pod need not wait.
	if found.ToNode, err = answerOf(ctx, url); err != nil {
		return err
	}
	asks, err := p.start(ctx, client, "client", []string{"get", url}, nil)
	found.ToPod = p.ended(ctx, asks, err)
	return nil
}

func (p *pods) addressOf(ctx context.Context, of *pod) (string, error) {
	answer, err := p.runtimes.PodSandboxStatus(ctx, &cri.PodSandboxStatusRequest{PodSandboxId: of.id})
	if err != nil {
		return "", fmt.Errorf("status of pod %s: %w", of.config.GetMetadata().GetName(), err)
	}
	return answer.GetStatus().GetNetwork().GetIp(), nil
}
