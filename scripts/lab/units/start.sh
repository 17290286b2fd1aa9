# What becomes the first process of a system of its own, in namespaces of its own: start.sh ROOT PATH. systemd mounts the
# rest.
set -eu
mount --bind "$1" "$1"
cd "$1"
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
[ ! -e proc/sysrq-trigger ] || mount --bind /dev/null proc/sysrq-trigger
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid tmpfs dev
for name in null zero full random urandom tty; do
  touch "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mkdir run/old
pivot_root . run/old
exec chroot . sh -c 'umount --lazy /run/old && rmdir /run/old && mount --make-rshared / && exec env -i container=docker \
  PATH="$0" setpriv --bounding-set -sys_module,-sys_time /lib/systemd/systemd --show-status=no' "$2"
