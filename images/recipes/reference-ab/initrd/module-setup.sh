#!/bin/bash
# The whole initrd of this node, as one dracut module without the usual ones: those bring a shell and dracut's scripts. It
# waits for the root's disk, opens the sealed root that the kernel's arguments name, and lays the /etc overlay over it.

check() {
  return 255
}

depends() {
  return 0
}

installkernel() {
  # virtio_rng: without it the first program that wants random numbers (mke2fs) waits for the kernel's own.
  hostonly='' instmods virtio_blk virtio_rng overlay autofs4 dm_verity erofs efivarfs i6300esb
}

install() {
  inst_multiple \
    /usr/lib/systemd/systemd \
    /usr/lib/systemd/systemd-executor \
    /usr/lib/systemd/systemd-makefs \
    /usr/lib/systemd/systemd-shutdown \
    /usr/lib/systemd/systemd-sysroot-fstab-check \
    /usr/lib/systemd/systemd-udevd \
    /usr/lib/systemd/system-generators/systemd-fstab-generator \
    /usr/lib/systemd/system-generators/systemd-veritysetup-generator \
    /usr/lib/systemd/systemd-veritysetup \
    dmsetup kmod modprobe mount umount mke2fs mkfs.ext4 systemctl udevadm \
    /etc/mke2fs.conf
  # Opened at run time, so not found as a dependency.
  inst_libdir_file "libkmod.so*" "libcryptsetup.so*"
  inst_rules 50-udev-default.rules 55-dm.rules 60-persistent-storage.rules 60-persistent-storage-dm.rules 95-dm-notify.rules 80-drivers.rules 99-systemd.rules

  local unit
  for unit in basic initrd initrd-fs initrd-root-device initrd-root-fs initrd-switch-root initrd-usr-fs \
    local-fs local-fs-pre paths poweroff reboot shutdown slices sockets swap sysinit timers umount final veritysetup \
    veritysetup-pre; do
    inst_simple "$systemdsystemunitdir/$unit.target"
  done
  for unit in initrd-cleanup.service initrd-parse-etc.service initrd-switch-root.service \
    initrd-udevadm-cleanup-db.service systemd-poweroff.service systemd-reboot.service \
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket; do
    inst_simple "$systemdsystemunitdir/$unit"
  done
  for unit in counted-boot-failed.service emergency.target firmware-variables.service metadata-format.service \
    run-metadata.mount sysroot-etc.mount systemd-udev-trigger.service; do
    inst_simple "$moddir/$unit" "$systemdsystemunitdir/$unit"
  done
  inst_simple "$moddir/verity.conf" "$systemdsystemunitdir/systemd-veritysetup@root.service.d/modules.conf"
  inst_simple "$moddir/system.conf" /etc/systemd/system.conf
  pulls initrd-fs.target requires sysroot-etc.mount
  pulls sockets.target wants systemd-udevd-control.socket
  pulls sockets.target wants systemd-udevd-kernel.socket
  pulls sysinit.target wants systemd-udevd.service
  pulls sysinit.target wants systemd-udev-trigger.service
  pulls sysinit.target wants veritysetup.target
  ln_r "$systemdsystemunitdir/initrd.target" "$systemdsystemunitdir/default.target"
  ln_r /usr/lib/systemd/systemd /init

  # Users and groups that the device rules name; and what tells systemd that this is an initrd.
  grep '^root:' /etc/passwd >"$initdir/etc/passwd"
  cp /etc/group "$initdir/etc/group"
  : >"$initdir/etc/machine-id"
  sed 's/^PRETTY_NAME="\(.*\)"$/PRETTY_NAME="\1 (Initramfs)"/' /usr/lib/os-release >"$initdir/usr/lib/initrd-release"
  ln -s ../usr/lib/initrd-release "$initdir/etc/initrd-release"
  ln -s initrd-release "$initdir/usr/lib/os-release"
  ln -s ../usr/lib/initrd-release "$initdir/etc/os-release"
}

pulls() {
  mkdir -p "$initdir$systemdsystemunitdir/$1.$2"
  ln -s "../$3" "$initdir$systemdsystemunitdir/$1.$2/$3"
}
