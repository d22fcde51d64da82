#!/bin/busybox sh
# The kernel's first root can neither be left by pivot_root nor unmounted, so a container could not start in it.
/bin/busybox mkdir /root
/bin/busybox mount -t tmpfs -o size=90% root /root
/bin/busybox cp -a /machine/. /root/
/bin/busybox rm -rf /machine
exec /bin/busybox switch_root /root /system
