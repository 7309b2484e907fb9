# shellcheck shell=bash
# A fresh Debian root with a clean clone of HEAD, for scripts that source this:
#
#   make_debian_root SUITE DIR     makes the root in DIR, or takes the one there
#   in_debian_root DIR COMMAND     runs a shell command line in the clone
#   remove_debian_root DIR [keep]  unmounts it, and removes it unless `keep`
#
# Packages come from where this machine's apt gets them, for another release from
# the same mirror. With DYNFAULT_ROOT_CCACHE=FOLDER, ccache in the root uses that
# folder of this machine. Needs root and debootstrap.

need_debian_root() {
  if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    echo "$1: needs root and debootstrap (apt-get install debootstrap)" >&2
    exit 1
  fi
}

make_debian_root() {
  local suite=$1 root=$2 own mirror
  # shellcheck disable=SC1091
  own=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
  mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v suite="$own" '$1 == suite { print $2; exit }')
  mkdir -p "$root"
  if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase --include=git,bash,ca-certificates "$suite" "$root" \
      ${mirror:+"$mirror"}
  fi
  # The same package sources, updates and security included.
  rm -f "$root/etc/apt/sources.list"
  if [ -e /etc/apt/sources.list.d/debian.sources ]; then
    sed "s/\b$own\b/$suite/g" /etc/apt/sources.list.d/debian.sources \
      >"$root/etc/apt/sources.list.d/debian.sources"
  else
    sed "s/\b$own\b/$suite/g" /etc/apt/sources.list >"$root/etc/apt/sources.list"
  fi
  cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # Packages start no service in a root that shares this machine's processes.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  # Nobody needs these files after a power cut, so dpkg need not wait for the disk.
  mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  # With control groups, which slurmd wants; what happens to the copy stays there.
  mount --rbind --make-rslave /sys "$root/sys"
  if [ -n "${DYNFAULT_ROOT_CCACHE-}" ]; then
    mkdir -p "$root/root/.cache/ccache"
    mount --bind "$DYNFAULT_ROOT_CCACHE" "$root/root/.cache/ccache"
  fi
  # HEAD and nothing else. In a root that was kept, files that did not change keep
  # their times, and what was built there is built on.
  if [ ! -d "$root/root/dynfault/.git" ]; then
    git clone -q --no-hardlinks . "$root/root/dynfault"
  fi
  git -C "$root/root/dynfault" fetch -q "$PWD" HEAD
  git -C "$root/root/dynfault" checkout -q --force --detach FETCH_HEAD
  git -C "$root/root/dynfault" clean -qffdx -e '/build*'
}

in_debian_root() {
  chroot "$1" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    bash -c 'cd /root/dynfault && eval "$1"' _ "$2"
}

remove_debian_root() {
  umount "$1/proc" "$1/dev" 2>/dev/null || true
  umount -R "$1/sys" 2>/dev/null || true
  umount "$1/root/.cache/ccache" 2>/dev/null || true
  [ "${2-}" != keep ] || return 0
  # Never through a mount that something in the root still holds.
  if grep -q " $(realpath "$1")/" /proc/self/mounts; then
    echo "$1 is still in use and was not removed; unmount what /proc/mounts names there" >&2
    return 0
  fi
  rm -rf --one-file-system "$1"
}
