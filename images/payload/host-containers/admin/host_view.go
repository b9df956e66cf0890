package admin

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/contrib/seccomp"
	"github.com/containerd/containerd/oci"
	specs "github.com/opencontainers/runtime-spec/specs-go"
)

const (
	runDir = "/run/host-containers/admin"
	// hostRoot is where the container sees the host's files.
	hostRoot = "/.bootwright/rootfs"
)

// The host's file systems that the container sees. Not /run, /dev, /proc, /sys: a read-only mount keeps nobody from
// sockets and devices, and behind the host's sockets everything can be changed.
var hostFilesystems = []string{"/", "/boot", "/sysroot", "/usr", "/etc", "/var"}

// hostView is what the admin container gets from the host.
type hostView struct{ mounts []specs.Mount }

func makeHostView(start Start, hostKey []byte) (hostView, error) {
	if err := os.MkdirAll(runDir, 0o700); err != nil {
		return hostView{}, err
	}
	keys := filepath.Join(runDir, "authorized_keys")
	key := filepath.Join(runDir, "host-key")
	err := errors.Join(
		os.WriteFile(keys, []byte(strings.Join(start.AuthorizedKeys, "\n")+"\n"), 0o600),
		os.WriteFile(key, hostKey, 0o600),
	)
	view := hostView{mounts: []specs.Mount{
		readOnly(keys, "/home/admin/.ssh/authorized_keys"),
		readOnly(key, "/etc/dropbear/host-key"),
	}}
	for _, path := range hostFilesystems {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		view.mounts = append(view.mounts, readOnly(path, filepath.Join(hostRoot, path)))
	}
	return view, err
}

func removeHostView() error { return os.RemoveAll(runDir) }

// options make a container with the host's network, processes of its own, and no right to mount or to make devices: what
// it sees of the host read-only stays so.
func (v hostView) options() []oci.SpecOpts {
	return []oci.SpecOpts{
		oci.WithHostNamespace(specs.NetworkNamespace),
		oci.WithDroppedCapabilities([]string{"CAP_MKNOD"}),
		oci.WithMounts(v.mounts),
		seccomp.WithDefaultProfile(),
	}
}

func readOnly(source, destination string) specs.Mount {
	return specs.Mount{Type: "bind", Source: source, Destination: destination, Options: []string{"bind", "ro", "nosuid", "nodev"}}
}
