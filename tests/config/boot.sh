#!/bin/sh
# A machine inside of this one: `machine.py` calls it as the first process of new namespaces, with a folder for what
# changes, and the folders of Python, of its packages and of the checkout. Ends as systemd.
set -eu
scratch=$1 python=$2 packages=$3 checkout=$4

# Of its own: what runs, what is in a process group, and the network, which has nothing but itself.
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up

# The same as outside until it is changed.
changes() {
    mkdir -p "$scratch/$1/upper" "$scratch/$1/work"
    mount -t overlay -o "lowerdir=$2,upperdir=$scratch/$1/upper,workdir=$scratch/$1/work" overlay "$2"
}
for folder in etc opt usr/local; do changes "$folder" "/$folder"; done
mkdir -p "$scratch/state/dpkg"
mount --bind /var/lib/dpkg "$scratch/state/dpkg"
mount --rbind "$scratch/state" /var/lib
mount -t tmpfs tmpfs /mnt
mkdir /opt/checkout /opt/python /opt/packages
mount --bind "$checkout" /opt/checkout
changes checkout /opt/checkout
mount --bind "$python" /opt/python
mount --bind "$packages" /opt/packages

# What pip would bring is there already.
/opt/python/bin/python3 -m venv --without-pip /opt/api_queue
echo /opt/packages >"$(echo /opt/api_queue/lib/python3*/site-packages)/packages.pth"

# Also since systemd takes away what is in /dev/shm when a user of its own ends.
for folder in /dev/shm /tmp /var/tmp; do mount -t tmpfs tmpfs $folder; done

# Nothing is started but what a test starts: the targets here are empty.
rm -rf /etc/systemd/system
cp -r /opt/checkout/tests/config/targets /etc/systemd/system
export container=other SYSTEMD_UNIT_PATH=/etc/systemd/system SYSTEMD_LOG_TARGET=console
exec /lib/systemd/systemd --system --show-status=no
