// Command runtime-probe asks the containerd of a guest what it has and what it runs, and reads the bytes of its content
// store itself. It prints one JSON object. It believes nothing of what it reads: whatever it follows has a limit.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func main() {
	socket := flag.String("socket", "/run/containerd/containerd.sock", "containerd's socket")
	namespace := flag.String("namespace", "k8s.io", "the namespace in containerd")
	within := flag.Duration("within", 30*time.Second, "how long all may take")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: runtime-probe [flags] images REF... | content | containers NAME... | version | daemon | cri |\n"+
			"  kernel FEATURE... | workloads JSON | later | remove | forget IMAGE | stock")
		flag.PrintDefaults()
	}
	flag.Parse()
	command, given := question(flag.Args())
	if command == nil {
		flag.Usage()
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *within)
	defer cancel()
	if err := answer(ctx, *socket, *namespace, command, given); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 3 for an answer that did not come in time: a slow host may be the cause, and the caller finds out.
func exitCode(err error) int {
	if errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded {
		return 3
	}
	return 1
}

func answer(ctx context.Context, socket, namespace string, command command, given []string) error {
	runtime, err := connect(ctx, socket, namespace)
	if err != nil {
		return err
	}
	defer runtime.close()
	found, err := command(runtime.context, runtime, given)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

type command func(context.Context, *runtime, []string) (any, error)

func question(arguments []string) (command, []string) {
	if len(arguments) == 0 {
		return nil, nil
	}
	commands := map[string]command{
		"images":     lookForImages,
		"content":    lookAtContent,
		"containers": waitForContainers,
		"version":    askVersion,
		"daemon":     askDaemon,
		"cri":        askCRI,
		"kernel":     tryKernel,
		"workloads":  runWorkloads,
		"later":      lookLater,
		"remove":     removePods,
		"forget":     forgetImage,
		"stock":      takeStock,
	}
	return commands[arguments[0]], arguments[1:]
}
