package bootstrap

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/containerd/containerd/oci"
	specs "github.com/opencontainers/runtime-spec/specs-go"
)

const (
	runDir = "/run/host-containers"
	// userDataPath is where user data is in its container.
	userDataPath = "/.bootwright/user-data"
)

// Host directories that user data may write. /opt and /usr/local are links into /var on the host.
var volumes = []string{"/etc", "/opt", "/usr/local"}

// Files that belong to the container although they lie in a volume: what user data writes to them does not reach the
// host.
var ownFiles = []string{"/etc/hosts", "/etc/resolv.conf"}

// hostView is what a bootstrap container sees of the host, as files on the host that go with it.
type hostView struct {
	directory string
	mounts    []specs.Mount
	// placeholders were made on the host because a mount needs a place.
	placeholders []string
}

func makeHostView(settings Settings) (_ *hostView, err error) {
	view := &hostView{directory: filepath.Join(runDir, "bootstrap-"+settings.Name)}
	defer func() {
		if err != nil {
			err = errors.Join(err, view.remove())
		}
	}()
	if err := os.MkdirAll(view.directory, 0o700); err != nil {
		return view, err
	}
	for _, path := range volumes {
		source, err := filepath.EvalSymlinks(path)
		if err != nil {
			return view, err
		}
		view.mounts = append(view.mounts, bind(source, path, "rbind", "rw"))
	}
	for _, path := range ownFiles {
		if err := view.addOwnFile(path); err != nil {
			return view, err
		}
	}
	userData := filepath.Join(view.directory, "user-data")
	if err := os.WriteFile(userData, settings.UserData, 0o500); err != nil {
		return view, err
	}
	view.mounts = append(view.mounts, bind(userData, userDataPath, "bind", "ro"))
	return view, nil
}

// addOwnFile gives the container a copy.
func (v *hostView) addOwnFile(path string) error {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var file *os.File
		if file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err == nil {
			v.placeholders = append(v.placeholders, path)
			err = file.Close()
		}
	}
	if err != nil {
		return err
	}
	own := filepath.Join(v.directory, filepath.Base(path))
	if err := os.WriteFile(own, content, 0o644); err != nil {
		return err
	}
	v.mounts = append(v.mounts, bind(own, path, "bind", "rw"))
	return nil
}

func (v *hostView) remove() error {
	errs := []error{os.RemoveAll(v.directory)}
	for _, path := range v.placeholders {
		// Someone on the host may have filled it meanwhile.
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}

// options make a container that is privileged and shares processes and network with the host.
func (v *hostView) options() []oci.SpecOpts {
	return []oci.SpecOpts{
		oci.WithHostNamespace(specs.PIDNamespace),
		oci.WithHostNamespace(specs.NetworkNamespace),
		oci.WithPrivileged,
		oci.WithNewPrivileges,
		oci.WithAllDevicesAllowed,
		oci.WithHostDevices,
		oci.WithMounts(v.mounts),
	}
}

func bind(source, destination string, options ...string) specs.Mount {
	return specs.Mount{Type: "bind", Source: source, Destination: destination, Options: options}
}
