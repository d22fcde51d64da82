#!/bin/busybox sh
# Serial ports: 0 is the console, 1 and 2 are the command's output and errors, 3 its exit code, and then the directory
# that is to be brought back.
/bin/busybox --install -s /bin
# What was brought along goes before what busybox has of the same name.
export PATH=/sbin:/bin HOME=/root
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t securityfs security /sys/kernel/security
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# As an init system does, so that cgroups have them.
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo +$controller >/sys/fs/cgroup/cgroup.subtree_control
done
mount -t tmpfs run /run
chmod 1777 /tmp
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
ip link set lo up
for module in /modules/*.ko; do insmod $module; done
for port in 1 2 3; do stty -F /dev/ttyS$port raw -echo; done
cd /root
echo up >/dev/ttyS3
# Pipes, so that the command does not take a port for a terminal.
mkfifo /run/stdout /run/stderr
cat /run/stdout >/dev/ttyS1 &
cat /run/stderr >/dev/ttyS2 &
/command >/run/stdout 2>/run/stderr </dev/null
code=$?
# What the command left running may hold the pipes open, but has no say in when the machine ends.
for _ in $(seq 50); do
    [ -z "$(jobs -r)" ] && break
    sleep 0.1
done
echo $code >/dev/ttyS3
if [ -f /bring ] && [ -d "$(cat /bring)" ]; then tar -czf /dev/ttyS3 -C "$(cat /bring)" .; fi
# Closing a port waits until it is drained.
reboot -f
