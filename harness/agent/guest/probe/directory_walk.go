package probe

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// maxPendingDirectories bounds the walk's memory on a hostile tree (about 64 MiB at 250 bytes a path).
const maxPendingDirectories = 250_000

// directoryWalk makes, syncs and removes one file in each directory of each wanted mount.
type directoryWalk struct {
	ctx            context.Context
	root           string
	skipFstypes    []string
	exclude        []string
	maxDirectories int
	output         writeEverythingOutput
}

// pendingDirectory is still to be tried; path is relative to its mount's root.
type pendingDirectory struct {
	path           string
	parentWritable bool
}

func newDirectoryWalk(ctx context.Context, input writeEverythingInput) *directoryWalk {
	return &directoryWalk{
		ctx:            ctx,
		root:           input.Root,
		skipFstypes:    append(slices.Clone(pseudoFstypes), input.SkipFstypes...),
		exclude:        append([]string{agentDirectory}, input.Exclude...),
		maxDirectories: input.MaxDirectories,
		output: writeEverythingOutput{
			Root:                  boundedPath(input.Root),
			RefusedByErrno:        map[string]int{},
			WritableRoots:         []string{},
			Mounts:                []walkedMount{},
			SkippedMountsByFstype: map[string]int{},
			UnreadableByErrno:     map[string]int{},
			LeftBehind:            []string{},
			BlockDevices:          []blockWriteOutput{},
		},
	}
}

// wants leaves out mounts outside the root, excluded ones and pseudo file systems (which it counts).
func (w *directoryWalk) wants(mount mountEntry) bool {
	if !isWithin(mount.mountPoint, w.root) && !isWithin(w.root, mount.mountPoint) || w.isExcluded(mount.mountPoint) {
		return false
	}
	if slices.Contains(w.skipFstypes, mount.fstype) {
		w.output.SkippedMountsByFstype[mount.fstype]++
		return false
	}
	return true
}

func (w *directoryWalk) isExcluded(path string) bool {
	return slices.ContainsFunc(w.exclude, func(folder string) bool { return isWithin(path, folder) })
}

// mount walks one mount and says whether it did. A mount that lies above the root is walked from the root down, if the
// root is on it.
func (w *directoryWalk) mount(mount mountEntry) bool {
	top := mount.mountPoint
	if isWithin(w.root, top) {
		top = w.root
	}
	directory, err := openDirectory(top)
	if err != nil {
		// A file can be a mount point too (bind mounts of single files): there is nothing to make in it.
		w.output.UnreadableByErrno[errnoName(err)]++
		return false
	}
	defer unix.Close(directory)
	if id, err := mountIDOf(directory, ""); err != nil || id != mount.id {
		if top == mount.mountPoint {
			w.output.ShadowedMounts++
		}
		return false
	}
	report := walkedMount{
		MountPoint: boundedPath(mount.mountPoint), Fstype: mount.fstype, Source: boundedPath(mount.source),
		ReadOnlyMount: mount.readOnlyMount(), ReadOnlySuper: mount.readOnlySuper(),
	}
	w.tree(directory, top, &report)
	if report.Created > 0 {
		// One flush for the mount instead of one per directory: the disk sees all the same changes.
		_ = unix.Syncfs(directory)
	}
	if len(w.output.Mounts) < maxMountReports {
		w.output.Mounts = append(w.output.Mounts, report)
	}
	return true
}

// tree goes depth first, by paths relative to the mount's root, so that no link and no other mount is ever entered.
func (w *directoryWalk) tree(top int, topPath string, report *walkedMount) {
	pending := []pendingDirectory{{path: "."}}
	for len(pending) > 0 {
		if w.ctx.Err() != nil || w.output.DirectoriesTried >= w.maxDirectories {
			w.output.truncate(reasonOf(w.ctx, "maxDirectories"))
			return
		}
		next := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		full := filepath.Join(topPath, next.path)
		if w.isExcluded(full) {
			continue
		}
		directory, err := openBeneath(top, next.path)
		if errors.Is(err, unix.EXDEV) { // the root of another mount, walked on its own
			continue
		}
		if err != nil {
			w.output.UnreadableByErrno[errnoName(err)]++
			continue
		}
		writable := w.tryDirectory(directory, full, next.parentWritable, report)
		children, complete := childDirectories(directory, maxPendingDirectories-len(pending))
		if !complete {
			w.output.truncate("too many or unreadable entries in one directory")
		}
		for _, name := range children {
			pending = append(pending, pendingDirectory{path: filepath.Join(next.path, name), parentWritable: writable})
		}
	}
}

// tryDirectory makes and removes a file. The topmost directory of a writable tree also gets an fsync of its own.
func (w *directoryWalk) tryDirectory(directory int, full string, parentWritable bool, report *walkedMount) bool {
	w.output.DirectoriesTried++
	report.DirectoriesTried++
	name := temporaryName()
	file, err := createFile(directory, name)
	if err != nil {
		w.output.RefusedByErrno[errnoName(err)]++
		return false
	}
	defer unix.Close(file)
	w.output.Created++
	report.Created++
	_, _ = unix.Write(file, []byte("bootwright")) // ENOSPC changes nothing: the file was made
	if !parentWritable {
		_ = unix.Fsync(file)
		w.addWritableRoot(full)
	}
	if err := unix.Unlinkat(directory, name, 0); err != nil && len(w.output.LeftBehind) < maxLeftBehind {
		w.output.LeftBehind = append(w.output.LeftBehind, boundedPath(filepath.Join(full, name)))
	}
	return true
}

func (w *directoryWalk) addWritableRoot(path string) {
	if len(w.output.WritableRoots) >= maxWritableRoots {
		w.output.truncate("writableRoots")
		return
	}
	w.output.WritableRoots = append(w.output.WritableRoots, boundedPath(path))
}
