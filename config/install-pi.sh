#!/bin/sh
# Puts api_queue onto a Raspberry Pi with Raspberry Pi OS (64-bit, Bookworm or newer; Debian is the same), to stay: it
# starts with the machine. Run again it brings what is there up to date.
#
#   sudo config/install-pi.sh [server] [speaker] [screen]      what this machine is to be; without a word: a server
#   sudo config/install-pi.sh --uninstall                      what it has installed goes; data and settings stay
set -eu

HERE=$(cd "$(dirname "$0")" && pwd)
HOME_OF_CODE=/opt/api_queue
SETTINGS=/etc/api-queue/api_queue.toml
DATA=/var/lib/api-queue
MUSIC=/mnt/Music
USER_NAME=api-queue
UNITS=/etc/systemd/system

refuse() {
    echo "$1" >&2
    exit 1
}

install_packages() {
    missing=""
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "Installing$missing ..."
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# Each package has the hash that requirements.lock has, and is a wheel.
install_code() {
    [ -x $HOME_OF_CODE/bin/python ] || python3 -m venv $HOME_OF_CODE
    pip="$HOME_OF_CODE/bin/python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore"
    echo "Installing api_queue into $HOME_OF_CODE ..."
    if ! cmp --quiet "$HERE/../requirements.lock" $HOME_OF_CODE/requirements.lock; then
        $pip --require-hashes --only-binary :all: --requirement "$HERE/../requirements.lock"
        cp "$HERE/../requirements.lock" $HOME_OF_CODE/
    fi
    $pip --no-deps --no-build-isolation --force-reinstall "$HERE/.."
}

# Its user, its settings, its music; what is there already stays as it is.
prepare_server() {
    id $USER_NAME >/dev/null 2>&1 ||
        useradd --system --user-group --home-dir $DATA --no-create-home --shell /usr/sbin/nologin $USER_NAME
    mkdir -p "$(dirname $SETTINGS)"
    [ -e $SETTINGS ] || cat >$SETTINGS <<EOF
# The settings of this server; those that are not here have their defaults (docs/settings.md).
data = "$DATA"
# Speakers, screens and remotes find it by themselves.
mdns = "on"

[library]
roots = ["$MUSIC"]
EOF
    chown root:$USER_NAME $SETTINGS
    chmod 640 $SETTINGS
    [ -d $MUSIC ] || install -d -o $USER_NAME -g $USER_NAME -m 2775 $MUSIC
    [ -z "${SUDO_USER:-}" ] || usermod -aG $USER_NAME "$SUDO_USER" # who may copy music there
}

start() {
    cp "$HERE/systemd/$1.service" $UNITS/
    systemctl daemon-reload
    systemctl enable --quiet "$1"
    systemctl restart "$1"
}

start_server() {
    prepare_server
    cp "$HERE"/systemd/api-queue-backup.* $UNITS/
    start api-queue
    systemctl enable --quiet --now api-queue-backup.timer
    cat <<EOF

The server runs, and starts with this machine: http://$(hostname).local:8000
  the admin's link, good once:  sudo cat $DATA/admin-link
  your music:                   copy FLAC files to $MUSIC; they are found by themselves
  what it says:                 journalctl --unit api-queue --follow
  backups:                      each night into $DATA-backups, on the same disk; docs/operating.md has better
  its settings:                 $SETTINGS, and then: sudo systemctl restart api-queue
  commands:                     sudo -u $USER_NAME $HOME_OF_CODE/bin/api_queue token list --config $SETTINGS
EOF
}

start_speaker() {
    start api-queue-speaker
    cat <<EOF

The speaker runs, and starts with this machine. It looks for a server on this network, and plays its queue "party".
  let it in:                    its code, for the admin page: journalctl --unit api-queue-speaker --follow
  another server or queue:      sudo systemctl edit api-queue-speaker, and there:
                                [Service]
                                Environment="WHERE=--server http://HOST:8000" QUEUE=NAME
EOF
}

start_screen() {
    start api-queue-screen
    cat <<EOF

The screen runs, and starts with this machine. It shows the queue "party" of http://localhost:8000.
  another server or queue:      sudo systemctl edit api-queue-screen, and there:
                                [Service]
                                Environment=SERVER=http://HOST.local:8000 QUEUE=NAME
EOF
}

uninstall() {
    for unit in api-queue-screen api-queue-speaker api-queue-worker api-queue-backup.timer api-queue; do
        ! systemctl --quiet is-enabled "$unit" 2>/dev/null || systemctl disable --quiet --now "$unit"
    done
    rm -rf "${UNITS:?}"/api-queue*
    systemctl daemon-reload
    rm -rf $HOME_OF_CODE
    echo "api_queue is gone. Still there: the data in $DATA, backups in $DATA-backups, the settings in $(dirname $SETTINGS),"
    echo "the music in $MUSIC, and the user $USER_NAME whom they belong to."
}

[ "$(id -u)" -eq 0 ] || refuse "This changes the system: run it with sudo."
if [ "${1:-}" = --uninstall ]; then
    uninstall
    exit
fi
[ "$(getconf LONG_BIT)" = 64 ] || refuse "A 64-bit system is needed: choose the 64-bit Raspberry Pi OS."
[ $# -gt 0 ] || set server
packages=""
for part in "$@"; do
    case "$part" in
    server) packages="$packages python3-venv avahi-daemon ffmpeg" ;;
    speaker) packages="$packages python3-venv mpv alsa-utils" ;;
    screen) packages="$packages cage chromium curl seatd xwayland" ;;
    *) refuse "There is no part $part: server, speaker and screen are those that there are." ;;
    esac
done
# shellcheck disable=SC2086  # a list of names
install_packages $packages
[ "$*" = screen ] || install_code
for part in "$@"; do
    "start_$part"
done
