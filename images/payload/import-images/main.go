// Command import-images gives the containerd of this node the container images that the node's own image ships as an OCI
// layout, so that nothing has to be pulled. It copies each blob with its digest checked, and unpacks. What an import that
// a power cut broke off has left is not trusted: containerd writes down that a layer is unpacked before the layer's files
// are on the disk.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/namespaces"
	"golang.org/x/sys/unix"
)

func main() {
	log.SetFlags(0)
	directory := flag.String("layout", "/usr/lib/preloaded-images", "the OCI layout")
	state := flag.String("state", "/var/lib/preloaded-images/state", "where is kept what was imported")
	store := flag.String("store", "/var/lib/containerd", "a directory on the file system of containerd's state")
	address := flag.String("address", "/run/containerd/containerd.sock", "containerd's socket")
	namespace := flag.String("namespace", "k8s.io", "the namespace in containerd")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(namespaces.WithNamespace(ctx, *namespace), layout{*directory}, stateFile{*state}, *store, *address); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, from layout, state stateFile, store, address string) error {
	shipped, err := from.index()
	if err != nil {
		return err
	}
	client, err := containerd.New(address)
	if err != nil {
		return fmt.Errorf("containerd at %s: %w", address, err)
	}
	defer client.Close()
	to := target{client: client, from: from}
	before, err := state.read()
	if err != nil {
		return err
	}
	if before == imported(shipped.digest) && to.hasAll(ctx, shipped.images) {
		log.Printf("all %d images are there", len(shipped.images))
		return nil
	}
	if before == importing {
		log.Printf("an import was broken off, what it left is removed")
		if err := to.forget(ctx, shipped.images); err != nil {
			return err
		}
	}
	if err := state.write(importing); err != nil {
		return err
	}
	// One that is damaged does not keep the others from the node.
	if err := errors.Join(to.takeEach(ctx, shipped.images)...); err != nil {
		return err
	}
	if err := flush(store); err != nil {
		return err
	}
	return state.write(imported(shipped.digest))
}

func flush(directory string) error {
	file, err := os.Open(directory)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := unix.Syncfs(int(file.Fd())); err != nil {
		return fmt.Errorf("syncfs %s: %w", directory, err)
	}
	return nil
}
